"""Text tables: which delimiter, where do rows end, and are all rows as wide as the header?

Row ends and delimiters are found over the bytes at once, those inside quotes left out, and the rows that fit the header go to
Polars. A row of another width is refused by itself; no cell is ever shifted. A file whose quotes are not regular is read by
the standard ``csv`` reader in strict mode, which says where they go wrong.
"""

from __future__ import annotations

import csv
import io
import re
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import polars as pl

from headworks.core.errors import DataRefused
from headworks.intake.files.text_encoding import decode_text
from headworks.intake.raw import MOST_COLUMNS, RawTable, build_raw, require_names, too_wide

_LONGEST_HEADER = 1_000_000
_DELIMITERS = (";", "\t", ",", "|")
_QUOTED = re.compile(r'"(?:[^"]|"")*"')
# Excel's own first line, which names the delimiter and is no data.
_SEP_LINE = re.compile(r'\s*"?sep=(?P<mark>[^\w\s"]|\t)"?[;,\t ]*')

Octets: TypeAlias = npt.NDArray[np.uint8]
Places: TypeAlias = npt.NDArray[np.int64]
Marks: TypeAlias = npt.NDArray[np.bool_] | None


def read_delimited(content: bytes, file: str, *, delimiter: str | None = None, encoding: str | None = None) -> RawTable:
    r"""The table of a CSV, semicolon, tab or pipe file.

    Parameters
    ----------
    content
        Bytes of the file.
    file
        Its name, for messages.
    delimiter, encoding
        When the file's owner has said them; else found from the header and the bytes.

    Raises
    ------
    DataRefused
        ``HW-D101`` unreadable encoding, ``HW-D102`` not a text table, ``HW-D103`` too wide, ``HW-D111`` header at fault.

    Examples
    --------
    >>> table = read_delimited(b"a;b\n1;2\n", "x.csv")
    >>> table.frame.rows()
    [('1', '2', 2)]
    """
    text, encoding_note = decode_text(content, file, encoding)
    if text.count("\r") != text.count("\r\n"):  # an old Macintosh's line ends
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    octets = np.frombuffer(text.encode(), dtype=np.uint8)
    quotes = np.flatnonzero(octets == ord('"'))
    # The count of quotes so far is odd inside a quoted cell; a byte may overflow, its last bit stays right.
    is_outside = (np.cumsum(octets == ord('"'), dtype=np.uint8) & 1) == 0 if len(quotes) else None
    starts, ends = _rows(octets, is_outside)
    header, said = _find_header(octets, starts, ends, file)
    line = _text(octets, starts[header], ends[header])
    delimiter = delimiter or said or _delimiter(line)
    if line.count(delimiter) >= MOST_COLUMNS:
        raise too_wide(f"{file}, row {header + 1}", line.count(delimiter) + 1)
    notes = (encoding_note, f"delimiter {delimiter!r}") if encoding_note else (f"delimiter {delimiter!r}",)
    table = None
    if _are_regular(octets, quotes, delimiter):
        marks = _find(octets, delimiter, is_outside)
        table = _read_regular(octets, marks, starts, ends, header, delimiter, file, notes)
    return table or _read_irregular(text, file, delimiter, notes)


def _rows(octets: Octets, is_outside: Marks) -> tuple[Places, Places]:
    ends = _find(octets, "\n", is_outside)
    if len(octets) and (len(ends) == 0 or ends[-1] != len(octets) - 1):
        ends = np.append(ends, len(octets))
    return np.concatenate([np.zeros(min(1, len(ends)), dtype=np.int64), ends[:-1] + 1]), ends


def _find(octets: Octets, mark: str, is_outside: Marks) -> Places:
    is_mark = octets == ord(mark)
    return np.flatnonzero(is_mark if is_outside is None else is_mark & is_outside)


def _text(octets: Octets, start: int, end: int) -> str:
    return octets[start:end].tobytes().decode(errors="replace")


def _find_header(octets: Octets, starts: Places, ends: Places, file: str) -> tuple[int, str | None]:
    said = None
    for row, (start, end) in enumerate(zip(starts, ends, strict=True)):
        if end - start > _LONGEST_HEADER:
            line = _text(octets, start, end)
            raise too_wide(f"{file}, row {row + 1}", max(line.count(mark) for mark in _DELIMITERS) + 1)
        line = _text(octets, start, end).strip()
        match = _SEP_LINE.fullmatch(line) if said is None else None
        if match:
            said = match["mark"]
        elif line.strip(';,\t|"'):
            return row, said
    raise DataRefused(
        "The file is empty.", where=file, found=f"{len(octets)} bytes", remedy="Give a header and rows", code="HW-D102"
    )


def _delimiter(header: str) -> str:
    bare = _QUOTED.sub("", header)
    counts = {mark: bare.count(mark) for mark in _DELIMITERS}
    best = max(counts, key=lambda mark: counts[mark])
    return best if counts[best] else ","


def _are_regular(octets: Octets, quotes: Places, delimiter: str) -> bool:
    """Whether every quoted cell begins after, and ends before, a delimiter or a row's end."""
    if len(quotes) == 0:
        return True
    if len(quotes) % 2:
        return False
    padded = np.concatenate([[ord("\n")], octets, [ord("\n")]]).astype(np.uint8)
    before, after = padded[quotes[0::2]], padded[quotes[1::2] + 2]
    marks = np.array([ord(delimiter), ord("\n"), ord('"')], dtype=np.uint8)
    return bool(np.isin(before, marks).all() and np.isin(after, np.append(marks, np.uint8(ord("\r")))).all())


def _read_regular(
    octets: Octets, marks: Places, starts: Places, ends: Places, header: int, delimiter: str, file: str,
    notes: tuple[str, ...],
) -> RawTable | None:  # fmt: skip
    widths = np.searchsorted(marks, ends) - np.searchsorted(marks, starts) + 1
    line = _text(octets, starts[header], ends[header]).rstrip("\r")
    names = require_names(next(csv.reader(io.StringIO(line, newline=""), delimiter=delimiter)), f"{file}, row {header + 1}")
    lengths = ends - starts - ((ends > starts) & (octets[np.maximum(ends - 1, 0)] == ord("\r")))
    is_row = (np.arange(len(ends)) > header) & (lengths > 0)
    good = np.flatnonzero(is_row & (widths == len(names)))
    misfits = [
        (i + 1, int(widths[i]), text)
        for i in np.flatnonzero(is_row & (widths != len(names))).tolist()
        if (text := _text(octets, starts[i], ends[i]).strip("\r\n")).strip(delimiter + ' "\t')
    ]
    frame = pl.DataFrame(schema=dict.fromkeys(names, pl.String))
    if len(good):
        # The bytes go to the reader whole; when rows are blank or do not fit, laid out anew without them.
        body = octets[starts[good[0]] :].tobytes()
        if len(good) != len(ends) - header - 1:
            body = b"\n".join(octets[starts[i] : ends[i]].tobytes() for i in good)
        frame = pl.read_csv(
            body, separator=delimiter, has_header=False, new_columns=names, infer_schema=False,
            quote_char='"' if ord('"') in octets else None,
        )  # fmt: skip
    if frame.height != len(good) or frame.width != len(names):
        return None
    return build_raw(frame, pl.Series(good + 1), file, misfits=misfits, notes=notes)


def _read_irregular(text: str, file: str, delimiter: str, notes: tuple[str, ...]) -> RawTable:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True, skipinitialspace=True)
    names: list[str] = []
    rows: list[list[str]] = []
    numbers: list[int] = []
    misfits: list[tuple[int, int, str]] = []
    number = 0
    try:
        for number, cells in enumerate(reader, 1):
            if not any(cell.strip() for cell in cells) or (not names and _SEP_LINE.fullmatch(delimiter.join(cells))):
                continue
            if not names:
                names = require_names(cells, f"{file}, row {number}")
            elif len(cells) != len(names):
                misfits.append((number, len(cells), delimiter.join(cells)))
            else:
                rows.append(cells)
                numbers.append(number)
    except csv.Error as problem:
        raise DataRefused(
            "A cell is too long." if "limit" in str(problem) else "A quoted cell is not closed or is followed by text.",
            where=f"{file}, row {number + 1}, line {reader.line_num}",
            found=str(problem),
            remedy='Close the quotes; a quote inside a cell is doubled: ""',
            code="HW-D102",
        ) from problem
    frame = pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")
    return build_raw(frame, pl.Series(numbers, dtype=pl.Int64), file, misfits=misfits, notes=notes)
