"""The seven baselines on which detectors of outbreaks are commonly compared, from ``outbreak_scenarios.csv``."""

from __future__ import annotations

from functools import cache

import polars as pl

from headworks.reference.parameter_files import DATA_DIR


@cache
def outbreak_scenarios() -> pl.DataFrame:
    """All sets, in the order of ``outbreak_scenarios.csv``.

    Returns
    -------
    pl.DataFrame
        set, theta, beta (per week), gamma1, gamma2 (log scale), phi (variance over mean), citation, status, note.

    Examples
    --------
    >>> outbreak_scenarios()["phi"].to_list()
    [1.5, 2.0, 1.0, 5.0, 3.0, 1.1, 1.2]
    """
    numbers = pl.col("theta", "beta", "gamma1", "gamma2", "phi").cast(pl.Float64)
    return pl.read_csv(DATA_DIR / "outbreak_scenarios.csv", infer_schema=False).with_columns(
        pl.col("set").cast(pl.Int64), numbers
    )
