r"""Of a change of the load per resident: what came from the concentration, what from the flow, what from the people.

    ln(load per 1,000) = ln concentration + ln flow - ln people + constant                                   (Z3)

so the change of the mean logarithms from the baseline to the weeks that speak is the sum of three. The trap: rain raises the
flow and dilutes the concentration; a change that is all flow, with a concentration that did not fall, is a meter that errs.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

_FEWEST = 2


class PartsOfChange(NamedTuple):
    """Factors; ``load`` is ``concentration x flow / people``."""

    load: float
    concentration: float
    flow: float
    people: float
    n_days: int
    n_baseline_days: int


def parts_of_change(
    load: npt.ArrayLike, flow: npt.ArrayLike, people: npt.ArrayLike, is_now: npt.ArrayLike
) -> PartsOfChange | None:
    """Factors between the baseline and the days that speak (Z3).

    Parameters
    ----------
    load
        Mass a day of each quantified day of one site, any unit.
    flow, people
        Of the same days.
    is_now
        Days that speak; the others are the baseline.

    Returns
    -------
    PartsOfChange or None
        None where there are no days that speak, or fewer than two of the baseline.

    Examples
    --------
    Twice the mass in the same flow from the same people is twice the concentration.

    >>> parts_of_change([10.0, 10.0, 20.0], [5.0, 5.0, 5.0], [9.0, 9.0, 9.0], [False, False, True])[:4]
    (2.0, 2.0, 1.0, 1.0)
    """
    mass, water, heads = (np.asarray(one, np.float64) for one in (load, flow, people))
    now = np.asarray(is_now, dtype=bool)
    known = (mass > 0) & (water > 0) & (heads > 0)
    later, before = known & now, known & ~now
    if not later.any() or before.sum() < _FEWEST:
        return None

    def factor(values: npt.NDArray[np.float64]) -> float:
        logs = np.log(values, where=known, out=np.zeros(values.shape))
        return round(float(np.exp(logs[later].mean() - logs[before].mean())), 12)

    mass_factor, flow_factor, people_factor = factor(mass), factor(water), factor(heads)
    return PartsOfChange(
        mass_factor / people_factor, mass_factor / flow_factor, flow_factor, people_factor, int(later.sum()), int(before.sum())
    )
