"""Consumption and doses in the sampled part of an area, from the area's load; for quarters and longer.

The load brings its bounds; they enter as the spread of a log-normal that has these bounds, from each side its own, and the
factor's distribution is added as for a single day (L7). The trap: the factor's error is shared by all areas, so it must not be
counted when areas are compared with one another.
"""

from __future__ import annotations

import polars as pl

from headworks.core.schema import sort_by_key
from headworks.loads.period_consumption import consumption_of_means
from headworks.tables import AreaConsumption

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
    used = consumption_of_means(
        rows, factors, parameter_set, unit="area_id", mean="load_mg_per_1000_per_day", low="lower", high="upper"
    )
    return sort_by_key(used.select(AreaConsumption.column_names()), AreaConsumption)
