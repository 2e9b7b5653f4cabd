"""Any table of a workspace, now or as of an earlier moment, as the command line and the notebook ask for it."""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Sequence

import polars as pl

from headworks.core.errors import UsageError
from headworks.jobs.clock import parse_moment
from headworks.store import Workspace, read_facts, read_imports, read_result
from headworks.tables import FACTS, RESULTS

READABLE = (*FACTS, *RESULTS, "imports")


def read_table(
    workspace: Workspace,
    table: str,
    *,
    as_of: dt.datetime | None = None,
    history: bool = False,
    where: list[tuple[str, str]] | None = None,
) -> pl.DataFrame:
    """A fact table, a result table or the list of imports.

    Parameters
    ----------
    table
        Name on the shelf, or ``imports``.
    as_of
        What was known or published by then.
    history
        Of a fact table: all rows with the import they came from, amendments included.
    where
        Columns and the values wanted there: any of those of a column, in all of the columns named. A number is compared as a
        number, a date as ISO 8601; an empty text stands for an empty cell.

    Raises
    ------
    UsageError
        ``HW-U012`` for an unknown table or column, ``HW-U017`` for a value that the column cannot hold and for the history
        of a table that is no fact.
    """
    require_known("table", table, READABLE)
    if history and table not in FACTS:
        raise UsageError(
            "Only facts have a history.", found=table, remedy="Give --as-of MOMENT to see it as it was", code="HW-U017"
        )
    if table == "imports":
        frame = read_imports(workspace, as_of)
    elif table in FACTS:
        frame = read_facts(workspace, table, as_of, history=history)
    else:
        frame = read_result(workspace, table, as_of)
    return _select_where(frame, where or [])


def _select_where(frame: pl.DataFrame, where: list[tuple[str, str]]) -> pl.DataFrame:
    wanted: dict[str, list[str]] = {}
    for column, text in where:
        require_known("column", column, frame.columns)
        wanted.setdefault(column, []).append(text)
    for column, texts in wanted.items():
        frame = frame.filter(pl.any_horizontal(_equals(column, text, frame.schema[column]) for text in texts))
    return frame


def _equals(column: str, text: str, dtype: pl.DataType) -> pl.Expr:
    value = pl.col(column)
    if text == "":
        return value.is_null() | (value.cast(pl.String) == "")
    if dtype.is_numeric():
        try:
            return value.cast(pl.Float64) == float(text)
        except ValueError as problem:
            raise UsageError(
                "The column holds numbers.", where=column, found=text, remedy="Give a number", code="HW-U017"
            ) from problem
    if isinstance(dtype, pl.Datetime):
        moment = parse_moment(text)
        is_day = len(text.strip()) == len("2026-03-01")
        return value.dt.date() == moment.date() if is_day else value == moment
    return value.cast(pl.String) == text


def require_known(kind: str, name: str, known: Sequence[str]) -> None:
    """Refuse a name that is not among those known, with the nearest one as a guess.

    Raises
    ------
    UsageError
        ``HW-U012``.
    """
    if name in known:
        return
    near = difflib.get_close_matches(name, known, n=1)
    remedy = f"Did you mean {near[0]}?" if near else "Use one of " + ", ".join(known)
    raise UsageError(f"There is no such {kind}.", found=name, remedy=remedy, code="HW-U012")
