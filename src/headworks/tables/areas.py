"""Figures of areas: what was found in the part of an area that was sampled."""

from __future__ import annotations

import dataframely as dy

from headworks.core.schema import Table, about
from headworks.tables.samples import DETECTION
from headworks.tables.trends import PERIOD_KINDS

_LOAD = "mg/d per 1,000 people"


class AreaLoads(Table):
    """Load of the sampled part of an area over a period: the sum over independent catchments, never a mean of ratios."""

    area_id = dy.String(primary_key=True, min_length=1, description="Area.", metadata=about("-"))
    period = dy.String(primary_key=True, description="2026-W46, 2026-11, 2026-Q4, 2026-H2 or 2026.", metadata=about("-"))
    analyte = dy.String(primary_key=True, min_length=1, description="Residue.", metadata=about("-"))
    drug = dy.String(description="Drug it stands for.", metadata=about("-"))
    period_kind = dy.Enum(PERIOD_KINDS, description="week, month, quarter, half_year or year.", metadata=about("-"))
    level = dy.Int8(min=1, max=5, description="Level of the area.", metadata=about("1"))
    load_mg_per_day = dy.Float64(nullable=True, min=0, description="Sum over the members; the middle of its bounds where members were censored; empty when none was quantified or more than half of the most rests on limits.", metadata=about("mg/d"))
    least_mg_per_day = dy.Float64(min=0, description="The same with censored days at the least they can be; children sum to it.", metadata=about("mg/d"))
    most_mg_per_day = dy.Float64(nullable=True, min=0, description="With censored days at the most they can be; empty when a limit is unknown.", metadata=about("mg/d"))
    load_mg_per_1000_per_day = dy.Float64(nullable=True, min=0, description="Load over the population that was covered.", metadata=about(_LOAD))
    lower = dy.Float64(nullable=True, min=0, description="Lower 95 % bound of the per-capita load.", metadata=about(_LOAD))
    upper = dy.Float64(nullable=True, min=0, description="Upper 95 % bound of the per-capita load.", metadata=about(_LOAD))
    detection = dy.Enum(DETECTION, description="quantified when at least one member day was.", metadata=about("-"))
    share_censored = dy.Float64(nullable=True, min=0, max=1, description="What of the most the load can be rests on limits.", metadata=about("1"))
    population = dy.Float64(min=0, description="Residents covered by the members.", metadata=about("people"))
    area_population = dy.Float64(nullable=True, min=0, description="Residents of the area.", metadata=about("people"))
    coverage = dy.Float64(nullable=True, min=0, description="Covered over residents; above 1 something is counted twice or a register is old.", metadata=about("1"))
    n_sites = dy.Int32(min=1, description="Independent catchments added.", metadata=about("1"))
    n_nested = dy.Int32(min=0, description="Sampled sites left out because a sampled site downstream holds them.", metadata=about("1"))
    n_days = dy.Int32(min=1, description="Site days sampled.", metadata=about("days"))
    largest_share = dy.Float64(min=0, max=1, description="Share of the largest member in the covered population.", metadata=about("1"))
    u_day = dy.Float64(nullable=True, min=0, description="Relative standard uncertainty from the days: sampling of days, sampling, flow, repeatability.", metadata=about("1"))
    u_batch = dy.Float64(nullable=True, min=0, description="From laboratory batches.", metadata=about("1"))
    u_site = dy.Float64(nullable=True, min=0, description="From the populations of the sites.", metadata=about("1"))


class AreaConsumption(Table):
    """Consumption and doses in the sampled part of an area, for quarters and longer."""

    area_id = dy.String(primary_key=True, min_length=1, description="Area.", metadata=about("-"))
    period = dy.String(primary_key=True, description="2026-Q4, 2026-H2 or 2026.", metadata=about("-"))
    drug = dy.String(primary_key=True, description="Drug.", metadata=about("-"))
    residues = dy.String(description="Residue or residues it was computed from.", metadata=about("-"))
    consumption_mg_per_1000_per_day = dy.Float64(nullable=True, min=0, description="Pure drug; empty when censored.", metadata=about(_LOAD))
    lower = dy.Float64(nullable=True, min=0, description="Lower 95 % bound of the consumption.", metadata=about(_LOAD))
    upper = dy.Float64(nullable=True, min=0, description="Upper 95 % bound of the consumption.", metadata=about(_LOAD))
    doses_per_1000_per_day = dy.Float64(nullable=True, min=0, description="Consumption over the typical dose.", metadata=about("doses/d per 1,000 people"))
    doses_lower = dy.Float64(nullable=True, min=0, description="Lower 95 % bound of the doses.", metadata=about("doses/d per 1,000 people"))
    doses_upper = dy.Float64(nullable=True, min=0, description="Upper 95 % bound of the doses.", metadata=about("doses/d per 1,000 people"))
    detection = dy.Enum(DETECTION, description="As for area_loads.", metadata=about("-"))
    coverage = dy.Float64(nullable=True, min=0, description="As for area_loads.", metadata=about("1"))
    u_factor = dy.Float64(min=0, description="Uncertainty of the excretion factor, shared by all areas.", metadata=about("1"))
    parameter_set = dy.String(description="Parameter set used.", metadata=about("-"))


class AreaChanges(Table):
    """What changed in an area from a period to the one a year later, over the sites sampled in both."""

    area_id = dy.String(primary_key=True, min_length=1, description="Area.", metadata=about("-"))
    period = dy.String(primary_key=True, description="Later period.", metadata=about("-"))
    analyte = dy.String(primary_key=True, min_length=1, description="Residue.", metadata=about("-"))
    drug = dy.String(description="Drug it stands for.", metadata=about("-"))
    previous_period = dy.String(description="Period a year earlier.", metadata=about("-"))
    previous_load = dy.Float64(nullable=True, min=0, description="Earlier per-capita load of the matched sites.", metadata=about(_LOAD))
    load = dy.Float64(nullable=True, min=0, description="Later per-capita load of the matched sites.", metadata=about(_LOAD))
    ratio = dy.Float64(nullable=True, min=0, description="Later over earlier; empty where one was not quantified.", metadata=about("1"))
    ratio_lower = dy.Float64(nullable=True, min=0, description="Lower 95 % bound of the ratio; what both share is cancelled.", metadata=about("1"))
    ratio_upper = dy.Float64(nullable=True, min=0, description="Upper 95 % bound of the ratio.", metadata=about("1"))
    p_rose = dy.Float64(nullable=True, min=0, max=1, description="Probability that the load rose.", metadata=about("1"))
    n_sites = dy.Int32(min=1, description="Sites sampled in both periods.", metadata=about("1"))
    coverage = dy.Float64(nullable=True, min=0, description="Residents of the matched sites over residents of the area.", metadata=about("1"))

