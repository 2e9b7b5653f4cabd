r"""Does a week lie above the few weeks before it? EARS C1, C2 and C3 (Fricker, Hegler and Dunfee 2008).

With mean ``m`` and standard deviation ``s`` of the ``baseline`` steps that end one step before (C1) or three steps before
(C2),

    U = m + z s,   s at least min_sigma,   z the normal 1 - alpha quantile                                                 (F7)

C3 adds up the excess of three steps, ``C2(t) = (y - m)/s``:

    U = m + s (z - sum over t-1, t-2 of max(0, C2 - 1))                                                             (F8)

**Where the reference differs from its page.** surveillance 1.20.3 has ``y`` in place of ``m`` in (F8), and 0 where that is
below 0: a C3 alarm then says that the *two weeks before* were high, whatever this one is. ``present_week`` gives (F8) as it
is written.

**Missing steps** are left out of the baseline, which must keep three values; in the sum of C3 they add nothing. A baseline
without spread has C2 = 0 at its own mean and endless above it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.special import ndtri

from headworks.warning.peers.answers import NOT_OBSERVED, TOO_FEW, TOO_SHORT, Answers
from headworks.warning.peers.counts import Array, Counts, Index

# A standard deviation of fewer values says next to nothing.
LEAST_OBSERVED = 3
_LAG = {"c1": 1, "c2": 3, "c3": 3}
# C3 sums the excess of this step and of the two before.
_STEPS_BEFORE = (1, 2)


def ears(counts: Counts, control: dict[str, Any], kind: str) -> Answers:
    """Thresholds and alarms of C1, C2 or C3.

    Parameters
    ----------
    counts
        Counts by series and step.
    control
        Settings, as :func:`headworks.warning.peers.control.control_of` gives them.
    kind
        ``c1``, ``c2`` or ``c3``.

    Returns
    -------
    Answers
        With ``expected``, the mean of the baseline, and ``n_baseline``.
    """
    baseline, lag, z = control["baseline"], _LAG[kind], float(ndtri(1.0 - control["alpha"]))
    mean, spread, n = window_statistics(counts.observed, counts.columns, baseline, lag)
    spread, seen = np.maximum(spread, control["min_sigma"]), counts.assessed
    if kind == "c3":
        excess = sum(_excess(counts, control, lag, back) for back in _STEPS_BEFORE)
        start = mean if control["present_week"] else seen
        with np.errstate(invalid="ignore"):
            threshold = np.where(spread > 0, start + spread * (z - excess), start)
        threshold = np.maximum(threshold, 0.0)
    else:
        threshold = mean + z * spread
    with np.errstate(invalid="ignore"):
        answers = Answers(threshold, seen > threshold)
    answers.extra = {"expected": mean, "n_baseline": n}
    answers.cannot(np.isnan(seen), NOT_OBSERVED)
    answers.cannot(counts.history < baseline + lag - 1 + (2 if kind == "c3" else 0), TOO_SHORT)
    answers.cannot(n < LEAST_OBSERVED, TOO_FEW)
    return answers


def window_statistics(observed: Array, columns: Index, length: int, lag: int) -> tuple[Array, Array, Array]:
    """Mean, standard deviation and number of the values from ``lag + length - 1`` to ``lag`` steps before each column.

    Deviations are taken from the mean, so that a baseline of one value many times has a spread of exactly zero.

    Examples
    --------
    Of 1, 2 and 6 the mean is 3 and the variance (4 + 1 + 9)/2 = 7.

    >>> mean, spread, n = window_statistics(np.array([[1.0, 2.0, 6.0, 50.0]]), np.array([3]), length=3, lag=1)
    >>> mean.item(), (spread**2).round(9).item(), n.item()
    (3.0, 7.0, 3.0)
    """
    shape = observed.shape[0], columns.size
    total, n, squares = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    there = np.isfinite(observed)
    filled = np.where(there, observed, 0.0)
    # One step of the window after another: no array of all windows is made.
    shifts = [columns - back for back in range(lag + length - 1, lag - 1, -1)]
    for shift in shifts:
        inside = np.maximum(shift, 0)
        total += filled[:, inside] * (shift >= 0)
        n += there[:, inside] & (shift >= 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = total / n
        for shift in shifts:
            inside = np.maximum(shift, 0)
            squares += np.where(there[:, inside] & (shift >= 0), (filled[:, inside] - mean) ** 2, 0.0)
        spread = np.sqrt(squares / (n - 1.0))
    return mean, spread, n


def _excess(counts: Counts, control: dict[str, Any], lag: int, back: int) -> Array:
    """``max(0, C2 - 1)`` some steps before each; 0 where that step or its baseline is missing."""
    columns = counts.columns - back
    inside = np.maximum(columns, 0)
    mean, spread, n = window_statistics(counts.observed, inside, control["baseline"], lag)
    with np.errstate(invalid="ignore", divide="ignore"):
        standard = (counts.observed[:, inside] - mean) / np.maximum(spread, control["min_sigma"])
        known = (columns >= 0) & (n >= LEAST_OBSERVED) & ~np.isnan(standard)
        return np.where(known, np.maximum(standard - 1.0, 0.0), 0.0)
