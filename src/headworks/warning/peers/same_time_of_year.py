r"""Does a week lie above a few comparable ones? The systems of the Robert Koch Institute and of Riebler (2004).

Both compare with the ``w`` steps before (``act_y``) and the ``2 w + 1`` around the same time in each of ``b`` earlier years;
RKI 1, 2, 3 and Bayes 1, 2, 3 are choices of ``b``, ``w`` and ``act_y``. With n values of mean m and standard deviation s,

    rki:    U = m + 2 s where m > 20, else the upper 95 % limit of a Poisson mean when floor(m) was counted    (F12)
    bayes:  U = the 1 - alpha quantile of the negative binomial with size sum y + 1/2 and probability n / (n + 1)         (F13)

(F13) is the predictive law under Jeffreys' prior: mean ``(sum y + 1/2)/n``, variance ``(n + 1)/n`` times that. The limits of
(F12) are those of Crow and Gardner (1959), to three decimals as they are printed (``poisson_limits.csv``): beyond their last
count the normal law is taken.

Missing steps are left out. An alarm is a count above the threshold; the reference's page says "or equal" of ``bayes``, its
program does not.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from headworks.reference.poisson_limits import poisson_limits
from headworks.warning.peers.answers import NOT_OBSERVED, TOO_FEW, TOO_SHORT, Answers
from headworks.warning.peers.count_quantile import upper_count
from headworks.warning.peers.counts import Array, Counts, Index
from headworks.warning.peers.ears import LEAST_OBSERVED


def rki(counts: Counts, freq: int, control: dict[str, Any]) -> Answers:
    """Thresholds and alarms by (F12); with ``expected`` and ``n_baseline``.

    Parameters
    ----------
    counts
        Counts by series and step.
    freq
        Steps a year.
    control
        Settings, as :func:`headworks.warning.peers.control.control_of` gives them.
    """
    n, mean, spread = _reference_values(counts, freq, control)
    small = poisson_limits()["upper_95"].to_numpy()
    with np.errstate(invalid="ignore"):
        is_small = mean <= small.size - 1
        threshold = np.where(is_small, small[np.where(is_small, mean, 0.0).astype(np.int64)], mean + 2.0 * spread)
    return _answers(counts, freq, control, threshold, {"expected": mean, "n_baseline": n}, LEAST_OBSERVED)


def bayes(counts: Counts, freq: int, control: dict[str, Any]) -> Answers:
    """Thresholds and alarms by (F13); parameters and result as in :func:`rki`."""
    n, mean, _ = _reference_values(counts, freq, control)
    some = np.maximum(n, 1.0)
    expected = (np.where(n > 0, mean, 0.0) * n + 0.5) / some
    threshold = upper_count(expected.ravel(), (1.0 + 1.0 / some).ravel(), control["alpha"]).reshape(n.shape)
    return _answers(counts, freq, control, threshold, {"expected": expected, "n_baseline": n}, 1)


def reference_columns(b: int, w: int, act_y: bool, freq: int) -> Index:
    """Distances to the steps compared with, below 0.

    Examples
    --------
    >>> reference_columns(b=1, w=1, act_y=True, freq=52).tolist()
    [-53, -52, -51, -1]
    """
    years = [-freq * year + step for year in range(b, 0, -1) for step in range(-w, w + 1)]
    return np.array(years + (list(range(-w, 0)) if act_y else []), dtype=np.int64)


def _reference_values(counts: Counts, freq: int, control: dict[str, Any]) -> tuple[Array, Array, Array]:
    """Number, mean and standard deviation of the reference values of each step."""
    offsets = reference_columns(control["b"], control["w"], control["act_y"], freq)
    shape = counts.assessed.shape
    n, total, squares = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    parts = [counts.observed[:, np.maximum(counts.columns + by, 0)] for by in offsets]
    for part in parts:
        n += np.isfinite(part)
        total += np.nan_to_num(part)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = total / n
        for part in parts:
            squares += np.where(np.isfinite(part), (part - mean) ** 2, 0.0)
        return n, mean, np.sqrt(squares / (n - 1.0))


def _answers(
    counts: Counts, freq: int, control: dict[str, Any], threshold: Array, extra: dict[str, Array], least: int
) -> Answers:
    with np.errstate(invalid="ignore"):
        answers = Answers(threshold, counts.assessed > threshold)
    answers.extra = extra
    answers.cannot(np.isnan(counts.assessed), NOT_OBSERVED)
    answers.cannot(counts.history < control["b"] * freq + control["w"], TOO_SHORT)
    answers.cannot(extra["n_baseline"] < least, TOO_FEW)
    return answers
