r"""Which rank does an area have, how sure is that, and which two areas can be told apart at all?

Every draw of the true figures has its ranks; an area's rank is a distribution. With draws d = 1 … D,

    expected rank_i = mean_d rank_i(d),    P(top q)_i = share of draws with rank_i(d) <= q                (B6)

    P(i before j) = share of draws with figure_i < figure_j (ties count a half)                           (B7)

Rank 1 is the lowest figure, or the highest with ``highest_first``. A pair is *clear* where (B7) is at least the stated
probability one way or the other. There is no way to get a rank here without its interval.

The trap: with small areas the interval is wide even for the leader (places 1 to 17 of 43 for the fresh milk data), and the
number of clear pairs is what a table can honestly print.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.special import ndtr

from headworks.assessment.comparison.equal_lists import equal_lists, refuse, require_all, require_probability

Array = npt.NDArray[np.float64]
# Ranks of so many numbers at a time are in memory as texts of 8 bytes, whatever the size of the problem.
_AT_A_TIME = 4_000_000
# A table of all pairs of more areas than these nobody reads, and its memory grows with the square.
_MOST_IN_PAIRS = 2_000
_LEAST_DRAWS = 100
# Draws where only a mean and a standard deviation are known: an expected rank of 43 areas is then within 0.1.
_DRAWS = 10_000


class PosteriorRanks(NamedTuple):
    """Rank of each area with its interval; every field has shape ``(n_areas,)``. ``p_top`` is P(rank <= top)."""

    expected: Array
    lower: Array
    upper: Array
    p_top: Array


def posterior_ranks(draws: npt.ArrayLike, *, top: int = 5, level: float = 0.95, highest_first: bool = False) -> PosteriorRanks:
    """Ranks of areas from draws of their true figures (B6).

    Parameters
    ----------
    draws
        Shape ``(n_draws, n_areas)``, at least 100 draws; a row is one joint draw of all areas.
    top
        Places that count as top.
    level
        Probability the interval of a rank holds; its ends are ranks that occurred.
    highest_first
        Whether the highest figure has rank 1.

    Raises
    ------
    DataRefused
        ``HW-D762`` for draws that are not a table of numbers, too few of them, or a top of no or more places than areas.

    Examples
    --------
    Two areas change places in every second draw, a third is always last.

    >>> found = posterior_ranks([[1.0, 2.0, 9.0], [2.0, 1.0, 9.0]] * 50, top=1)
    >>> found.expected.tolist(), found.lower.tolist(), found.upper.tolist(), found.p_top.tolist()
    ([1.5, 1.5, 3.0], [1.0, 1.0, 3.0], [2.0, 2.0, 3.0], [0.5, 0.5, 0.0])
    """
    figures = _require_draws(draws)
    require_probability("level", level)
    n_draws, n_areas = figures.shape
    if not 1 <= top <= n_areas:
        refuse("HW-D762", "There are not so many places.", found=f"top {top} of {n_areas} areas", remedy="Ask for fewer")
    ranks = np.empty((n_draws, n_areas), dtype=np.int32)
    places = np.arange(1, n_areas + 1, dtype=np.int32)
    step = max(1, _AT_A_TIME // n_areas)
    for first in range(0, n_draws, step):
        piece = figures[first : first + step]
        order = np.argsort(-piece if highest_first else piece, axis=1, kind="stable")
        np.put_along_axis(ranks[first : first + step], order, np.broadcast_to(places, order.shape), axis=1)
    ends = np.empty((2, n_areas))
    wide = max(1, _AT_A_TIME // n_draws)
    low = int(np.floor((1 - level) / 2 * (n_draws - 1)))
    for first in range(0, n_areas, wide):
        piece = np.sort(ranks[:, first : first + wide], axis=0)
        ends[:, first : first + wide] = piece[low], piece[n_draws - 1 - low]
    return PosteriorRanks(ranks.mean(axis=0), ends[0], ends[1], (ranks <= top).mean(axis=0))


def normal_draws(
    mean: npt.ArrayLike, standard_deviation: npt.ArrayLike, rng: np.random.Generator, n_draws: int = _DRAWS
) -> Array:
    """Draws of areas of which a mean and a standard deviation are known, errors independent; ``(n_draws, n_areas)``.

    Examples
    --------
    >>> normal_draws([1.0, 2.0], [0.0, 0.0], np.random.default_rng(1), 100)[0].tolist()
    [1.0, 2.0]
    """
    m, sd = equal_lists("HW-D762", mean=mean, standard_deviation=standard_deviation)
    require_all("HW-D762", sd >= 0, "standard_deviation", sd, "A standard deviation is below 0.", "Leave the area out")
    return m + sd * rng.standard_normal((n_draws, m.size))


def order_probability(draws: npt.ArrayLike) -> Array:
    """P(figure of row's area < figure of column's area) of every pair (B7); the diagonal is a half. Shape ``(n, n)``.

    Examples
    --------
    >>> order_probability([[1.0, 2.0], [1.0, 3.0], [2.0, 1.0], [0.0, 4.0]] * 25).tolist()
    [[0.5, 0.75], [0.25, 0.5]]
    """
    figures = _require_draws(draws)
    n = figures.shape[1]
    _require_few(n)
    found = np.full((n, n), 0.5)
    for i in range(n - 1):
        mine, others = figures[:, [i]], figures[:, i + 1 :]
        found[i, i + 1 :] = (mine < others).mean(axis=0) + 0.5 * (mine == others).mean(axis=0)
        found[i + 1 :, i] = 1 - found[i, i + 1 :]
    return found


def normal_order_probability(mean: npt.ArrayLike, standard_deviation: npt.ArrayLike) -> Array:
    """The same from means and standard deviations with independent errors, without draws.

    Examples
    --------
    Means 5 apart with standard deviations 3 and 4: Phi(1).

    >>> normal_order_probability([0.0, 5.0], [3.0, 4.0])[0, 1].round(4).item()
    0.8413
    """
    m, sd = equal_lists("HW-D762", mean=mean, standard_deviation=standard_deviation)
    require_all("HW-D762", sd > 0, "standard_deviation", sd, "A standard deviation is not above 0.", "Leave the area out")
    _require_few(m.size)
    result: Array = ndtr((m[None, :] - m[:, None]) / np.sqrt(sd[None, :] ** 2 + sd[:, None] ** 2))
    return result


def ranked_areas(area_id: list[str], ranks: PosteriorRanks, order: Array, clear_at: float = 0.95) -> pl.DataFrame:
    """The only table of ranks there is: each with its interval, and how many areas it cannot be told from.

    Parameters
    ----------
    area_id
        Of each area, as in ``ranks`` and ``order``.
    order
        From :func:`order_probability` or :func:`normal_order_probability`.
    clear_at
        Probability from which the order of two areas is called clear.

    Returns
    -------
    pl.DataFrame
        ``area_id, rank_expected, rank_lower, rank_upper, p_top, n_not_clear, not_clear_from``, by expected rank.

    Examples
    --------
    >>> draws = [[1.0, 2.0, 9.0], [2.0, 1.0, 9.0]] * 50
    >>> ranked_areas(["a", "b", "c"], posterior_ranks(draws), order_probability(draws))["not_clear_from"].to_list()
    Traceback (most recent call last):
    ...
    headworks.core.errors.DataRefused: There are not so many places. Found: top 5 of 3 areas. Remedy: Ask for fewer.
    >>> found = ranked_areas(["a", "b", "c"], posterior_ranks(draws, top=1), order_probability(draws))
    >>> found["not_clear_from"].to_list()
    [['b'], ['a'], []]
    """
    require_probability("clear_at", clear_at)
    n = len(area_id)
    if order.shape != (n, n) or ranks.expected.size != n:
        told = f"{n} names, {ranks.expected.size} ranks, pairs {'x'.join(map(str, order.shape))}"
        refuse(
            "HW-D762",
            "Ranks, pairs and names are not of the same areas.",
            found=told,
            remedy="Make them of one table of draws",
        )
    unclear = np.maximum(order, order.T) < clear_at
    np.fill_diagonal(unclear, val=False)
    names = np.asarray(area_id, dtype=object)
    return pl.DataFrame(
        {
            "area_id": area_id,
            "rank_expected": ranks.expected,
            "rank_lower": ranks.lower.astype(np.int64),
            "rank_upper": ranks.upper.astype(np.int64),
            "p_top": ranks.p_top,
            "n_not_clear": unclear.sum(axis=1),
            "not_clear_from": pl.Series([names[row].tolist() for row in unclear], dtype=pl.List(pl.String)),
        }
    ).sort("rank_expected", "area_id")


def _require_draws(draws: npt.ArrayLike) -> Array:
    figures = np.asarray(draws, dtype=np.float64)
    if figures.ndim != 2 or figures.shape[0] < _LEAST_DRAWS or figures.shape[1] < 1 or not np.isfinite(figures).all():
        told = f"{'x'.join(map(str, figures.shape))}, {np.count_nonzero(~np.isfinite(figures))} missing or infinite"
        remedy = f"A row per draw, at least {_LEAST_DRAWS}, a column per area, no gaps"
        refuse("HW-D762", "Ranks need a table of draws.", found=told, remedy=remedy)
    return figures


def _require_few(n_areas: int) -> None:
    if n_areas > _MOST_IN_PAIRS:
        remedy = f"Compare at most {_MOST_IN_PAIRS} areas, such as those of one county"
        refuse("HW-D762", "Too many areas for a table of all pairs.", found=str(n_areas), remedy=remedy)
