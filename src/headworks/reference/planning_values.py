"""What a plan takes for granted where nothing of its own is known, from ``planning.csv``, each with its status.

The trap is to plan with these numbers where a workspace has its own: the scatter between days, above all, decides how many
of them are needed, and differs from drug to drug.
"""

from __future__ import annotations

from functools import cache

import polars as pl

from headworks.core.errors import ParameterError
from headworks.reference.parameter_files import DATA_DIR


@cache
def planning_values() -> pl.DataFrame:
    """All values, in the order of ``planning.csv``.

    Returns
    -------
    pl.DataFrame
        parameter, item, value, unit, status, citation, note.

    Examples
    --------
    >>> planning_values()["parameter"].head(2).to_list()
    ['day_correlation', 'shared_days']
    """
    return pl.read_csv(DATA_DIR / "planning.csv", infer_schema=False).with_columns(pl.col("value").cast(pl.Float64))


def planning_value(parameter: str) -> float:
    """One value, in the unit of its row.

    Raises
    ------
    ParameterError
        ``HW-D522`` when there is no such row.

    Examples
    --------
    >>> planning_value("samples_per_batch")
    40.0
    """
    found = planning_values().filter(parameter=parameter)["value"]
    if found.is_empty():
        raise ParameterError(
            "Plans have no such value.",
            where="planning.csv",
            found=parameter,
            remedy="Add a row with its source and status",
            code="HW-D522",
        )
    return float(found[0])
