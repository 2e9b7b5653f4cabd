"""A table with a promise: named columns, a unit and a meaning for each, a key.

Every table that crosses a room is a :class:`Table`. The reference page of all tables is generated from these classes, so
what is written here is what the reader sees. The trap: a unit belongs in the column's *name* too
(``load_mg_per_day``), because a table outlives the code that read it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypeVar

import dataframely as dy
import numpy as np
import polars as pl

from headworks.core.errors import DataRefused

Kind = Literal["fact", "result", "record"]


class Table(dy.Schema):
    """Base of every table on the shelf."""


T = TypeVar("T", bound=Table)


def about(unit: str, **more: str) -> dict[str, Any]:
    """Column metadata: its unit (``"1"`` for a pure number, ``"-"`` where none applies).

    Examples
    --------
    >>> about("ng/L")
    {'unit': 'ng/L'}
    """
    return {"unit": unit, **more}


@dataclass(frozen=True)
class ColumnPromise:
    """One column as the documentation and ``headworks show --columns`` print it."""

    name: str
    dtype: str
    unit: str
    is_key: bool
    is_nullable: bool
    meaning: str


def describe(schema: type[Table]) -> list[ColumnPromise]:
    """The promise of a table, column by column, in order.

    Parameters
    ----------
    schema
        A table of the shelf.

    Returns
    -------
    list of ColumnPromise
        In the order of the schema.
    """
    keys = set(schema.primary_key())
    promises = []
    for name, column in schema.columns().items():
        metadata = column.metadata or {}
        promises.append(
            ColumnPromise(
                name=name,
                dtype=str(column.dtype)
                if not isinstance(column.dtype, pl.Enum)
                else "one of " + ", ".join(column.dtype.categories),
                unit=str(metadata.get("unit", "-")),
                is_key=name in keys,
                is_nullable=bool(column.nullable),
                meaning=column.description or "",
            )
        )
    return promises


def polars_schema(schema: type[Table]) -> dict[str, pl.DataType]:
    """Column names and Polars types of a table, in order."""
    return {name: column.dtype for name, column in schema.columns().items()}


def sort_by_key(frame: pl.DataFrame, schema: type[Table], *, within: str | None = None) -> pl.DataFrame:
    """The rows in the order of the table's key; ``within`` each value of another column, by that first.

    All columns of the key are compared as one whole number, texts by their rank among the distinct ones: several times faster
    than as they are, and rows that stand in order already stay where they are.

    Examples
    --------
    >>> class Pair(Table):
    ...     name = dy.String(primary_key=True)
    ...     number = dy.Int64(primary_key=True)
    >>> sort_by_key(pl.DataFrame({"name": ["b", "a", "b"], "number": [2, 9, 1]}), Pair).rows()
    [('a', 9), ('b', 1), ('b', 2)]
    """
    keys = [*([] if within is None else [within]), *schema.primary_key()]
    if any(frame[name].null_count() for name in keys):
        return frame.sort(keys)
    place, reach = np.zeros(frame.height, dtype=np.int64), 1
    for name in keys:
        code, n_codes = _codes(frame[name])
        reach *= n_codes
        if reach >= _MOST_PLACES:
            return frame.sort(keys)
        place = place * n_codes + code
    if np.all(place[1:] >= place[:-1]):
        return frame
    return frame[np.argsort(place, kind="stable")]


def split_by(frame: pl.DataFrame, column: str) -> dict[str, pl.DataFrame]:
    """The rows of each value of a column, in the order they come; where they stand together nothing is copied.

    Examples
    --------
    >>> parts = split_by(pl.DataFrame({"part": ["a", "a", "b"], "load": [1.0, 2.0, 3.0]}), "part")
    >>> parts["a"].height, list(parts)
    (2, ['a', 'b'])
    """
    runs = frame[column].rle().struct.unnest()
    if runs["value"].is_duplicated().any():
        split = frame.partition_by(column, as_dict=True, maintain_order=True)
        return {str(key[0]): rows for key, rows in split.items()}
    found, first = dict[str, pl.DataFrame](), 0
    for n_rows, value in runs.rows():
        found[str(value)] = frame.slice(first, n_rows)
        first += n_rows
    return found


# Beyond these one whole number does not hold a key.
_MOST_PLACES = 2**62


def _codes(values: pl.Series) -> tuple[np.ndarray, int]:
    """The place of each value among those possible, from 0, and how many there are."""
    if values.is_empty():
        return np.zeros(0, dtype=np.int64), 1
    if values.dtype == pl.String:
        distinct = values.unique().sort()
        return values.cast(pl.Enum(distinct)).to_physical().cast(pl.Int64).to_numpy(), len(distinct)
    whole = values.to_physical().cast(pl.Int64).to_numpy()
    least = int(whole.min())
    return whole - least, int(whole.max()) - least + 1


def require_promise(schema: type[T], frame: pl.DataFrame, *, where: str) -> dy.DataFrame[T]:
    """The frame with the columns and types promised, or a refusal that says which rule broke how often.

    Parameters
    ----------
    schema
        The table whose promise is checked.
    frame
        Any frame; columns beyond the promise are dropped, types are cast where nothing is lost.
    where
        Said in the refusal.

    Raises
    ------
    DataRefused
        ``HW-D002`` when a column is missing or a rule is broken.
    """
    missing = [name for name in schema.column_names() if name not in frame.columns]
    if missing:
        raise DataRefused(
            f"Table {schema.__name__} lacks columns.",
            where=where,
            found=", ".join(frame.columns),
            remedy="Add " + ", ".join(missing),
            code="HW-D002",
        )
    try:
        return schema.validate(frame.select(schema.column_names()), cast=True)
    except (dy.exc.SchemaError, dy.exc.ValidationError, pl.exceptions.PolarsError) as problem:
        raise DataRefused(
            f"Table {schema.__name__} breaks its promise.",
            where=where,
            found=str(problem),
            remedy="See the page of all tables for what each column must hold",
            code="HW-D002",
        ) from problem
