r"""Quasi-Poisson models of many baselines at once: a level a part of the year, one trend, weights against past outbreaks.

    log mu_i = alpha_(g(i)) + beta t_i,     var y_i = phi mu_i / omega_i                                            (F1)

by iteratively reweighted least squares. A level a part of the year and one common slope need no matrix: with ``W = omega
mu`` and working values ``z``, deviations from the weighted means of each level give

    beta = sum W (t - t_g) z / sum W (t - t_g)^2,   alpha_g = z_g - beta t_g,   h_i = W_i (1/W_g + (t_i - t_g)^2 / S)      (F2)

``phi`` is Pearson's statistic over the degrees of freedom. Standardised Anscombe residuals (Farrington et al. 1996, section
3.6)

    s_i = 3/2 (y_i^(2/3) mu_i^(-1/6) - mu_i^(1/2)) / (phi (1 - h_i))^(1/2)                                          (F3)

above the threshold weigh ``gamma s_i^-2``, all others ``gamma``, with weights that sum to the number of weeks; then it is
fitted again.

The start (``mu = y + 0.1``), the stop (deviance changed by under 1e-8, at most 25 steps), and that weights and leverages are
those of the step before the last are those of R's ``glm``, since thresholds are compared with R's: fitted on to the end, a
part of the year without any case has no finite level.

The trap: ``spread``. surveillance 1.20.3 takes, for the variance of the fit in its flexible method, the working residuals
weighted by ``omega`` alone in place of ``omega mu``; both are given.
"""

# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False, disallow-incomplete-defs=False
from __future__ import annotations

import math

import numpy as np

from headworks.core.compiled import compiled, in_chunks
from headworks.warning.peers.baseline_weeks import BaselineWeeks
from headworks.warning.peers.counts import Array, Flags, Index

# Columns of what a fit gives.
EXPECTED_LOG, SLOPE, LEVERAGE, SLOPE_INFORMATION, DISPERSION, SPREAD, FREEDOM, USED, LARGEST, SETTLED, N_OUT = range(11)
_EPSILON = 2.220446049250313e-16
_CLOSE = 1e-8
_MOST_STEPS = 25
# Below this share of its weight a week has no residual of its own: its level was fitted to it alone.
_OWN_LEVEL = 1e-10
# A trend is not to be had from weeks that lie at one time within each level, but for rounding.
_NO_TREND = 1e-12


@compiled
def fit_baselines(observed, log_start, power, plain, row, column, offset, level, n_levels, has_trend, threshold, out):
    """Fit a model for every pair of ``row`` and ``column``; ``threshold`` below 0 leaves the reweighting out.

    ``log_start``, ``power`` and ``plain`` are log(y + 0.1), y^(2/3) and y log y of ``observed``, taken once for all windows.
    """
    most = offset.size
    scratch = np.empty((9, most))
    y, eta, ylogy, y23, time = scratch[0], scratch[1], scratch[2], scratch[3], scratch[4]
    weight, mu, work, hat = scratch[5], scratch[6], scratch[7], scratch[8]
    of = np.empty(most, np.int64)
    total, mean_time, value = np.empty(n_levels), np.empty(n_levels), np.empty(n_levels)
    for i in range(row.size):
        n, largest = 0, 0.0
        for k in range(most):
            c = column[i] + offset[k]
            if c >= 0 and observed[row[i], c] == observed[row[i], c]:
                y[n], ylogy[n], y23[n] = observed[row[i], c], plain[row[i], c], power[row[i], c]
                time[n], of[n], weight[n] = offset[k], level[k], 1.0
                largest = max(largest, y[n])
                n += 1
        for again in range(2 if threshold >= 0.0 else 1):
            for j in range(n):
                eta[j] = log_start[row[i], column[i] + np.int64(time[j])]
            iterate(n, y, ylogy, time, of, weight, eta, mu, work, hat, total, mean_time, value, has_trend[i], out[i])
            if again == 0 and threshold >= 0.0:
                reweight(n, y23, mu, hat, weight, max(out[i, DISPERSION], 1.0), threshold)
        out[i, USED], out[i, LARGEST] = n, largest


@compiled
def iterate(n, y, ylogy, time, of, weight, eta, mu, work, hat, total, mean_time, value, has_trend, out):
    """One fit of (F1) by (F2) from ``eta``; leaves mu, leverages, and the columns of ``out``."""
    deviance, slope, information = 0.0, 0.0, np.inf
    out[SETTLED] = 0.0
    for j in range(n):
        mu[j] = y[j] + 0.1
        deviance += 2.0 * weight[j] * (ylogy[j] - y[j] * eta[j] - (y[j] - mu[j]))
    for _ in range(_MOST_STEPS):
        slope, information = solve(n, y, time, of, weight, eta, mu, work, total, mean_time, value, has_trend)
        before, deviance = deviance, 0.0
        for j in range(n):
            eta[j] = value[of[j]] + slope * (time[j] - mean_time[of[j]])
            mu[j] = max(math.exp(eta[j]), _EPSILON)
            log_mu = eta[j] if mu[j] > _EPSILON else math.log(_EPSILON)
            deviance += 2.0 * weight[j] * (ylogy[j] - y[j] * log_mu - (y[j] - mu[j]))
        if abs(deviance - before) < _CLOSE * (abs(deviance) + 0.1):
            out[SETTLED] = 1.0
            break
    summarise(n, y, time, of, weight, mu, work, hat, total, mean_time, information, out)
    out[SLOPE], out[SLOPE_INFORMATION] = slope, information
    out[EXPECTED_LOG] = value[0] - slope * mean_time[0] if total[0] > 0.0 else np.nan
    out[LEVERAGE] = 1.0 / total[0] + mean_time[0] * mean_time[0] / information if total[0] > 0.0 else np.nan


@compiled
def solve(n, y, time, of, weight, eta, mu, work, total, mean_time, value, has_trend):
    """The weighted least squares of one step; gives the slope and its information, leaves the means of each level."""
    total[:], mean_time[:], value[:] = 0.0, 0.0, 0.0
    for j in range(n):
        g = of[j]
        work[j] = weight[j] * mu[j]
        total[g] += work[j]
        mean_time[g] += work[j] * time[j]
        # The working value, eta + (y - mu) / mu.
        eta[j] += y[j] / mu[j] - 1.0
        value[g] += work[j] * eta[j]
    for g in range(total.size):
        if total[g] > 0.0:
            mean_time[g] /= total[g]
            value[g] /= total[g]
    if not has_trend:
        return 0.0, np.inf
    along, information, whole = 0.0, 0.0, 0.0
    for j in range(n):
        lag = time[j] - mean_time[of[j]]
        along += work[j] * lag * eta[j]
        information += work[j] * lag * lag
        whole += work[j] * time[j] * time[j]
    if information > _NO_TREND * whole:
        return along / information, information
    return 0.0, np.inf


@compiled
def summarise(n, y, time, of, weight, mu, work, hat, total, mean_time, information, out):
    """Leverages, degrees of freedom and the two dispersions of a fit."""
    pearson, relative, rank = 0.0, 0.0, 0
    for g in range(total.size):
        rank += total[g] > 0.0
    rank += information < np.inf
    for j in range(n):
        lag = time[j] - mean_time[of[j]]
        hat[j] = work[j] * (1.0 / total[of[j]] + lag * lag / information)
        residual = y[j] / mu[j] - 1.0
        pearson += work[j] * residual * residual
        relative += weight[j] * residual * residual
    out[FREEDOM] = n - rank
    out[DISPERSION] = pearson / (n - rank) if n > rank else 0.0
    out[SPREAD] = relative / (n - rank) if n > rank else 0.0


@compiled
def reweight(n, y23, mu, hat, weight, phi, threshold):
    """Weights by (F3): weeks with many more cases than fitted count for less."""
    total = 0.0
    for j in range(n):
        weight[j] = 1.0
        left = 1.0 - hat[j]
        if left > _OWN_LEVEL:
            residual = 1.5 * (y23[j] * mu[j] ** (-1.0 / 6.0) - math.sqrt(mu[j])) / math.sqrt(phi * left)
            if residual > threshold:
                weight[j] = 1.0 / (residual * residual)
        total += weight[j]
    for j in range(n):
        weight[j] *= n / total


def fit_rows(
    observed: Array,
    row: Index,
    column: Index,
    baseline: BaselineWeeks,
    has_trend: Flags,
    threshold: float,
    threads: int | None,
) -> Array:
    """Fits of shape ``(n, N_OUT)`` for pairs of series and column, by chunks that do not meet.

    Parameters
    ----------
    observed
        Counts, shape ``(n_series, n_steps)``, nan where missing.
    row, column, has_trend
        Series, column assessed, and whether the model has a trend; shape ``(n,)``.
    baseline
        Steps and levels of the baseline.
    threshold
        Residual above which a week counts for less (F3); below 0 none does.
    threads
        Threads at most.
    """
    observed = np.ascontiguousarray(observed)
    tables = np.log(observed + 0.1), observed ** (2 / 3), observed * np.log(np.maximum(observed, np.finfo(np.float64).tiny))
    out = np.empty((row.size, N_OUT))

    def work(a: int, z: int) -> None:
        fit_baselines(
            observed, *tables, row[a:z], column[a:z], baseline.offset, baseline.level, baseline.n_levels, has_trend[a:z],
            float(threshold), out[a:z],
        )  # fmt: skip

    in_chunks(work, row.size, threads)
    return out
