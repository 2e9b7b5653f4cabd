"""Enantiomeric fractions of residues whose fraction after use is known, as the events they are or would be.

A fraction is an event when the interval of its disposed share excludes 0 (L30, L31). Whether it decides or only hints is said
by the reference: of amphetamine even a racemic fraction decides nothing.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from headworks.loads.disposal.enantiomers import disposed_share
from headworks.reference.residue_pairs import consumed_enantiomeric_fractions

_FRACTIONS = {"site_id": pl.String, "day": pl.Date, "analyte": pl.String, "fraction_r": pl.Float64, "u_fraction": pl.Float64}


def tested_fractions(fractions: pl.DataFrame | None) -> pl.DataFrame:
    """Every fraction that can be judged, as the event it would be.

    Parameters
    ----------
    fractions
        ``site_id, day, analyte, fraction_r, u_fraction``; None for none.

    Returns
    -------
    pl.DataFrame
        The columns of ``disposal_events``, ``is_event``, and others.
    """
    reference = consumed_enantiomeric_fractions().drop("status", "citation", "note")
    fractions = pl.DataFrame(schema=_FRACTIONS) if fractions is None else fractions
    rows = fractions.join(reference, on="analyte", how="inner").with_columns(
        pl.col("u_fraction").fill_null(pl.col("u_fraction_default"))
    )
    used, made = rows["fraction_r_consumed"].to_numpy(), rows["fraction_r_disposed"].to_numpy()
    result = disposed_share(
        rows["fraction_r"].to_numpy(), used, rows["u_fraction"].to_numpy(), rows["u_consumed"].to_numpy(), ef_disposed=made
    )
    rows = rows.with_columns(
        disposed_share=pl.Series(np.asarray(result.share)),
        lower=pl.Series(np.asarray(result.lower)),
        upper=pl.Series(np.asarray(result.upper)),
        test=pl.lit("enantiomeric_fraction"),
        analytes=pl.col("analyte"),
        statistic=pl.col("fraction_r"),
        limit=pl.col("fraction_r_consumed"),
        is_kept_out=pl.col("evidence") == "decides",
    )
    return rows.with_columns(is_event=pl.col("lower") > 0, explanation=_words())


def _words() -> pl.Expr:
    hint = pl.when("is_kept_out").then(pl.lit("")).otherwise(pl.lit(" A hint only: this residue's fraction does not decide."))
    return pl.format(
        "The enantiomeric fraction of {} is {}; after use it is about {}. {} % of the load ({} to {} %) was not consumed.{}",
        "analyte",
        pl.col("statistic").round(3),
        pl.col("limit").round(3),
        *[(pl.col(name) * 100.0).round(0).cast(pl.Int64) for name in ("disposed_share", "lower", "upper")],
        hint,
    )
