"""Indicators beside sewage: counts of an area and period with their definition, windows and vintage. Never of a person."""

from __future__ import annotations

import dataframely as dy
import polars as pl

from headworks.core.schema import Table, about

RELATIONS = ["exactly", "at_least", "about", "missing"]
STOCK_OR_FLOW = ["stock", "flow"]
SPEAKS_OF = ["situation", "activity", "output", "coverage", "outcome"]


class Indicators(Table):
    """Aggregate cells as a source published them: area x period x indicator x stratum, each vintage a row of its own."""

    area_id = dy.String(primary_key=True, min_length=1, description="Area.", metadata=about("-"))
    period = dy.String(primary_key=True, min_length=1, description="Period it is filed under: 2024-Q1, 2024-H1, 2024 …", metadata=about("-"))
    indicator = dy.String(primary_key=True, min_length=1, description="What is counted: health_contacts, registered_users, volunteers …", metadata=about("-"))
    stratum = dy.String(primary_key=True, min_length=1, description="Part of the people counted; all for everybody.", metadata=about("-"))
    source = dy.String(primary_key=True, min_length=1, description="Who published it.", metadata=about("-"))
    vintage = dy.Date(primary_key=True, description="Day on which this value was published.", metadata=about("date"))
    definition = dy.String(primary_key=True, min_length=1, description="What exactly is counted, in the source's words.", metadata=about("-"))
    numerator = dy.Float64(nullable=True, min=0, description="Count; empty where only growth was published.", metadata=about("1"))
    relation = dy.Enum(RELATIONS, description="exactly; at_least for '2,300+'; about for a round number; missing.", metadata=about("-"))
    unit = dy.String(min_length=1, description="Unit of the numerator: people, cases, kg, CNY …", metadata=about("-"))
    numerator_from = dy.Date(nullable=True, description="First day counted; empty for a stock.", metadata=about("date"))
    numerator_to = dy.Date(nullable=True, description="Last day counted; the cut-off day of a stock.", metadata=about("date"))
    denominator = dy.Float64(nullable=True, min=0, description="What it is a share or rate of.", metadata=about("1"))
    denominator_from = dy.Date(nullable=True, description="First day the denominator speaks of.", metadata=about("date"))
    denominator_to = dy.Date(nullable=True, description="Last day the denominator speaks of.", metadata=about("date"))
    growth_percent = dy.Float64(nullable=True, min=-100, description="Published change since the same window a year earlier.", metadata=about("%"))
    sample_size = dy.Float64(nullable=True, min=1, description="People asked, for a survey: it has a sampling error.", metadata=about("people"))
    cut_off = dy.Date(nullable=True, description="Day on which the source closed its books.", metadata=about("date"))
    stock_or_flow = dy.Enum(STOCK_OR_FLOW, description="stock at a day, or flow over a window.", metadata=about("-"))
    speaks_of = dy.Enum(SPEAKS_OF, description="situation, activity, output, coverage or outcome: an output is no outcome.", metadata=about("-"))

    @dy.rule()
    def ends_after_it_begins(cls) -> pl.Expr:
        return (pl.col("numerator_from").is_null() | (pl.col("numerator_to") >= pl.col("numerator_from"))).fill_null(
            value=False
        )

    @dy.rule()
    def a_count_or_its_growth_is_given(cls) -> pl.Expr:
        return pl.col("numerator").is_not_null() | pl.col("growth_percent").is_not_null()
