"""From a file's bytes to our tables: which reader, which format, all sheets together."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePath

import polars as pl

from headworks.core.errors import DataRefused, UsageError
from headworks.intake.calendar_cells import require_date_format, require_timezone
from headworks.intake.files.delimited import read_delimited
from headworks.intake.files.parquet import read_parquet
from headworks.intake.files.workbook import read_workbook
from headworks.intake.formats.headworks_tables import parse_table
from headworks.intake.formats.indicators import parse_indicators
from headworks.intake.formats.odm import join_quality_reports, parse_odm
from headworks.intake.formats.score import parse_score
from headworks.intake.mapping import Mapping
from headworks.intake.parsed import Parsed
from headworks.intake.raw import RawTable
from headworks.intake.sheets import merge_sheets

Parser = Callable[[RawTable, Mapping, pl.DataFrame, str | None], Parsed]

FORMATS: dict[str, Parser] = {
    "headworks": lambda raw, mapping, known, zone: parse_table(raw, mapping, zone),
    "score": lambda raw, mapping, known, zone: parse_score(raw, mapping, known),
    "odm": lambda raw, mapping, known, zone: parse_odm(raw, mapping, zone),
    "indicators": lambda raw, mapping, known, zone: parse_indicators(raw, mapping),
}
_MOST_BYTES = 4 * 1024**3
# A sheet of notes beside the tables; refused only when there is nothing else.
UNCLEAR = "HW-D118"


def parse_file(
    content: bytes,
    file: str,
    format_name: str,
    *,
    mapping: Mapping | None = None,
    known_sites: pl.DataFrame | None = None,
    timezone: str | None = None,
) -> Parsed:
    """Our tables from the bytes of one file.

    Parameters
    ----------
    content
        The bytes.
    file
        The file's name; its ending says how it is read.
    format_name
        ``headworks``, ``score``, ``odm`` or ``indicators``.
    mapping
        How its owner writes such files.
    known_sites
        Columns ``site_id, country, city`` of the sites known so far.
    timezone
        Of local times without an offset.

    Returns
    -------
    Parsed
        Tables, refusals, findings and counts.

    Raises
    ------
    UsageError
        ``HW-U006`` for an unknown format.
    DataRefused
        When the file as a whole cannot be read.
    """
    if format_name not in FORMATS:
        raise UsageError(
            "There is no such format.", found=format_name, remedy="Use --as " + ", ".join(FORMATS), code="HW-U006"
        )
    mapping = mapping or Mapping()
    for zone in (mapping.timezone, timezone):
        if zone is not None:
            require_timezone(zone, where=file)
    if known_sites is None:
        known_sites = pl.DataFrame(schema=dict.fromkeys(("site_id", "country", "city"), pl.String))
    if mapping.date_format is not None:
        require_date_format(mapping.date_format, where=f"mapping for {file}")
    raws, hidden = _raw_tables(content, file, mapping)
    if format_name == "odm":
        raws = join_quality_reports(raws)
    parts: list[tuple[RawTable, Parsed]] = []
    unclear: list[tuple[RawTable, DataRefused]] = []
    for raw in raws:
        try:
            one = FORMATS[format_name](raw, mapping, known_sites, timezone)
        except DataRefused as problem:
            if problem.code != UNCLEAR or len(raws) == 1:
                raise
            unclear.append((raw, problem))
            continue
        parts.append((raw, one))
        known_sites = _with_sites(known_sites, one)
    if not parts:
        raise unclear[0][1]
    parsed = merge_sheets(parts)
    for raw, _ in unclear:
        _leave_out(parsed, raw)
    _note_reading(parsed, file, raws, hidden)
    return parsed


def _with_sites(known: pl.DataFrame, one: Parsed) -> pl.DataFrame:
    """The known sites and those of a sheet, so that the next sheet does not give their identifiers to other cities."""
    sites = one.tables.get("sites")
    if sites is None or sites.is_empty():
        return known
    place = pl.col("area_id").str.splitn("/", 2).struct
    fresh = sites.select("site_id", country=place[0], city=place[1]).drop_nulls()
    return pl.concat([known.select("site_id", "country", "city"), fresh]).unique("site_id", keep="first", maintain_order=True)


def _leave_out(parsed: Parsed, raw: RawTable) -> None:
    parsed.n_rows += raw.frame.height + raw.misfits.height
    parsed.set_aside["not_ours"] += raw.frame.height + raw.misfits.height
    message = f"Sheet {raw.sheet!r} is none of our tables and was left out ({raw.frame.height} rows)."
    parsed.note("HW-I219", "warning", raw.file, message)


def _note_reading(parsed: Parsed, file: str, raws: list[RawTable], hidden: list[str]) -> None:
    for note in dict.fromkeys(note for raw in raws for note in raw.notes if note.startswith("encoding")):
        parsed.note("HW-I200", "info", file, f"Read with {note}.")
    for name in hidden:
        message = f"Sheet {name!r} is hidden and was not read; show it, or name it in a mapping: sheet."
        parsed.note("HW-I213", "warning", file, message)
    for raw in raws:
        if raw.frame.is_empty() and raw.misfits.is_empty():
            parsed.note("HW-I218", "warning", file, f"{raw.where} has a header and no rows.")


def _raw_tables(content: bytes, file: str, mapping: Mapping) -> tuple[list[RawTable], list[str]]:
    if len(content) > _MOST_BYTES:
        raise DataRefused(
            "The file is too large.", where=file, found=f"{len(content):,} bytes", remedy="Split it", code="HW-D103"
        )
    ending = PurePath(file).suffix.lower()
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")) or ending in {".xlsx", ".xlsm"}:
        tables, hidden = read_workbook(content, file, sheet=mapping.sheet)
        if not tables:
            raise DataRefused(
                "The workbook is empty.",
                where=file,
                found=f"hidden sheets {', '.join(hidden)}" if hidden else "no sheet with cells",
                remedy="Give a sheet with a header and rows",
                code="HW-D102",
            )
        return tables, hidden
    if content.startswith(b"PAR1") or ending == ".parquet":
        return [read_parquet(content, file)], []
    return [read_delimited(content, file, delimiter=mapping.delimiter, encoding=mapping.encoding)], []
