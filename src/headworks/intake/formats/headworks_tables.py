"""Our own long tables: areas, sites, site_areas, samples, measurements, flows, populations.

Columns are those of ``tables/``. Beside them a quantity may come with its unit said elsewhere (``table_units``). A column that
is missing is assumed where that is harmless, and said; a row without a result has no row; an analyte that the reference does
not know is kept under its own name, because its load can still be computed.
"""

from __future__ import annotations

import dataframely as dy
import polars as pl

from headworks.core.errors import DataRefused, UsageError
from headworks.core.schema import Table
from headworks.intake.cells import CellReader
from headworks.intake.detection import STATES, SYNONYMS, read_result
from headworks.intake.formats.table_headers import (
    ASSUMED,
    IMPORTABLE,
    READ_WITH_ANOTHER,
    is_required,
    note_unknown,
    read_headers,
    required_columns,
    table_name,
)
from headworks.intake.formats.table_units import BARE_NAMES, QUANTITIES, unit_factor
from headworks.intake.mapping import Mapping, require_values
from headworks.intake.parsed import Parsed, require_columns, require_no_persons
from headworks.intake.promise import keep_promise
from headworks.intake.raw import ROW, RawTable
from headworks.reference import resolve_analyte
from headworks.tables import SHELF

_CONCENTRATION = "concentration_ng_per_l"
# Columns that hold words, for which a mapping may give the owner's own.
_WORDED = {"concentration", _CONCENTRATION} | {
    column
    for table in IMPORTABLE
    for column, promise in SHELF[table].schema.columns().items()
    if promise.dtype == pl.String or isinstance(promise.dtype, pl.Enum)
}


def parse_table(raw: RawTable, mapping: Mapping, timezone: str | None) -> Parsed:
    """One of our tables from one foreign table.

    Parameters
    ----------
    raw
        The foreign table.
    mapping
        Which column is which; empty when headers are ours.
    timezone
        Of local times without an offset, when the workspace says one.

    Returns
    -------
    Parsed
        The table, refusals and findings.

    Raises
    ------
    DataRefused
        When the file as a whole cannot be such a table; ``HW-D118`` when it is not clear which one.
    """
    require_no_persons(raw)
    headers = read_headers(raw, mapping)
    name = table_name(raw, mapping, headers)
    if name is None:
        raise DataRefused(
            "It is not clear which table this is.",
            where=f"{raw.where}, header",
            found=", ".join(raw.columns[:40])[:500],
            remedy="Name the file or sheet after one of " + ", ".join(IMPORTABLE) + ', or say table = "…" in a mapping',
            code="HW-D118",
        )
    schema = SHELF[name].schema
    require_values(mapping, raw, _WORDED)
    given = _require_defaults(mapping, raw, schema, headers)
    has_state = {_CONCENTRATION} if "detection" in headers else set()
    present = set(headers) | {wide for wide, bare in BARE_NAMES.items() if bare in headers}
    require_columns(raw, present, required_columns(name, set(given) | has_state), name)
    parsed = Parsed()
    note_unknown(parsed, raw, schema, headers)
    reader = _reader(raw, schema, headers, mapping, timezone)
    constants = {c: v for c, v in (ASSUMED.get(name, {}) | given).items() if c not in headers}
    for column, value in constants.items():
        parsed.note("HW-I201", "info", raw.file, f"No column {column}: assumed {value!r} for all rows.", column=column)
    frame = pl.DataFrame(_read_columns(reader, schema, headers, mapping, constants)).with_columns(reader.frame[ROW])
    frame = frame.filter(reader.is_kept())
    if name == "measurements":
        message = "{n} rows hold no result (rows {rows}); missing is not zero."
        parsed.aside("missing", "HW-I203", "info", raw, frame.filter("is_missing")[ROW], message)
        frame = name_analytes(parsed, raw, frame.filter(~pl.col("is_missing")).drop("is_missing"))
    kept, refusals, repeated = keep_promise(schema, frame, raw, _all_headers(headers))
    parsed.aside("repeated", "HW-I220", "info", raw, repeated, "{n} rows say the same as an earlier one (rows {rows}).")
    parsed.tables[name] = kept
    reader.add(refusals)
    parsed.close(raw, reader.refusals())
    return parsed


def _require_defaults(mapping: Mapping, raw: RawTable, schema: type[Table], headers: dict[str, str]) -> dict[str, str]:
    """Defaults of the mapping; each must be a column of the table that the file does not have itself."""
    for name in mapping.defaults:
        is_ours = name in schema.column_names() and name not in READ_WITH_ANOTHER | {_CONCENTRATION}
        if not is_ours or name in headers or BARE_NAMES.get(name) in headers:
            raise UsageError(
                "The mapping has a default for a column that is in the file, or that cannot have one.",
                where=f"mapping for {raw.where}, [defaults]",
                found=name,
                remedy="Take the line out; a unit is said under [units]",
                code="HW-U005",
            )
    return mapping.defaults


def _reader(raw: RawTable, schema: type[Table], headers: dict[str, str], mapping: Mapping, timezone: str | None) -> CellReader:
    wide = {name for name, column in schema.columns().items() if column.dtype.is_numeric()}
    numeric = wide | {bare for name, bare in BARE_NAMES.items() if name in wide}
    return CellReader(
        raw,
        numeric=[theirs for ours, theirs in headers.items() if ours in numeric],
        decimal=mapping.decimal,
        date_format=mapping.date_format,
        timezone=mapping.timezone or timezone,
    )


def _all_headers(headers: dict[str, str]) -> dict[str, str]:
    return {wide: headers[bare] for wide, bare in BARE_NAMES.items() if bare in headers} | headers


def _read_columns(
    reader: CellReader, schema: type[Table], headers: dict[str, str], mapping: Mapping, constants: dict[str, str]
) -> dict[str, pl.Series]:
    height = reader.frame.height
    theirs = _all_headers(headers)
    columns: dict[str, pl.Series] = {}
    for name, promise in schema.columns().items():
        if name in READ_WITH_ANOTHER or name == _CONCENTRATION:
            continue
        if name in theirs:
            columns |= _read_column(reader, schema, name, theirs[name], headers, mapping)
        elif name in constants:
            columns |= _read_constant(reader, schema, name, constants[name], mapping)
        else:
            columns[name] = pl.repeat(None, height, dtype=promise.dtype, eager=True)
    if _CONCENTRATION in schema.column_names():
        columns |= _read_concentration(reader, headers, theirs, mapping, columns)
    return {name: series.alias(name) for name, series in columns.items()}


def _read_constant(reader: CellReader, schema: type[Table], name: str, value: str, mapping: Mapping) -> dict[str, pl.Series]:
    """A default goes through the same reading as a cell, once."""
    one = RawTable(pl.DataFrame({name: [value], ROW: [0]}), f"mapping for {reader.table.where}")
    once = CellReader(one, decimal=mapping.decimal, date_format=None, timezone=reader.timezone)
    read = _read_column(once, schema, name, name, {name: name}, Mapping())
    for problem in once.refusals().rows(named=True):
        raise UsageError(
            problem["problem"], where=f"{one.file}, [defaults] {name}", found=value, remedy=problem["remedy"], code="HW-U005"
        )
    return {key: pl.repeat(series[0], reader.frame.height, dtype=series.dtype, eager=True) for key, series in read.items()}


def _read_column(
    reader: CellReader, schema: type[Table], name: str, source: str, headers: dict[str, str], mapping: Mapping
) -> dict[str, pl.Series]:
    promise = schema.columns()[name]
    must = is_required(schema, name)
    dtype = promise.dtype
    if isinstance(dtype, pl.Enum):
        return {name: reader.category(source, dtype.categories.to_list(), mapping.values.get(name, {}), required=must)}
    if name == "collected_from":
        return _read_begin(reader, source, headers)
    if isinstance(promise, dy.Datetime):
        return {name: reader.instant(source, required=must)[0]}
    if isinstance(promise, dy.Date):
        return {name: reader.day(source, required=must)}
    if promise.dtype.is_integer():
        return {name: reader.integer(source, required=must)}
    if promise.dtype.is_numeric():
        number = reader.number(source, required=must)
        return {name: number * unit_factor(reader, name, source, headers, mapping) if name in QUANTITIES else number}
    is_key = name.endswith("_id") or name == "analyte" or name in schema.primary_key()
    text = reader.text(source, required=must, is_key=is_key)
    return {name: text.replace(mapping.values[name]) if mapping.values.get(name) else text}


def _read_begin(reader: CellReader, source: str, headers: dict[str, str]) -> dict[str, pl.Series]:
    """The begin of the window, and the local offset: as written with it, or in its own column beside an instant in UTC."""
    instants, offsets = reader.instant(source, required=True)
    if "utc_offset_min" in headers:
        column = headers["utc_offset_min"]
        stated = reader.integer(column)
        differs = (stated != offsets).fill_null(value=False) & (offsets != 0).fill_null(value=False)
        reader.refuse(
            column, differs, "HW-D115", "The offset here is not the one written with the time.", "Correct one of the two"
        )
        offsets = pl.select(pl.coalesce(stated, offsets)).to_series()
    return {"collected_from": instants, "utc_offset_min": offsets}


def _read_concentration(
    reader: CellReader, headers: dict[str, str], theirs: dict[str, str], mapping: Mapping, columns: dict[str, pl.Series]
) -> dict[str, pl.Series]:
    stated = None
    if "detection" in headers:
        synonyms = {**SYNONYMS, **mapping.values.get("detection", {})}
        stated = reader.category(headers["detection"], STATES, synonyms)
    if _CONCENTRATION in theirs:
        source = theirs[_CONCENTRATION]
        factor = unit_factor(reader, _CONCENTRATION, source, headers, mapping)
        words = mapping.values.get(_CONCENTRATION, {}) | mapping.values.get("concentration", {})
        lod, loq = columns["lod_ng_per_l"], columns["loq_ng_per_l"]
        result = read_result(reader, source, lod=lod, loq=loq, stated=stated, factor=factor, words=words)
    else:
        result = _states_alone(reader, headers["detection"], columns, stated)
    return {
        _CONCENTRATION: result["value"],
        "detection": result["detection"],
        "lod_ng_per_l": result["lod"],
        "loq_ng_per_l": result["loq"],
        "is_missing": result["is_missing"],
    }


def _states_alone(reader: CellReader, source: str, columns: dict[str, pl.Series], stated: pl.Series | None) -> pl.DataFrame:
    """Results of a table that has states and no concentrations: a value that is said to be there is missing."""
    empty = pl.repeat(None, reader.frame.height, dtype=pl.String, eager=True)
    blank = RawTable(reader.frame.with_columns(empty.alias(source)), reader.table.file, reader.table.sheet)
    other = CellReader(blank, numeric=[])
    result = read_result(other, source, lod=columns["lod_ng_per_l"], loq=columns["loq_ng_per_l"], stated=stated)
    reader.add(other.refusals())
    return result


def name_analytes(parsed: Parsed, raw: RawTable, frame: pl.DataFrame) -> pl.DataFrame:
    """The column ``analyte`` under the reference's names; one that it does not know keeps its own and is said."""
    names: dict[str, str] = {}
    for written in frame["analyte"].drop_nulls().unique().sort().to_list():
        try:
            names[written] = resolve_analyte(written)
        except DataRefused as problem:
            names[written] = written
            message = (
                f"Analyte {written!r} is not in the reference: its load is computed, its consumption is not. {problem.remedy}"
            )
            parsed.note("HW-I204", "warning", raw.file, message, column="analyte")
    return frame.with_columns(pl.col("analyte").replace(names)) if names else frame
