"""What medicine adds to a load, from sales, and what is used beyond it.

    excreted = use x (M_residue / M_parent) x f = use / factor                                (L23)
    beyond   = (load - excreted) x factor                                                     (L24)

The trap is coverage: sales are of residents of an area, the sewage is of whoever was there; and a medicine that was sold is
not a medicine that was taken.
"""

from __future__ import annotations

import polars as pl

from headworks.loads.derive_consumption import select_consumption_factors
from headworks.loads.mass_load import Amount
from headworks.loads.splitting.split_rows import DerivedSplit, Part, as_part, split_rows


def excreted_therapeutic(use: Amount, correction_factor: Amount) -> Amount:
    """Load of a residue that medical use leaves in the sewage, in the unit of the use (L23).

    Examples
    --------
    3 mg of morphine, 75 % of it excreted as morphine.

    >>> excreted_therapeutic(3.0, 1 / 0.75)
    2.25
    """
    return use * (1.0 / correction_factor)


def derive_beyond_therapeutic(
    loads: pl.DataFrame, factors: pl.DataFrame, therapeutic: pl.DataFrame, parameter_set: str
) -> DerivedSplit:
    """Use of a drug beyond its medical use, for the drugs, sites and days that sales are known of (L24).

    Parameters
    ----------
    loads
        Table ``loads``.
    factors
        Of a parameter set; the primary residue of each drug counts.
    therapeutic
        As for :func:`headworks.loads.derive_heroin`. Morphine is left to that function.
    parameter_set
        Its name.

    Returns
    -------
    DerivedSplit
        ``residues`` reads ``ketamine - therapeutic``; keep these rows beside ``consumption`` or replace it by them.
    """
    chosen = select_consumption_factors(factors).filter(pl.col("_rank") == 0)
    wanted = therapeutic.filter(pl.col("drug") != "morphine")["drug"].unique().sort().to_list()
    chosen = chosen.filter(pl.col("drug").is_in(wanted))
    of_factor = chosen.select("drug", "analyte", _factor="correction_factor", _u_of_factor="u_factor")
    rows = loads.filter(pl.col("population").is_not_null()).join(of_factor, on="analyte", how="inner")
    used = [therapeutic_on_days(rows.filter(drug=drug), therapeutic, drug).with_columns(drug=pl.lit(drug)) for drug in wanted]
    if not used:
        used = [pl.DataFrame(schema={"site_id": pl.String, "day": pl.Date, "_use": pl.Float64, "_u_use": pl.Float64,
                                     "drug": pl.String})]  # fmt: skip
    # Without sales there is no row: nothing is known of the medicine, and the consumption is what it was.
    rows = rows.join(pl.concat(used).filter(pl.col("_use").is_not_null()), on=["site_id", "day", "drug"], how="inner")
    none = pl.lit(0.0)
    rows = rows.with_columns(
        *as_part("therapeutic", excreted_therapeutic(pl.col("_use"), pl.col("_factor")), none, _u_medicine(), none),
        residues=pl.format("{} - therapeutic", "analyte"),
        is_complete=pl.lit(value=True),
    )
    return split_rows(rows, [Part("therapeutic", is_of_the_sample=False)], chosen, parameter_set)


def therapeutic_on_days(rows: pl.DataFrame, therapeutic: pl.DataFrame, drug: str) -> pl.DataFrame:
    """``_use`` and ``_u_use`` of a medicine, the newest valid one, for the sites and days of the rows; empty where unknown."""
    dated = therapeutic.filter(pl.col("drug") == drug).select(
        "site_id", "valid_from", _use="use_mg_per_1000_per_day", _u_use=pl.col("u_use").fill_null(0.0)
    )
    days = rows.select("site_id", "day").unique().sort("day", "site_id")
    found = days.join_asof(
        dated.sort("valid_from", "site_id"), left_on="day", right_on="valid_from", by="site_id", strategy="backward",
        check_sortedness=False,
    )  # fmt: skip
    return found.select("site_id", "day", "_use", "_u_use")


def _u_medicine() -> pl.Expr:
    return (pl.col("_u_use").pow(2) + pl.col("_u_of_factor").pow(2)).sqrt()
