"""Which encoding a text file is in: UTF-8 unless its bytes say otherwise.

A byte-order mark settles it; bytes that are not UTF-8 are GB18030 only when what comes out reads like Chinese, because almost
any bytes *can* be read as GB18030. Everything else is refused until its owner names the encoding in a mapping.
"""

from __future__ import annotations

from headworks.core.errors import DataRefused

_SAMPLE = 2_000_000
_REMEDY = 'Save it as UTF-8, or name its encoding in the mapping: encoding = "cp1252"'
_MAGIC = {
    b"\x89PNG": "a PNG picture", b"\xff\xd8\xff": "a JPEG picture", b"GIF8": "a GIF picture", b"%PDF": "a PDF document",
    b"\x1f\x8b": "a gzip archive", b"7z\xbc\xaf": "a 7z archive", b"SQLite format": "an SQLite database",
}  # fmt: skip


def decode_text(content: bytes, file: str, encoding: str | None = None) -> tuple[str, str]:
    """The text of a file, and what to say of its encoding (empty for UTF-8).

    Parameters
    ----------
    content
        Bytes of the file.
    file
        Its name, for messages.
    encoding
        When its owner has said it.

    Raises
    ------
    DataRefused
        ``HW-D101`` an unreadable encoding, ``HW-D102`` bytes that are no text.

    Examples
    --------
    >>> decode_text("站点".encode("gb18030"), "x.csv")
    ('站点', 'encoding GB18030')
    """
    for magic, kind in _MAGIC.items():
        if content.startswith(magic) and encoding is None:
            raise _no_text(file, f"{kind}: {content[:8]!r}")
    if encoding is None and content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    text, note = _decode_as(content, file, encoding) if encoding is not None else _decode_unsaid(content, file)
    place = text.find("\x00")
    if place >= 0:
        line = text.count("\n", 0, place) + 1
        raise _no_text(f"{file}, line {line}", f"a NUL character after {text[max(0, place - 16) : place]!r}")
    return text.lstrip("\ufeff"), note


def _no_text(where: str, found: str) -> DataRefused:
    return DataRefused(
        "This is not a text table.", where=where, found=found, remedy="Save it as CSV (UTF-8), XLSX or Parquet", code="HW-D102"
    )


def _decode_as(content: bytes, file: str, encoding: str) -> tuple[str, str]:
    try:
        text = content.decode(encoding)
        text.encode()  # an odd codec may give half characters, which no file can hold
    except (ValueError, LookupError) as problem:
        raise DataRefused(
            "The file cannot be read in the encoding stated.",
            where=file,
            found=f"{encoding}: {problem}"[:300],
            remedy="State the encoding it was saved in, or save it as UTF-8",
            code="HW-D101",
        ) from problem
    return text, f"encoding {encoding}"


def _decode_unsaid(content: bytes, file: str) -> tuple[str, str]:
    try:
        return content.decode("utf-8"), ""
    except UnicodeDecodeError as problem:
        place = problem.start
    try:
        text = content.decode("gb18030")
    except UnicodeDecodeError:
        text = ""
    foreign = [character for character in text[:_SAMPLE] if ord(character) > 127]
    known = [code for character in foreign if (code := _gb2312(character)) is not None]
    # Latin-1 text read as GB18030 gives characters outside GB 2312, or of its second, rare half (from 0xD8 on).
    is_chinese = len(known) >= 0.9 * len(foreign) and sum(code < 0xD8 for code in known) >= 0.7 * len(foreign)
    if foreign and is_chinese:
        return text, "encoding GB18030"
    line = content.count(b"\n", 0, place) + 1
    raise DataRefused(
        "The file is neither UTF-8 nor GB18030.",
        where=f"{file}, line {line}",
        found=repr(content[max(0, place - 8) : place + 8]),
        remedy=_REMEDY,
        code="HW-D101",
    )


def _gb2312(character: str) -> int | None:
    try:
        code = character.encode("gb2312")
    except UnicodeEncodeError:
        return None
    return code[0] if len(code) == 2 else None
