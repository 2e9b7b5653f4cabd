import numpy as np

from headworks.warning.budget import Units, units_of


def small_province() -> Units:
    """Province 0, cities 1 and 2, counties 3 (in 1) and 4 (in 2), sites 5-7 in 3, 8 and 9 in 4."""
    return units_of([-1, 0, 0, 1, 2, 3, 3, 3, 4, 4], [1, 2, 2, 3, 3, 6, 6, 6, 6, 6])


def p_of(units: Units, small: dict[int, float], n_drugs: int = 1) -> np.ndarray:
    """p-values of a week: a half but for the units named, first drug."""
    p = np.full((units.parent.size, n_drugs), 0.5)
    for unit, value in small.items():
        p[unit, 0] = value
    return p
