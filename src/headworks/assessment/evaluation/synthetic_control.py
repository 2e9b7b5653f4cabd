r"""What would have happened in this area, told by a mixture of areas where nothing was done?

The mixture is the one with weights of at least 0 that add up to 1 and comes closest to the area before the action,

    minimise sum_(t before) (y_1t - sum_j w_j y_jt)^2                                                     (B38)

and its difference after the action is the effect (Abadie and others 2010). Each other area is then taken as if *it* had been
acted on, with all others as donors; with gap_i = mean difference after, miss_i = root mean square difference before,

    statistic_i = |gap_i| / (miss_i + floor),    p = share of all areas with a statistic at least as large (B39)

The area itself is among the donors of the others, so that under no effect all areas are treated alike and p is uniform on
1/n, 2/n, … 1 by symmetry. With 20 areas no p below 0.05 exists.

No mixture of lower areas is as high as the highest, and areas are acted on because they were high. So courses are mixed, each
about its own level before and without what areas at its level lose anyway: with x the mean before, z the mean after, and b
from least squares of z - x on x over the areas nobody acted on,

    y_it becomes  y_it - x_i - b (x_i - mean x) (t after)                                                 (B43)

The trap: a bad fit before the action makes any difference after it meaningless: ``miss`` stands beside the effect.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.optimize import nnls

from headworks.assessment.comparison.equal_lists import refuse, require_probability

Array = npt.NDArray[np.float64]
LEAST_DONORS = 4
LEAST_BEFORE = 4
# How heavily the sum of the weights is held to 1, in units of the size of the series.
_HELD = 1e3
# A fit that is perfect by chance must not make a statistic endless: a tenth of the middle miss is added to all.
_FLOOR = 0.1


class SyntheticControl(NamedTuple):
    """Mean difference after the action, with bounds from the placebos.

    ``weights`` of the areas (0 for itself); ``expected`` at every point; ``miss`` before; ``p_value`` (B39); ``statistic`` of
    every area.
    """

    effect: float
    lower: float
    upper: float
    p_value: float
    weights: Array
    expected: Array
    miss: float
    statistic: Array


def synthetic_control(figure: npt.ArrayLike, treated: int, is_after: npt.ArrayLike, level: float = 0.90) -> SyntheticControl:
    """Effect of an action in one area against a mixture of the others (B38, B39).

    Parameters
    ----------
    figure
        Shape ``(n_areas, n_points)``, log loads for a ratio, none missing; at least five areas, of which nobody acted on the
        others.
    treated
        Row of the area acted on.
    is_after
        Which points are after the action, shape ``(n_points,)``; at least four are before.
    level
        Coverage of the bounds: the effect plus and minus the quantile of the placebos, in units of the miss.

    Raises
    ------
    DataRefused
        ``HW-D771`` for too few areas or points, gaps, or a row that does not exist.

    Examples
    --------
    The area is the mean of two others, until it falls by 1.

    >>> others = np.array([[0.0, 2, 0, 2, 0, 2], [2.0, 2, 4, 4, 0, 2], [9.0, 1, 8, 2, 5, 5], [4.0, 0, 0, 7, 1, 0]])
    >>> mine = (others[0] + others[1]) / 2 - np.array([0, 0, 0, 0, 1, 1])
    >>> found = synthetic_control([mine, *others], 0, [False] * 4 + [True] * 2)
    >>> round(found.effect, 6), found.weights.round(3).tolist(), found.p_value
    (-1.0, [0.0, 0.5, 0.5, 0.0, 0.0], 0.2)
    """
    y, after = _require_areas(figure, treated, is_after)
    require_probability("level", level)
    n = y.shape[0]
    weights = np.stack([_mixture(y[:, ~after], area) for area in range(n)])
    apart = y - weights @ y
    gap = apart[:, after].mean(axis=1)
    miss = np.sqrt((apart[:, ~after] ** 2).mean(axis=1))
    scale = miss + _FLOOR * max(float(np.median(miss)), 1e-9 * float(np.ptp(y)))
    statistic = np.abs(gap) / scale
    others = np.delete(statistic, treated)
    # Among n exchangeable statistics the ceil(level n)-th of the others holds the area's own with probability level.
    place = int(np.ceil(level * n)) - 1
    half = float(np.sort(others)[place] * scale[treated]) if place < n - 1 else np.inf
    # Ties by rounding count as ties.
    p = float((statistic >= statistic[treated] * (1 - 1e-9)).mean())
    effect = float(gap[treated])
    expected = weights[treated] @ y
    return SyntheticControl(
        effect, effect - half, effect + half, p, weights[treated], expected, float(miss[treated]), statistic
    )


def mixture_of_courses(figure: npt.ArrayLike, treated: int, is_after: npt.ArrayLike, level: float = 0.90) -> SyntheticControl:
    """Effect against a mixture of courses, each about its own level and without its regression to the mean (B43).

    No mixture of lower areas is as high as the highest, and areas are acted on because they were high.

    Raises
    ------
    DataRefused
        As :func:`synthetic_control`.

    Examples
    --------
    Everywhere half of what lies above 2 is gone later; the area acted on lost 1 more.

    >>> level, wave = np.array([8.0, 0, 1, 2, 3, 4]), np.tile([-0.1, 0.1], 4)
    >>> after = np.arange(8) >= 4
    >>> figure = np.where(after, 1 + level[:, None] / 2, level[:, None]) + wave
    >>> figure[0, after] -= 1
    >>> round(mixture_of_courses(figure, 0, after).effect, 6)
    -1.0
    """
    y, after = _require_areas(figure, treated, is_after)
    early, late = y[:, ~after].mean(axis=1), y[:, after].mean(axis=1)
    above = early - np.delete(early, treated).mean()
    others = np.delete(above, treated)
    spread = float(others @ others)
    slope = float(others @ np.delete(late - early, treated)) / spread if spread > 0 else 0.0
    return synthetic_control(y - early[:, None] - slope * above[:, None] * after, treated, after, level)


def _mixture(before: Array, area: int) -> Array:
    """(B38) of one area from all others."""
    others = np.delete(before, area, axis=0)
    held = _HELD * max(float(np.abs(before - before.mean()).max()), 1e-12)
    # Points are taken relative to the area itself, which weights that add up to 1 allow: large levels cost no digits.
    found, _ = nnls(
        np.vstack([(others - before[area]).T, np.full(others.shape[0], held)]), np.r_[np.zeros(before.shape[1]), held]
    )
    return np.insert(found / found.sum(), area, 0.0)


def _require_areas(figure: npt.ArrayLike, treated: int, is_after: npt.ArrayLike) -> tuple[Array, npt.NDArray[np.bool_]]:
    y, after = np.asarray(figure, dtype=np.float64), np.asarray(is_after, dtype=bool)
    shapes_fit = y.ndim == 2 and after.shape == y.shape[1:] and np.isfinite(y).all() and 0 <= treated < y.shape[0]
    if not shapes_fit or y.shape[0] <= LEAST_DONORS or (~after).sum() < LEAST_BEFORE or not after.any():
        told = f"figures {y.shape}, {int((~after).sum())} points before, {int(after.sum())} after, row {treated}"
        remedy = f"More than {LEAST_DONORS} areas, {LEAST_BEFORE} points before and one after, without gaps"
        refuse("HW-D771", "Areas and points do not make a comparison.", found=told, remedy=remedy)
    return y, after
