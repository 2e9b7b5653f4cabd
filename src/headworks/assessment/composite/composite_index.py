r"""One number from several indicators: what it says under stated weights, and only under those.

Indicators of n areas are first made comparable, "more" always meaning worse,

    min_max: (x - min) / (max - min)    z_score: (x - mean) / sd, population sd    rank: (rank - 1) / (n - 1)   (B19)

and then put together with weights that add up to 1,

    additive: sum w x,    geometric: prod (0.01 + 0.99 x)^w                                               (B20)

The geometric form lets one good indicator not make up for a bad one; the hundredth keeps a best area from being 0 by one
indicator alone. It needs x between 0 and 1, so not z-scores.

The trap: an index looks like a measurement and is an opinion about weights. Never print one without
:func:`headworks.assessment.composite.composite_sensitivity`.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from headworks.assessment.comparison.equal_lists import refuse, require_one_of

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Normalisation = Literal["min_max", "z_score", "rank"]
Aggregation = Literal["additive", "geometric"]
NORMALISATIONS: tuple[Normalisation, ...] = ("min_max", "z_score", "rank")
AGGREGATIONS: tuple[Aggregation, ...] = ("additive", "geometric")
# The least value a geometric mean is made of.
_FLOOR = 0.01


class CompositeIndex(NamedTuple):
    """Index of each area as ``score``, the highest worst; its normalised indicators; its rank under these weights alone."""

    score: Array
    normalised: Array
    rank: npt.NDArray[np.int64]


def composite_index(
    indicators: npt.ArrayLike,
    weights: npt.ArrayLike,
    more_is_better: npt.ArrayLike = False,
    normalisation: Normalisation = "min_max",
    aggregation: Aggregation = "additive",
) -> CompositeIndex:
    """Index of several indicators under stated weights (B19, B20).

    Parameters
    ----------
    indicators
        Shape ``(n_areas, n_indicators)``, none missing.
    weights
        Of each indicator, at least 0; scaled to add up to 1.
    more_is_better
        For each indicator, whether a higher number is good news (coverage of treatment).
    normalisation, aggregation
        See the module.

    Returns
    -------
    CompositeIndex
        Rank 1 is the worst area; equal areas share the better place.

    Raises
    ------
    DataRefused
        ``HW-D766`` for shapes that do not fit, missing numbers, weights below 0 or all 0, or an indicator that is the same
        everywhere.
    UsageError
        ``HW-U258`` for another method, or the geometric form of z-scores.

    Examples
    --------
    Area a is worst in the first indicator and halfway in the second: 0.5 x 1 + 0.5 x 0.5.

    >>> composite_index([[4.0, 2.0], [2.0, 1.0], [0.0, 3.0]], [1, 1]).score.tolist()
    [0.75, 0.25, 0.5]
    """
    x, w, good = require_indicators(indicators, weights, more_is_better)
    require_one_of("normalisation", normalisation, NORMALISATIONS)
    allowed = AGGREGATIONS[:1] if normalisation == "z_score" else AGGREGATIONS
    require_one_of("aggregation", aggregation, tuple(allowed))
    normalised = normalise(x, good, normalisation)
    index = aggregate(normalised, w, aggregation)
    return CompositeIndex(index, normalised, worst_first(index).astype(np.int64))


def normalise(x: Array, good: Flags, normalisation: Normalisation) -> Array:
    """(B19) over the areas, the last axis but one; an indicator that is the same everywhere is in the middle."""
    if normalisation == "z_score":
        middle, span = x.mean(axis=-2, keepdims=True), x.std(axis=-2, keepdims=True)
    elif normalisation == "rank":
        x = np.argsort(np.argsort(x, axis=-2, kind="stable"), axis=-2, kind="stable").astype(np.float64)
        middle, span = np.zeros_like(x[..., :1, :]), np.full_like(x[..., :1, :], x.shape[-2] - 1.0)
    else:
        middle = x.min(axis=-2, keepdims=True)
        span = x.max(axis=-2, keepdims=True) - middle
    with np.errstate(invalid="ignore"):
        scaled = np.where(span > 0, (x - middle) / np.where(span > 0, span, 1.0), 0.0 if normalisation == "z_score" else 0.5)
    return np.where(good, -scaled if normalisation == "z_score" else 1 - scaled, scaled)


def aggregate(normalised: Array, weights: Array, aggregation: Aggregation) -> Array:
    """(B20) over the indicators, the last axis; weights ``(..., n_indicators)`` that add up to 1."""
    w = weights[..., None, :]
    result: Array
    if aggregation == "additive":
        result = (normalised * w).sum(axis=-1)
    else:
        result = np.exp((np.log(_FLOOR + (1 - _FLOOR) * normalised) * w).sum(axis=-1))
    return result


def worst_first(index: Array) -> Array:
    """Rank of each area, 1 the highest index; the last axis."""
    order = np.argsort(-index, axis=-1, kind="stable")
    ranks = np.empty(index.shape)
    np.put_along_axis(ranks, order, np.broadcast_to(np.arange(1.0, index.shape[-1] + 1), index.shape), axis=-1)
    return ranks


def require_indicators(
    indicators: npt.ArrayLike, weights: npt.ArrayLike, more_is_better: npt.ArrayLike
) -> tuple[Array, Array, Flags]:
    """Indicators, weights that add up to 1, and directions, of shapes that fit (``HW-D766``)."""
    x, w = np.asarray(indicators, dtype=np.float64), np.asarray(weights, dtype=np.float64)
    told = f"indicators {'x'.join(map(str, x.shape))}, weights {w.shape}"
    if x.ndim != 2 or x.shape[0] < 2 or w.shape != x.shape[1:] or not np.isfinite(x).all():
        remedy = "A row per area, at least two, and a weight per column; decide first what stands for a gap"
        refuse("HW-D766", "Indicators and weights do not make an index.", found=told, remedy=remedy)
    if not np.isfinite(w).all() or (w < 0).any() or w.sum() <= 0:
        refuse("HW-D766", "Weights are at least 0 and not all 0.", found=str(w.tolist()), remedy="Give shares")
    same = np.flatnonzero(np.ptp(x, axis=0) == 0)
    if same.size:
        where = f"column {same[0] + 1}"
        refuse(
            "HW-D766", "An indicator is the same in all areas.", where=where, found=f"{x[0, same[0]]:g}", remedy="Leave it out"
        )
    return x, w / w.sum(), np.broadcast_to(np.asarray(more_is_better, dtype=bool), w.shape)
