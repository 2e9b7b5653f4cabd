"""How a cell of a table is written, the same in every format."""

from __future__ import annotations

from typing import Any

from headworks.reports.content import Column
from headworks.reports.wording import Wording

NUMERIC = ("amount", "count", "share", "probability")
# Beyond these a rounded probability would read as certainty.
_LEAST_TOLD, _MOST_TOLD = 0.01, 0.99


def write_cell(value: Any, column: Column, wording: Wording) -> str:
    """A cell as text; a number with the decimals of its column, so that the points stand in line.

    Examples
    --------
    >>> from headworks.reports.content import tell
    >>> from headworks.reports.wording import wording_for
    >>> write_cell(1234.56, Column("x", tell("x"), kind="amount", decimals=1), wording_for("en"))
    '1,234.6'
    >>> write_cell(0.9999, Column("p", tell("p"), kind="probability"), wording_for("zh"))
    '> 99%'
    """
    if value is None:
        return wording.text("–")
    if column.kind == "territory":
        return wording.territory(value)
    if column.kind in NUMERIC and isinstance(value, int | float):
        if column.kind == "probability":
            return _chance(value, wording)
        if column.kind == "share":
            return wording.percent(value, column.decimals)
        return wording.number(value, column.decimals)
    return wording.say(value)


def _chance(probability: float, wording: Wording) -> str:
    mark = "> " if probability > _MOST_TOLD else "< " if probability < _LEAST_TOLD else ""
    return mark + wording.percent(min(max(probability, _LEAST_TOLD), _MOST_TOLD))
