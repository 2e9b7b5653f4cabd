r"""Did the level change at the date of the action, beyond trend, season and the way months hang together?

The log figure of point t, at time s_t in years, is

    y_t = b_0 + b_1 s_t + sum_k (c_k cos 2 pi k s_t + d_k sin 2 pi k s_t) + e (s_t >= s_0) [+ f (s_t - s_0)_+] + u_t,
    u_t = phi u_(t-1) + noise of variance sigma^2                                                         (B35)

A point below its limit is known to lie below it; a missing point may lie anywhere. Priors are flat in the coefficients and in
log sigma, even in phi. With all points known the posterior of phi is had on a grid with everything else integrated out, and
coefficients given phi are Student t; points not known are drawn in turn given all others (Gibbs). The effect is the mean over
the points after the action of what the terms e and f make of them: its exponential is a ratio.

The trap: the date must be that of the action, written down before the data were seen. A date looked for in the series finds
a change in any series. And a series cannot know what else happened that month: compare with areas where nothing was done.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from headworks.assessment.comparison.equal_lists import refuse, require_probability
from headworks.assessment.evaluation.autoregression import Posterior, posterior_of_regression

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
_LEAST_EACH_SIDE = 8
_LEAST_QUANTIFIED = 3
_EVEN = 1e-3


class InterruptedSeries(NamedTuple):
    """Effect of the action on each series, with bounds; all of shape ``(n_series,)`` but the last.

    ``ratio`` of the mean level after to what it would have been; ``p_fell`` probability that it fell; ``p_value`` two-sided;
    ``level_change`` and ``slope_change_per_year`` on the log scale; ``autocorrelation`` phi between neighbouring points;
    ``share_censored``; ``expected`` at every point without the action, ``(n_series, n_points)``, unit of the figure, median.
    """

    ratio: Array
    lower: Array
    upper: Array
    p_fell: Array
    p_value: Array
    level_change: Array
    slope_change_per_year: Array
    autocorrelation: Array
    share_censored: Array
    expected: Array


def interrupted_series(
    log_value: npt.ArrayLike,
    log_limit: npt.ArrayLike,
    time_years: npt.ArrayLike,
    intervention: float,
    rng: np.random.Generator,
    *,
    harmonics: int = 1,
    with_slope: bool = False,
    level: float = 0.95,
    n_draws: int = 2_000,
) -> InterruptedSeries:
    """Change of level at a known date, with trend, season, autocorrelation and censoring (B35).

    Parameters
    ----------
    log_value
        Logarithm of the figure, shape ``(n_series, n_points)``; not a number where it was not quantified.
    log_limit
        Logarithm of the limit of points known to lie below one, else not a number.
    time_years
        Time of each point, evenly spaced, shape ``(n_points,)``.
    intervention
        Time of the action; a point at that time is after it.
    rng
        The same draws serve every series, so that a result does not hang on what else is in the batch.
    harmonics
        Pairs of waves a year; 0 where points are years.
    with_slope
        Whether the slope may change as well. To be decided before the data are seen.

    Raises
    ------
    DataRefused
        ``HW-D770`` for shapes that do not fit, uneven times, fewer than eight points or three quantified ones on a side, or
        terms that cannot be told apart.
    UsageError
        ``HW-U259`` for a level outside 0 to 1.

    Examples
    --------
    A flat series that halves, with a little noise.

    >>> rng = np.random.default_rng(1)
    >>> time = np.arange(48) / 12
    >>> y = np.where(time >= 2, np.log(0.5), 0.0) + 0.05 * rng.standard_normal(48)
    >>> found = interrupted_series([y], np.full((1, 48), np.nan), time, 2.0, rng)
    >>> bool(0.4 < found.lower[0] < found.ratio[0] < found.upper[0] < 0.6)
    True
    """
    y, limit, time, after = _require_series(log_value, log_limit, time_years, intervention)
    require_probability("level", level)
    design, terms = _design(time, intervention, harmonics, with_slope)
    n_known = int(np.isfinite(y).sum(axis=1).min())
    if np.linalg.matrix_rank(design) < design.shape[1] or n_known < design.shape[1] + 2:
        told = f"{design.shape[1]} terms, {n_known} quantified points"
        remedy = "A longer series, or fewer harmonics and no change of slope"
        refuse("HW-D770", "The terms of the model cannot be told apart.", found=told, remedy=remedy)
    found = posterior_of_regression(y, limit, design, rng, n_draws)
    # Weights that turn the terms of the action into their mean over the points after it.
    mean_after = np.where(terms, design[after].mean(axis=0), 0.0)
    return _summary(found, design, terms, mean_after, level, limit, y)


def _summary(
    found: Posterior, design: Array, terms: Flags, mean_after: Array, level: float, limit: Array, y: Array
) -> InterruptedSeries:
    effect = found.beta @ mean_after
    lower, middle, upper = np.exp(np.quantile(effect, [(1 - level) / 2, 0.5, (1 + level) / 2], axis=0))
    fell = (effect < 0).mean(axis=0)
    # With D draws no probability below 1 / (D + 1) can be stated.
    least = 1 / (effect.shape[0] + 1)
    p_value = np.clip(2 * np.minimum(fell, 1 - fell), least, 1.0)
    mean = found.beta.mean(axis=0)
    actions = np.flatnonzero(terms)
    slope = mean[:, actions[1]] if actions.size > 1 else np.zeros(mean.shape[0])
    without = np.where(terms, 0.0, design)
    expected = np.exp(np.median(found.beta, axis=0) @ without.T)
    censored = np.isnan(y) & np.isfinite(limit)
    share = censored.sum(axis=1) / np.maximum((censored | np.isfinite(y)).sum(axis=1), 1)
    return InterruptedSeries(
        middle, lower, upper, fell, p_value, mean[:, actions[0]], slope, found.phi.mean(axis=0), share, expected
    )  # fmt: skip


def _design(time: Array, intervention: float, harmonics: int, with_slope: bool) -> tuple[Array, Flags]:
    """Columns of (B35), and which of them are the action."""
    since = time - intervention
    after = (since >= 0).astype(np.float64)
    waves = [wave(2 * np.pi * k * time) for k in range(1, harmonics + 1) for wave in (np.cos, np.sin)]
    columns = [np.ones_like(time), time - time.mean(), *waves, after]
    n_plain = len(columns) - 1
    if with_slope:
        columns.append(since * after)
    design = np.column_stack(columns)
    return design, np.arange(design.shape[1]) >= n_plain


def _require_series(
    log_value: npt.ArrayLike, log_limit: npt.ArrayLike, time_years: npt.ArrayLike, intervention: float
) -> tuple[Array, Array, Array, Flags]:
    y, limit, time = (np.asarray(of, dtype=np.float64) for of in (log_value, log_limit, time_years))
    if y.ndim != 2 or limit.shape != y.shape or time.shape != y.shape[1:] or np.isinf(y).any() or np.isinf(limit).any():
        told = f"values {y.shape}, limits {limit.shape}, times {time.shape}"
        refuse(
            "HW-D770",
            "Values, limits and times do not fit.",
            found=told,
            remedy="A row per series, a column per point, finite or gaps",
        )
    step = np.diff(time)
    if time.size < 2 or not np.isfinite(time).all() or step.min() <= 0 or np.ptp(step) > _EVEN * step.mean() + 1e-12:
        told, remedy = (
            f"steps {step.min():g} to {step.max():g}" if step.size else "one point",
            "Fill in missing points as gaps",
        )
        refuse("HW-D770", "The points are not evenly spaced.", found=told, remedy=remedy)
    after = time >= intervention
    sides = {"Too little is known before the action.": ~after, "Too little is known after the action.": after}
    for problem, side in sides.items():
        quantified = int(np.isfinite(y[:, side]).sum(axis=1).min()) if side.any() else 0
        if side.sum() < _LEAST_EACH_SIDE or quantified < _LEAST_QUANTIFIED:
            told = f"{int(side.sum())} points, {quantified} of them quantified"
            remedy = f"At least {_LEAST_EACH_SIDE} points, {_LEAST_QUANTIFIED} quantified; else report how often it was found"
            refuse("HW-D770", problem, found=told, remedy=remedy)
    return y, limit, time, after
