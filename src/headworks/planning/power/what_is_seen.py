r"""What a sampling plan can see: precision of a mean, smallest change, smallest trend, power for a change.

Errors of one site and what two sites have in common make the error of an area of ``S`` sites, of which a site has the share
``p``; shares of sites that differ by ``h`` have, for gamma distributed loads,

    q = E[sum p^2] = (1 + h^2) / (S + h^2)                                                             (W7)
    v = ln(1 + q (exp(v_site) - 1) + (1 - q) (exp(v_common) - 1)) + v_uncovered                         (W8)
    v_uncovered = psi1(S / h^2) - psi1(S / (c h^2))        of a level                                  (W9)
    v_uncovered = g^2 ((1 - c)^2 + c (1 - c) h^2 / (S / c + h^2)) (q(S) + q(S / c - S))   of a change    (W10)

with the trigamma function psi1, coverage ``c`` and ``g`` the spread between the changes of sites. What a site's days share
cancels in a change. A change is seen when its logarithm is more than ``z`` standard errors from nothing:

    power = Phi(delta / s - z) + Phi(-delta / s - z),   smallest delta = (z_(1 - alpha/2) + z_power) s   (W11)

The trap: this is the power of a method that knows the scatter, as one that pools sites does. Seven days that must find
their own scatter need an interval wider by t(6) / z = 1.25.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

from scipy.special import ndtr, ndtri, polygamma

from headworks.core.uncertainty import coverage_factor
from headworks.planning.power.error_parts import (
    Contrast,
    Parts,
    change_of_periods,
    error_parts,
    mean_of_period,
    slope_of_weeks,
)
from headworks.planning.power.question import PowerQuestion, require_question
from headworks.planning.power.sampling_days import PERIODS, WEEK, WEEKS_A_YEAR, SamplingDays

_LEVEL = 0.95
_DAYS_A_YEAR = WEEK * WEEKS_A_YEAR
_FEW_DAYS = (1, 2, 3, 4, 5, 6, 7)
_ROWS_OF_DAYS = (7, 14, 21, 28, 35, 42, 49)


@dataclass(frozen=True)
class PlanPower:
    """What the plan can see; fractions, standard errors on the log scale.

    ``level_lower`` and ``level_upper`` are factors of the mean; ``half_width`` is half their distance. ``rise`` and ``fall``
    are the smallest changes seen, ``trend_rise`` and ``trend_fall`` those in a year. ``level_parts`` and ``change_parts`` are
    shares of variance. ``quantified`` results are expected of a site in a period; below 8 the standard errors are too small,
    by a tenth and more (``docs/studies/planning_power.md``).
    """

    days: int
    samples: int
    quantified: float
    level_se: float
    half_width: float
    level_lower: float
    level_upper: float
    weekday_bias: float
    change_se: float
    rise: float
    fall: float
    trend_se: float
    trend_rise: float
    trend_fall: float
    power_for_change: float | None
    level_parts: dict[str, float]
    change_parts: dict[str, float]


def share_concentration(n_sites: float, between_sites: float) -> float:
    """Expected sum of squared shares of sites in their total (W7); 0 for no site.

    Examples
    --------
    >>> share_concentration(1, 0.9), share_concentration(10, 0.0), share_concentration(99, 1.0)
    (1.0, 0.1, 0.02)
    """
    return (1.0 + between_sites**2) / (n_sites + between_sites**2) if n_sites > 0 else 0.0


def change_power(log_change: float, standard_error: float, alpha: float) -> float:
    """Probability that a change is seen, either way (W11).

    Examples
    --------
    >>> round(change_power(2.801585, 1.0, 0.05), 4), round(change_power(0.0, 1.0, 0.05), 4)
    (0.8, 0.05)
    """
    z = coverage_factor(1.0 - alpha)
    away = log_change / standard_error
    return float(ndtr(away - z) + ndtr(-away - z))


def plan_power(asked: PowerQuestion) -> PlanPower:
    """What the plan can see, by formula (W1 to W11).

    Raises
    ------
    UsageError
        From :func:`require_question`.

    Examples
    --------
    Every day measured without error: the mean is what passed.

    >>> from headworks.planning.power.scatter import reference_scatter
    >>> exact = replace(reference_scatter(), u_day=0.0, u_batch=0.0, u_site=0.0)
    >>> round(plan_power(PowerQuestion(SamplingDays(7), exact)).half_width, 2)
    0.01
    """
    require_question(asked)
    n_weeks = PERIODS[asked.period]
    level, level_parts, bias = _level(asked, mean_of_period(asked.plan, n_weeks))
    change, change_parts = _change(asked, change_of_periods(asked.plan, n_weeks))
    trend = _trend(asked)
    z, reach = coverage_factor(_LEVEL), coverage_factor(1.0 - asked.alpha) + float(ndtri(asked.power))
    lower, upper = math.exp(-z * level), math.exp(z * level)
    n_days = mean_of_period(asked.plan, n_weeks).design.n_sampled
    power = None if asked.change is None else change_power(math.log1p(asked.change), change, asked.alpha)
    return PlanPower(
        days=n_days,
        samples=n_days * asked.n_sites,
        quantified=n_days * (1.0 - asked.scatter.nondetects),
        level_se=level,
        half_width=(upper - lower) / 2,
        level_lower=lower,
        level_upper=upper,
        weekday_bias=math.expm1(bias),
        change_se=change,
        rise=math.expm1(reach * change),
        fall=-math.expm1(-reach * change),
        trend_se=trend,
        trend_rise=math.expm1(reach * trend),
        trend_fall=-math.expm1(-reach * trend),
        power_for_change=power,
        level_parts=level_parts,
        change_parts=change_parts,
    )


def fewest_days(asked: PowerQuestion) -> SamplingDays | None:
    """The plan with the fewest days of its kind that sees the change with the wanted power; None when none does.

    Examples
    --------
    >>> from headworks.planning.power.scatter import reference_scatter
    >>> fewest_days(PowerQuestion(SamplingDays(1), reference_scatter(), change=0.2)).days
    2
    """
    is_named = not isinstance(asked.plan.weekdays, str)
    base = replace(asked.plan, weekdays="working") if is_named else asked.plan
    for days in _ROWS_OF_DAYS if base.per == "quarter" else _FEW_DAYS:
        plan = replace(base, days=days)
        require_question(replace(asked, plan=plan))
        error, _ = _change(asked, change_of_periods(plan, PERIODS[asked.period]))
        if asked.change is not None and change_power(math.log1p(asked.change), error, asked.alpha) >= asked.power:
            return plan
    return None


def _level(asked: PowerQuestion, contrast: Contrast) -> tuple[float, dict[str, float], float]:
    own, common = error_parts(contrast, asked.scatter, asked.n_sites, has_site=True)
    h2, c, n = asked.scatter.between_sites**2, asked.coverage, asked.n_sites
    q = share_concentration(n, asked.scatter.between_sites)
    uncovered = float(polygamma(1, n / h2) - polygamma(1, n / (c * h2))) if h2 > 0 and c < 1 else 0.0
    variance = math.log1p(q * math.expm1(own.variance) + (1.0 - q) * math.expm1(common.variance)) + uncovered
    return math.sqrt(variance), _shares(own, common, q, uncovered), own.weekday_bias


def _change(asked: PowerQuestion, contrast: Contrast) -> tuple[float, dict[str, float]]:
    own, common = error_parts(contrast, asked.scatter, asked.n_sites, has_site=False)
    q = _concentration_measured(asked)
    uncovered = _uncovered_change(asked)
    halves = q * math.expm1(own.variance / 2) + (1.0 - q) * math.expm1(common.variance / 2)
    return math.sqrt(2.0 * math.log1p(halves) + uncovered), _shares(own, common, q, uncovered)


def _trend(asked: PowerQuestion) -> float:
    """Standard error of the slope of the logarithm, per year."""
    contrast = slope_of_weeks(asked.plan, asked.years * WEEKS_A_YEAR)
    own, common = error_parts(contrast, asked.scatter, asked.n_sites, has_site=False)
    q = _concentration_measured(asked)
    per_day = q * own.variance + (1.0 - q) * common.variance
    return math.sqrt(per_day * _DAYS_A_YEAR**2 + _uncovered_change(asked))


def _concentration_measured(asked: PowerQuestion) -> float:
    """As (W7) of loads as they are measured: a site's own error moves its share too."""
    made = (1.0 + asked.scatter.between_sites**2) * (1.0 + asked.scatter.u_site**2) - 1.0
    return share_concentration(asked.n_sites, math.sqrt(made))


def _uncovered_change(asked: PowerQuestion) -> float:
    c, n, h = asked.coverage, asked.n_sites, asked.scatter.between_sites
    if c == 1.0:
        return 0.0
    rest = max(n / c - n, 1.0)
    spread = share_concentration(n, h) + share_concentration(rest, h)
    left_out = (1.0 - c) ** 2 + c * (1.0 - c) * h**2 / (n / c + h**2)
    return asked.scatter.change_between_sites**2 * left_out * spread


def _shares(own: Parts, common: Parts, q: float, uncovered: float) -> dict[str, float]:
    names = ("days", "weekdays", "results", "nondetects", "batches", "site")
    parts = {name: q * getattr(own, name) + (1.0 - q) * getattr(common, name) for name in names}
    parts["uncovered"] = uncovered
    total = math.fsum(parts.values())
    return {name: value / total if total > 0 else 0.0 for name, value in parts.items()}


def compare_plans(asked: PowerQuestion, plans: Iterable[SamplingDays]) -> list[tuple[SamplingDays, PlanPower]]:
    """The same question to several plans, in their order."""
    return [(plan, plan_power(replace(asked, plan=plan))) for plan in plans]
