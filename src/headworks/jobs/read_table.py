"""Any table of a workspace, now or as of an earlier moment, as the command line and the notebook ask for it."""

from __future__ import annotations

import datetime as dt
import difflib

import polars as pl

from headworks.core.errors import UsageError
from headworks.store import Workspace, read_facts, read_imports, read_result
from headworks.tables import FACTS, RESULTS

READABLE = (*FACTS, *RESULTS, "imports")


def read_table(
    workspace: Workspace,
    table: str,
    *,
    as_of: dt.datetime | None = None,
    history: bool = False,
    where: dict[str, str] | None = None,
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
        Column to the text its values must equal.

    Raises
    ------
    UsageError
        ``HW-U012`` for an unknown table or column.
    """
    if table not in READABLE:
        raise _unknown("table", table, list(READABLE))
    if table == "imports":
        frame = read_imports(workspace, as_of)
    elif table in FACTS:
        frame = read_facts(workspace, table, as_of, history=history)
    else:
        frame = read_result(workspace, table, as_of)
    for column, text in (where or {}).items():
        if column not in frame.columns:
            raise _unknown("column", column, frame.columns)
        frame = frame.filter(pl.col(column).cast(pl.String) == text)
    return frame


def _unknown(kind: str, name: str, known: list[str]) -> UsageError:
    near = difflib.get_close_matches(name, known, n=1)
    remedy = f"Did you mean {near[0]}?" if near else "Use one of " + ", ".join(known)
    return UsageError(f"There is no such {kind}.", found=name, remedy=remedy, code="HW-U012")
