"""Means of periods, what they changed, and published means that the printed days do not give."""

from __future__ import annotations

import dataframely as dy

from headworks.core.schema import Table, about
from headworks.tables.samples import DETECTION

_LOAD = "mg/d per 1,000 people"
PERIOD_KINDS = ["week", "month", "quarter", "half_year", "year"]
CHANGE_CLASSES = ["increase", "stable", "decrease", "not_assessable"]


class WeeklyMeans(Table):
    """Means of a monitoring week under a named convention, with our own estimate beside them."""

    site_id = dy.String(primary_key=True, description="Site.", metadata=about("-"))
    country = dy.String(nullable=True, description="Country as published, or the top area.", metadata=about("-"))
    city = dy.String(nullable=True, description="City as published, or the site's name.", metadata=about("-"))
    year = dy.Int16(primary_key=True, description="Year of the week's Thursday.", metadata=about("year"))
    week = dy.Int8(primary_key=True, description="ISO week; 0 when the publisher names only the year.", metadata=about("week"))
    drug = dy.String(primary_key=True, description="Drug.", metadata=about("-"))
    analyte = dy.String(description="Residue whose load it is.", metadata=about("-"))
    weekday_mean = dy.Float64(nullable=True, min=0, description="Mean of the convention's weekdays, zeros as the convention counts them.", metadata=about(_LOAD))
    weekend_mean = dy.Float64(nullable=True, min=0, description="Mean of the convention's weekend.", metadata=about(_LOAD))
    daily_mean = dy.Float64(nullable=True, min=0, description="Mean of all sampled days.", metadata=about(_LOAD))
    n_days = dy.Int16(min=1, description="Days sampled.", metadata=about("days"))
    convention = dy.String(description="Named convention: its weekday and weekend sets and what it does with a zero.", metadata=about("-"))
    share_censored = dy.Float64(min=0, max=1, description="Share of the sampled days that were not quantified.", metadata=about("1"))
    estimate = dy.Float64(nullable=True, min=0, description="Our mean of all days, a censored day somewhere below its limit; empty when none was quantified.", metadata=about(_LOAD))
    estimate_lower = dy.Float64(nullable=True, min=0, description="Lower 95 % bound of our mean.", metadata=about(_LOAD))
    estimate_upper = dy.Float64(nullable=True, min=0, description="Upper 95 % bound of our mean; empty when no limit is known.", metadata=about(_LOAD))
    weekend_ratio = dy.Float64(nullable=True, min=0, description="Weekend mean over weekday mean.", metadata=about("1"))


class PeriodMeans(Table):
    """Mean per-capita load at a site over a period, from the days that were sampled."""

    site_id = dy.String(primary_key=True, description="Site.", metadata=about("-"))
    period = dy.String(primary_key=True, description="2024, 2024-H1, 2024-Q2, 2024-05 or 2024-W19.", metadata=about("-"))
    period_kind = dy.Enum(PERIOD_KINDS, description="What kind of period.", metadata=about("-"))
    analyte = dy.String(primary_key=True, description="Residue.", metadata=about("-"))
    drug = dy.String(description="Drug it stands for.", metadata=about("-"))
    mean = dy.Float64(nullable=True, min=0, description="Mean of the sampled days, censored days estimated; empty when none was quantified.", metadata=about(_LOAD))
    lower = dy.Float64(nullable=True, min=0, description="Lower 95 % bound from the sample of days; compares a site with itself.", metadata=about(_LOAD))
    upper = dy.Float64(nullable=True, min=0, description="Upper 95 % bound from the sample of days.", metadata=about(_LOAD))
    lower_total = dy.Float64(nullable=True, min=0, description="Lower 95 % bound with what all days share; compares sites.", metadata=about(_LOAD))
    upper_total = dy.Float64(nullable=True, min=0, description="Upper 95 % bound with what all days share.", metadata=about(_LOAD))
    sd = dy.Float64(nullable=True, min=0, description="Standard deviation between days.", metadata=about(_LOAD))
    detection = dy.Enum(DETECTION, description="quantified when at least one day was.", metadata=about("-"))
    n_days = dy.Int16(min=1, description="Days sampled.", metadata=about("days"))
    n_censored = dy.Int16(min=0, description="Of these, not quantified.", metadata=about("days"))
    n_months = dy.Int16(min=0, description="Calendar months the days come from; 0 when the publisher gives no dates.", metadata=about("months"))
    days_in_period = dy.Int16(min=1, description="Calendar days in the period.", metadata=about("days"))
    method = dy.String(description="t_interval, censored_t_interval, detection_rate_only or one_day.", metadata=about("-"))
    u_day = dy.Float64(min=0, description="As for loads.", metadata=about("1"))
    u_batch = dy.Float64(min=0, description="As for loads.", metadata=about("1"))
    u_site = dy.Float64(min=0, description="As for loads.", metadata=about("1"))


class PeriodConsumption(Table):
    """Consumption and doses of a drug at a site over a period."""

    site_id = dy.String(primary_key=True, description="Site.", metadata=about("-"))
    period = dy.String(primary_key=True, description="As for period_means.", metadata=about("-"))
    drug = dy.String(primary_key=True, description="Drug.", metadata=about("-"))
    residues = dy.String(description="Residue or residues it was computed from.", metadata=about("-"))
    consumption_mg_per_1000_per_day = dy.Float64(nullable=True, min=0, description="Pure drug; empty when censored.", metadata=about(_LOAD))
    lower = dy.Float64(nullable=True, min=0, description="Lower 95 % bound of the consumption.", metadata=about(_LOAD))
    upper = dy.Float64(nullable=True, min=0, description="Upper 95 % bound of the consumption.", metadata=about(_LOAD))
    doses_per_1000_per_day = dy.Float64(nullable=True, min=0, description="Consumption over the typical dose.", metadata=about("doses/d per 1,000 people"))
    doses_lower = dy.Float64(nullable=True, min=0, description="Lower 95 % bound of the doses.", metadata=about("doses/d per 1,000 people"))
    doses_upper = dy.Float64(nullable=True, min=0, description="Upper 95 % bound of the doses.", metadata=about("doses/d per 1,000 people"))
    detection = dy.Enum(DETECTION, description="As for period_means.", metadata=about("-"))
    u_factor = dy.Float64(min=0, description="Uncertainty of the excretion factor.", metadata=about("1"))
    parameter_set = dy.String(description="Parameter set used.", metadata=about("-"))


class Changes(Table):
    """What changed at a site from a period to the one a year later."""

    site_id = dy.String(primary_key=True, description="Site.", metadata=about("-"))
    period = dy.String(primary_key=True, description="Later period.", metadata=about("-"))
    analyte = dy.String(primary_key=True, description="Residue.", metadata=about("-"))
    drug = dy.String(description="Drug it stands for.", metadata=about("-"))
    previous_period = dy.String(description="Period a year earlier.", metadata=about("-"))
    previous_mean = dy.Float64(nullable=True, min=0, description="Earlier daily mean, zeros counted as zero (published convention).", metadata=about(_LOAD))
    mean = dy.Float64(nullable=True, min=0, description="Later daily mean, zeros counted as zero (published convention).", metadata=about(_LOAD))
    change_percent = dy.Float64(nullable=True, description="Change in percent; empty from zero.", metadata=about("%"))
    change_class = dy.Enum(CHANGE_CLASSES, description="increase above +10 %, decrease below -10 %, else stable.", metadata=about("-"))
    p_rose = dy.Float64(nullable=True, min=0, max=1, description="Probability that the true mean rose.", metadata=about("1"))
    p_increase = dy.Float64(nullable=True, min=0, max=1, description="Probability that it rose by more than 10 %.", metadata=about("1"))
    p_decrease = dy.Float64(nullable=True, min=0, max=1, description="Probability that it fell by more than 10 %.", metadata=about("1"))
    ratio_lower = dy.Float64(nullable=True, min=0, description="Lower 95 % bound of later over earlier mean.", metadata=about("1"))
    ratio_upper = dy.Float64(nullable=True, min=0, description="Upper 95 % bound of later over earlier mean.", metadata=about("1"))
    reason = dy.String(nullable=True, description="Why a probability is missing or is only a bound.", metadata=about("-"))


class InconsistentMeans(Table):
    """Published means that the printed days do not reproduce, one row per mean."""

    site_id = dy.String(primary_key=True, description="Site.", metadata=about("-"))
    country = dy.String(nullable=True, description="Country as published.", metadata=about("-"))
    city = dy.String(nullable=True, description="City as published.", metadata=about("-"))
    year = dy.Int16(primary_key=True, description="Year.", metadata=about("year"))
    week = dy.Int8(primary_key=True, description="ISO week or 0.", metadata=about("week"))
    drug = dy.String(primary_key=True, description="Drug.", metadata=about("-"))
    which_mean = dy.Enum(["weekday_mean", "weekend_mean", "daily_mean"], primary_key=True, description="Which of the three.", metadata=about("-"))
    published = dy.Float64(min=0, description="As printed.", metadata=about(_LOAD))
    recomputed = dy.Float64(nullable=True, min=0, description="From the printed days; empty when there are none.", metadata=about(_LOAD))
    difference = dy.Float64(nullable=True, description="Published minus recomputed.", metadata=about(_LOAD))
    n_days = dy.Int16(min=0, description="Days printed.", metadata=about("days"))
    explanation = dy.String(nullable=True, description="What would reproduce all printed means of the week: every day moved one day earlier or later.", metadata=about("-"))
