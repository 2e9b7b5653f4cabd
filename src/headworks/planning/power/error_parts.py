r"""From sampled days to the variance of what is said of a period, part by part.

What is said is a weighted sum of logarithms: weights ``a`` of the sampled days, against weights ``b`` of what passed on
all days. With ``K = phi^|d - d'|``, chances ``p`` of days, their covariance ``C`` and ``c = a p - b``, where for (W2) and (W3)
a day of ``b`` has the weight of its weekday's load,

    v_days    = sigma_D^2 (sum c c' K + sum a a' C K)                                                   (W2)
    v_second  = sum b b' (exp(sigma_D^2 K) - 1 - sigma_D^2 K)                                           (W3)
    v_weekday = sum a w a' w' C,      bias = sum c w                                                    (W4)
    v_result  = (sigma_m^2 + sigma_c^2) sum a^2 p,   v_batch = sigma_b^2 sum over batches (sum a)^2     (W6)

(W3) is what the mean of loads has beside the mean of logarithms. Of two different sites only the shared part of the days and
their common batches remain. The trap: days in a row are alike, so seven of them tell less than seven days far apart.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.signal import lfilter

from headworks.core.uncertainty import sigma_log
from headworks.planning.power.censoring import nondetect_variance
from headworks.planning.power.sampling_days import WEEK, Design, SamplingDays, design_of
from headworks.planning.power.scatter import Scatter

Array = npt.NDArray[np.float64]


class Contrast(NamedTuple):
    """What is asked of a plan: chances of days, weights of a sampled day, weights of what passed; shape ``(n_days,)`` each."""

    design: Design
    sampled: Array
    passed: Array


class Parts(NamedTuple):
    """Log-scale variances by what they come from, and the bias of unbalanced weekdays, on the log scale."""

    days: float
    weekdays: float
    results: float
    nondetects: float
    batches: float
    site: float
    weekday_bias: float

    @property
    def variance(self) -> float:
        """All of them, the bias apart."""
        return self.days + self.weekdays + self.results + self.nondetects + self.batches + self.site


@dataclass(frozen=True)
class Sharing:
    """How the sites of an area share a laboratory: chance that two of them share a batch, sampling days in a batch."""

    two_sites: float
    days_a_batch: int


def sharing(n_sites: int, samples_per_batch: int) -> Sharing:
    """Batches filled with the samples of a day, and with days of the same week while there is room.

    Examples
    --------
    80 sites fill two batches of 40 a day: two sites meet with 39 in 79. Ten sites share one, four days of a week in it.

    >>> round(79 * sharing(80, 40).two_sites, 12), sharing(10, 40).two_sites, sharing(10, 40).days_a_batch
    (39.0, 1.0, 4)
    """
    if n_sites <= samples_per_batch:
        return Sharing(1.0, min(WEEK, samples_per_batch // n_sites))
    n_batches = -(-n_sites // samples_per_batch)
    small, larger = divmod(n_sites, n_batches)
    pairs = larger * (small + 1) * small + (n_batches - larger) * small * (small - 1)
    return Sharing(pairs / (n_sites * (n_sites - 1)), 1)


def mean_of_period(which: SamplingDays, n_weeks: int) -> Contrast:
    """The mean of sampled days against that of all days."""
    design = design_of(which, n_weeks)
    n_days = WEEK * n_weeks
    return Contrast(design, np.full(n_days, 1.0 / design.n_sampled), np.full(n_days, 1.0 / n_days))


def change_of_periods(which: SamplingDays, n_weeks: int) -> Contrast:
    """The second of two periods, one after the other, less the first."""
    design = design_of(which, 2 * n_weeks)
    n_days = WEEK * n_weeks
    first = design.by_week[:n_weeks].sum()
    second = design.by_week[n_weeks:].sum()
    sampled = np.repeat([-1.0 / first, 1.0 / second], n_days)
    return Contrast(design, sampled, np.repeat([-1.0 / n_days, 1.0 / n_days], n_days))


def slope_of_weeks(which: SamplingDays, n_weeks: int) -> Contrast:
    """Least-squares slope of the logarithm per day; what is asked for is the straight line, not what passed by chance."""
    # The slope of a random plan hangs on the weeks, hardly on the days in them.
    design = design_of(replace(which, weekdays="rotating") if which.weekdays == "random" else which, n_weeks)
    day = np.arange(WEEK * n_weeks, dtype=np.float64)
    centre = (design.once * day).sum() / design.once.sum()
    sampled = (day - centre) / (design.once * (day - centre) ** 2).sum()
    return Contrast(design, sampled, np.zeros_like(day))


def error_parts(contrast: Contrast, scatter: Scatter, n_sites: int, *, has_site: bool) -> tuple[Parts, Parts]:
    """Parts for one site, and what two different sites have in common (W2 to W6).

    Parameters
    ----------
    contrast
        What is asked.
    scatter
        What makes results differ.
    n_sites
        Sites of the area, for their batches.
    has_site
        Whether what a site's days share counts: in a level it does, in a change it cancels.
    """
    design, a, b = contrast
    once = a * design.once
    week = np.tile(scatter.weekday_logs, design.once.size // WEEK)
    factors = np.exp(week)
    days, shared_days = _days(Contrast(design, a, b * factors / factors.mean()), scatter)
    bias = float(((once - b) * week).sum())
    weekdays = _by_chance(a * week, design.of_week)
    squares = float((a * once).sum())
    u_result = float(sigma_log(scatter.u_day)) ** 2
    cost = nondetect_variance(scatter.nondetects, result_variance(scatter))
    together = sharing(n_sites, scatter.samples_per_batch)
    batch = float(sigma_log(scatter.u_batch)) ** 2 * _batches(design, a, together.days_a_batch)
    site = float(sigma_log(scatter.u_site)) ** 2 if has_site else 0.0
    own = Parts(days, weekdays, u_result * squares, cost * squares, batch, site, bias)
    common = Parts(shared_days, weekdays, 0.0, 0.0, batch * together.two_sites, 0.0, bias)
    return own, common


def result_variance(scatter: Scatter) -> float:
    """Log-scale variance of the results of a site: days, weekdays, measuring, batches.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from headworks.planning.power.scatter import reference_scatter
    >>> steady = replace(reference_scatter(), day_sd=0.0, weekend_ratio=1.0, u_batch=0.0, u_day=0.2)
    >>> round(result_variance(steady), 6)
    0.039221
    """
    made = float(sigma_log(scatter.u_day)) ** 2 + float(sigma_log(scatter.u_batch)) ** 2
    return scatter.day_variance + made + float((scatter.weekday_logs**2).mean())


def _days(contrast: Contrast, scatter: Scatter) -> tuple[float, float]:
    """(W2) and (W3) of a site, and of the days that two sites have in common."""
    design, a, b = contrast
    phi = scatter.day_correlation
    lags = phi ** np.arange(b.size, dtype=np.float64)
    left = a * design.once - b
    near = lags[np.abs(np.arange(WEEK)[:, None] - np.arange(WEEK))]
    first = float(left @ _remembered(left, phi)) + _by_chance(a, design.of_week * near)
    own, common = scatter.day_variance, scatter.shared_days * scatter.day_variance
    return own * first + _second(b, lags, own), common * first + _second(b, lags, common)


def _remembered(values: Array, phi: float) -> Array:
    """The sum over all days d' of phi^|d - d'| times the value of d', by one pass each way."""
    forward = np.asarray(lfilter([1.0], [1.0, -phi], values))
    backward = np.asarray(lfilter([1.0], [1.0, -phi], values[::-1]))[::-1]
    return forward + backward - values


def _by_chance(weights: Array, covariance: Array) -> float:
    """Variance of a weighted sum over the days that chance picks: days of different weeks are independent."""
    of_week = weights.reshape(-1, WEEK)
    return float(np.einsum("wi,ij,wj->", of_week, covariance, of_week))


def _second(b: Array, lags: Array, variance: float) -> float:
    """(W3) by lags: the autocorrelation of the weights, times what the exponential adds at that lag."""
    if not b.any():
        return 0.0
    together = np.correlate(b, b, mode="full")[b.size - 1 :]
    together[1:] *= 2.0
    return max(float(together @ (np.expm1(variance * lags) - variance * lags)), 0.0)


def _batches(design: Design, a: Array, days_a_batch: int) -> float:
    """Sum over batches of the squared weight in them; within a week all weights are near their mean."""
    of_week = a.reshape(-1, WEEK).mean(axis=1)
    full, rest = np.divmod(design.by_week, days_a_batch)
    return float((of_week**2 * (full * days_a_batch**2 + rest**2)).sum())
