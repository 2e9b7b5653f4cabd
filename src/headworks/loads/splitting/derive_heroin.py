"""Heroin of every site and day on which morphine was measured (L20, L21).

The value needs codeine of the same day and the medical use of morphine behind the site; without one of them the row is a
bound. Codeine that was measured and not quantified takes nothing off the value, and its limit off the lower bound.
"""

from __future__ import annotations

import polars as pl

from headworks.loads.splitting.heroin import OpiateFractions, opiate_fractions
from headworks.loads.splitting.split_rows import DerivedSplit, Part, as_part, shared_correlation, split_rows
from headworks.loads.splitting.therapeutic import therapeutic_on_days

RESIDUES = "morphine - codeine - therapeutic"


def derive_heroin(loads: pl.DataFrame, factors: pl.DataFrame, therapeutic: pl.DataFrame, parameter_set: str) -> DerivedSplit:
    """Heroin from morphine.

    Parameters
    ----------
    loads
        Table ``loads``.
    factors
        Of a parameter set.
    therapeutic
        ``site_id, drug, valid_from, use_mg_per_1000_per_day, u_use``: the table ``therapeutic_use`` with, for each site, the
        rows of the nearest area above it. Only morphine is read: codeine is taken off as measured.
    parameter_set
        Its name.

    Returns
    -------
    DerivedSplit
        For :func:`replace_consumption`. The row of the medicine morphine stays what it was, all morphine read as medicine; it
        and heroin must not be added.

    Raises
    ------
    DataRefused
        ``HW-D255`` when the set lacks a factor that is needed.
    """
    by = opiate_fractions(factors)
    morphine = loads.filter((pl.col("analyte") == "morphine") & pl.col("population").is_not_null())
    codeine = loads.filter(pl.col("analyte") == "codeine").select(
        "site_id", "day", _codeine="load_mg_per_1000_per_day", _codeine_most="limit_mg_per_1000_per_day",
        _codeine_u_day="u_day", _codeine_measured=pl.lit(value=True),
    )  # fmt: skip
    rows = morphine.join(codeine, on=["site_id", "day"], how="left")
    rows = rows.join(therapeutic_on_days(rows, therapeutic, "morphine"), on=["site_id", "day"], how="left")
    rows = rows.with_columns(
        *_parts(by),
        drug=pl.lit("heroin"),
        residues=pl.lit(RESIDUES),
        is_complete=pl.col("_codeine_measured").is_not_null() & pl.col("_use").is_not_null(),
    )
    parts = [Part("morphine_of_medicine", is_of_the_sample=False), Part("morphine_of_codeine", is_of_the_sample=True)]
    heroin = factors.filter((pl.col("drug") == "heroin") & (pl.col("analyte") == "morphine"))
    return split_rows(rows, parts, heroin, parameter_set)


def _parts(by: OpiateFractions) -> list[pl.Expr]:
    u_medicine = (pl.col("_u_use").pow(2) + by.u_morphine_of_medicine**2).sqrt()
    medicine = pl.col("_use") * by.morphine_of_medicine
    none = pl.lit(0.0)
    most = pl.col("_codeine_most") * by.morphine_of_codeine
    return [
        *as_part("morphine_of_medicine", medicine, none, u_medicine, none),
        *as_part(
            "morphine_of_codeine",
            pl.col("_codeine") * by.morphine_of_codeine,
            pl.col("_codeine_u_day").fill_null(0.0),
            pl.lit(by.u_morphine_of_codeine),
            shared_correlation(),
            most,
        ),
    ]
