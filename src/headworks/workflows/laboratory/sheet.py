"""The batch sheet: what the export of an instrument does not know of its samples.

A CSV file with a header, or TOML with a table ``[samples."S1"]`` each; ``sample_name`` is that of the export. The trap is a
sheet of another batch: names that the export does not have are said.
"""

from __future__ import annotations

import csv
import difflib
import io
import math
import tomllib
from typing import Any

import polars as pl

from headworks.core.errors import DataRefused
from headworks.lab.quality.matrix_effect import SPIKED_AFTER
from headworks.tables.instrument import SAMPLE_TYPES
from headworks.workflows.laboratory.matrices import MATRIX_UNITS

SHEET_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "sample_name": pl.String, "sample_id": pl.String, "role": pl.String, "matrix": pl.String, "replicate": pl.Int16,
    "dilution": pl.Float64, "volume_loaded_ml": pl.Float64, "volume_final_ml": pl.Float64, "amount": pl.Float64,
    "parent_sample_name": pl.String, "added_concentration": pl.Float64, "lot": pl.String,
}  # fmt: skip
ROLES = (*SAMPLE_TYPES, "field_blank", SPIKED_AFTER)
_NUMBERS = ("dilution", "volume_loaded_ml", "volume_final_ml", "amount", "added_concentration", "replicate")
_WORDS = {"role": ROLES, "matrix": tuple(MATRIX_UNITS)}


def no_sheet() -> pl.DataFrame:
    """A sheet that says nothing."""
    return pl.DataFrame(schema=SHEET_SCHEMA)


def read_sheet(content: bytes, file: str) -> pl.DataFrame:
    r"""The batch sheet as a table.

    Parameters
    ----------
    content
        Bytes of a CSV file (comma, semicolon or tab), or TOML where the name ends in ``.toml``.
    file
        Its name.

    Returns
    -------
    pl.DataFrame
        ``SHEET_SCHEMA``, in order of the file: volumes in mL, ``amount`` in the unit of the matrix, ``added_concentration`` in
        that of the results.

    Raises
    ------
    DataRefused
        ``HW-D681`` for a file that cannot be read, an unknown column, a sample that is there twice, or a value that cannot be;
        every one of them.

    Examples
    --------
    >>> read_sheet(b"sample_name,sample_id,dilution\nS1,G-01,5\n", "sheet.csv").select("sample_id", "dilution").row(0)
    ('G-01', 5.0)
    """
    try:
        text = content.decode("utf-8-sig")
        rows = _from_toml(text) if file.lower().endswith(".toml") else _from_csv(text)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, csv.Error) as problem:
        raise _refused(file, str(problem), "Save it as CSV or TOML in UTF-8") from problem
    breaches: list[str] = []
    read = [_read(row, place, breaches) for place, row in rows]
    names = [row["sample_name"] for row in read if row["sample_name"]]
    breaches += [f"{name} is there {names.count(name)} times" for name in dict.fromkeys(names) if names.count(name) > 1]
    if breaches or not read:
        found = "; ".join(breaches[:6]) or "no sample"
        raise _refused(file, found, "Give one row a sample: " + ", ".join(SHEET_SCHEMA))
    return pl.DataFrame(read, schema=SHEET_SCHEMA)


def _refused(file: str, found: str, remedy: str) -> DataRefused:
    return DataRefused("The batch sheet cannot be used as written.", where=file, found=found, remedy=remedy, code="HW-D681")


def _from_csv(text: str) -> list[tuple[str, dict[str, Any]]]:
    head = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=head.count)
    rows = csv.DictReader(io.StringIO(text), delimiter=delimiter, strict=True)
    return [(f"row {number}", {str(key).strip(): value for key, value in row.items()}) for number, row in enumerate(rows, 2)]


def _from_toml(text: str) -> list[tuple[str, dict[str, Any]]]:
    samples = tomllib.loads(text).get("samples", {})
    if not isinstance(samples, dict) or not all(isinstance(row, dict) for row in samples.values()):
        return [("samples", {"samples": "no table for each sample"})]
    return [(name, {"sample_name": name, **row}) for name, row in samples.items()]


def _read(row: dict[str, Any], place: str, breaches: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = dict.fromkeys(SHEET_SCHEMA)
    for key, value in row.items():
        if key not in SHEET_SCHEMA:
            close = difflib.get_close_matches(key, SHEET_SCHEMA, n=1)
            breaches.append(f"{place}: no column {key}" + (f", did you mean {close[0]}?" if close else ""))
            continue
        said = "" if value is None else str(value).strip()
        if said:
            found[key] = _cell(key, said, place, breaches)
    if not found["sample_name"]:
        breaches.append(f"{place}: no sample_name")
    return found


def _cell(key: str, said: str, place: str, breaches: list[str]) -> Any:
    if key in _NUMBERS:
        try:
            # A decimal comma is no thousands separator here: no factor of a preparation has one.
            number = float(said.replace(",", "."))
        except ValueError:
            number = math.nan
        if not (math.isfinite(number) and number > 0) or (key == "replicate" and number != int(number)):
            breaches.append(f"{place}: {key} is {said}, give a number above 0")
            return None
        return int(number) if key == "replicate" else number
    known = _WORDS.get(key)
    if known and said not in known:
        close = difflib.get_close_matches(said, known, n=1)
        breaches.append(f"{place}: {key} is {said}, " + (f"did you mean {close[0]}?" if close else "use " + ", ".join(known)))
        return None
    return said
