"""Per-capita loads of residues become consumption and doses of drugs, with the factor's own distribution in the bounds.

Each drug is computed from its primary residue in the parameter set; where a site and day lack it, from the first secondary
residue that was measured. With ``residues="molar_sum"`` all quantified primary and secondary residues are summed as moles
(L5). Every row names the residues and the set. The factor's error (``u_factor``) is shared by all rows that used it.
"""

from __future__ import annotations

from typing import Literal

import polars as pl

from headworks.core.errors import UsageError
from headworks.core.schema import sort_by_key
from headworks.core.uncertainty import coverage_factor
from headworks.loads.consumption import consumption
from headworks.loads.doses import doses
from headworks.loads.factor_interval import FACTOR_ROW, with_factor_bounds
from headworks.tables import Consumption

Residues = Literal["primary", "molar_sum"]
RESIDUE_RULES: tuple[Residues, ...] = ("primary", "molar_sum")
_LEVEL = 0.95


def derive_consumption(
    loads: pl.DataFrame, factors: pl.DataFrame, parameter_set: str, residues: Residues = "primary"
) -> pl.DataFrame:
    """Consumption and doses with 95 % bounds.

    Parameters
    ----------
    loads
        Table ``loads``.
    factors
        Of a parameter set: ``drug, analyte, use, parent_molar_mass_g_per_mol, residue_molar_mass_g_per_mol,
        excretion_fraction, excretion_low, excretion_high, distribution, correction_factor, u_factor, dose_mg``.
    parameter_set
        Its name, kept with every row.
    residues
        ``primary`` or ``molar_sum``.

    Returns
    -------
    pl.DataFrame
        Keeps the promise of the table ``consumption``, sorted by its key. A censored row has no value; its ``upper`` is the
        most it can have been.

    Raises
    ------
    UsageError
        ``HW-U007`` for another rule of residues.
    """
    if residues not in RESIDUE_RULES:
        raise UsageError(
            "There is no such rule of residues.", found=residues, remedy="Use " + " or ".join(RESIDUE_RULES), code="HW-U007"
        )
    candidates = _candidates(loads, factors)
    if residues == "molar_sum":
        candidates = _molar_sum(candidates)
    chosen = select_first_residue(candidates, ["site_id", "day", "drug"])
    return sort_by_key(with_consumption(chosen, parameter_set).select(Consumption.column_names()), Consumption)


def select_consumption_factors(factors: pl.DataFrame) -> pl.DataFrame:
    """Factors that consumption may be computed from, primary residues before secondary ones.

    A residue that is primary for several drugs (morphine: a medicine, and what heroin leaves) counts for the drug that it
    is itself; for the others it has to be split first (:func:`headworks.loads.derive_heroin`): unsplit it would be too high.
    """
    rank = pl.col("use").replace_strict({"primary": 0, "secondary": 1}, default=None, return_dtype=pl.Int8)
    usable = factors.with_columns(_rank=rank).filter(pl.col("_rank").is_not_null() & pl.col("correction_factor").is_not_null())
    is_itself = pl.col("parent_molar_mass_g_per_mol") == pl.col("residue_molar_mass_g_per_mol")
    is_shared = (pl.col("_rank") == 0) & (pl.col("drug").filter(pl.col("_rank") == 0).n_unique().over("analyte") > 1)
    usable = usable.filter(~is_shared | is_itself).sort("drug", "_rank", "analyte").with_row_index(FACTOR_ROW)
    return usable.select(
        "drug", "analyte", "_rank", FACTOR_ROW, "parent_molar_mass_g_per_mol", "residue_molar_mass_g_per_mol",
        "excretion_fraction", "correction_factor", "u_factor", "distribution", "excretion_low", "excretion_high", "dose_mg",
    )  # fmt: skip


def with_consumption(rows: pl.DataFrame, parameter_set: str, *, below: str = "sigma", above: str = "sigma") -> pl.DataFrame:
    """Add consumption, doses and their bounds to rows that carry a load, the least and the most it is, and a factor.

    Parameters
    ----------
    rows
        Columns ``central, least, most`` (per-capita load; ``central`` null when censored), the factor's columns, and the
        log-scale standard deviation of what the load's own terms contribute.
    parameter_set
        Its name.
    below, above
        Columns with that standard deviation towards either side.
    """
    rows = with_factor_bounds(rows, below, above, _LEVEL)
    factor, dose = pl.col("correction_factor"), pl.col("dose_mg")
    used = rows.with_columns(
        consumption_mg_per_1000_per_day=consumption(pl.col("central"), factor),
        lower=consumption(pl.col("least"), factor) * pl.col("log_low").exp(),
        upper=consumption(pl.col("most"), factor) * pl.col("log_high").exp(),
    )
    return used.with_columns(
        doses_per_1000_per_day=doses(pl.col("consumption_mg_per_1000_per_day"), dose),
        doses_lower=doses(pl.col("lower"), dose),
        doses_upper=doses(pl.col("upper"), dose),
        parameter_set=pl.lit(parameter_set),
    )


def select_first_residue(candidates: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """One row per key: of the residues of a drug the one that ranks first."""
    several = candidates.select("drug", "residues").unique().filter(pl.len().over("drug") > 1)["drug"].unique()
    if several.is_empty():
        return candidates
    is_several = pl.col("drug").is_in(several.implode())
    chosen = candidates.filter(is_several).sort("_rank", "residues").unique(keys, keep="first", maintain_order=True)
    return pl.concat([candidates.filter(~is_several), chosen])


def _candidates(loads: pl.DataFrame, factors: pl.DataFrame) -> pl.DataFrame:
    joined = loads.filter(pl.col("population").is_not_null()).join(
        select_consumption_factors(factors), on="analyte", how="inner"
    )
    terms = pl.col("u_day").pow(2).log1p() + pl.col("u_batch").pow(2).log1p() + pl.col("u_site").pow(2).log1p()
    central = pl.col("load_mg_per_1000_per_day")
    # The bounds of a censored row start from its limits; the load's own spread enters once, together with the factor's.
    undone = (terms.sqrt() * coverage_factor(_LEVEL)).exp()
    return joined.with_columns(
        sigma=terms.sqrt(),
        central=central,
        least=pl.coalesce(central, pl.col("lower") * undone),
        most=pl.coalesce(central, pl.col("limit_mg_per_1000_per_day")),
        residues=pl.col("analyte"),
    )


def _molar_sum(candidates: pl.DataFrame) -> pl.DataFrame:
    """One candidate per site, day and drug that adds the moles of all its quantified residues (L5)."""
    quantified = candidates.filter(pl.col("detection").cast(pl.String) == "quantified").sort("_rank", "analyte")
    keys = ["site_id", "day", "drug"]
    several = quantified.filter(pl.len().over(keys) > 1)
    if several.is_empty():
        return candidates
    moles = (pl.col("central") * (1.0 / pl.col("residue_molar_mass_g_per_mol"))).sum()
    shares = pl.col("excretion_fraction").sum()
    first = [name for name in several.columns if name not in {*keys, "residues", "central", "_rank"}]
    summed = several.group_by(keys, maintain_order=True).agg(
        # Expressed as a load of the first residue, so that one factor serves: M_parent sum(l/M) / sum(f) = l' x factor.
        (moles * pl.col("residue_molar_mass_g_per_mol").first() * pl.col("excretion_fraction").first() / shares).alias(
            "central"
        ),
        pl.col("analyte").str.join("+").alias("residues"),
        pl.lit(-1, dtype=pl.Int8).alias("_rank"),
        *[pl.col(name).first() for name in first],
    )
    summed = summed.with_columns(least=pl.col("central"), most=pl.col("central"))
    return pl.concat([candidates, summed.select(candidates.columns)])
