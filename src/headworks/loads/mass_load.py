"""How much of a residue passed the sampling site in a day.

    load [mg/d] = concentration [ng/L] x flow [m3/d] x 1e-3                                   (L1)

A censored result stays censored: its load is the most it can have been, never a guess.
"""

from __future__ import annotations

from typing import TypeVar

import numpy as np
import polars as pl
from numpy.typing import NDArray

Amount = TypeVar("Amount", float, NDArray[np.float64], pl.Expr)

# 1 ng/L = 1e-6 mg/L, and 1 m3 = 1e3 L.
_MG_PER_DAY = 1e-3


def mass_load(concentration_ng_per_l: Amount, flow_m3_per_day: Amount) -> Amount:
    """Mass passing the site, mg/d (L1).

    Parameters
    ----------
    concentration_ng_per_l
        Number, array or Polars expression, ng/L.
    flow_m3_per_day
        The same shape, m3/d.

    Returns
    -------
    number, array or expression
        mg/d, of the same kind.

    Examples
    --------
    >>> round(mass_load(450.0, 120_000.0), 6)
    54000.0
    >>> one = pl.DataFrame({"c": [250.0], "q": [40_000.0]})
    >>> one.select(load=mass_load(pl.col("c"), pl.col("q")))["load"].to_list()
    [10000.0]
    """
    return concentration_ng_per_l * flow_m3_per_day * _MG_PER_DAY
