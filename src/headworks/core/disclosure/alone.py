"""Primary suppression: why a figure is withheld by itself, whatever else is published."""

from __future__ import annotations

import polars as pl

from headworks.core.disclosure.coding import UNIT
from headworks.core.disclosure.tiers import TierRule, is_suppressed
from headworks.core.periods import KINDS


def own_reasons(
    figures: pl.DataFrame, judged: pl.DataFrame, members: pl.DataFrame, sites: pl.DataFrame, rule: TierRule
) -> pl.DataFrame:
    """Figures with ``own``: why each is withheld by itself, empty where it is not."""
    institutions = sites.filter("is_institution").select(unit_kind=pl.lit("site"), unit_id="site_id", _is_institution=True)
    rows = figures.join(judged, on=[*UNIT, "period"], how="left", maintain_order="left")
    rows = rows.join(institutions, on=UNIT, how="left", maintain_order="left")
    is_few, is_dominated = pl.lit(value=False), pl.lit(value=False)
    if "n_sites" in figures.columns:
        is_few = (pl.col("n_sites") < rule.min_sites) & ~pl.col("_named")
    if "largest_share" in figures.columns:
        is_dominated = (pl.col("largest_share") > rule.dominance) & ~pl.col("_named")
        rest = pl.col("population") * (1.0 - pl.col("largest_share"))
        may_stand = (
            pl.col("population") * pl.col("largest_share") >= rule.floor if rule.min_sites <= 1 else pl.lit(value=False)
        )
        is_dominated = is_dominated & (rest < rule.floor) & ~may_stand
    rows = rows.join(_with_named(members, sites, rule), on=[*UNIT, "period"], how="left", maintain_order="left")
    rows = rows.with_columns(pl.col("_named").fill_null(value=False))
    shorter = [kind for kind in KINDS if rule.holds_back(kind)]
    own = (
        pl.when(pl.col("_is_institution").fill_null(value=False) & (not rule.shows_institutions))
        .then(pl.lit("institution"))
        .when(pl.col("period_kind").is_in(shorter))
        .then(pl.lit("detail"))
        .when(is_suppressed(pl.col("population"), rule.floor, tier=rule.tier))
        .then(pl.lit("primary_population"))
        .when(pl.col("_judged").is_not_null())
        .then(pl.col("_judged"))
        .when(is_few.fill_null(value=False))
        .then(pl.lit("primary_sites"))
        .when(is_dominated.fill_null(value=False))
        .then(pl.lit("dominance"))
    )
    return rows.with_columns(own=own).select("_row", *UNIT, "period", "period_kind", "year", "own")


def _with_named(members: pl.DataFrame, sites: pl.DataFrame, rule: TierRule) -> pl.DataFrame:
    """Figures that hold named sites with residents enough to stand alone: ``_named``."""
    named = members.join(sites.filter("is_named"), on="site_id", how="semi").sort(*UNIT, "period", "atom")
    people = named.group_by(*UNIT, "period", maintain_order=True).agg(_people=pl.col("people").sum())
    return people.select(*UNIT, "period", _named=pl.col("_people") >= rule.floor)
