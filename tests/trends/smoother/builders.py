"""Small series for the tests of the smoother."""

from __future__ import annotations

import numpy as np

from headworks.trends.smoother import Observations, observations


def one_series(day, value, **more) -> Observations:
    """Quantified days of one series."""
    return observations([0, len(day)], day, value, value, **more)


def some_series(rng: np.random.Generator, sites: int, weeks: int, share: float, day_sd: float = 0.35) -> Observations:
    """Two days a week about a wandering level; the lowest ``share`` of each site's days are censored."""
    day = np.sort(np.concatenate([7 * np.arange(weeks) + 1, 7 * np.arange(weeks) + 4]))
    level = rng.normal(0, 1, (sites, 1)) + np.cumsum(0.04 * rng.standard_normal((sites, day.size)), axis=1)
    value = level + day_sd * rng.standard_normal(level.shape)
    limit = np.quantile(value, share, axis=1, keepdims=True) if share else np.full((sites, 1), -np.inf)
    is_censored = value < limit
    upper, lower = np.where(is_censored, limit, value), np.where(is_censored, -np.inf, value)
    start = np.arange(sites + 1) * day.size
    return observations(start, np.tile(day, sites), lower.ravel(), upper.ravel(), variance=0.04)


def every(days: np.ndarray, sites: int) -> tuple[np.ndarray, np.ndarray]:
    """The same wanted days for every series."""
    return np.arange(sites + 1) * days.size, np.tile(days, sites)
