"""The sheets of one workbook taken together: a key that two sheets bring is one row when they agree, else both are refused.

In registers (areas, sites) an empty cell says nothing: a sheet of loads names its sites, the sheet of sites describes them,
and the description is kept. Only two different answers to the same question are a clash.
"""

from __future__ import annotations

import polars as pl

from headworks.intake.parsed import Parsed
from headworks.intake.promise import refuse_clash
from headworks.intake.raw import ROW, RawTable
from headworks.tables import SHELF

REGISTERS = {"areas", "sites"}
_PART = "_part"


def merge_sheets(parts: list[tuple[RawTable, Parsed]]) -> Parsed:
    """What the sheets of a file became, as one.

    Parameters
    ----------
    parts
        Each sheet and what it became; these are used up.

    Returns
    -------
    Parsed
        One row per key in every table; clashing rows are refused in each sheet that has them.
    """
    whole = Parsed()
    tables = {name for _, part in parts for name in part.tables}
    for name in sorted(tables, key=list(SHELF).index):
        if sum(name in part.tables for _, part in parts) > 1:
            _settle(name, parts)
    for _, part in parts:
        whole.merge(part)
    return whole


def _settle(name: str, parts: list[tuple[RawTable, Parsed]]) -> None:
    schema = SHELF[name].schema
    keys, columns = schema.primary_key(), schema.column_names()
    stacked = pl.concat(
        part.tables[name].with_columns(pl.lit(i).alias(_PART)) for i, (_, part) in enumerate(parts) if name in part.tables
    )
    shared = stacked.filter(pl.struct(keys).is_duplicated())
    if shared.is_empty():
        return
    values = [column for column in columns if column not in keys]
    counts = [
        pl.col(v).drop_nulls().n_unique().over(keys) if name in REGISTERS else pl.col(v).n_unique().over(keys) for v in values
    ]
    is_disputed = [
        (count > 1) & (pl.col(v).is_not_null() | (name not in REGISTERS)) for v, count in zip(values, counts, strict=True)
    ]
    is_clash = pl.any_horizontal(is_disputed) if values else pl.lit(value=False)
    clashing = shared.filter(is_clash)
    kept = stacked.join(clashing.select(_PART, ROW), on=[_PART, ROW], how="anti", maintain_order="left")
    if name in REGISTERS:
        kept = kept.with_columns(pl.col(v).drop_nulls().first().over(keys) for v in values)
    kept = kept.unique(keys, keep="first", maintain_order=True)
    for i, (raw, part) in enumerate(parts):
        if name not in part.tables:
            continue
        before = _source_rows(part)
        part.tables[name] = kept.filter(pl.col(_PART) == i).drop(_PART)
        refused = clashing.filter(pl.col(_PART) == i)
        _refuse(name, keys, refused, raw, part)
        gone = before.filter(~before.is_in(pl.concat([_source_rows(part), refused[ROW]]).implode()))
        message = f"{{n}} rows say the same as a row of another sheet (rows {{rows}} of sheet {raw.sheet})."
        part.aside("repeated", "HW-I220", "info", raw, gone, message)


def _refuse(name: str, keys: list[str], rows: pl.DataFrame, raw: RawTable, part: Parsed) -> None:
    if rows.is_empty():
        return
    refusals = refuse_clash(keys, rows, raw, {}).with_columns(
        problem=pl.lit(f"Two sheets have the same key of {name} and differ.")
    )
    part.refusals = pl.concat([part.refusals, refusals])
    part.n_refused += rows[ROW].n_unique()
    part.refused_raw.append(raw.frame.filter(pl.col(ROW).is_in(rows[ROW].implode())))
    for other in part.tables.keys() - {"areas"}:
        part.tables[other] = part.tables[other].filter(~pl.col(ROW).is_in(rows[ROW].implode()))


def _source_rows(part: Parsed) -> pl.Series:
    return pl.concat([pl.Series(ROW, [], dtype=pl.Int64), *(t[ROW] for t in part.tables.values())]).unique().sort()
