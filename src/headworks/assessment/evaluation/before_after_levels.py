r"""Did the level fall after the action by more than areas as high fell where nothing was done?

The levels x before and y after of areas nobody acted on, on the log scale, say what becomes of an area that stood at x: with
a, b and s from least squares over n of them,

    expected_i = a + b x_i,   t of n - 2 degrees of freedom times  s sqrt(1 + 1/n + (x_i - mean x)^2 / S_xx)   (B42)

The slope b below 1 is the regression to the mean, a the common course, s how far areas wander and are mismeasured. All three
are learnt at once, and it does not matter that the areas acted on were chosen by x. The effect is what was seen over what was
expected, as in (B34).

The trap: an area chosen because it was the highest lies beyond all it is compared with. The line is drawn on to it, and the
interval grows with the distance; compare with high areas too, if nobody acted on them.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import stdtr, stdtrit

from headworks.assessment.comparison.equal_lists import equal_lists, refuse, require_probability
from headworks.assessment.evaluation.before_after import BeforeAfter
from headworks.assessment.evaluation.regression_to_mean import LEAST_AREAS
from headworks.assessment.evaluation.windows import Window, require_apart


def before_after_levels(
    before: npt.ArrayLike,
    after: npt.ArrayLike,
    is_acted_on: npt.ArrayLike,
    window_before: Window,
    window_after: Window,
    level: float = 0.95,
) -> BeforeAfter:
    """What changed where something was done, beside what would have changed anyway (B42).

    Parameters
    ----------
    before, after
        Mean logarithm of the figure of each area in the windows; of areas of one kind, measured alike.
    is_acted_on
        Where something was done; all others say what happens without it.

    Returns
    -------
    BeforeAfter
        Of the areas acted on, in their order; ``ratio`` has no bounds of its own.

    Raises
    ------
    DataRefused
        ``HW-D768`` for windows that overlap, ``HW-D876`` for fewer than ten areas to learn from, or levels all alike.

    Examples
    --------
    Everywhere half of what lies above 0 is gone the year after. At 4 it fell to 1, where 2 was expected.

    >>> was, now = [*range(10), 4.0], [*(x / 2 for x in range(10)), 1.0]
    >>> windows = Window.of_years(2020), Window.of_years(2021)
    >>> found = before_after_levels(was, now, [False] * 10 + [True], *windows)
    >>> np.log([found.expected_ratio[0], found.ratio[0], found.effect[0]]).round(9).tolist()
    [-2.0, -3.0, -1.0]
    """
    require_apart(window_before, window_after)
    require_probability("level", level)
    flags = np.asarray(is_acted_on, dtype=np.float64)
    x, y, acted = equal_lists("HW-D876", before=before, after=after, is_acted_on=flags)
    mine, others = acted > 0, acted == 0
    n, spread = int(others.sum()), float(((x[others] - x[others].mean()) ** 2).sum()) if others.any() else 0.0
    if n < LEAST_AREAS or spread <= 0:
        refuse("HW-D876", "Too few areas where nothing was done, or all alike.", found=f"{n} areas",
               remedy=f"Compare with at least {LEAST_AREAS} areas that differ")  # fmt: skip
    middle = float(x[others].mean())
    slope = float(((x[others] - middle) * (y[others] - y[others].mean())).sum()) / spread
    expected = y[others].mean() + slope * (x - middle)
    scatter = float(((y - expected)[others] ** 2).sum()) / (n - 2)
    error = np.sqrt(scatter * (1 + 1 / n + (x[mine] - middle) ** 2 / spread))
    apart, half = (y - expected)[mine], float(stdtrit(n - 2, (1 + level) / 2)) * error
    with np.errstate(divide="ignore", invalid="ignore"):
        p_as_low = np.where(error > 0, stdtr(n - 2, apart / error), (apart >= 0).astype(np.float64))
    none = np.full(apart.shape, np.nan)
    return BeforeAfter(
        np.exp((expected - x)[mine]), np.exp((y - x)[mine]), none, none,
        np.exp(apart), np.exp(apart - half), np.exp(apart + half), p_as_low,
    )  # fmt: skip
