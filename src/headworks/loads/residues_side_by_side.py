"""What each residue of a drug says about its consumption, side by side.

Every residue with a factor gives its own estimate (L4); the ratio of the largest to the smallest and whether their intervals
overlap say how well they agree. Estimates of one day share flow, sampling and population, so only the laboratory's
repeatability and the factors may make them differ: the intervals compared hold the factor's part and the batch's, not the
rest. Nothing is averaged here.

The trap is the basis of an excretion fraction: 11 mg of methadone at 27.5 % are 40 mg used; 22 mg of EDDP at 55 % are 40 mg by
mass and 44.62 mg by moles. Headworks reads fractions as molar and shows both residues.
"""

from __future__ import annotations

import polars as pl

from headworks.loads.consumption import consumption
from headworks.loads.factor_interval import FACTOR_ROW, with_factor_bounds

_LEVEL = 0.95
_KEY = ["site_id", "day", "drug"]
_USES = ("primary", "secondary")
_LAW = ["excretion_fraction", "distribution", "excretion_low", "excretion_high", "u_factor", "correction_factor"]


def residues_side_by_side(loads: pl.DataFrame, factors: pl.DataFrame, u_analysis: float = 0.0) -> pl.DataFrame:
    """Consumption by each residue, for drugs with two or more quantified residues on a day.

    Parameters
    ----------
    loads
        Table ``loads``.
    factors
        Of a parameter set. Primary and secondary residues with a factor count, each for the drug that names it; a residue that
        is primary for several drugs (morphine) does not.
    u_analysis
        Relative standard uncertainty of a result's repeatability, as in the default uncertainties.

    Returns
    -------
    pl.DataFrame
        site_id, day, drug, analyte, use, consumption_mg_per_1000_per_day, lower, upper (what the residues do not share),
        ratio (over the smallest estimate of the drug on the day), n_residues, has_overlap (all intervals have a point in
        common), sorted by site, day, drug and analyte.

    Examples
    --------
    >>> from headworks.reference import read_set
    >>> day = {"site_id": ["S", "S"], "day": [1, 1], "analyte": ["methadone", "EDDP"], "u_batch": [0.06, 0.06]}
    >>> loads = pl.DataFrame(day | {"load_mg_per_1000_per_day": [11.0, 22.0]})
    >>> both = residues_side_by_side(loads, read_set().factors)
    >>> both.select("analyte", pl.col("consumption_mg_per_1000_per_day", "ratio").round(4)).rows()
    [('EDDP', 44.6199, 1.1155), ('methadone', 40.0, 1.0)]
    """
    usable = factors.filter(pl.col("use").is_in(_USES) & pl.col("correction_factor").is_not_null())
    usable = usable.filter((pl.col("use") != "primary") | (pl.col("drug").n_unique().over("analyte", "use") == 1))
    usable = usable.sort("drug", "analyte").with_row_index(FACTOR_ROW).select("drug", "analyte", "use", FACTOR_ROW, *_LAW)
    rows = loads.filter(pl.col("load_mg_per_1000_per_day") > 0).join(usable, on="analyte", how="inner")
    rows = rows.with_columns(n_residues=pl.len().over(_KEY).cast(pl.Int32)).filter(pl.col("n_residues") > 1)
    rows = rows.with_columns(_sigma=(pl.col("u_batch").pow(2).log1p() + pl.lit(u_analysis).pow(2).log1p()).sqrt())
    rows = with_factor_bounds(rows, "_sigma", "_sigma", _LEVEL)
    used = consumption(pl.col("load_mg_per_1000_per_day"), pl.col("correction_factor"))
    rows = rows.with_columns(consumption_mg_per_1000_per_day=used).with_columns(
        lower=used * pl.col("log_low").exp(), upper=used * pl.col("log_high").exp()
    )
    rows = rows.with_columns(
        ratio=used * (1.0 / used.min().over(_KEY)),
        has_overlap=pl.col("lower").max().over(_KEY) <= pl.col("upper").min().over(_KEY),
    )
    columns = [
        *_KEY,
        "analyte",
        "use",
        "consumption_mg_per_1000_per_day",
        "lower",
        "upper",
        "ratio",
        "n_residues",
        "has_overlap",
    ]
    return rows.select(columns).sort(*_KEY, "analyte")
