"""Signals: what is more than chance, under one budget of false alarms, each with what made it speak."""

from __future__ import annotations

import dataframely as dy
import polars as pl

from headworks.core.schema import Table, about
from headworks.tables.levels import UNIT_KINDS

# exceedance: far above what was expected; rise: slowly upward; drop: far below; variance: days scatter more; ratio: residues
# of one drug no longer fit each other; cluster: sites together, across areas; quality: a laboratory batch, no change of use;
# first_appearance: a substance not seen here before.
SIGNAL_KINDS = ["exceedance", "rise", "drop", "variance", "ratio", "cluster", "quality", "first_appearance"]


class Signals(Table):
    """Events of a week that were selected from all units, drugs and kinds; one row an event, at its most specific unit."""

    signal_id = dy.String(primary_key=True, min_length=1, description="Named by what it is of: kind, unit, residue and first week; the same finding has the same name in every run.", metadata=about("-"))
    unit_kind = dy.Enum(UNIT_KINDS, description="site or area.", metadata=about("-"))
    unit_id = dy.String(min_length=1, description="Most specific site or area that the evidence supports.", metadata=about("-"))
    level = dy.Int8(nullable=True, min=1, max=6, description="1 province to 5 village; 6 a site.", metadata=about("1"))
    analyte = dy.String(min_length=1, description="Residue.", metadata=about("-"))
    drug = dy.String(description="Drug it stands for.", metadata=about("-"))
    period = dy.String(min_length=1, description="ISO week in which it was signalled, such as 2026-W46.", metadata=about("-"))
    since = dy.String(nullable=True, description="First week of the evidence.", metadata=about("-"))
    kind = dy.Enum(SIGNAL_KINDS, description="What kind of departure.", metadata=about("-"))
    statistic = dy.Float64(nullable=True, description="Accumulated evidence of the detector, on its own scale.", metadata=about("1"))
    e_value = dy.Float64(nullable=True, min=0, description="Evidence against chance: its mean under no change is at most 1.", metadata=about("1"))
    p_value = dy.Float64(nullable=True, min=0, max=1, description="Probability of as much by chance, in this week alone.", metadata=about("1"))
    q_value = dy.Float64(nullable=True, min=0, max=1, description="Least share of false signals at which it is still selected.", metadata=about("1"))
    expected = dy.Float64(nullable=True, min=0, description="What the weeks before let expect.", metadata=about("mg/d per 1,000 people"))
    expected_lower = dy.Float64(nullable=True, min=0, description="Lower 95 % bound of what was expected.", metadata=about("mg/d per 1,000 people"))
    expected_upper = dy.Float64(nullable=True, min=0, description="Upper 95 % bound of what was expected.", metadata=about("mg/d per 1,000 people"))
    observed = dy.Float64(nullable=True, min=0, description="What was seen; where nothing was quantified, the limit.", metadata=about("mg/d per 1,000 people"))
    n_days = dy.Int32(nullable=True, min=0, description="Site days of the weeks that speak.", metadata=about("days"))
    share_censored = dy.Float64(nullable=True, min=0, max=1, description="Share of them that were not quantified.", metadata=about("1"))
    explanation = dy.String(description="What made it speak and what would switch it off, as JSON; signals explain prints it.", metadata=about("JSON"))
    method_version = dy.String(min_length=1, description="Detector, its settings and the code they ran with.", metadata=about("-"))

    @dy.rule()
    def began_no_later_than_signalled(cls) -> pl.Expr:
        return (pl.col("since") <= pl.col("period")).fill_null(True)
