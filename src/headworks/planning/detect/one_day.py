r"""How probable it is that a composite of one day shows what some users leave in a town's sewage.

``n`` users with ``k`` flushes each leave Poisson(n k) pulses of ``r / k`` mg, each with relative standard deviation ``cv``. A
pulse passes the sampler for ``w`` minutes, the sampler reads every ``d``: with ``w / d = i + f``, ``i`` whole, it is met ``i``
times, or ``i + 1`` times with chance ``f``. So

    seen = min(1, w / d),   met pulses ~ Poisson(n k seen),   each counts r / (k seen) mg              (W12)
    1 + cv_e^2 = (1 + cv^2) seen (d / w)^2 (i^2 + 2 i f + f)                                            (W13)
    p(n) = sum over j of Poisson(j; n k seen) E[Gamma tail(j / cv_e^2; T / (e cv_e^2 r / (k seen)))]    (W14)
    T = limit [ng/L] x flow [m3/d] x 1e-3 / survival [mg/d]                                             (W15)

with ``e`` the mean-one log-normal error of a result near its limit. (W14) is exact for gamma pulses where the interval is at
least the width; where it is shorter, the spread of what is read is put into ``cv_e``.

The trap: the mean concentration above the limit is not enough. At a small town most days hold no pulse at all.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import gammaincc, ndtr
from scipy.stats import poisson

from headworks.core.errors import UsageError
from headworks.core.uncertainty import sigma_log

Array = npt.NDArray[np.float64]
# 1 ng/L = 1e-6 mg/L, and 1 m3 = 1e3 L.
_MG_PER_DAY = 1e-3
# The trapezoid rule is exact to many digits for what is as smooth as these; these steps see sums of 20,000 pulses.
_NODES = np.linspace(-6.5, 6.5, 401)
_WEIGHTS = np.exp(-(_NODES**2) / 2) / np.exp(-(_NODES**2) / 2).sum()
# A Poisson number beyond nine standard deviations has a chance below 1e-18; four terms in each are plenty.
_REACH, _TERMS_A_SD = 9.0, 4
# So many pulses scatter by less than 1 %: their sum is as good as log-normal.
_MANY = 20_000.0
# Pulses of one mass: their sum is a gamma of next to no spread.
_LEAST_CV = 1e-3


@dataclass(frozen=True)
class Detection:
    """A town, its sampler and its laboratory.

    Parameters
    ----------
    people
        Residents who drain to the site.
    flow_m3_per_day
        Water of a day.
    residue_mg_per_user
        What a user's day adds to the sewage.
    limit_ng_per_l
        What a result must reach to be seen: LOD, or LOQ.
    survival
        Share that is left after the sewer.
    flushes
        Flushes of a user in a day that carry the residue.
    pulse_cv, pulse_width_min, interval_min
        Spread of the mass of a pulse, its width at the sampler, minutes between sub-samples.
    u_result
        Relative standard uncertainty of a result near its limit.
    days_per_week
        Days sampled, spread over the week.
    """

    people: float
    flow_m3_per_day: float
    residue_mg_per_user: float
    limit_ng_per_l: float
    survival: float
    flushes: float
    pulse_cv: float
    pulse_width_min: float
    interval_min: float
    u_result: float
    days_per_week: int = 7

    @property
    def share_met(self) -> float:
        """Share of pulses that meet a sub-sample (W12)."""
        return min(1.0, self.pulse_width_min / self.interval_min)

    @property
    def least_mg(self) -> float:
        """Residue at the site in a day whose mean concentration is the limit, before the sewer (W15)."""
        return self.limit_ng_per_l * self.flow_m3_per_day * _MG_PER_DAY / self.survival

    def readings(self) -> list[tuple[float, float]]:
        """How often a pulse may be read: chance, and what it counts for (W13)."""
        ratio = self.pulse_width_min / self.interval_min
        whole = math.floor(ratio)
        more = ratio - whole
        return [(1.0 - more, whole / ratio), (more, (whole + 1) / ratio)]


def require_detection(asked: Detection) -> Detection:
    """The town, when there can be such a one.

    Raises
    ------
    UsageError
        ``HW-U186``.
    """
    above_zero = (
        asked.people, asked.flow_m3_per_day, asked.residue_mg_per_user, asked.limit_ng_per_l, asked.flushes,
        asked.pulse_width_min, asked.interval_min,
    )  # fmt: skip
    is_usable = (
        all(math.isfinite(value) and value > 0 for value in above_zero)
        and 0 < asked.survival <= 1
        and math.isfinite(asked.pulse_cv)
        and asked.pulse_cv >= 0
        and 0 <= asked.u_result < 10
        and 1 <= asked.days_per_week <= 7
    )
    if not is_usable:
        raise UsageError(
            "Nothing can be seen with these numbers.",
            where="people, flow, dose, limit, flushes, pulse-width, interval, survival, pulse-cv, u-result, days-per-week",
            found=str(asked),
            remedy="Give numbers above 0, a surviving share of at most 1, spreads of at least 0 and 1 to 7 days a week",
            code="HW-U186",
        )
    return asked


def probability_of_a_day(asked: Detection, users: float) -> float:
    """Probability that the sample of one day shows ``users`` (W12 to W15).

    Examples
    --------
    A limit next to nothing: seen whenever a pulse is met, 1 - exp(-2 x 4 x 0.5).

    >>> town = Detection(1e3, 260.0, 12.9, 1e-9, 1.0, 4.0, 0.5, 5.0, 10.0, 0.0)
    >>> round(probability_of_a_day(town, 2.0), 6)
    0.981684
    """
    rate = users * asked.flushes * asked.share_met
    if rate <= 0:
        return 0.0
    if rate > _MANY:
        return _of_many(asked, rate)
    first = max(1, math.floor(rate - _REACH * math.sqrt(rate)))
    last = math.ceil(rate + _REACH * math.sqrt(rate)) + 10
    step = max(1, math.floor(math.sqrt(rate) / _TERMS_A_SD))
    numbers = np.arange(first, last + 1, step, dtype=np.float64)
    chances = poisson.pmf(numbers, rate) * step
    tails = _tails(asked, numbers)
    return min(float(chances @ tails), 1.0)


def _of_many(asked: Detection, rate: float) -> float:
    of_sum = float(sigma_log(math.sqrt((1.0 + _spread_read(asked) ** 2) / rate)))
    variance = of_sum**2 + float(sigma_log(asked.u_result)) ** 2
    mean = rate * asked.residue_mg_per_user / (asked.flushes * asked.share_met)
    return float(ndtr((math.log(mean / asked.least_mg) - variance / 2) / math.sqrt(variance)))


def _tails(asked: Detection, numbers: Array) -> Array:
    """Probability that so many met pulses are seen."""
    met, cv = asked.share_met, max(_spread_read(asked), _LEAST_CV)
    one = asked.residue_mg_per_user / (asked.flushes * met)
    sigma = float(sigma_log(asked.u_result))
    if cv <= _LEAST_CV and sigma > 0:
        return np.asarray(ndtr((np.log(numbers * one / asked.least_mg) - sigma**2 / 2) / sigma))
    shapes = numbers / cv**2
    if sigma == 0:
        return np.asarray(gammaincc(shapes, asked.least_mg / (one * cv**2)))
    errors = np.exp(sigma * _NODES - sigma**2 / 2)
    needed = asked.least_mg / (errors * one * cv**2)
    return np.asarray(gammaincc(shapes[:, None], needed[None, :]) @ _WEIGHTS)


def _spread_read(asked: Detection) -> float:
    """Relative standard deviation of what a met pulse counts (W13)."""
    square = sum(chance * counts**2 for chance, counts in asked.readings())
    return math.sqrt(max((1.0 + asked.pulse_cv**2) * asked.share_met * square - 1.0, 0.0))


def probability_poured(asked: Detection, grams: float) -> float:
    """Probability that the sample of the day shows one pulse of so many grams, poured in at once (W16).

    Examples
    --------
    Met every second time, and then far above the limit.

    >>> town = Detection(1e3, 260.0, 12.9, 1.0, 1.0, 4.0, 0.5, 5.0, 10.0, 0.2)
    >>> round(probability_poured(town, 100.0), 6)
    0.5
    """
    sigma = float(sigma_log(asked.u_result))
    total = 0.0
    for chance, counts in asked.readings():
        mass = grams * 1e3 * counts
        if mass <= 0:
            continue
        away = math.log(mass / asked.least_mg)
        if sigma == 0:
            total += chance * float(away >= 0)
        else:
            total += chance * float(ndtr((away - sigma**2 / 2) / sigma))
    return total
