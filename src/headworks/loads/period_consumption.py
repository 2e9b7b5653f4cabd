"""Consumption and doses over a period, from the period's mean load.

The mean load brings bounds from the sample of days and from what the days share; they enter as the spread of a log-normal
that has these bounds (from each side its own), and the factor's distribution is added as for a single day (L7, L8).
"""

from __future__ import annotations

import polars as pl

from headworks.core.uncertainty import coverage_factor
from headworks.loads.derive_consumption import select_consumption_factors
from headworks.loads.doses import doses
from headworks.loads.factor_interval import FactorShape, log_quantile
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
    rows = period_means.join(select_consumption_factors(factors), on=["analyte"], how="inner", suffix="_of_factor")
    rows = rows.with_columns(drug=pl.col("drug_of_factor"), residues=pl.col("analyte"))
    rows = rows.sort("_rank", "analyte").unique(["site_id", "period", "drug"], keep="first", maintain_order=True)
    z = coverage_factor(_LEVEL)
    shape = FactorShape(pl.col("log_mean_shift"), pl.col("log_sd"), pl.col("log_skew"), pl.col("log_excess_kurtosis"))
    mean, low, high = pl.col("mean"), pl.col("lower_total"), pl.col("upper_total")
    factor = pl.col("correction_factor")
    below = (mean / low).log() / z
    above = (high / mean).log() / z
    lower = mean * factor * log_quantile(below, shape, -z).exp()
    upper = mean * factor * log_quantile(above, shape, z).exp()
    # Without a quantified day the upper bound is the load's times the factor at its own upper bound.
    upper_censored = high * factor * (shape.shift + z * pl.col("log_sd")).exp()
    used = rows.with_columns(
        consumption_mg_per_1000_per_day=mean * factor,
        lower=pl.when(low > 0).then(lower).otherwise(0.0),
        upper=pl.when(mean > 0).then(upper).otherwise(upper_censored),
    )
    dose = pl.col("dose_mg")
    used = used.with_columns(
        doses_per_1000_per_day=doses(pl.col("consumption_mg_per_1000_per_day"), dose),
        doses_lower=doses(pl.col("lower"), dose),
        doses_upper=doses(pl.col("upper"), dose),
        parameter_set=pl.lit(parameter_set),
    )
    return used.select(PeriodConsumption.column_names()).sort(PeriodConsumption.primary_key())
