"""Consumption and doses in the sampled part of an area, from the area's load; for quarters and longer.

The load brings its bounds; they enter as the spread of a log-normal that has these bounds, from each side its own, and the
factor's distribution is added as for a single day (L7). The trap: the factor's error is shared by all areas, so it must not be
counted when areas are compared with one another.
"""

from __future__ import annotations

import polars as pl

from headworks.core.schema import sort_by_key
from headworks.core.uncertainty import coverage_factor
from headworks.loads.derive_consumption import select_consumption_factors, select_first_residue, with_consumption
from headworks.tables import AreaConsumption

_LEVEL = 0.95
_KINDS = ("quarter", "half_year", "year")


def area_consumption(area_loads: pl.DataFrame, factors: pl.DataFrame, parameter_set: str) -> pl.DataFrame:
    """Consumption and doses per area, period and drug.

    Parameters
    ----------
    area_loads
        Table ``area_loads``; weeks and months are passed over.
    factors
        As for :func:`headworks.loads.derive_consumption`.
    parameter_set
        Its name.

    Returns
    -------
    pl.DataFrame
        Keeps the promise of ``area_consumption``. Where no member was quantified there is no value, the lower bound is 0 and
        the upper one that of the load times the factor.
    """
    rows = area_loads.filter(pl.col("period_kind").cast(pl.String).is_in(_KINDS))
    rows = rows.join(select_consumption_factors(factors), on="analyte", how="inner", suffix="_of_factor")
    rows = rows.with_columns(
        drug=pl.col("drug_of_factor"), residues=pl.col("analyte"), central=pl.col("load_mg_per_1000_per_day")
    )
    rows = select_first_residue(rows, ["area_id", "period", "drug"])
    z = coverage_factor(_LEVEL)
    load, low, high = pl.col("central"), pl.col("lower"), pl.col("upper")
    has_load = load > 0
    # Quotients as products with reciprocals: see load_per_1000 on division.
    rows = rows.with_columns(
        least=pl.when(has_load & (low > 0)).then(load).otherwise(0.0),
        most=pl.when(has_load).then(load).otherwise(high),
        below=pl.when(has_load & (low > 0)).then((load * (1.0 / low)).log() * (1.0 / z)).otherwise(0.0),
        above=pl.when(has_load).then((high * (1.0 / load)).log() * (1.0 / z)).otherwise(0.0),
    )
    used = with_consumption(rows, parameter_set, below="below", above="above")
    return sort_by_key(used.select(AreaConsumption.column_names()), AreaConsumption)
