"""What a simulated province is made of: levels, spreads, limits, habits, each with its status and source.

Nothing here is used for a real figure. A value is a parameter and an item (an analyte, an end of a range, a province); an
item ``residue/parent`` is the ratio of a residue to what it comes from. The trap is to read a level as a finding about a
place: the levels are those of published regions, and every simulated place draws its own.
"""

from __future__ import annotations

from functools import cache

import polars as pl

from headworks.core.errors import ParameterError
from headworks.reference.parameter_files import DATA_DIR


@cache
def simulation_levels() -> pl.DataFrame:
    """All values, in the order of ``simulation.csv``.

    Returns
    -------
    pl.DataFrame
        parameter, item, value, unit, status, citation, note.

    Examples
    --------
    >>> simulation_levels().filter(parameter="load_median")["item"].head(3).to_list()
    ['methamphetamine', 'amphetamine', 'ketamine']
    """
    return pl.read_csv(DATA_DIR / "simulation.csv", infer_schema=False).with_columns(pl.col("value").cast(pl.Float64))


@cache
def _index() -> dict[tuple[str, str], float]:
    return {(parameter, item): value for parameter, item, value in simulation_levels().select(pl.nth(0, 1, 2)).iter_rows()}


def simulation_value(parameter: str, item: str = "all") -> float:
    """One value, in the unit of its row.

    Raises
    ------
    ParameterError
        ``HW-D521`` when there is no such row.

    Examples
    --------
    >>> simulation_value("dumping_first"), simulation_value("ratio", "norketamine/ketamine")
    (35.0, 0.187)
    """
    found = _index().get((parameter, item))
    if found is None:
        raise ParameterError(
            "The simulation has no such value.",
            where="simulation.csv",
            found=f"{parameter}, {item}",
            remedy="Add a row with its source and status",
            code="HW-D521",
        )
    return found
