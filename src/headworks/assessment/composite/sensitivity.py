r"""What is left of an index once its weights, its scale, its formula and the errors of its inputs are let vary?

Weights are drawn flat over all that add up to 1 (Dirichlet with parameters 1), normalisation and aggregation from those named,
and inputs from their errors. Each draw ranks the areas. Reported are the interval of each rank, the share of draws in which
one area stands before another, and the mean shift of ranks against the index as printed,

    R = mean over areas |rank as printed - rank|                                                          (B21)

How much of its variance a source explains alone and with others (Sobol; estimators of Saltelli 2010 and Jansen 1999):

    first = mean f_B (f_AB - f_A) / var f,    total = mean (f_A - f_AB)^2 / (2 var f)                     (B22)

A and B are two sets of draws, AB is A with one source taken from B.

The trap: two areas whose order hangs on the weights must not be ordered in public, whatever the index says.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from headworks.assessment.comparison.equal_lists import refuse, require_one_of, require_probability
from headworks.assessment.comparison.posterior_ranks import order_probability
from headworks.assessment.composite.composite_index import (
    AGGREGATIONS,
    NORMALISATIONS,
    Aggregation,
    Normalisation,
    aggregate,
    normalise,
    require_indicators,
    worst_first,
)

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
SOURCES = ("weights", "normalisation", "aggregation", "input_error")
# First indices are then known within about 0.03.
_DRAWS = 4_000


class CompositeSensitivity(NamedTuple):
    """Bounds and mean of each area's rank; what moves them.

    ``p_worse`` of every pair: row worse than column; ``mean_shift`` of (B21); ``first`` and ``total``: Sobol indices by source
    (B22), not a number where nothing shifts.
    """

    rank_lower: Array
    rank_upper: Array
    rank_expected: Array
    p_worse: Array
    mean_shift: float
    first: dict[str, float]
    total: dict[str, float]


class _Varied(NamedTuple):
    weights: Array
    normalisation: npt.NDArray[np.int64]
    aggregation: npt.NDArray[np.int64]
    input_error: Array


def composite_sensitivity(
    indicators: npt.ArrayLike,
    weights: npt.ArrayLike,
    rng: np.random.Generator,
    *,
    more_is_better: npt.ArrayLike = False,
    standard_error: npt.ArrayLike = 0.0,
    normalisations: tuple[Normalisation, ...] = ("min_max",),
    aggregations: tuple[Aggregation, ...] = ("additive",),
    vary_weights: bool = True,
    level: float = 0.90,
    n_draws: int = _DRAWS,
) -> CompositeSensitivity:
    """How far ranks move when weights, scales, formula and inputs vary (B21, B22).

    Parameters
    ----------
    indicators, weights, more_is_better
        As for :func:`composite_index`; the index as printed is additive of the first normalisation named.
    standard_error
        Of each indicator and area, or one for all; 0 leaves the inputs as they are.
    normalisations, aggregations
        Those to draw from, evenly; z-scores are added up whatever the aggregation.
    vary_weights
        Whether weights vary; else they are as given.
    level
        Share of draws the interval of a rank holds.

    Raises
    ------
    DataRefused
        ``HW-D766`` as for the index, or for errors below 0 or of another shape.
    UsageError
        ``HW-U258``, ``HW-U259``.

    Examples
    --------
    Area a is worst in both indicators: no weights change that. The other two change places.

    >>> rng = np.random.default_rng(1)
    >>> found = composite_sensitivity([[9.0, 9.0], [2.0, 1.0], [1.0, 2.0]], [1, 1], rng)
    >>> found.rank_lower.tolist(), found.rank_upper.tolist()
    ([1.0, 2.0, 2.0], [1.0, 3.0, 3.0])
    """
    x, w, good = require_indicators(indicators, weights, more_is_better)
    for name in normalisations:
        require_one_of("normalisations", name, NORMALISATIONS)
    for one in aggregations:
        require_one_of("aggregations", one, AGGREGATIONS)
    require_probability("level", level)
    error = np.asarray(standard_error, dtype=np.float64)
    if error.shape not in ((), x.shape[1:], x.shape) or not np.all(error >= 0):
        refuse(
            "HW-D766",
            "Errors of the inputs do not fit.",
            found=str(error.shape),
            remedy="At least 0, shaped as the indicators",
        )
    choices = (normalisations, aggregations)

    def varied() -> _Varied:
        drawn = rng.dirichlet(np.ones(w.size), n_draws) if vary_weights else np.tile(w, (n_draws, 1))
        methods = [rng.integers(len(of), size=n_draws) for of in choices]
        return _Varied(drawn, methods[0], methods[1], error * rng.standard_normal((n_draws, *x.shape)))

    printed = worst_first(aggregate(normalise(x, good, normalisations[0]), w, "additive"))
    a, b = varied(), varied()
    index = _index(x, good, a, choices)
    ranks = worst_first(index)
    lower, upper = np.quantile(ranks, [(1 - level) / 2, (1 + level) / 2], axis=0, method="closest_observation")
    first, total = _sobol(x, good, a, b, choices, printed)
    shift = float(np.abs(ranks - printed).mean())
    # Equal indices at every draw share a half, so what is worse is the opposite of what is lower.
    return CompositeSensitivity(lower, upper, ranks.mean(axis=0), 1 - order_probability(index), shift, first, total)


def _index(
    x: Array, good: Flags, varied: _Varied, choices: tuple[tuple[Normalisation, ...], tuple[Aggregation, ...]]
) -> Array:
    """Index of each draw and area; on the scale of ranks within a draw only."""
    given = x + varied.input_error
    found = np.empty(given.shape[:2])
    for i, normalisation in enumerate(choices[0]):
        for j, aggregation in enumerate(choices[1]):
            rows = (varied.normalisation == i) & (varied.aggregation == j)
            form: Aggregation = "additive" if normalisation == "z_score" else aggregation
            found[rows] = aggregate(normalise(given[rows], good, normalisation), varied.weights[rows], form)
    return found


def _sobol(
    x: Array,
    good: Flags,
    a: _Varied,
    b: _Varied,
    choices: tuple[tuple[Normalisation, ...], tuple[Aggregation, ...]],
    printed: Array,
) -> tuple[dict[str, float], dict[str, float]]:
    def shift(varied: _Varied) -> Array:
        result: Array = np.abs(worst_first(_index(x, good, varied, choices)) - printed).mean(axis=1)
        return result

    of_a, of_b = shift(a), shift(b)
    variance = float(np.concatenate([of_a, of_b]).var())
    middle = float(np.concatenate([of_a, of_b]).mean())
    first, total = {}, {}
    for source in SOURCES:
        of_ab = shift(a._replace(**{source: getattr(b, source)}))
        first[source] = float(((of_b - middle) * (of_ab - of_a)).mean()) / variance if variance > 0 else float("nan")
        total[source] = float(((of_a - of_ab) ** 2).mean()) / (2 * variance) if variance > 0 else float("nan")
    return first, total
