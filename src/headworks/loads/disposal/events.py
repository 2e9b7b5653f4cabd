"""Days on which a drug was poured away rather than used, as far as its residues tell.

Three tests: an enantiomeric fraction that use alone does not explain (L30); a residue ratio beyond its limit on the side that
points to disposal (L29); and a load above a multiple of the site's own median. A jump with an ordinary ratio is use and no
event; a jump with a changed ratio is disposal; a jump of which nothing was measured that could tell is said as a hint.

An event keeps the residues it names out of means and trends, not out of sight. A hint keeps nothing out. Both wordings come
from the reference (``evidence``), because for amphetamine even a racemic fraction decides nothing.
"""

from __future__ import annotations

import datetime as dt

import polars as pl

from headworks.core.schema import polars_schema, sort_by_key
from headworks.loads.disposal.fraction_events import tested_fractions
from headworks.loads.disposal.load_jumps import load_jumps
from headworks.loads.disposal.ratio_events import ratio_events
from headworks.reference.residue_pairs import (
    DisposalRules,
    consumed_enantiomeric_fractions,
    disposal_rules,
    residue_pairs,
)
from headworks.tables import DisposalEvents

_KEY = ["site_id", "day", "drug"]


def disposal_events(
    ratios: pl.DataFrame,
    fractions: pl.DataFrame | None,
    loads: pl.DataFrame,
    *,
    pairs: pl.DataFrame | None = None,
    rules: DisposalRules | None = None,
    since: dt.date | None = None,
) -> pl.DataFrame:
    """Events and hints, one row per site, day, drug and test.

    Parameters
    ----------
    ratios
        Table ``residue_ratios``.
    fractions
        ``site_id, day, analyte, fraction_r, u_fraction`` as ``fractions_of_days`` gives them; None for none.
    loads
        Table ``loads``, for jumps: the asked days and their past.
    pairs, rules
        As for ``residue_ratios``; the ones the ratios were judged by.
    since
        Only days from here on come out.

    Returns
    -------
    pl.DataFrame
        Keeps the promise of ``disposal_events``, sorted by its key. Without a share where only a jump or a one-sided limit
        speaks.
    """
    pairs = residue_pairs() if pairs is None else pairs
    rules = rules or disposal_rules()
    tested = tested_fractions(fractions)
    found = [ratio_events(ratios, pairs, rules), tested.filter("is_event").drop("is_event")]
    told = pl.concat([frame.select(*_KEY, "test", "is_kept_out") for frame in found])
    judged = pl.concat(
        [ratios.filter(pl.col("verdict").cast(pl.String) != "too_few_days").select(_KEY), tested.select(_KEY)]
    ).unique()
    found.append(_of_jumps(load_jumps(loads, _drugs_of_parents(pairs), rules, since), told, judged))
    events = pl.concat([frame.select(_promised()) for frame in found])
    if since is not None:
        events = events.filter(pl.col("day") >= since)
    return sort_by_key(events, DisposalEvents)


def kept_out_days(events: pl.DataFrame) -> pl.DataFrame:
    """Which loads are left out of means and trends: ``site_id, day, analyte``, each once, sorted.

    Examples
    --------
    >>> day = dt.date(2011, 3, 9)
    >>> events = pl.DataFrame({"site_id": ["U"], "day": [day], "analytes": ["MDMA;MDA"], "is_kept_out": [True]})
    >>> kept_out_days(events)["analyte"].to_list()
    ['MDA', 'MDMA']
    """
    named = events.filter("is_kept_out").select("site_id", "day", analyte=pl.col("analytes").str.split(";"))
    return named.explode("analyte").unique().sort("site_id", "day", "analyte")


def _of_jumps(jumps: pl.DataFrame, told: pl.DataFrame, judged: pl.DataFrame) -> pl.DataFrame:
    """Jumps that a changed ratio or fraction explains, and those of which nothing that could tell was measured."""
    # A jump makes a mere hint of a ratio decisive; one of a fraction stays a hint.
    decides = (pl.col("is_kept_out") | (pl.col("test") == "residue_ratio")).any()
    changed = told.group_by(_KEY).agg(_decides=decides)
    rows = jumps.join(changed, on=_KEY, how="left").join(judged.with_columns(_judged=pl.lit(value=True)), on=_KEY, how="left")
    rows = rows.filter(pl.col("_decides").is_not_null() | pl.col("_judged").is_null())
    why = (
        pl.when("_decides")
        .then(pl.lit("and its residues say that it was not consumed."))
        .when(pl.col("_decides").is_not_null())
        .then(pl.lit("and what was measured beside it hints at disposal without deciding."))
        .otherwise(pl.lit("and nothing was measured that tells use from disposal: a hint."))
    )
    empty = pl.lit(None, dtype=pl.Float64)
    rows = rows.sort("statistic", descending=True).unique(_KEY, keep="first", maintain_order=True)
    return rows.with_columns(
        test=pl.lit("load_jump"),
        analytes=pl.col("analyte"),
        is_kept_out=pl.col("_decides").fill_null(value=False),
        explanation=pl.format(
            "The load of {} is {} times the median of the site's {} earlier days, {}",
            "analyte", pl.col("statistic").round_sig_figs(3), "n_history", why,
        ),
        disposed_share=empty,
        lower=empty,
        upper=empty,
    )  # fmt: skip


def _drugs_of_parents(pairs: pl.DataFrame) -> pl.DataFrame:
    """Residues that a disposal adds to, with their drug."""
    parents = pairs.select("drug", analyte=pl.col("kept_out").str.split(";")).explode("analyte")
    return pl.concat([parents, consumed_enantiomeric_fractions().select("drug", "analyte")]).unique().sort("drug", "analyte")


def _promised() -> list[pl.Expr]:
    return [pl.col(name).cast(dtype) for name, dtype in polars_schema(DisposalEvents).items()]
