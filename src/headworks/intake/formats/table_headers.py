"""Which of our tables a foreign table is, and which of its headers is which of our columns."""

from __future__ import annotations

import difflib
import re
from pathlib import PurePath

from headworks.core.errors import DataRefused, UsageError
from headworks.core.schema import Table
from headworks.intake.formats.table_units import BARE_NAMES, HEADER_WITH_UNIT
from headworks.intake.mapping import Mapping, mapped_headers
from headworks.intake.parsed import Parsed, fold_header
from headworks.intake.raw import RawTable
from headworks.tables import SHELF

IMPORTABLE = (
    "areas", "code_changes", "sites", "site_areas", "samples", "measurements", "enantiomeric_fractions", "flows",
    "populations", "therapeutic_use", "indicators",
)  # fmt: skip
# What is filled in when a table has no such column; said in a finding each time.
ASSUMED: dict[str, dict[str, str]] = {
    "areas": {"valid_from": "1970-01-01", "code_system": "own"},
    "code_changes": {"code_system": "own"},
    "sites": {"kind": "plant_influent", "matrix": "sewage"},
    "samples": {"matrix": "sewage", "mode": "unknown"},
    "measurements": {"replicate": "1", "qc_flag": "accepted"},
    "populations": {"valid_from": "1970-01-01"},
    "therapeutic_use": {"valid_from": "1970-01-01"},
}
# Read together with another column: the state with the result, the offset with the instant.
READ_WITH_ANOTHER = {"detection", "utc_offset_min"}


def read_headers(raw: RawTable, mapping: Mapping) -> dict[str, str]:
    """Our names to their headers; a unit in a header stays with the header.

    Raises
    ------
    DataRefused
        ``HW-D111`` when two headers mean the same, or one of the mapping is not there.
    UsageError
        ``HW-U005`` when the mapping names something that is not ours.
    """
    ours = {name for table in IMPORTABLE for name in SHELF[table].schema.column_names()}
    headers = mapped_headers(mapping, raw, ours | set(BARE_NAMES.values()) | {"unit", "flow_unit"})
    said = set(headers)
    for theirs in raw.columns:
        if theirs in headers.values():
            continue
        match = HEADER_WITH_UNIT.match(theirs)
        name = fold_header(match["name"] if match else theirs)
        if name in headers and name not in said:
            raise _mean_the_same(raw, headers[name], theirs)
        if name not in said:
            headers[name] = theirs
    for wide, bare in BARE_NAMES.items():
        if wide in headers and bare in headers:
            raise _mean_the_same(raw, headers[wide], headers[bare])
    return headers


def _mean_the_same(raw: RawTable, one: str, other: str) -> DataRefused:
    return DataRefused(
        "Two columns mean the same.",
        where=f"{raw.where}, header",
        found=f"{one}, {other}",
        remedy="Rename one, or say in the mapping which one is meant: [columns]",
        code="HW-D111",
    )


def table_name(raw: RawTable, mapping: Mapping, headers: dict[str, str]) -> str | None:
    """The table by the mapping, the name of the sheet or file, or its columns; None when that is not clear.

    Raises
    ------
    UsageError
        ``HW-U005`` when the mapping names a table that is not imported.
    """
    if mapping.table is not None:
        if mapping.table not in IMPORTABLE:
            raise UsageError(
                "The mapping names a table that is not imported.",
                where=f"mapping for {raw.where}, table",
                found=mapping.table,
                remedy="Use one of " + ", ".join(IMPORTABLE),
                code="HW-U005",
            )
        return mapping.table
    by_length = sorted(IMPORTABLE, key=len, reverse=True)
    labels = [fold_header(label) for label in (raw.sheet or "", PurePath(raw.file).stem)]
    scores = {name: _fit(name, set(headers)) for name in IMPORTABLE}
    for label in labels[:1] if raw.sheet and any(scores.values()) else labels:
        within = [name for name in by_length if re.search(rf"(^|_){name}(_|$)", label)]
        if within:
            return within[0]
    best = max(scores, key=lambda name: scores[name])
    return best if scores[best] >= 1 else None


def _fit(name: str, headers: set[str]) -> float:
    schema = SHELF[name].schema
    wide = headers | {ours for ours, bare in BARE_NAMES.items() if bare in headers}
    has_all = set(required_columns(name, set())) <= wide
    return float(has_all) + len(wide & set(schema.column_names())) / len(schema.column_names()) if has_all else 0.0


def required_columns(name: str, given: set[str]) -> list[str]:
    """Columns a table must have, without those that are assumed or given for all rows."""
    schema = SHELF[name].schema
    needed = [c for c in schema.column_names() if is_required(schema, c) and c not in ASSUMED.get(name, {})]
    if name == "measurements":
        needed.append("concentration_ng_per_l")
    return [c for c in needed if c not in given and c not in READ_WITH_ANOTHER]


def is_required(schema: type[Table], column: str) -> bool:
    """Whether a cell of the column must hold something."""
    return not schema.columns()[column].nullable


def note_unknown(parsed: Parsed, raw: RawTable, schema: type[Table], headers: dict[str, str]) -> None:
    """Say which columns of the file were left out."""
    known = set(schema.column_names()) | {"unit", "flow_unit"}
    known |= {bare for ours, bare in BARE_NAMES.items() if ours in schema.column_names()}
    used = {theirs for ours, theirs in headers.items() if ours in known}
    for theirs in raw.columns:
        if theirs not in used:
            nearest = difflib.get_close_matches(fold_header(theirs), sorted(known - set(headers)), n=1)
            guess = f"; did you mean {nearest[0]!r}?" if nearest else ""
            parsed.note(
                "HW-I202", "warning", raw.file, f"Column {theirs!r} is not known and was left out{guess}", column=theirs
            )
