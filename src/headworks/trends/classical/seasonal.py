r"""A trend seen through the seasons: results are compared with those of the same season only.

    S = sum over seasons of S_g,    tau = S / sum of n_g (n_g - 1) / 2,    var S = sum of var S_g                (C14)

Two p-values are given: the normal approximation with (C9) for each season, and, with an ``rng``, the share of arrangements of
the results within their seasons whose \|S\| is at least as large, ``(1 + count) / (1 + arrangements)``.

The combined slope solves (C13) with the S of (C14): no slope between two seasons enters, so an imbalance of seasons over the
years makes no trend. (NADA2 draws one line through all results instead: that is ``censored_trend`` without seasons.)

The trap: seasons that go different ways cancel. Look at the seasons before the sum.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from headworks.core.errors import DataRefused
from headworks.trends.classical.kendall import kendall, ordered_score, ranks, two_sided
from headworks.trends.classical.observations import Array, Flags, Observations
from headworks.trends.classical.theil_sen import lift, line_intercept, residual_score, score_root, steepest
from headworks.trends.classical.trend import CensoredTrend, TrendScale, censored_trend, on_scale, require_pairs

# A season with fewer results has no trend of its own and is left out, as in the reference program.
LEAST_OF_A_SEASON = 4


class SeasonTrend(NamedTuple):
    """The trend within one season."""

    season: str
    trend: CensoredTrend


class SeasonalTrend(NamedTuple):
    """What the seasons say together, and each of them.

    ``p`` is by the normal approximation, ``p_permutation`` by arrangement, not a number without an ``rng``.
    ``n_left_out`` results stood in seasons of fewer than 4.
    """

    slope: float
    intercept: float
    tau: float
    p: float
    p_permutation: float
    s: float
    n: int
    n_left_out: int
    seasons: tuple[SeasonTrend, ...]


def seasonal_trend(
    season: npt.ArrayLike,
    x: npt.ArrayLike,
    y: npt.ArrayLike,
    y_is_nondetect: npt.ArrayLike | None = None,
    scale: TrendScale = "linear",
    *,
    rng: np.random.Generator | None = None,
    n_permutations: int = 4_999,
) -> SeasonalTrend:
    """Seasonal Kendall test and slope of results with non-detects (C14).

    Parameters
    ----------
    season
        Name or number of the season of each result, shape ``(n,)``.
    x
        Time, in the unit of which the slope speaks.
    y, y_is_nondetect, scale
        As in :func:`censored_trend`.
    rng, n_permutations
        Randomness for the p-value by arrangement, and how many arrangements.

    Returns
    -------
    SeasonalTrend
        Seasons in the order of their names.

    Raises
    ------
    DataRefused
        What :func:`censored_trend` refuses of a season; ``HW-D535`` where no season has 4 results.

    Examples
    --------
    Up by 1 a year in both seasons, ten apart: S = 6 + 6.

    >>> found = seasonal_trend(["dry"] * 4 + ["wet"] * 4, [1, 2, 3, 4] * 2, [1, 2, 3, 4, 11, 12, 13, 14])
    >>> found.s, found.tau, round(found.slope, 6), [one.season for one in found.seasons]
    (12.0, 1.0, 1.0, ['dry', 'wet'])
    """
    across, along = require_pairs(x, y, None, y_is_nondetect)
    names, place = _seasons(season, along.values.size)
    counts = np.bincount(place, minlength=len(names))
    if not np.any(counts >= LEAST_OF_A_SEASON):
        raise DataRefused(
            f"No season has {LEAST_OF_A_SEASON} results.",
            found=", ".join(f"{name}: {count}" for name, count in zip(names, counts, strict=True)),
            remedy="Use fewer, longer seasons, or censored_trend",
            code="HW-D535",
        )
    parts = [np.flatnonzero(place == code) for code in np.flatnonzero(counts >= LEAST_OF_A_SEASON)]
    pieces = [(across.values[rows], _take(along, rows)) for rows in parts]
    trends = [censored_trend(time, part.values, None, part.is_nondetect, scale) for time, part in pieces]
    s, pairs = sum(one.s for one in trends), sum(one.n * (one.n - 1) / 2 for one in trends)
    slope, intercept, variance, scored = _combined(pieces, scale)
    labels = [names[int(place[rows[0]])] for rows in parts]
    used = sum(one.n for one in trends)
    return SeasonalTrend(
        slope, intercept, s / pairs, two_sided(s, variance), _by_arrangement(scored, s, rng, n_permutations), s, used,
        along.values.size - used, tuple(SeasonTrend(*pair) for pair in zip(labels, trends, strict=True)),
    )  # fmt: skip


Scored = tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], Flags]


def _combined(pieces: list[tuple[Array, Observations]], scale: TrendScale) -> tuple[float, float, float, list[Scored]]:
    """Slope and intercept of all seasons, the variance of S, and what its arrangements need."""
    time = np.concatenate([piece[0] for piece in pieces])
    scaled = on_scale(_join([piece[1] for piece in pieces]), scale)
    lifted = lift(scaled)
    ends = np.cumsum([piece[0].size for piece in pieces])[:-1]
    rows = np.split(np.arange(time.size), ends)
    results = [_take(lifted.observed, one) for one in rows]
    scores = [residual_score(time[one], part) for one, part in zip(rows, results, strict=True)]
    spans = [
        steepest(time[one], np.where(part.is_nondetect, 0.0, part.values)) for one, part in zip(rows, results, strict=True)
    ]
    low, high = min(span[0] for span in spans), max(span[1] for span in spans)
    slope = score_root(lambda at: sum(score(at) for score in scores), low, high)
    intercept = line_intercept(time, lifted, slope, np.zeros(time.size, dtype=np.bool_))
    variance, scored = 0.0, []
    for one in rows:
        part = _take(scaled, one)
        known = Observations(time[one], np.zeros(one.size, dtype=np.bool_))
        variance += kendall(known, part).variance
        order = np.argsort(known.values, kind="stable")
        ranked = ranks(part.values, part.is_nondetect)
        scored.append((ranks(known.values, known.is_nondetect)[order], ranked, part.is_nondetect))
    return slope, intercept, variance, scored


def _by_arrangement(scored: list[Scored], s: float, rng: np.random.Generator | None, times: int) -> float:
    if rng is None:
        return np.nan
    as_large = 0
    for _ in range(times):
        total = 0
        for x_rank, y_rank, hidden in scored:
            order = rng.permutation(y_rank.size)
            total += ordered_score(x_rank, np.zeros(order.size, dtype=np.bool_), y_rank[order], hidden[order])
        as_large += abs(total) >= abs(s)
    return (1 + as_large) / (1 + times)


def _seasons(season: npt.ArrayLike, n: int) -> tuple[list[str], npt.NDArray[np.int64]]:
    given = np.asarray(season)
    if given.shape != (n,):
        raise DataRefused(
            "Every result needs its season.",
            found=f"seasons of shape {given.shape} for {n} results",
            remedy="Give lists of one length",
            code="HW-D531",
        )
    names, place = np.unique(given, return_inverse=True)
    return [str(name) for name in names], place.astype(np.int64)


def _take(observed: Observations, rows: npt.NDArray[np.int64]) -> Observations:
    return Observations(observed.values[rows], observed.is_nondetect[rows])


def _join(parts: list[Observations]) -> Observations:
    return Observations(np.concatenate([one.values for one in parts]), np.concatenate([one.is_nondetect for one in parts]))
