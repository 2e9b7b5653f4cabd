"""Consumption and doses over a period, from the period's mean load.

The mean load brings bounds from the sample of days and from what the days share; they enter as the spread of a log-normal
that has these bounds (from each side its own), and the factor's distribution is added as for a single day (L7).
"""

from __future__ import annotations

import polars as pl

from headworks.core.schema import sort_by_key
from headworks.core.uncertainty import coverage_factor
from headworks.loads.derive_consumption import select_consumption_factors, select_first_residue, with_consumption
from headworks.tables import PeriodConsumption

_LEVEL = 0.95


def period_consumption(period_means: pl.DataFrame, factors: pl.DataFrame, parameter_set: str) -> pl.DataFrame:
    """Consumption and doses per site, period and drug.

    Parameters
    ----------
    period_means
        Table ``period_means``.
    factors
        As for :func:`headworks.loads.derive_consumption`.
    parameter_set
        Its name.

    Returns
    -------
    pl.DataFrame
        Keeps the promise of ``period_consumption``, sorted by its key. Where no day was quantified there is no value, the
        lower bound is 0 and the upper one that of the mean load times the factor, when a limit is known.
    """
    used = consumption_of_means(
        period_means, factors, parameter_set, unit="site_id", mean="mean", low="lower_total", high="upper_total"
    )
    return sort_by_key(used.select(PeriodConsumption.column_names()), PeriodConsumption)


def consumption_of_means(
    means: pl.DataFrame, factors: pl.DataFrame, parameter_set: str, *, unit: str, mean: str, low: str, high: str
) -> pl.DataFrame:
    """Mean loads with bounds, of sites or of areas, with consumption, doses and their bounds.

    Parameters
    ----------
    means
        ``period, analyte, drug`` and the columns named below.
    factors, parameter_set
        As for :func:`period_consumption`.
    unit
        Column whose values have one row per period and drug.
    mean, low, high
        Columns of the load and its bounds; the load is null where none was quantified.
    """
    rows = means.join(select_consumption_factors(factors), on="analyte", how="inner", suffix="_of_factor")
    rows = rows.with_columns(drug=pl.col("drug_of_factor"), residues=pl.col("analyte"), central=pl.col(mean))
    rows = select_first_residue(rows, [unit, "period", "drug"])
    z = coverage_factor(_LEVEL)
    load, least, most = pl.col("central"), pl.col(low), pl.col(high)
    has_load = load > 0
    # Quotients as products with reciprocals: see load_per_1000 on division.
    rows = rows.with_columns(
        # A lower bound of zero stays zero, whatever the factor is.
        least=pl.when(has_load & (least > 0)).then(load).otherwise(0.0),
        most=pl.when(has_load).then(load).otherwise(most),
        below=pl.when(has_load & (least > 0)).then((load * (1.0 / least)).log() * (1.0 / z)).otherwise(0.0),
        above=pl.when(has_load).then((most * (1.0 / load)).log() * (1.0 / z)).otherwise(0.0),
    )
    return with_consumption(rows, parameter_set, below="below", above="above")
