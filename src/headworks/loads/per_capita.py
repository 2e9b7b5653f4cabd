"""A site's load per 1,000 of the people who drain to it.

    per-capita load [mg/d per 1,000] = load [mg/d] / population x 1,000                       (L2)

Numerically the same as micrograms per person and day. The trap is the population: it is shared by every day of the site,
so its error never averages out over days.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from headworks.core.errors import DataRefused
from headworks.loads.mass_load import Amount

_PER = 1_000.0


def load_per_1000(load_mg_per_day: Amount, population: Amount) -> Amount:
    """Load per 1,000 people, mg/d (L2).

    Parameters
    ----------
    load_mg_per_day
        Number, array or Polars expression, mg/d.
    population
        People who drain to the site; numbers and arrays must be above 0.

    Raises
    ------
    DataRefused
        ``HW-D112`` for a population of 0 or less (numbers and arrays; a table's promise guards expressions).

    Examples
    --------
    >>> round(load_per_1000(54_000.0, 380_000.0), 3)
    142.105
    """
    if not isinstance(population, pl.Expr) and np.any(np.asarray(population) <= 0):
        raise DataRefused(
            "A load per head needs people.",
            where="population",
            found=str(population),
            remedy="Give a population above 0",
            code="HW-D112",
        )
    # Not load / population: Polars divides by a column that holds one value by multiplying with its reciprocal, by any other
    # column it divides, so the last bit would hang on which other rows there are. This form is the same for both.
    return load_mg_per_day * (_PER / population)
