r"""Does a week lie above what the same time of earlier years predicts? Farrington et al. (1996) and Noufaily et al. (2013).

The baseline is fitted by (F1)–(F3). A trend stays where there are three years, it is significant, and it predicts no more than
the largest count of the baseline. Then, with ``mu`` the expected count and ``v`` the variance of its logarithm,

    delta:     tau = phi + v mu,   U = (mu^p + z p mu^(p - 1/2) tau^(1/2))^(1/p),   p = 2/3, 1/2 or 1                  (F4)
    nbPlugin:  U = the 1 - alpha quantile of the negative binomial with mean mu and variance phi mu (F6)
    muan:      the same with mean mu exp(z v^(1/2))                                                                (F5)

``z`` is the normal ``1 - alpha/2`` quantile in the method of 1996 and the ``1 - alpha`` quantile in the flexible one, as in R.

**v.** The method of 1996 has ``v = max(phi, 1) (1/W + t^2/S)``. surveillance 1.20.3 has ``v = s (1/W + t^2/S)`` in the
flexible method, with ``s = sum omega ((y - mu)/mu)^2 / df``, about ``phi / mu``: too small by a factor of the mean, so that
trends nearly always count as significant. Thresholds are the reference's, so it is kept, and said.

The trap: a low count is not a low risk. With fewer than 5 cases in 4 weeks no alarm is raised; such a week is not assessed.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.special import ndtr, ndtri, stdtr

from headworks.warning.peers import quasi_poisson as fit
from headworks.warning.peers.answers import NOT_OBSERVED, TOO_FEW, TOO_SHORT, TOO_SPARSE, UNBOUNDED, Answers
from headworks.warning.peers.baseline_weeks import BaselineWeeks, baseline_weeks
from headworks.warning.peers.count_quantile import at_least, upper_count
from headworks.warning.peers.counts import Array, Counts, Flags, Index

_POWERS = {"2/3": 2 / 3, "1/2": 0.5, "none": 1.0}
# A trend over fewer years is hardly told from their differences (Farrington et al. 1996, section 3.4).
_YEARS_FOR_A_TREND = 3
# Beyond e^34, about 6e14, a float no longer tells one case from the next.
_LARGEST_LOG_MEAN = 34.0
# Fixed in the method of 1996; the flexible one has a setting for each.
_ORIGINAL = {"weights_threshold": 1.0, "p_threshold_trend": 0.05, "no_periods": 1, "threshold_method": "delta"}


def farrington(counts: Counts, freq: int, control: dict[str, Any], threads: int | None = None) -> Answers:
    """Thresholds and alarms of the method of 1996.

    Parameters
    ----------
    counts
        Counts by series and step.
    freq
        Steps a year.
    control
        Settings, as :func:`headworks.warning.peers.control.control_of` gives them.
    threads
        Threads at most.

    Returns
    -------
    Answers
        With ``expected``, ``phi``, ``trend_coefficient`` per step (missing where no trend was kept), ``score``, ``p_value``,
        ``n_baseline``.
    """
    settings = control | _ORIGINAL | {"past_weeks_not_included": control["w"]}
    return _assess(counts, freq, settings, threads, is_flexible=False)


def farrington_flexible(counts: Counts, freq: int, control: dict[str, Any], threads: int | None = None) -> Answers:
    """Thresholds and alarms of the improved method; parameters and result as in :func:`farrington`, and ``mu0`` besides."""
    past = control["past_weeks_not_included"]
    settings = control | {"past_weeks_not_included": control["w"] if past is None else past}
    return _assess(counts, freq, settings, threads, is_flexible=True)


def _assess(counts: Counts, freq: int, control: dict[str, Any], threads: int | None, *, is_flexible: bool) -> Answers:
    """Fit what can be assessed, say why of the rest."""
    shape = counts.assessed.shape
    answers = Answers(np.full(shape, np.nan), np.zeros(shape, dtype=bool))
    answers.cannot(np.isnan(counts.assessed), NOT_OBSERVED)
    answers.cannot(counts.history < control["b"] * freq + control["w"], TOO_SHORT)
    cases, period = control["limit54"]
    answers.cannot(is_sparse(counts, cases, period), TOO_SPARSE.format(cases=cases, period=period), is_verdict=True)
    baseline = baseline_weeks(control["b"], control["w"], freq, control["no_periods"], control["past_weeks_not_included"])
    row, place = np.nonzero(answers.reason == 0)
    found, has_trend = fit_and_choose(counts, row, counts.columns[place], baseline, control, threads, is_flexible=is_flexible)
    no_answer = np.zeros(shape, dtype=bool)
    no_answer[row, place] = ~np.isfinite(found[:, fit.LEVERAGE]) | (found[:, fit.FREEDOM] <= 0)
    answers.cannot(no_answer, TOO_FEW)
    no_answer[row, place] = ~(_largest_log_mean(found, control) < _LARGEST_LOG_MEAN)
    answers.cannot(no_answer, UNBOUNDED, is_verdict=True)
    sound = answers.reason[row, place] == 0
    row, place, found, has_trend = row[sound], place[sound], found[sound], has_trend[sound]
    seen = counts.assessed[row, place]
    threshold, columns = _thresholds(seen, found, control, is_flexible=is_flexible)
    columns["trend_coefficient"] = np.where(has_trend, found[:, fit.SLOPE], np.nan)
    columns["n_baseline"] = found[:, fit.USED]
    answers.threshold[row, place], answers.alarm[row, place] = threshold, seen > threshold
    for name, values in columns.items():
        answers.extra[name] = np.full(shape, np.nan)
        answers.extra[name][row, place] = values
    return answers


def is_sparse(counts: Counts, cases: float, period: int) -> Flags:
    """Fewer than ``cases`` in the last ``period`` steps, this one included; missing steps count as the mean of the others."""
    columns = counts.columns[:, None] - np.arange(period)
    recent = np.where(columns >= 0, counts.observed[:, np.maximum(columns, 0)], np.nan)
    is_there = np.isfinite(recent)
    sparse: Flags = np.where(is_there, recent, 0.0).sum(axis=2) * period < cases * is_there.sum(axis=2)
    return sparse


def fit_and_choose(
    counts: Counts, row: Index, column: Index, baseline: BaselineWeeks, control: dict[str, Any], threads: int | None,
    *, is_flexible: bool,
) -> tuple[Array, Flags]:  # fmt: skip
    """Fits of shape ``(n, fit.N_OUT)`` with a trend where it stays, and whether it did."""
    may = np.full(row.size, control["trend"] and control["b"] >= _YEARS_FOR_A_TREND)
    threshold = control["weights_threshold"] if control["reweight"] else -1.0
    found = fit.fit_rows(counts.observed, row, column, baseline, may, threshold, threads)
    variance = found[:, fit.SPREAD if is_flexible and control["reweight"] else fit.DISPERSION]
    with np.errstate(all="ignore"):
        t = np.abs(found[:, fit.SLOPE]) * np.sqrt(found[:, fit.SLOPE_INFORMATION] / variance)
        p = 2.0 * stdtr(found[:, fit.FREEDOM], -t)
        stays = (p < control["p_threshold_trend"]) | (control["p_threshold_trend"] == 1.0)
        stays &= np.isfinite(found[:, fit.SLOPE_INFORMATION]) & (np.exp(found[:, fit.EXPECTED_LOG]) <= found[:, fit.LARGEST])
    dropped = np.flatnonzero(may & ~stays)
    may[dropped] = False
    found[dropped] = fit.fit_rows(counts.observed, row[dropped], column[dropped], baseline, may[dropped], threshold, threads)
    return found, may


def _largest_log_mean(found: Array, control: dict[str, Any]) -> Array:
    """Logarithm of the mean a threshold is taken from; huge for ``muan`` where a part of the year had no case."""
    if control["threshold_method"] != "muan":
        return found[:, fit.EXPECTED_LOG]
    z = float(ndtri(1.0 - control["alpha"]))
    result: Array = found[:, fit.EXPECTED_LOG] + z * np.sqrt(_variance(found, control, is_flexible=True))
    return result


def _variance(found: Array, control: dict[str, Any], *, is_flexible: bool) -> Array:
    """``v``, the variance of the logarithm of the expected count."""
    if not is_flexible:
        scale = np.maximum(found[:, fit.DISPERSION], 1.0)
    else:
        scale = found[:, fit.SPREAD if control["reweight"] else fit.DISPERSION]
    result: Array = scale * found[:, fit.LEVERAGE]
    return result


def _thresholds(seen: Array, found: Array, control: dict[str, Any], *, is_flexible: bool) -> tuple[Array, dict[str, Array]]:
    """Threshold of each fit (F4)–(F6), and the columns that go with it."""
    mu, phi = np.exp(found[:, fit.EXPECTED_LOG]), np.maximum(found[:, fit.DISPERSION], 1.0)
    z = float(ndtri(1.0 - control["alpha"] / (1 if is_flexible else 2)))
    v = _variance(found, control, is_flexible=is_flexible)
    columns = {"expected": mu}
    if control["threshold_method"] == "delta":
        power = _POWERS[control["power_trans"]]
        deviation = power * mu ** (power - 0.5) * np.sqrt(phi + v * mu)
        threshold = (mu**power + z * deviation) ** (1.0 / power)
        with np.errstate(all="ignore"):
            p_value = ndtr((mu**power - seen**power) / deviation)
    else:
        mean = mu * np.exp(z * np.sqrt(v)) if control["threshold_method"] == "muan" else mu
        threshold, p_value = upper_count(mean, phi, control["alpha"]), at_least(seen, mean, phi)
        columns["mu0"] = mean
    columns["phi"] = phi
    with np.errstate(all="ignore"):
        score = (seen - mu) / (threshold - mu)
    return threshold, columns | {"score": np.where(np.isfinite(score), score, np.nan), "p_value": p_value}
