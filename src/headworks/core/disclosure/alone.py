"""Primary suppression: why a figure is withheld by itself, whatever else is published."""

from __future__ import annotations

import numpy as np
import polars as pl

from headworks.core.disclosure.coding import CodedFigures, CodedMembers, Names
from headworks.core.disclosure.groups import Mask
from headworks.core.disclosure.tiers import TierRule, is_suppressed
from headworks.core.periods import KINDS


def own_reasons(figures: CodedFigures, judged: pl.Series, members: CodedMembers, names: Names, rule: TierRule) -> pl.Series:
    """Why each figure is withheld by itself, empty where it is not; ``judged`` is what it breaks by its members."""
    figure = figures.unit * len(names.periods) + figures.period
    is_detail = np.array([rule.holds_back(kind) for kind in KINDS])[names.kind[figures.period]]
    rows = figures.said.with_columns(
        _judged=judged,
        _is_institution=pl.Series(names.is_institution[figures.unit]) & (not rule.shows_institutions),
        _is_detail=pl.Series(is_detail),
        _named=pl.Series(_reached_by_named(members, names, rule)[figure]),
    )
    is_few, is_dominated = pl.lit(value=False), pl.lit(value=False)
    if "n_sites" in rows.columns:
        is_few = (pl.col("n_sites") < rule.min_sites) & ~pl.col("_named")
    if "largest_share" in rows.columns:
        is_dominated = (pl.col("largest_share") > rule.dominance) & ~pl.col("_named")
        rest = pl.col("population") * (1.0 - pl.col("largest_share"))
        may_stand = (
            pl.col("population") * pl.col("largest_share") >= rule.floor if rule.min_sites <= 1 else pl.lit(value=False)
        )
        is_dominated = is_dominated & (rest < rule.floor) & ~may_stand
    own = (
        pl.when("_is_institution")
        .then(pl.lit("institution"))
        .when("_is_detail")
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
    return rows.select(own=own)["own"]


def _reached_by_named(members: CodedMembers, names: Names, rule: TierRule) -> Mask:
    """By figure: whether it holds named sites with residents enough to stand alone."""
    named = members.rows(names.flags.is_named[members.site])
    figure = named.unit * len(names.periods) + named.period
    people = np.bincount(figure, np.nan_to_num(named.people), names.n_figures)
    return (people >= rule.floor) & (np.bincount(figure, minlength=names.n_figures) > 0)
