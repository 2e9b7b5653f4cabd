"""Loads far above what a site used to have.

A jump is a quantified load above ``jump_factor`` times the median of the site's own earlier days (L27). A censored day counts
in the median as the most it can have been, which makes a jump harder, never easier. The trap: a jump alone is not disposal,
a festival jumps too.
"""

from __future__ import annotations

import datetime as dt

import polars as pl

from headworks.core.uncertainty import coverage_factor
from headworks.loads.disposal.past_days import past_days
from headworks.reference.residue_pairs import DisposalRules


def load_jumps(loads: pl.DataFrame, residues: pl.DataFrame, rules: DisposalRules, since: dt.date | None) -> pl.DataFrame:
    """Days whose load is a jump.

    Parameters
    ----------
    loads
        Table ``loads``.
    residues
        ``drug, analyte``: what is looked at, and the drug it is of.
    rules
        Numbers of the tests.
    since
        Only days from here on come out; None for all.

    Returns
    -------
    pl.DataFrame
        site_id, day, analyte, drug, statistic (load over the median), limit (the factor), n_history.
    """
    z = coverage_factor(0.95)
    spread = (z * (pl.col("u_day").pow(2).log1p() + pl.col("u_batch").pow(2).log1p()).sqrt()).exp()
    most = pl.coalesce("load_mg_per_day", pl.col("load_mg_per_day_upper") * (1.0 / spread))
    rows = loads.lazy().filter(pl.col("analyte").is_in(residues["analyte"].to_list()))
    known = (
        rows.select("site_id", "day", "analyte", "load_mg_per_day", most=most).filter(pl.col("most").is_not_null()).collect()
    )
    # Only a load above the factor times the series' least day can be above it times a median.
    is_asked = pl.lit(value=True) if since is None else pl.col("day") >= since
    least = known.group_by("site_id", "analyte").agg(_least=pl.col("most").min())
    likely = known.filter(is_asked & pl.col("load_mg_per_day").is_not_null()).join(least, on=["site_id", "analyte"])
    likely = likely.filter(pl.col("load_mg_per_day") > pl.col("_least") * rules.jump_factor)
    known = known.join(likely, on=["site_id", "analyte"], how="semi").join(residues, on="analyte")
    known = known.sort("site_id", "analyte", "day")
    known = known.with_columns(
        _series=pl.struct("site_id", "analyte").rle_id().cast(pl.Int64), _day=pl.col("day").to_physical().cast(pl.Int64)
    )
    may_jump = pl.col("load_mg_per_day") > pl.col("most").min().over("_series") * rules.jump_factor
    asked = known.filter(may_jump & is_asked)
    past = past_days(
        known["_series"].to_numpy(),
        known["_day"].to_numpy(),
        known["most"].to_numpy(),
        asked["_series"].to_numpy(),
        asked["_day"].to_numpy(),
        history_days=rules.jump_history_days,
        least_days=rules.jump_min_history,
    )
    median = pl.lit(pl.Series(past.centre).fill_nan(None))
    judged = asked.with_columns(
        statistic=pl.col("load_mg_per_day") * pl.when(median > 0).then(1.0 / median),
        limit=pl.lit(rules.jump_factor),
        n_history=pl.Series(past.n),
    )
    return judged.filter(pl.col("statistic") > rules.jump_factor).drop("_series", "_day", "most", "load_mg_per_day")
