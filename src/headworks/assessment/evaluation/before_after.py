r"""Did the rate fall after the action by more than it would have fallen anyway?

The claim is made in this order and in no other: first what is expected without any action (B32), then what was seen, then
their ratio. Counts before and after with exposures n and m: given their sum, the count after is binomial, and its exact
bounds (Clopper and Pearson) give those of the ratio of rates,

    ratio = (y_after / m) / (y_before / n),    share s of the sum -> ratio s n / ((1 - s) m)              (B33)

The effect is the count seen over the count expected without action, its bounds from the predictive distribution:

    effect = seen / expected,  bounds seen / upper, seen / lower of the expected                          (B34)

Refused: windows that overlap (``HW-D768``) and counts over people of another window (``HW-D769``).

The trap: ``ratio`` is what happened, not what the action did. Only ``effect`` has the regression to the mean taken out.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import betaincinv

from headworks.assessment.comparison.equal_lists import equal_lists, require_all, require_probability
from headworks.assessment.evaluation.regression_to_mean import expected_without_action
from headworks.assessment.evaluation.windows import Window, require_apart, require_same_span

Array = npt.NDArray[np.float64]


class Counted(NamedTuple):
    """Counts of areas over a window, and their people (person-years) over a window of their own."""

    cases: npt.ArrayLike
    person_years: npt.ArrayLike
    window: Window
    people_window: Window


class BeforeAfter(NamedTuple):
    """Of each area, in the order in which it is to be read.

    ``expected_ratio``: of rates, after over before, if nothing was done. ``ratio`` with bounds: as seen (B33), not a number
    where nothing was counted before. ``effect`` with bounds: seen over expected (B34). ``p_as_low``: chance of a count as low
    as seen if nothing was done.
    """

    expected_ratio: Array
    ratio: Array
    ratio_lower: Array
    ratio_upper: Array
    effect: Array
    effect_lower: Array
    effect_upper: Array
    p_as_low: Array

    @property
    def expected_bounds(self) -> tuple[Array, Array]:
        """Bounds of ``expected_ratio``: the ratio seen over the bounds of the effect; 0 where that is endless."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return self.ratio / self.effect_upper, self.ratio / self.effect_lower


def before_after(
    before: Counted,
    after: Counted,
    *,
    shape: float,
    rate: float,
    common_change: float = 1.0,
    drift: float = 0.0,
    level: float = 0.95,
) -> BeforeAfter:
    """What changed in listed areas beside what would have changed without any action (B32 to B34).

    Parameters
    ----------
    before, after
        Counts, person-years and their windows.
    shape, rate
        Of the gamma distribution of rates between all areas before, per person-year; from ``gamma_poisson`` with
        person-years as the expected counts: ``shape = size``, ``rate = size / exp(beta)``.
    common_change, drift
        From :func:`headworks.assessment.evaluation.drift_of_unlisted`.

    Raises
    ------
    DataRefused
        ``HW-D768`` for windows that overlap, ``HW-D769`` for counts over people of another window, ``HW-D772`` for numbers
        that cannot be.

    Examples
    --------
    40 cases fall to 20 while 20 / 40 of them were expected to go: the action did nothing.

    >>> early, late = Window.of_years(2020), Window.of_years(2021)
    >>> was, now = Counted([40], [1.0], early, early), Counted([20], [1.0], late, late)
    >>> found = before_after(was, now, shape=40.0, rate=3.0)
    >>> found.expected_ratio.tolist(), found.ratio.tolist(), found.effect.tolist()
    ([0.5], [0.5], [1.0])
    """
    require_same_span(before.window, before.people_window, "before")
    require_same_span(after.window, after.people_window, "after")
    require_apart(before.window, after.window)
    require_probability("level", level)
    y, n, seen, m = equal_lists(
        "HW-D772",
        before=before.cases, person_years_before=before.person_years, after=after.cases, person_years_after=after.person_years,
    )  # fmt: skip
    expected = expected_without_action(
        y, n, seen, m, shape=shape, rate=rate, common_change=common_change, drift=drift, level=level
    )  # fmt: skip
    require_all("HW-D772", y + seen > 0, "before", y, "Nothing was counted before or after.", "Leave the area out")
    low, high = _shares(y, seen, level)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(y > 0, (seen / m) / (y / n), np.nan)
        lower, upper = low / (1 - low) * n / m, np.where(high < 1, high / (1 - high) * n / m, np.inf)
        expected_ratio = np.where(y > 0, (expected.mean / m) / (y / n), np.nan)
        effects = [seen / of for of in (expected.mean, expected.upper, expected.lower)]
    effects[2] = np.where(expected.lower > 0, effects[2], np.inf)
    return BeforeAfter(expected_ratio, ratio, lower, upper, effects[0], effects[1], effects[2], expected.p_as_low)


def _shares(before: Array, after: Array, level: float) -> tuple[Array, Array]:
    """Exact bounds of the share of the sum that came after."""
    tail = (1 - level) / 2
    low = np.where(after > 0, betaincinv(np.maximum(after, 0.5), before + 1, tail), 0.0)
    high = np.where(before > 0, betaincinv(after + 1, np.maximum(before, 0.5), 1 - tail), 1.0)
    return low, high
