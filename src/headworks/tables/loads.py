"""Loads and consumption: reported by others, and computed here."""

from __future__ import annotations

import dataframely as dy
import polars as pl

from headworks.core.schema import Table, about
from headworks.tables.samples import DETECTION


class ReportedLoads(Table):
    """Per-capita loads of the days of a monitoring week, as a programme published them."""

    site_id = dy.String(primary_key=True, min_length=1, description="Site in this workspace.", metadata=about("-"))
    year = dy.Int16(primary_key=True, min=1990, max=2100, description="Year of the monitoring week.", metadata=about("year"))
    week = dy.Int8(primary_key=True, min=0, max=53, description="ISO week; 0 when the publisher names only the year.", metadata=about("week"))
    weekday = dy.Int8(primary_key=True, min=1, max=7, description="1 Monday … 7 Sunday: the sampling day.", metadata=about("1"))
    analyte = dy.String(primary_key=True, min_length=1, description="Residue whose load it is.", metadata=about("-"))
    drug = dy.String(description="Drug as the publisher groups it.", metadata=about("-"))
    country = dy.String(description="Country code as published.", metadata=about("-"))
    city = dy.String(description="City as published.", metadata=about("-"))
    load_mg_per_1000_per_day = dy.Float64(nullable=True, min=0, description="Load; empty when not quantified.", metadata=about("mg/d per 1,000 people"))
    detection = dy.Enum(DETECTION, description="A published zero is below_loq with no limit.", metadata=about("-"))
    limit_mg_per_1000_per_day = dy.Float64(nullable=True, min=0, description="Load at the limit, where one was published.", metadata=about("mg/d per 1,000 people"))

    @dy.rule()
    def a_quantified_load_has_a_value(cls) -> pl.Expr:
        return (pl.col("detection").cast(pl.String) != "quantified") | pl.col("load_mg_per_1000_per_day").is_not_null()


class PublishedMeans(Table):
    """Weekly means as a programme printed them, kept to be compared with the days."""

    site_id = dy.String(primary_key=True, min_length=1, description="Site in this workspace.", metadata=about("-"))
    year = dy.Int16(primary_key=True, min=1990, max=2100, description="Year of the monitoring week.", metadata=about("year"))
    week = dy.Int8(primary_key=True, min=0, max=53, description="ISO week; 0 when the publisher names only the year.", metadata=about("week"))
    analyte = dy.String(primary_key=True, min_length=1, description="Residue.", metadata=about("-"))
    drug = dy.String(description="Drug as the publisher groups it.", metadata=about("-"))
    weekday_mean = dy.Float64(nullable=True, min=0, description="Printed mean of the weekdays.", metadata=about("mg/d per 1,000 people"))
    weekend_mean = dy.Float64(nullable=True, min=0, description="Printed mean of the weekend.", metadata=about("mg/d per 1,000 people"))
    daily_mean = dy.Float64(nullable=True, min=0, description="Printed mean of all days.", metadata=about("mg/d per 1,000 people"))


class Loads(Table):
    """Load of a residue at a site on a sampling day; a censored row has no value, only how much it can have been."""

    site_id = dy.String(primary_key=True, description="Site.", metadata=about("-"))
    day = dy.Date(primary_key=True, description="Sampling day.", metadata=about("date"))
    analyte = dy.String(primary_key=True, description="Residue.", metadata=about("-"))
    load_mg_per_day = dy.Float64(nullable=True, min=0, description="Mass that passed; empty when censored.", metadata=about("mg/d"))
    load_mg_per_1000_per_day = dy.Float64(nullable=True, min=0, description="The same per 1,000 people; empty when censored or without a population.", metadata=about("mg/d per 1,000 people"))
    detection = dy.Enum(DETECTION, description="As for measurements.", metadata=about("-"))
    lower = dy.Float64(nullable=True, min=0, description="Lower 95 % bound of the per-capita load.", metadata=about("mg/d per 1,000 people"))
    upper = dy.Float64(nullable=True, min=0, description="Upper 95 % bound; of a censored row, the most it can have been; empty when the limit is unknown.", metadata=about("mg/d per 1,000 people"))
    load_mg_per_day_lower = dy.Float64(nullable=True, min=0, description="Lower 95 % bound of the load.", metadata=about("mg/d"))
    load_mg_per_day_upper = dy.Float64(nullable=True, min=0, description="Upper 95 % bound of the load.", metadata=about("mg/d"))
    limit_mg_per_1000_per_day = dy.Float64(nullable=True, min=0, description="Per-capita load at the limit of a censored row.", metadata=about("mg/d per 1,000 people"))
    u_day = dy.Float64(min=0, description="Uncertainty drawn anew each day: sampling, flow noise, repeatability.", metadata=about("1"))
    u_batch = dy.Float64(min=0, description="Uncertainty shared by a laboratory batch.", metadata=about("1"))
    u_site = dy.Float64(min=0, description="Uncertainty shared by a site: population, flow-meter bias.", metadata=about("1"))
    batch_id = dy.String(nullable=True, description="Laboratory batch.", metadata=about("-"))
    population = dy.Float64(nullable=True, min=0, description="Residents used.", metadata=about("people"))
    population_method = dy.String(nullable=True, description="How the population was found.", metadata=about("-"))
    n_results = dy.Int32(min=1, description="Released results behind the row.", metadata=about("1"))


class Consumption(Table):
    """Amount of a drug used per 1,000 people at a site on a sampling day, and the doses it makes."""

    site_id = dy.String(primary_key=True, description="Site.", metadata=about("-"))
    day = dy.Date(primary_key=True, description="Sampling day.", metadata=about("date"))
    drug = dy.String(primary_key=True, description="Drug.", metadata=about("-"))
    residues = dy.String(description="Residue or residues it was computed from, joined by +.", metadata=about("-"))
    consumption_mg_per_1000_per_day = dy.Float64(nullable=True, min=0, description="Pure drug; empty when censored.", metadata=about("mg/d per 1,000 people"))
    doses_per_1000_per_day = dy.Float64(nullable=True, min=0, description="Consumption over the typical dose; empty without a dose.", metadata=about("doses/d per 1,000 people"))
    detection = dy.Enum(DETECTION, description="As for measurements.", metadata=about("-"))
    lower = dy.Float64(nullable=True, min=0, description="Lower 95 % bound of the consumption.", metadata=about("mg/d per 1,000 people"))
    upper = dy.Float64(nullable=True, min=0, description="Upper 95 % bound of the consumption.", metadata=about("mg/d per 1,000 people"))
    doses_lower = dy.Float64(nullable=True, min=0, description="Lower 95 % bound of the doses.", metadata=about("doses/d per 1,000 people"))
    doses_upper = dy.Float64(nullable=True, min=0, description="Upper 95 % bound of the doses.", metadata=about("doses/d per 1,000 people"))
    u_day = dy.Float64(min=0, description="As for loads.", metadata=about("1"))
    u_batch = dy.Float64(min=0, description="As for loads.", metadata=about("1"))
    u_site = dy.Float64(min=0, description="As for loads.", metadata=about("1"))
    u_factor = dy.Float64(min=0, description="Uncertainty shared by all that used the same excretion factor.", metadata=about("1"))
    parameter_set = dy.String(description="Parameter set the factor and dose were taken from.", metadata=about("-"))


class TherapeuticUse(Table):
    """Medical use of a drug in an area, from sales, subtracted from what the sewage shows."""

    area_id = dy.String(primary_key=True, min_length=1, description="Area the sales are of; sites take those of the nearest area above them.", metadata=about("-"))
    drug = dy.String(primary_key=True, min_length=1, description="Medicine, as named in the reference.", metadata=about("-"))
    valid_from = dy.Date(primary_key=True, description="First sampling day for which the number is used.", metadata=about("date"))
    use_mg_per_1000_per_day = dy.Float64(min=0, description="Pure drug used medically.", metadata=about("mg/d per 1,000 people"))
    u_use = dy.Float64(nullable=True, min=0, description="Relative standard uncertainty.", metadata=about("1"))
    source = dy.String(nullable=True, description="Where the number is from.", metadata=about("-"))
