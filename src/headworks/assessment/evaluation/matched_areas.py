r"""How did the listed areas change beside unlisted ones that looked like them?

Each listed area is given the k unlisted areas nearest to it in what was known before (standardised by the spread over all
areas, Euclidean). With d the change of an area, after minus before,

    effect = mean d of the listed - sum_j w_j d_j,   w_j = share of all matches that area j is            (B40)
    variance = s_listed^2 / n_listed + s_unlisted^2 sum w_j^2

with t of Welch's degrees of freedom. An unlisted area that stands in for many counts as often.

The trap: areas are listed *because* they were high, so none as high is unlisted, and what is left between them regresses to
the mean. Match on an earlier window than the one that listed them, and show what is expected without any action first.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import stdtrit

from headworks.assessment.comparison.equal_lists import equal_lists, refuse, require_probability

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]
_LEAST_LISTED, _LEAST_UNLISTED = 2, 5


class MatchedComparison(NamedTuple):
    """Effect (B40) with bounds, and what it rests on.

    ``matches`` of each listed area, ``(n_listed, k)``, are rows of the input; ``farthest`` is the largest distance of a match,
    in standard deviations: far above 1 there is no area like it.
    """

    effect: float
    lower: float
    upper: float
    matches: Index
    farthest: Array


def matched_comparison(
    known_before: npt.ArrayLike,
    change: npt.ArrayLike,
    is_listed: npt.ArrayLike,
    n_matches: int = 3,
    level: float = 0.95,
) -> MatchedComparison:
    """Change of listed areas beside that of unlisted ones like them (B40).

    Parameters
    ----------
    known_before
        Shape ``(n_areas, n_characters)``: size, earlier level, deprivation; from before the action.
    change
        After minus before of each area, on the log scale for a ratio; windows apart
        (:func:`headworks.assessment.evaluation.require_apart`).
    is_listed
        Which areas were acted on.
    n_matches
        Unlisted areas per listed one, at least 1.

    Raises
    ------
    DataRefused
        ``HW-D774`` for lists that do not fit, fewer than two listed or five unlisted areas, or more matches than areas.

    Examples
    --------
    >>> size = [[1.0], [2.0], [1.1], [2.1], [5.0], [6.0], [7.0]]
    >>> found = matched_comparison(size, [-1.0, -2.0, 0.0, -1.0, 9, 9, 9], [True, True] + [False] * 5, n_matches=1)
    >>> found.matches.tolist(), found.effect
    ([[2], [3]], -1.0)
    """
    x = np.asarray(known_before, dtype=np.float64)
    d, flags = equal_lists("HW-D774", change=change, is_listed=np.asarray(is_listed, dtype=np.float64))
    listed, unlisted = np.flatnonzero(flags > 0), np.flatnonzero(flags == 0)
    require_probability("level", level)
    few = listed.size < _LEAST_LISTED or unlisted.size < _LEAST_UNLISTED
    if x.ndim != 2 or x.shape[0] != d.size or not np.isfinite(x).all() or few or not 1 <= n_matches <= unlisted.size:
        told = (
            f"{listed.size} listed, {unlisted.size} unlisted areas, {n_matches} matches, known {'x'.join(map(str, x.shape))}"
        )
        remedy = f"At least {_LEAST_LISTED} listed and {_LEAST_UNLISTED} unlisted areas, a row of what is known for each"
        refuse("HW-D774", "There is nothing to match with.", found=told, remedy=remedy)
    spread = x.std(axis=0)
    z = (x - x.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    distance = np.sqrt(((z[listed][:, None, :] - z[unlisted][None, :, :]) ** 2).sum(axis=2))
    nearest = np.argsort(distance, axis=1, kind="stable")[:, :n_matches]
    weight = np.bincount(nearest.ravel(), minlength=unlisted.size) / nearest.size
    effect = float(d[listed].mean() - weight @ d[unlisted])
    parts = float(d[listed].var(ddof=1)) / listed.size, float(d[unlisted].var(ddof=1) * (weight**2).sum())
    freedom = sum(parts) ** 2 / max(parts[0] ** 2 / (listed.size - 1) + parts[1] ** 2 / (unlisted.size - 1), 1e-300)
    half = float(stdtrit(max(freedom, 1.0), (1 + level) / 2)) * float(np.sqrt(sum(parts)))
    farthest = np.take_along_axis(distance, nearest, axis=1)[:, -1]
    return MatchedComparison(effect, effect - half, effect + half, unlisted[nearest], farthest)
