"""From days to trends in one call: offsets, settings, and the smoothed level with what is not known of the settings in it."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from headworks.trends.smoother.fit import FittedSettings, fit_settings
from headworks.trends.smoother.observations import Array, Observations
from headworks.trends.smoother.offsets import Offsets, fit_offsets, offset_of_rows, without_offsets
from headworks.trends.smoother.smooth import Smoothed, first_state, level_guess, smooth

# Where the covariance of two states stands among the six kept.
_PAIRS = ((0, 0), (0, 1), (1, 1), (0, 2), (1, 2), (2, 2))


class Trends(NamedTuple):
    """``smoothed`` with the settings' uncertainty in it, and the ``settings``, ``offsets`` and rows' ``offset`` behind it.

    ``mean_level`` is the logarithm of the *mean* day's load, ``level`` and half the day variance, with its variance.
    """

    smoothed: Smoothed
    settings: FittedSettings
    offsets: Offsets
    offset: Array
    mean_level: Array
    mean_level_variance: Array


def smooth_trends(
    seen: Observations,
    group: npt.ArrayLike,
    out_start: npt.ArrayLike,
    out_day: npt.ArrayLike,
    *,
    lags: tuple[int, ...] = (),
    is_holiday: npt.ArrayLike = False,
    offsets: Offsets | None = None,
    settings: FittedSettings | None = None,
    state: Array | None = None,
    threads: int | None = None,
) -> Trends:
    """Trends of many series on the days wanted.

    Parameters
    ----------
    seen
        Days as they were seen.
    group
        Residue of each series; series of a group are pooled.
    out_start, out_day, lags, state
        As for :func:`smooth`.
    is_holiday
        Of each row.
    offsets, settings
        Learnt before; learnt from these days without. ``no_offsets(group)`` for weeks, months and years.
    threads
        At most.

    Returns
    -------
    Trends
        Rows in the order given.

    Raises
    ------
    DataRefused
        ``HW-D543``, ``HW-D544`` when arrays do not fit together.

    Examples
    --------
    A steady residue stays where it is, and is sure to within a few per cent.

    >>> from headworks.trends.smoother import observations
    >>> day = np.arange(0, 364, 7)
    >>> steady = 3.0 + 0.1 * np.sin(np.arange(52.0) ** 2)
    >>> found = smooth_trends(observations([0, 52], day, steady, steady), [0], [0, 1], [363])
    >>> bool(abs(found.smoothed.level.item() - 3) < 0.05), bool(found.smoothed.level_variance.item() < 0.05**2)
    (True, True)
    """
    learnt = fit_offsets(seen, group, is_holiday, threads) if offsets is None else offsets
    offset = offset_of_rows(seen, group, learnt, is_holiday)
    even = without_offsets(seen, offset)
    fitted = fit_settings(even, group, threads) if settings is None else settings
    per_series = _level_of_group(even, group)
    found = []
    for corner in fitted.corners:
        begun = first_state(even, corner, per_series) if state is None else state
        found.append(smooth(even, corner, out_start, out_day, lags=lags, state=begun, threads=threads))
    together = _together(found, lags)
    counted = np.diff(together.out_start)
    half = np.array([np.repeat(corner.day_variance, counted) for corner in fitted.corners]) / 2
    raised = np.array([one.level for one in found]) + half
    within = np.mean([one.level_variance for one in found], axis=0)
    return Trends(together, fitted, learnt, offset, raised.mean(axis=0), within + raised.var(axis=0))


def _level_of_group(seen: Observations, group: npt.ArrayLike) -> Array:
    """Where the days of each series' group lie."""
    groups = np.asarray(group, np.int64)
    level = np.zeros(seen.n_series)
    for one in np.unique(groups):
        series = np.flatnonzero(groups == one)
        level[series] = level_guess(seen, series)
    return level


def _together(found: list[Smoothed], lags: tuple[int, ...]) -> Smoothed:
    """Means and variances of the mixture of equally likely corners: variance within, and between their means (S8)."""
    told: dict[str, Any] = {name: _mean([getattr(one, name) for one in found]) for name in _MEANS}
    for name in _WITH_VARIANCE:
        within = _mean([getattr(one, f"{name}_variance") for one in found])
        told[f"{name}_variance"] = within + _variance([getattr(one, name) for one in found], told[name])
    joint = _mean([one.level * one.slope for one in found]) - told["level"] * told["slope"]
    change = _mean([one.change_variance for one in found])
    for which, lag in enumerate(lags):
        moved = [one.level[lag:] - one.level[:-lag] for one in found]
        change[lag:, which] += _variance(moved, _mean(moved))
    likelihood = np.array([one.log_likelihood for one in found])
    top = likelihood.max(axis=0)
    return found[0]._replace(
        **told, change_variance=change,
        level_slope_covariance=_mean([one.level_slope_covariance for one in found]) + joint,
        log_likelihood=top + np.log(np.exp(likelihood - top).mean(axis=0)), state=_joint_state([one.state for one in found]),
    )  # fmt: skip


# Of the mixture: means alone, and means whose variance is told.
_WITH_VARIANCE = ("level", "slope", "filtered", "filtered_slope", "expected", "signal")
_MEANS = (*_WITH_VARIANCE, "day_noise", "p_outlier")


def _mean(values: list[Array]) -> Array:
    """Mean of some arrays, without laying them side by side first."""
    total = values[0] + values[1] if len(values) > 1 else values[0].copy()
    for one in values[2:]:
        total += one
    total /= len(values)
    return total


def _variance(values: list[Array], mean: Array) -> Array:
    return _mean([(one - mean) ** 2 for one in values])


def _joint_state(states: list[Array]) -> Array:
    """The state of the mixture, to go on from."""
    every = np.array(states)
    result: Array = every.mean(axis=0)
    for place, (i, j) in enumerate(_PAIRS):
        result[:, 3 + place] += (every[:, :, i] * every[:, :, j]).mean(axis=0) - every[:, :, i].mean(axis=0) * every[
            :, :, j
        ].mean(axis=0)
    result[:, 9:] = every[0][:, 9:]
    return result
