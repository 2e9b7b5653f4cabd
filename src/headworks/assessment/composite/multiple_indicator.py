r"""How many people use drugs in areas where nobody estimated it? The multiple indicator method, from areas where somebody did.

Indicators of all areas are standardised (sample standard deviation) and put into their first principal component s; where a
few areas have an estimate of their own, the anchors,

    prevalence = a + b s + e,   least squares over the anchors                                            (B23)

    prediction +- t sqrt(v (1 + 1/m + (s - s_mean)^2 / sum (s - s_mean)^2)),  v = residual variance, m - 2 df   (B24)

The trap: with four anchors t is 4.3, two degrees of freedom hide much, and an area beyond the range of the anchors is
extrapolated. Each is said in ``doubts``, as is an indicator that counts activity (seizures) and not need.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import stdtrit

from headworks.assessment.comparison.equal_lists import refuse, require_probability

Array = npt.NDArray[np.float64]
# Two coefficients and a variance.
_LEAST_ANCHORS = 3
# Fewer residual degrees of freedom than these make intervals of little use.
_FEW_LEFT = 5
# A first component that holds less of the variance than this is not what the indicators have in common.
_LEAST_SHARE = 0.6


class MultipleIndicator(NamedTuple):
    """First component and regression on the anchors; prediction of every area with its interval; what is doubtful."""

    eigenvalues: Array
    loadings: Array
    share_of_variance: float
    score: Array
    intercept: float
    slope: float
    residual_sd: float
    r_squared: float
    predicted: Array
    lower: Array
    upper: Array
    is_extrapolated: npt.NDArray[np.bool_]
    doubts: list[str]

    def total(self, population: npt.ArrayLike) -> tuple[float, float]:
        """People and mean prevalence over all areas, predicted prevalences weighted by population.

        The unit of the first is that of prevalence times population: per 1,000 times thousands gives people.
        """
        people = np.asarray(population, dtype=np.float64)
        if people.shape != self.predicted.shape or not np.all(people > 0):
            refuse("HW-D767", "Populations do not fit the areas.", found=str(people.shape), remedy="One per area, above 0")
        total = float((people * self.predicted).sum())
        return total, total / float(people.sum())


def multiple_indicator(
    indicators: npt.ArrayLike,
    anchor: npt.ArrayLike,
    *,
    counts_activity: npt.ArrayLike = False,
    level: float = 0.95,
) -> MultipleIndicator:
    """Prevalence of every area from its indicators and a few anchors (B23, B24).

    Parameters
    ----------
    indicators
        Shape ``(n_areas, n_indicators)``, rates, none missing.
    anchor
        Prevalence where it is known, not a number elsewhere, shape ``(n_areas,)``.
    counts_activity
        For each indicator, whether it counts what was done (seizures, arrests) and not what was needed.

    Raises
    ------
    DataRefused
        ``HW-D767`` for shapes that do not fit, an indicator that is the same everywhere, or fewer than three anchors that
        differ in their score.

    Examples
    --------
    One indicator, anchors on a straight line: the area between them lies on it.

    >>> found = multiple_indicator([[1.0], [2.0], [3.0], [4.0]], [1.0, np.nan, 3.0, 4.0])
    >>> found.predicted.round(6).tolist()
    [1.0, 2.0, 3.0, 4.0]
    """
    x, known, y = _require_areas(indicators, anchor)
    require_probability("level", level)
    z = (x - x.mean(axis=0)) / x.std(axis=0, ddof=1)
    values, vectors = np.linalg.eigh(np.atleast_2d(np.cov(z, rowvar=False)))
    loadings = vectors[:, -1] * (1.0 if vectors[:, -1].sum() >= 0 else -1.0)
    score, share = z @ loadings, float(values[-1] / values.sum())
    s = score[known]
    m, centred = s.size, s - s.mean()
    scatter = float((centred**2).sum())
    if scatter <= 0:
        refuse("HW-D767", "The anchors do not differ.", found="one score", remedy="Choose anchors from low to high areas")
    slope = float((centred * y).sum() / scatter)
    intercept = float(y.mean() - slope * s.mean())
    residual = y - intercept - slope * s
    sd = float(np.sqrt((residual**2).sum() / (m - 2)))
    spread = float(((y - y.mean()) ** 2).sum())
    predicted = intercept + slope * score
    half = float(stdtrit(m - 2, (1 + level) / 2)) * sd * np.sqrt(1 + 1 / m + (score - s.mean()) ** 2 / scatter)
    beyond = (score < s.min()) | (score > s.max())
    doubts = _doubts(m, share, int(beyond.sum()), slope, np.asarray(counts_activity, dtype=bool))
    explained = 1 - float((residual**2).sum()) / spread if spread > 0 else 1.0
    return MultipleIndicator(
        values[::-1], loadings, share, score, intercept, slope, sd, explained,
        predicted, predicted - half, predicted + half, beyond, doubts,
    )  # fmt: skip


def _doubts(n_anchors: int, share: float, n_beyond: int, slope: float, activity: npt.NDArray[np.bool_]) -> list[str]:
    said = {
        f"{n_anchors} anchors leave {n_anchors - 2} degrees of freedom": n_anchors - 2 < _FEW_LEFT,
        f"{n_beyond} areas lie beyond the anchors": n_beyond > 0,
        f"the indicators have only {100 * share:.0f} % in common": share < _LEAST_SHARE,
        "prevalence falls as the indicators rise": slope < 0,
        f"{int(activity.sum())} of the indicators count activity, not need": bool(activity.any()),
    }
    return [words for words, holds in said.items() if holds]


def _require_areas(indicators: npt.ArrayLike, anchor: npt.ArrayLike) -> tuple[Array, npt.NDArray[np.bool_], Array]:
    x, given = np.asarray(indicators, dtype=np.float64), np.asarray(anchor, dtype=np.float64)
    known = np.isfinite(given)
    if x.ndim != 2 or given.shape != x.shape[:1] or not np.isfinite(x).all() or np.any(np.ptp(x, axis=0) == 0):
        told = f"indicators {'x'.join(map(str, x.shape))}, anchors {given.shape}"
        remedy = "A row per area without gaps, no indicator the same everywhere, an anchor or a gap per area"
        refuse("HW-D767", "Indicators and anchors do not fit.", found=told, remedy=remedy)
    if known.sum() < _LEAST_ANCHORS:
        told, remedy = f"{int(known.sum())} anchors", f"At least {_LEAST_ANCHORS}, and better ten"
        refuse("HW-D767", "Too few areas have an estimate of their own.", found=told, remedy=remedy)
    return x, known, given[known]
