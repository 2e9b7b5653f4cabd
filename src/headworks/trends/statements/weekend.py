r"""How much more on weekends: of a residue over all its sites, and of a site, as far as its own days can tell.

A site's own contrast of weekend and weekday is seen in what its days say against all others (S4), with ``c`` +5/7 on a
weekend and -2/7 on a weekday; sites differ by a variance ``T``, found by moments (DerSimonian and Laird 1986):

    own = sum g c / sum h c^2,      shrunk = own T / (T + 1 / sum h c^2)                                       (S14)

The trap: a site sampled on weekdays alone has no contrast of its own; it shows the residue's.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.special import ndtri

from headworks.trends.smoother.observations import Array, Index, Observations
from headworks.trends.smoother.offsets import Offsets, weekday_of
from headworks.trends.smoother.smooth import Settings, smooth

SCORE_WEEKEND = (4, 5, 6, 0)
CALENDAR_WEEKEND = (5, 6)
LEVEL = 0.95


class Weekend(NamedTuple):
    """Weekend over weekday: ``ratio`` of typical days, and its bounds."""

    ratio: Array
    lower: Array
    upper: Array


def _contrast(weekend: tuple[int, ...]) -> Array:
    """Weight of each weekday in weekend less weekday."""
    is_weekend = np.isin(np.arange(7), weekend)
    return np.where(is_weekend, 1.0 / len(weekend), -1.0 / (7 - len(weekend)))


def _ratio(log_ratio: Array, variance: Array, level: float) -> Weekend:
    z = float(ndtri((1 + level) / 2)) * np.sqrt(variance)
    return Weekend(np.exp(log_ratio), np.exp(log_ratio - z), np.exp(log_ratio + z))


def weekend_effect(offsets: Offsets, weekend: tuple[int, ...] = CALENDAR_WEEKEND, level: float = LEVEL) -> Weekend:
    """Of each group over all its sites, in the order of ``offsets.groups``.

    Parameters
    ----------
    offsets
        From ``fit_offsets``.
    weekend
        Weekdays that count, Monday 0: Saturday and Sunday, or ``SCORE_WEEKEND``.
    level
        Coverage.

    Examples
    --------
    Saturday and Sunday 0.5 above the mean, the others 0.2 below: exp(0.7) = 2.014.

    >>> week = np.array([[-0.2] * 5 + [0.5] * 2])
    >>> weekend_effect(Offsets(np.array([0]), week, np.zeros(1), week * 0, np.zeros(1))).ratio.round(3).item()
    2.014
    """
    contrast = _contrast(weekend)
    return _ratio(offsets.weekday @ contrast, offsets.weekday_variance @ contrast**2, level)


def weekend_of_sites(
    even: Observations,
    group: Index,
    settings: Settings,
    offsets: Offsets,
    weekend: tuple[int, ...] = CALENDAR_WEEKEND,
    level: float = LEVEL,
) -> Weekend:
    """Of each series, drawn to that of its group (S14).

    Parameters
    ----------
    even
        Days less their offsets.
    group, settings, offsets
        Group of each series, settings (central), and what ``fit_offsets`` found.

    Returns
    -------
    Weekend
        In the order of the series.
    """
    nothing = np.zeros(even.n_series + 1, np.int64)
    found = smooth(even, settings, nothing, nothing[:0], scored=True)
    share = len(weekend) / 7
    c = np.where(np.isin(weekday_of(even.day), weekend), 1.0 - share, -share)
    of_series = even.of_series
    score = np.bincount(of_series, found.score * c, even.n_series)
    information = np.bincount(of_series, found.information * c * c, even.n_series)
    information = np.where(information > _least_information(of_series, c, even.n_series), information, 0.0)
    place = np.searchsorted(offsets.groups, group)
    pooled, pooled_variance = offsets.weekday @ _contrast(weekend), offsets.weekday_variance @ _contrast(weekend) ** 2
    between = np.array([_between(score[place == one], information[place == one]) for one in range(offsets.groups.size)])
    own = between[place] * score / (1.0 + between[place] * information)
    variance = pooled_variance[place] + between[place] / (1.0 + between[place] * information)
    return _ratio(pooled[place] + own, variance, level)


def _least_information(of_series: Index, c: Array, n: int) -> Array:
    """Endless for a series sampled on one kind of day alone."""
    high, low = np.bincount(of_series, c > 0, n), np.bincount(of_series, c < 0, n)
    return np.where((high > 0) & (low > 0), 0.0, np.inf)


def _between(score: Array, information: Array) -> float:
    """Variance between sites by moments, at least 0."""
    use = information > 0
    weight, own = information[use], score[use] / information[use]
    if own.size <= 1:
        return 0.0
    excess = weight @ (own - (weight @ own) / weight.sum()) ** 2 - (own.size - 1)
    return float(max(excess / (weight.sum() - (weight**2).sum() / weight.sum()), 0.0))
