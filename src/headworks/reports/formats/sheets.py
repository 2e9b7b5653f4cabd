"""A report as a workbook: numbers as numbers, units in the header, everything that is printed and more.

Texts that a spreadsheet would run get an apostrophe, as in the other downloads.
"""

from __future__ import annotations

import datetime as dt
import io
import re
from typing import Any

import xlsxwriter

from headworks.reports.cells import NUMERIC
from headworks.reports.content import Column, TableBlock
from headworks.reports.cycle.content import CycleContent
from headworks.reports.formats.frame import about_lines, footer_of, header_of, title_of
from headworks.reports.wording import Wording, wording_for

_RUNS_AS_FORMULA = re.compile(r"^[=+\-@\t\r\n\x00＝＋－＠]")
_NOT_IN_A_NAME = re.compile(r"[\[\]:*?/\\']")
_LONGEST_NAME = 31
_WIDTHS = {"text": 26, "amount": 12, "count": 10, "share": 11, "probability": 11, "territory": 20}


def write_xlsx(content: CycleContent, language: str) -> bytes:
    """The report's figures as an XLSX file, one sheet a table."""
    wording = wording_for(language)
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({
        "title": wording.say(title_of(content)), "author": "Headworks",
        "created": dt.datetime.combine(content.made_on, dt.time()),
    })  # fmt: skip
    formats = {
        "bold": book.add_format({"bold": True, "text_wrap": True, "bottom": 1, "valign": "top"}),
        "amount": book.add_format({"num_format": "#,##0.00"}),
        "count": book.add_format({"num_format": "#,##0"}),
        "share": book.add_format({"num_format": "0%"}),
        # The number stays whole; only what is shown of it never reads as certainty.
        "probability": book.add_format({"num_format": '[>0.99]"> 99%";[<0.01]"< 1%";0%'}),
        "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
    }
    _about(book, formats, content, wording)
    for block in content.sheets:
        _sheet(book, formats, block, content, wording)
    book.close()
    return buffer.getvalue()


def _about(book: Any, formats: dict[str, Any], content: CycleContent, wording: Wording) -> None:
    sheet = book.add_worksheet(_name(wording.text("About"), set()))
    sheet.set_column(0, 0, 100, formats["wrap"])
    left, right = header_of(content, wording)
    lines = [wording.say(title_of(content)), left, right, footer_of(content, wording), wording.say(content.lead)]
    lines += [wording.text("What this cannot say"), *(wording.say(line) for line in content.cannot_say)]
    lines += [wording.say(line) for line in about_lines(content)]
    for number, line in enumerate(lines):
        sheet.write_string(number, 0, disarmed(line))


def disarmed(text: str) -> str:
    """The text, with an apostrophe before what a spreadsheet would run.

    Examples
    --------
    >>> disarmed("=1+1"), disarmed("Haizhu")
    ("'=1+1", 'Haizhu')
    """
    return "'" + text if _RUNS_AS_FORMULA.match(text) else text


def _sheet(book: Any, formats: dict[str, Any], block: TableBlock, content: CycleContent, wording: Wording) -> None:
    taken = {sheet.get_name().casefold() for sheet in book.worksheets()}
    sheet = book.add_worksheet(_name(wording.say(block.caption), taken))
    for index, column in enumerate(block.columns):
        unit = f"\n[{wording.say(column.unit)}]" if column.unit else ""
        sheet.write_string(0, index, wording.say(column.header) + unit, formats["bold"])
        sheet.set_column(index, index, _WIDTHS[column.kind])
    for number, row in enumerate(block.rows, 1):
        for index, (value, column) in enumerate(zip(row, block.columns, strict=True)):
            _cell(sheet, number, index, value, column, formats, wording)
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, max(len(block.rows), 1), len(block.columns) - 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    left, right = (part.replace("&", "&&") for part in header_of(content, wording))
    sheet.set_header(f"&L&8{left}&R&8 {right}"[:255])
    sheet.set_footer(f"&L&7{footer_of(content, wording).replace('&', '&&')}&R&7&P / &N"[:255])


def _cell(
    sheet: Any, row: int, index: int, value: Any, column: Column, formats: dict[str, Any], wording: Wording
) -> None:  # fmt: skip
    if value is None:
        return
    if column.kind in NUMERIC and isinstance(value, int | float):
        sheet.write_number(row, index, value, formats[column.kind])
    else:
        sheet.write_string(row, index, disarmed(wording.say(value)))


def _name(said: str, taken: set[str]) -> str:
    """A sheet's name: at most 31 signs, none that is forbidden, no name twice."""
    plain = _NOT_IN_A_NAME.sub(" ", said)[:_LONGEST_NAME].strip() or "1"
    name, number = plain, 2
    while name.casefold() in taken:
        name, number = f"{plain[: _LONGEST_NAME - 3]} {number}", number + 1
    return name
