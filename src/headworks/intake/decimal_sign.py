r"""Which sign separates decimals in a file: found from the cells that can be read in one way only.

    12,5      a decimal comma              12.5     a decimal point
    0,125     a decimal comma              0.125    a decimal point
    425,000   decimals or thousands        425.000  decimals or thousands

One proof is enough when nothing speaks against it; then ``425,000`` is read by it too. With proofs of both the file is mixed
and every fraction in it is refused. A comma-separated file has decimal points. Elsewhere, with no proof at all, ``425,000`` is
refused, and so is ``425.000`` in a semicolon file: between a litre and a thousand litres nobody should guess.
"""

from __future__ import annotations

from dataclasses import dataclass

from headworks.intake.raw import ROW, RawTable

# A limit sign may stand before the number: <0,5.
_START, _EITHER = r"^[<≤]?=?\s*[+-]?", r"^[<≤]?=?\s*[+-]?[1-9]\d{0,2}"
_PROOF = {sign: rf"{_START}(\d*{mark}(\d{{0,2}}|\d{{4,}})|0*{mark}\d+|\d{{4,}}{mark}\d+)([eE][+-]?\d+)?$" for sign, mark in
          ((",", ","), (".", r"\."))}  # fmt: skip
_OPEN = {",": rf"{_EITHER},\d{{3}}$", ".": rf"{_EITHER}\.\d{{3}}$"}


@dataclass(frozen=True)
class DecimalSign:
    """The sign, patterns of cells to be refused for it, and in words why and what would do."""

    sign: str
    refused: tuple[str, ...] = ()
    problem: str = "The decimal sign differs from the rest of the file."
    remedy: str = 'Use one sign throughout, or say it in the mapping: decimal = "," or "."'


def find_decimal_sign(table: RawTable, numeric: list[str], said: str | None) -> DecimalSign:
    """The decimal sign of a table.

    Parameters
    ----------
    numeric
        Columns that hold numbers.
    said
        ``","`` or ``"."`` when the owner of the file has said it.

    Examples
    --------
    >>> import polars as pl
    >>> cells = pl.DataFrame({"flow": ["12,5", "1,250"], "source_row": [2, 3]})
    >>> find_decimal_sign(RawTable(cells, "x.csv"), ["flow"], None).sign
    ','
    """
    if said == ",":
        return DecimalSign(",", (r"\.",))
    if said == "." or "delimiter ','" in table.notes:
        return DecimalSign(".")
    commas = _rows(table, numeric, ",", _PROOF[","])
    points = _rows(table, numeric, ".", _PROOF["."]) if commas or _is_text(table) else []
    if commas and points:
        return DecimalSign(
            "mixed", (r"\d[.,]\d",), "The file mixes decimal points and decimal commas.",
            f"Use one sign throughout (rows {points[0]} and {commas[0]} differ), or say it in the mapping: "
            'decimal = "," or "."',
        )  # fmt: skip
    if commas:
        return DecimalSign(",", (r"\.",))
    if points or not _is_text(table):
        return DecimalSign(".")
    return DecimalSign(".", (_OPEN["."],))


def _is_text(table: RawTable) -> bool:
    # Numbers of workbooks and Parquet files are numbers already; only a text table leaves the sign open.
    return any(note.startswith("delimiter") for note in table.notes)


def _rows(table: RawTable, numeric: list[str], sign: str, pattern: str) -> list[int]:
    for name in numeric:
        cells = table.frame[name]
        if cells.str.contains(sign, literal=True).any():
            rows = table.frame[ROW].filter(cells.str.contains(pattern)).to_list()[:1]
            if rows:
                return list(rows)
    return []
