"""What a foreign file became: our tables, what was refused, what a reader should look at."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field

import polars as pl

from headworks.core.errors import DataRefused
from headworks.intake.raw import REFUSAL_SCHEMA, ROW, RawTable, no_refusals

FINDING_SCHEMA: dict[str, type[pl.DataType]] = {
    "code": pl.String,
    "severity": pl.String,
    "file": pl.String,
    "row": pl.Int64,
    "column": pl.String,
    "message": pl.String,
}

# Headers that speak of persons, letters only. The product has no entity for a person: such a file is refused whole, unread.
_PERSONAL = {
    "idcard", "identitynumber", "identitycard", "nationalid", "passport", "phone", "telephone", "mobile", "email", "plate",
    "licenceplate", "licenseplate", "patient", "person", "dateofbirth", "birthdate", "birthday", "dob", "firstname",
    "lastname", "familyname", "givenname", "surname", "fullname", "face", "homeaddress", "household", "parcel", "tracking",
    "imei", "wechat", "bankaccount",
}  # fmt: skip
_PERSONAL_ENDING = re.compile(r"(id|no|nr|number|name|code)$")
_PERSONAL_ZH = (
    "姓名", "身份证", "手机", "电话", "车牌", "人脸", "出生日期", "住址", "户籍", "快递单号", "银行卡", "护照", "微信号",
    "家庭地址",
)  # fmt: skip


@dataclass
class Parsed:
    """The outcome of reading one foreign file.

    Attributes
    ----------
    tables
        Our tables by name; each keeps its promise and carries ``source_row``.
    refusals
        One row per refused cell or row: file, sheet, row, column, code, problem, found, remedy.
    findings
        What was kept but should be seen: code, severity, file, row, column, message.
    n_rows
        Data rows in the file.
    n_refused
        Rows of which nothing was kept.
    set_aside
        Rows neither kept nor refused, by reason: ``missing`` (no result), ``repeated`` (says the same as an earlier row),
        ``not_reportable``, ``not_ours`` (an ODM measure or table that is not for Headworks), ``joined`` (a flag that went to
        its measure). Rows of the file = rows kept + ``n_refused`` + these.
    refused_raw
        The refused rows as written, with ``source_row``, to be mended and imported again. A row that did not fit the header
        stands whole in ``refusal_row_as_written`` and its cells are empty.
    """

    tables: dict[str, pl.DataFrame] = field(default_factory=dict)
    refusals: pl.DataFrame = field(default_factory=no_refusals)
    findings: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=FINDING_SCHEMA))
    n_rows: int = 0
    n_refused: int = 0
    set_aside: Counter[str] = field(default_factory=Counter)
    refused_raw: list[pl.DataFrame] = field(default_factory=list)

    def note(self, code: str, severity: str, file: str, message: str, *, row: int | None = None, column: str = "") -> None:
        """Add one finding."""
        one = pl.DataFrame([(code, severity, file, row, column, message)], schema=FINDING_SCHEMA, orient="row")
        self.findings = pl.concat([self.findings, one])

    def aside(self, reason: str, code: str, severity: str, raw: RawTable, rows: pl.Series, message: str) -> None:
        """Set rows aside for a reason, and say which: ``message`` takes ``{n}`` and ``{rows}``."""
        if rows.len():
            said = _in_words(rows)
            self.set_aside[reason] += rows.len()
            self.note(code, severity, raw.file, message.format(n=rows.len(), rows=said), row=rows[0])

    def close(self, raw: RawTable, refusals: pl.DataFrame) -> None:
        """Book the refusals of one raw table: how many rows, and the rows themselves."""
        self.refusals = pl.concat([self.refusals, refusals.select(list(REFUSAL_SCHEMA))])
        self.n_rows += raw.frame.height + raw.misfits.height
        self.n_refused += refusals["row"].n_unique()
        rows = raw.frame.filter(pl.col(ROW).is_in(refusals["row"].implode()))
        if rows.height or raw.misfits.height:
            self.refused_raw.append(pl.concat([rows, raw.misfits], how="diagonal").sort(ROW))

    def merge(self, other: Parsed) -> None:
        """Take in what another sheet of the same file became."""
        for name, frame in other.tables.items():
            self.tables[name] = pl.concat([self.tables[name], frame]) if name in self.tables else frame
        self.refusals = pl.concat([self.refusals, other.refusals])
        self.findings = pl.concat([self.findings, other.findings])
        self.n_rows += other.n_rows
        self.n_refused += other.n_refused
        self.set_aside += other.set_aside
        self.refused_raw += other.refused_raw


def _in_words(rows: pl.Series) -> str:
    return ", ".join(map(str, rows.head(10).to_list())) + (" …" if rows.len() > 10 else "")


def fold_header(name: str) -> str:
    """A header in the form in which headers are compared.

    Examples
    --------
    >>> fold_header(" Site ID "), fold_header("weekday-mean")
    ('site_id', 'weekday_mean')
    """
    folded = "".join(c for c in unicodedata.normalize("NFKC", name).lower() if unicodedata.category(c) != "Cf")
    return "_".join(folded.replace("-", " ").replace("_", " ").split())


def require_no_persons(raw: RawTable) -> None:
    """Refuse a table that has a column about persons; nothing of it is read or kept.

    Raises
    ------
    DataRefused
        ``HW-D114``.
    """
    personal = [name for name in raw.columns if _is_personal(fold_header(name))]
    if personal:
        raise DataRefused(
            "The file has columns about persons. Headworks has no place for a person.",
            where=raw.where,
            found=", ".join(personal),
            remedy="Take these columns out, or have the owner of the data count them into cells (area x period x stratum)",
            code="HW-D114",
        )


def _is_personal(header: str) -> bool:
    letters = re.sub(r"[\W_\d]", "", header)
    return (
        letters in _PERSONAL or _PERSONAL_ENDING.sub("", letters) in _PERSONAL or any(word in letters for word in _PERSONAL_ZH)
    )


def require_columns(raw: RawTable, present: set[str], required: list[str], table: str) -> None:
    """Refuse a table that lacks a required column, with the nearest header as a guess.

    Raises
    ------
    DataRefused
        ``HW-D111``.
    """
    missing = [name for name in required if name not in present]
    if not missing:
        return
    folded = {fold_header(name): name for name in raw.columns}
    guesses = [
        f"{name} (is it {folded[near[0]]!r}?)" if (near := difflib.get_close_matches(name, folded, n=1)) else name
        for name in missing
    ]
    raise DataRefused(
        f"The table of {table} lacks required columns: {', '.join(guesses)}.",
        where=f"{raw.where}, header",
        found=", ".join(raw.columns[:40])[:500],
        remedy="Add them, or name them in a mapping: [columns]; the first row that is not empty is the header",
        code="HW-D111",
    )
