"""Residue ratios beyond their limit on the side that points to disposal, as the events they are.

Of the parent the share

    s = 1 - ordinary ratio / ratio                                                            (L32)

was not consumed. Its bounds come from the spread of the site's own ratios; where a residue was not quantified, or only the
literature has a limit, there is a least share and no best one.
"""

from __future__ import annotations

import polars as pl

from headworks.core.uncertainty import coverage_factor
from headworks.reference.residue_pairs import DisposalRules

_KEY = ["site_id", "day", "drug"]
_Z = coverage_factor(0.95)


def ratio_events(ratios: pl.DataFrame, pairs: pl.DataFrame, rules: DisposalRules) -> pl.DataFrame:
    """One row per site, day and drug whose ratio points to disposal; of several pairs the strongest.

    Parameters
    ----------
    ratios
        Table ``residue_ratios``.
    pairs, rules
        The ones the ratios were judged by.

    Returns
    -------
    pl.DataFrame
        The columns of ``disposal_events``, and others.
    """
    facts = pairs.select("numerator", "denominator", "points_to_disposal", "evidence", "kept_out")
    beyond = ratios.with_columns(pl.col("verdict").cast(pl.String)).filter(
        pl.col("verdict").is_in(["above_limit", "below_limit"])
    )
    beyond = beyond.join(facts, on=["numerator", "denominator"], how="inner")
    beyond = beyond.filter(pl.col("verdict") == pl.col("points_to_disposal") + "_limit")
    is_above = pl.col("verdict") == "above_limit"
    beyond = beyond.with_columns(
        statistic=pl.coalesce("ratio", pl.when(is_above).then("ratio_least").otherwise("ratio_most")),
        limit=pl.when(is_above).then("upper_limit").otherwise("lower_limit"),
        far_limit=pl.when(is_above).then("lower_limit").otherwise("upper_limit"),
    )
    rows = beyond.with_columns(**_share_of_ratio(is_above, rules)).with_columns(
        test=pl.lit("residue_ratio"),
        analytes=pl.col("kept_out"),
        is_kept_out=pl.col("evidence") == "decides",
        explanation=_words_of_ratio(is_above, rules),
    )
    strongest = rows.sort(*_KEY, "is_kept_out", "lower", descending=[False, False, False, True, True])
    return strongest.unique(_KEY, keep="first", maintain_order=True)


def _share_of_ratio(is_above: pl.Expr, rules: DisposalRules) -> dict[str, pl.Expr]:
    """Share of the parent that use does not explain (L32), from the ratio over its limits or the limits over the ratio."""
    own = (pl.col("n_history") >= rules.min_history) & pl.col("limit").is_not_null() & pl.col("far_limit").is_not_null()
    # The site's own limits lie `spreads` standard deviations about the median; those of a share 1.96.
    half = (pl.col("limit").log() - pl.col("far_limit").log()) * 0.5
    middle = (pl.col("limit").log() + pl.col("far_limit").log()) * 0.5
    near = pl.when(own).then((middle + half * (_Z / rules.spreads)).exp()).otherwise(pl.col("limit"))
    far = pl.when(own).then((middle - half * (_Z / rules.spreads)).exp()).otherwise(pl.col("far_limit"))
    is_exact = pl.col("ratio").is_not_null()

    def share(ordinary: pl.Expr) -> pl.Expr:
        over = pl.when(is_above).then(ordinary * (1.0 / pl.col("statistic"))).otherwise(pl.col("statistic") * (1.0 / ordinary))
        return (1.0 - over).clip(0.0, 1.0)

    return {
        "disposed_share": pl.when(own & is_exact).then(share(middle.exp())),
        "lower": share(near),
        "upper": pl.when(is_exact & far.is_not_null()).then(share(far)).otherwise(1.0),
    }


def _words_of_ratio(is_above: pl.Expr, rules: DisposalRules) -> pl.Expr:
    bound = pl.when(pl.col("ratio").is_not_null()).then(pl.lit("")).when(is_above).then(pl.lit("at least "))
    return pl.format(
        "{} over {} is {}{}, {} the limit {} {}; at least {} % of the {} was not consumed.",
        "numerator",
        "denominator",
        bound.otherwise(pl.lit("at most ")),
        pl.col("statistic").round_sig_figs(3),
        pl.when(is_above).then(pl.lit("above")).otherwise(pl.lit("below")),
        pl.col("limit").round_sig_figs(3),
        pl.when(pl.col("n_history") >= rules.min_history)
        .then(pl.format("of the site's {} earlier days", "n_history"))
        .otherwise(pl.lit("of the literature")),
        (pl.col("lower") * 100.0).round(0).cast(pl.Int64),
        "kept_out",
    )
