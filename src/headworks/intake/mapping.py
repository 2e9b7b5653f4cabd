"""A saved answer to "which of your columns is which of ours, in which unit": a TOML file.

table = "measurements"            # which table of ours
sheet = "Results"                 # of a workbook
delimiter = ";"                   # of a text file
encoding = "gb18030"
decimal = ","
date_format = "%d/%m/%Y"
timezone = "Asia/Shanghai"        # of local times without an offset

[columns]                         # ours = "theirs"
sample_id = "Probe"
concentration = "Ergebnis"

[units]                           # ours = their unit, when the file does not say it row by row
concentration = "ug/L"

[values.analyte]                  # "theirs" = "ours"
"Benzoylecg." = "benzoylecgonine"

[defaults]                        # ours = value for every row, when the file has no such column
matrix = "sewage"
"""

from __future__ import annotations

import difflib
import tomllib
from dataclasses import dataclass, field, fields
from typing import Any

from headworks.core.errors import DataRefused, UsageError
from headworks.intake.raw import RawTable


@dataclass(frozen=True)
class Mapping:
    """How a laboratory writes its files; every part is optional."""

    table: str | None = None
    sheet: str | None = None
    delimiter: str | None = None
    encoding: str | None = None
    decimal: str | None = None
    date_format: str | None = None
    timezone: str | None = None
    columns: dict[str, str] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    defaults: dict[str, str] = field(default_factory=dict)


def read_mapping(text: str, where: str) -> Mapping:
    """The mapping a TOML text says.

    Parameters
    ----------
    text
        TOML.
    where
        File name, for messages.

    Raises
    ------
    UsageError
        ``HW-U005`` for broken TOML, an unknown key or a value of the wrong kind.

    Examples
    --------
    >>> read_mapping('decimal = ","', "m.toml").decimal
    ','
    """
    try:
        said = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise UsageError(
            "The mapping is not TOML.", where=where, found=str(problem), remedy="Correct that line", code="HW-U005"
        ) from problem
    known = {item.name: item for item in fields(Mapping)}
    for key, value in said.items():
        if key not in known:
            nearest = difflib.get_close_matches(key, known, n=1)
            raise UsageError(
                "The mapping has an unknown key.",
                where=where,
                found=key,
                remedy=f"Did you mean {nearest[0]}?" if nearest else "Use one of " + ", ".join(known),
                code="HW-U005",
            )
        _require_kind(key, value, where)
    if said.get("decimal") not in (None, ".", ","):
        raise UsageError(
            "The decimal sign is a point or a comma.",
            where=where,
            found=said["decimal"],
            remedy='decimal = ","',
            code="HW-U005",
        )
    if not _is_delimiter(said.get("delimiter", ",")):
        raise UsageError(
            "A delimiter is one character between cells.",
            where=where,
            found=repr(said["delimiter"]),
            remedy='delimiter = ";"',
            code="HW-U005",
        )
    texts: dict[str, Any] = {
        key: {str(k): str(v) for k, v in said.get(key, {}).items()} for key in ("columns", "units", "defaults")
    }
    values = {name: {str(k): str(v) for k, v in pairs.items()} for name, pairs in said.get("values", {}).items()}
    plain: dict[str, Any] = {key: value for key, value in said.items() if isinstance(value, str)}
    return Mapping(**plain, **texts, values=values)


def _is_delimiter(mark: str) -> bool:
    return len(mark) == 1 and mark.isascii() and not mark.isalnum() and mark not in "\"'\r\n.\x00"


def mapped_headers(mapping: Mapping, raw: RawTable, ours: set[str]) -> dict[str, str]:
    """Our names to the foreign headers, as far as the mapping says.

    Parameters
    ----------
    ours
        Names that may stand in the mapping for this table.

    Raises
    ------
    UsageError
        ``HW-U005`` when the mapping names something that is not ours.
    DataRefused
        ``HW-D111`` when the file has no such column.
    """
    for key in ("columns", "units", "values", "defaults"):
        for name in getattr(mapping, key):
            if name not in ours:
                nearest = difflib.get_close_matches(name, sorted(ours), n=1)
                raise UsageError(
                    "The mapping names a column that is not ours.",
                    where=f"mapping for {raw.where}, [{key}]",
                    found=name,
                    remedy=f"Did you mean {nearest[0]}?" if nearest else "Use one of " + ", ".join(sorted(ours)),
                    code="HW-U005",
                )
    for name, theirs in mapping.columns.items():
        if theirs not in raw.columns:
            nearest = difflib.get_close_matches(theirs, raw.columns, n=1)
            raise DataRefused(
                f"The mapping names a column for {name} that the file does not have.",
                where=f"{raw.where}, header",
                found=theirs,
                remedy=f"Did you mean {nearest[0]!r}?" if nearest else "Use one of " + ", ".join(raw.columns[:40]),
                code="HW-D111",
            )
    return dict(mapping.columns)


def require_values(mapping: Mapping, raw: RawTable, worded: set[str]) -> None:
    """Refuse words for a column that holds none.

    Raises
    ------
    UsageError
        ``HW-U005``.
    """
    others = sorted(set(mapping.values) - worded)
    if others:
        raise UsageError(
            "The mapping gives words for a column that holds none.",
            where=f"mapping for {raw.where}, [values]",
            found=", ".join(others),
            remedy="Use one of " + ", ".join(sorted(worded)),
            code="HW-U005",
        )


def _require_kind(key: str, value: Any, where: str) -> None:
    is_table = key in {"columns", "units", "values", "defaults"}
    fits = isinstance(value, dict) if is_table else isinstance(value, str)
    if key == "values" and fits:
        fits = all(isinstance(pairs, dict) for pairs in value.values())
    if not fits:
        raise UsageError(
            "The mapping's value is of the wrong kind.",
            where=f"{where}, {key}",
            found=repr(value),
            remedy=f"Write [{key}] and lines under it" if is_table else f'Write {key} = "…"',
            code="HW-U005",
        )
