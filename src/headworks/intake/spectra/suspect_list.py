"""A suspect list: CSV with a row per compound (and ion), its m/z or formula, and its fragments.

Columns by any of their usual names; fragments in one cell, separated by semicolons, bars or blanks, or in columns numbered
``fragment_1``, ``fragment_2`` …. A row needs a name and either an m/z or a formula; one with neither is left out and said.
"""

from __future__ import annotations

import csv
import hashlib
import io
import math
import re
from dataclasses import dataclass

import polars as pl

from headworks.core.errors import DataRefused
from headworks.core.schema import polars_schema
from headworks.intake.files.text_encoding import decode_text
from headworks.intake.spectra.blocks import Findings
from headworks.tables.screening import Suspects

_NAMES = {
    "substance": ("substance", "suspect", "name", "compound", "compound name"),
    "inchikey": ("inchikey", "inchi key", "inchi_key"),
    "formula": ("formula", "molecular formula", "molecular_formula"),
    "adduct": ("adduct", "ion", "precursor_type"),
    "precursor_mz": ("precursor_mz", "mz", "m/z", "precursormz", "precursor", "precursor m/z", "ion_mz"),
    "polarity": ("polarity", "ion_mode", "ionmode"),
    "retention_time_min": ("retention_time_min", "rt_min", "rt", "retention time"),
    "fragment_mz": ("fragments", "fragment_mz", "fragments_mz", "diagnostic fragments", "fragment ions"),
    "license": ("license", "licence"),
}
_KNOWN = {alias: name for name, aliases in _NAMES.items() for alias in aliases}
_NUMBERED = re.compile(r"(fragment|frag|product_mz|ms2)[ _]?\d+(_mz)?$")
_POLARITY = {"p": "positive", "n": "negative", "+": "positive", "-": "negative"}


@dataclass(frozen=True)
class SuspectFile:
    """``Suspects`` in file order, faults by row, the file's hash."""

    suspects: pl.DataFrame
    faults: pl.DataFrame
    file: str
    content_hash: str


def read_suspects(content: bytes, file: str) -> SuspectFile:
    r"""Suspects of a CSV file.

    Parameters
    ----------
    content
        Bytes of the file.
    file
        Its name, for messages.

    Raises
    ------
    DataRefused
        ``HW-D669`` for a table without the columns it needs, or without a row that can be used.

    Examples
    --------
    >>> read = read_suspects(b"name,formula,fragments\nmephedrone,C11H15NO,160.1121; 145.0886\n", "list.csv")
    >>> read.suspects.select("substance", "fragment_mz").row(0)
    ('mephedrone', [145.0886, 160.1121])
    """
    text, _ = decode_text(content, file)
    first = text.split("\n", 1)[0]
    delimiter = max(";\t,", key=first.count)
    lines = list(csv.reader(io.StringIO(text), delimiter=delimiter))
    header = [cell.strip().lower() for cell in lines[0]] if lines else []
    columns = [_KNOWN.get(cell) or ("fragment_mz" if _NUMBERED.match(cell) else None) for cell in header]
    if "substance" not in columns or not {"precursor_mz", "formula"} & set(columns):
        raise DataRefused(
            "This is no suspect list.",
            where=f"{file}, row 1",
            found=", ".join(header)[:200] or "an empty file",
            remedy="Name columns substance, and precursor_mz or formula; fragments where they are known",
            code="HW-D669",
        )
    findings = Findings(file)
    rows = _rows(lines[1:], columns, findings, decimal="," if delimiter == ";" else ".")
    if not rows:
        raise DataRefused(
            "No row of the suspect list can be used.",
            where=file,
            found=str(findings.rows[0]["found"]) if findings.rows else "no rows",
            remedy="Give each suspect a name, and an m/z above 0 or a formula",
            code="HW-D669",
        )
    frame = pl.DataFrame(rows, schema=polars_schema(Suspects))
    return SuspectFile(frame, findings.frame(), file, hashlib.sha256(content).hexdigest())


def _rows(lines: list[list[str]], columns: list[str | None], findings: Findings, decimal: str) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    seen: set[tuple[str, str]] = set()
    for number, cells in enumerate(lines, start=2):
        said: dict[str, str] = {}
        for column, cell in zip(columns, cells, strict=False):
            if column == "fragment_mz":
                said[column] = f"{said.get(column, '')} {cell}"
            elif column and cell.strip():
                said.setdefault(column, cell.strip())
        if not any(cell.strip() for cell in cells):
            continue
        precursor = _number(said.get("precursor_mz", ""), decimal)
        fragments = _fragments(said.get("fragment_mz", ""), decimal)
        if "substance" not in said or (precursor is None and "formula" not in said) or fragments is None:
            findings.add(number, "substance", "HW-D669", "A suspect cannot be looked for.", ", ".join(cells),
                         "Give a name, an m/z above 0 or a formula, and fragments as numbers above 0")  # fmt: skip
            continue
        key = (said["substance"], said.get("adduct", ""))
        if key in seen:
            findings.add(number, "substance", "HW-D669", "A suspect comes twice.", " ".join(key), "Keep one row for each ion")
            continue
        seen.add(key)
        rows.append({
            **{name: said.get(name) for name in ("substance", "inchikey", "formula", "license")},
            "adduct": said.get("adduct", ""),
            "precursor_mz": precursor,
            "polarity": _POLARITY.get(said.get("polarity", "")[:1].lower()),
            "retention_time_min": _number(said.get("retention_time_min", ""), decimal),
            "fragment_mz": fragments,
            "source_row": number,
        })  # fmt: skip
    return rows


def _number(text: str, decimal: str) -> float | None:
    try:
        value = float(text.replace(decimal, ".")) if text else math.nan
    except ValueError:
        return None
    return value if math.isfinite(value) and value > 0 else None


def _fragments(text: str, decimal: str) -> list[float] | None:
    """Ascending, each once; none at all when one is no m/z."""
    words = [word for word in re.split(r"[;|\s]+" if decimal == "," else r"[;|,\s]+", text) if word]
    values = [_number(word, decimal) for word in words]
    if any(value is None for value in values):
        return None
    return sorted({value for value in values if value is not None})
