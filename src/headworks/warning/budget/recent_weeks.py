r"""What the last weeks of a unit say together: a p-value with known null law, and the safer e-value.

With ``z`` of this week and of the samples before it, standard normal and independent under no change,

    a = max over j <= J of (z_t + ... + z_{t-j+1}) / sqrt(j),   p = P(max >= a)                             (X1)

    P(max >= a) = Q(a) + int_{x<a} phi(x) Q(a sqrt 2 - x) dx
                  + int_{s < a sqrt 2} phi(s / sqrt 2) / sqrt 2 Phi(sqrt 2 (a - s/2)) Q(a sqrt 3 - s) ds     (X2)

that is: crossed at the first, the second, the third sum for the first time; every term is positive, so the tail is exact.
The e-value is the mean over the same begins and over shifts of the likelihood ratio (X3).
The trap: weeks overlap, so p of two successive weeks are no two findings; ``events`` counts them once.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from headworks.warning.evidence import shift_evidence
from headworks.warning.evidence.effects import EXCEEDANCES

Array = npt.NDArray[np.float64]
# A doubling is to be found within three weeks; more windows would dull the first.
SAMPLES = 3
# A sample older than this says little of a change that is news.
REACH_WEEKS = 4
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(200)
_FARTHEST = 14.0
_AT = np.arange(-6.0, 14.001, 0.01)


def recent_p(z: npt.ArrayLike) -> Array:
    """p-value of each week against a rise in it, in the last two samples or in the last three (X1).

    Parameters
    ----------
    z
        Weeks last, any shape before; standard normal and independent under no change; not a number where not assessable.

    Returns
    -------
    Array
        Shape of ``z``; uniform under no change; not a number where ``z`` is not.

    Examples
    --------
    Alone it is the tail of the normal; with two before it, three windows have had their chance.

    >>> recent_p([[2.0]]).round(4).tolist(), recent_p([[2.0, 2.0, 2.0]]).round(4).tolist()
    ([[0.0228]], [[0.0228, 0.0042, 0.0007]])
    """
    normal = np.asarray(z, np.float64)
    last = _last_samples(normal)
    sums, largest = last[0].copy(), last[0].copy()
    n_samples = np.ones(normal.shape, dtype=np.int64)
    for j in range(1, SAMPLES):
        there = ~np.isnan(last[j]) & (n_samples == j)
        sums = np.where(there, sums + last[j], sums)
        n_samples += there
        largest = np.where(there, np.maximum(largest, sums / np.sqrt(j + 1.0)), largest)
    p = np.full(normal.shape, np.nan)
    for j, tail in enumerate(_LOG_TAILS, start=1):
        chosen = (n_samples == j) & ~np.isnan(largest)
        p[chosen] = np.exp(np.interp(largest[chosen], _AT, tail))
    return p


def recent_e(z: npt.ArrayLike) -> Array:
    """e-value of each week for a rise that began in it, or one or two samples before (X3).

    Parameters
    ----------
    z
        As for :func:`recent_p`.

    Returns
    -------
    Array
        Shape of ``z``; mean 1 at most under no change; 1 where ``z`` is not a number.

    Examples
    --------
    Of a single week: the mean of exp(3 z - 4.5) and its like for shifts 1, 2, 3 and 4.

    >>> recent_e([[3.0]]).round(1).tolist()
    [[52.8]]
    """
    normal = np.asarray(z, np.float64)
    last = _last_samples(normal)
    total, sums, n_samples = shift_evidence(last[0], EXCEEDANCES), last[0].copy(), np.ones(normal.shape, dtype=np.int64)
    evidence = total.copy()
    for j in range(1, SAMPLES):
        there = ~np.isnan(last[j]) & (n_samples == j)
        sums = np.where(there, sums + last[j], sums)
        n_samples += there
        with np.errstate(invalid="ignore"):
            bets = [np.exp(by * sums - n_samples * by**2 / 2) for by in EXCEEDANCES]
        evidence = np.where(there, np.mean(bets, axis=0), evidence)
        total = total + evidence
    return np.where(np.isnan(normal), 1.0, total / SAMPLES)


def _last_samples(normal: Array) -> list[Array]:
    """Of each week its own and the samples before it within reach, the newest first; not a number where there is none."""
    found = [np.where(np.isnan(normal), np.nan, normal)] + [np.full(normal.shape, np.nan) for _ in range(SAMPLES - 1)]
    n_found = np.ones(normal.shape, dtype=np.int64)
    for back in range(1, min(REACH_WEEKS, normal.shape[-1])):
        earlier = np.full(normal.shape, np.nan)
        earlier[..., back:] = normal[..., :-back]
        there = ~np.isnan(earlier)
        for j in range(1, SAMPLES):
            chosen = there & (n_found == j)
            found[j][chosen] = earlier[chosen]
        n_found += there
    return found


def _log_tails() -> list[Array]:
    """Logarithm of (X2) for one, two and three samples, at ``_AT``."""
    first = ndtr(-_AT)
    x = _points(_AT)
    width = (_AT + _FARTHEST)[:, None] / 2
    density = np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi)
    second = np.sum(_WEIGHTS * width * density * ndtr(x - _AT[:, None] * np.sqrt(2.0)), axis=1)
    end = _AT * np.sqrt(2.0)
    s = _points(end)
    width = (end + _FARTHEST)[:, None] / 2
    density = np.exp(-(s**2) / 4) / np.sqrt(4 * np.pi) * ndtr(np.sqrt(2.0) * (_AT[:, None] - s / 2))
    third = np.sum(_WEIGHTS * width * density * ndtr(s - _AT[:, None] * np.sqrt(3.0)), axis=1)
    return [np.log(first), np.log(np.minimum(first + second, 1.0)), np.log(np.minimum(first + second + third, 1.0))]


def _points(end: Array) -> Array:
    """Nodes between far below and each end."""
    points: Array = -_FARTHEST + (end + _FARTHEST)[:, None] * (_NODES + 1) / 2
    return points


_LOG_TAILS = _log_tails()
