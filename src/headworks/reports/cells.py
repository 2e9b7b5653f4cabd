"""How a cell of a table is written, the same in every format."""

from __future__ import annotations

from typing import Any

from headworks.reports.content import Column
from headworks.reports.wording import Wording

NUMERIC = ("amount", "count", "share")


def write_cell(value: Any, column: Column, wording: Wording) -> str:
    """A cell as text; a number with the decimals of its column, so that the points stand in line.

    Examples
    --------
    >>> from headworks.reports.content import tell
    >>> from headworks.reports.wording import wording_for
    >>> write_cell(1234.56, Column("x", tell("x"), kind="amount", decimals=1), wording_for("en"))
    '1,234.6'
    """
    if value is None:
        return wording.text("–")
    if column.kind == "territory":
        return wording.territory(value)
    if column.kind in NUMERIC and isinstance(value, int | float):
        if column.kind == "share":
            return wording.number(100 * value, column.decimals) + " %"
        return wording.number(value, column.decimals)
    return wording.say(value)
