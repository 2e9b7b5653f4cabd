"""How much of an ion's isotopes there should be, and how near what was measured comes.

    P = product over elements of (sum over isotopes a x^(A - A_main))^n                                              (V8)
    score = sum m e / (|m| |e|)  over M, M+1, M+2, M+3                                                              (V9)

``e`` are the coefficients of (V8), ``m`` the heights found, 0 where none was. The trap: an M+1 below what the instrument can
see says nothing, so a pattern of M alone is judged only where M+1 should have been seen.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from headworks.lab.screening.formulas import parse_formula
from headworks.reference.screening_rules import isotopes

N_PEAKS = 4


@cache
def isotope_pattern(formula: str) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Distances from M in Da and heights as shares of M, of M to M+3, (V8).

    Raises
    ------
    DataRefused
        ``HW-D660`` for a formula.

    Examples
    --------
    Chlorine: 0.2424 / 0.7576 at 1.997 Da.

    >>> apart, height = isotope_pattern("Cl")
    >>> round(apart[2], 3), round(height[2], 4)
    (1.997, 0.32)
    """
    # Probability, and probability times distance, by nominal distance.
    whole, distance = np.zeros(N_PEAKS), np.zeros(N_PEAKS)
    whole[0] = 1.0
    for element, count in parse_formula(formula).items():
        step, apart = _element(element)
        left = count
        while left:
            if left & 1:
                whole, distance = _product(whole, distance, step, apart)
            step, apart = _product(step, apart, step, apart)
            left >>= 1
    mean = np.divide(distance, whole, out=np.arange(N_PEAKS, dtype=float), where=whole > 0)
    return tuple(mean.tolist()), tuple((whole / whole[0]).tolist())


def _element(element: str) -> tuple[np.ndarray, np.ndarray]:
    """Isotopes at or above the most abundant one; lighter ones are not part of M and what follows."""
    main = max(isotopes()[element], key=lambda isotope: isotope.abundance)
    share, distance = np.zeros(N_PEAKS), np.zeros(N_PEAKS)
    for isotope in isotopes()[element]:
        place = isotope.mass_number - main.mass_number
        if 0 <= place < N_PEAKS:
            share[place] += isotope.abundance
            distance[place] += isotope.abundance * (isotope.mass_da - main.mass_da)
    return share, distance


def _product(a: np.ndarray, da: np.ndarray, b: np.ndarray, db: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return np.convolve(a, b)[:N_PEAKS], (np.convolve(da, b) + np.convolve(a, db))[:N_PEAKS]


def isotope_score(formula: str, heights: np.ndarray, least_height: float) -> float | None:
    """(V9) of heights of M to M+3; none where M+1 and M+2 would lie below ``least_height`` and were not seen.

    Examples
    --------
    >>> isotope_score("Cl2", np.array([100.0, 0.0, 64.0, 0.0]), 1.0) > 0.99
    True
    >>> isotope_score("C10H15N", np.array([100.0, 0.0, 0.0, 0.0]), 20.0)
    """
    expected = np.array(isotope_pattern(formula)[1])
    measured = np.asarray(heights, dtype=float)
    if not measured[0] > 0:
        return None
    if not np.any(measured[1:] > 0) and np.all(expected[1:] * measured[0] < least_height):
        return None
    # Rounding may leave equal patterns a hair above 1.
    return min(1.0, float(np.dot(expected, measured) / (np.linalg.norm(expected) * np.linalg.norm(measured))))
