"""Days of load, from whatever source, as the trends room reads them."""

from __future__ import annotations

import dataframely as dy
import polars as pl

from headworks.core.schema import Table, about
from headworks.tables.samples import DETECTION

_LOAD = "mg/d per 1,000 people"


class DailyLoads(Table):
    """Per-capita load of a site, sampling day and residue, computed here or published by others, with what the days share."""

    site_id = dy.String(primary_key=True, min_length=1, description="Site.", metadata=about("-"))
    country = dy.String(nullable=True, description="Country as published, or the top area.", metadata=about("-"))
    city = dy.String(nullable=True, description="City as published, or the site's name.", metadata=about("-"))
    year = dy.Int16(primary_key=True, min=1990, max=2100, description="Year of the week's Thursday.", metadata=about("year"))
    week = dy.Int8(primary_key=True, min=0, max=53, description="ISO week; 0 when the publisher names only the year.", metadata=about("week"))
    weekday = dy.Int8(primary_key=True, min=1, max=7, description="1 Monday … 7 Sunday: the sampling day.", metadata=about("1"))
    day = dy.Date(nullable=True, description="Sampling day; empty when the publisher names only the year.", metadata=about("date"))
    analyte = dy.String(primary_key=True, min_length=1, description="Residue whose load it is.", metadata=about("-"))
    drug = dy.String(description="Drug it stands for.", metadata=about("-"))
    value = dy.Float64(nullable=True, min=0, description="Load; empty when not quantified.", metadata=about(_LOAD))
    detection = dy.Enum(DETECTION, description="As for measurements.", metadata=about("-"))
    limit = dy.Float64(nullable=True, min=0, description="Load at the limit of a day that was not quantified; empty when unknown.", metadata=about(_LOAD))
    u_day = dy.Float64(min=0, description="As for loads.", metadata=about("1"))
    u_batch = dy.Float64(min=0, description="As for loads.", metadata=about("1"))
    u_site = dy.Float64(min=0, description="As for loads.", metadata=about("1"))
    population = dy.Float64(nullable=True, min=0, description="People behind the load; empty where a publisher does not say.", metadata=about("people"))
    batch_id = dy.String(nullable=True, description="Laboratory batch; empty: the days of a mean are taken as one batch.", metadata=about("-"))

    @dy.rule()
    def a_value_stands_with_a_quantified_day_and_only_there(cls) -> pl.Expr:
        return (pl.col("detection").cast(pl.String) == "quantified") == pl.col("value").is_not_null()

    @dy.rule()
    def a_day_has_a_date_when_its_week_is_known(cls) -> pl.Expr:
        return pl.col("day").is_null() == (pl.col("week") == 0)
