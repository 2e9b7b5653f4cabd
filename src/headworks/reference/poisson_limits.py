"""How large a Poisson mean can be after a few cases, as the table in use prints it, from ``poisson_limits.csv``."""

from __future__ import annotations

from functools import cache

import polars as pl

from headworks.reference.parameter_files import DATA_DIR


@cache
def poisson_limits() -> pl.DataFrame:
    """Upper 95 % limits after 0, 1, … cases, in this order.

    Returns
    -------
    pl.DataFrame
        count, upper_95 (as printed), citation, status, note.

    Examples
    --------
    >>> poisson_limits()["upper_95"].head(2).to_list()
    [3.285, 5.323]
    """
    return pl.read_csv(DATA_DIR / "poisson_limits.csv", infer_schema=False).with_columns(
        pl.col("count").cast(pl.Int64), pl.col("upper_95").cast(pl.Float64)
    )
