"""A report as a Word document: headings, tables and pictures that an office can edit and sign.

Pictures are PNG, for Word draws no SVG everywhere. The trap: Word takes a font of its own for Chinese and Japanese signs
unless one is named for East Asia besides the one for Latin letters.
"""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Iterator
from typing import Any

import docx
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, Twips

from headworks.reports.cells import NUMERIC
from headworks.reports.content import Facts, Figure, Notice, Prose, Section, TableBlock
from headworks.reports.cycle.content import CycleContent
from headworks.reports.formats.fonts import WORD_FAMILIES
from headworks.reports.formats.frame import about_lines, footer_of, header_of, is_said, one_line, title_of, widths_of, written
from headworks.reports.formats.raster import pictures_of
from headworks.reports.wording import Wording, wording_for

# A4 is 210 mm wide with margins of 18 mm.
_TEXT_MM = 174
_TWIPS_PER_MM, _CELL_TWIPS = 56.69, 60
# Word slows down on longer tables; the workbook has them whole.
_MOST_ROWS = 150
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)


def write_docx(content: CycleContent, language: str) -> bytes:
    """The report as DOCX."""
    wording = wording_for(language)
    document: Any = docx.Document()
    _set_up(document, content, wording)
    document.add_heading(wording.say(content.title), 0)
    for line in about_lines(content):
        document.add_paragraph(wording.say(line)).runs[0].font.size = Pt(8)
    document.add_paragraph(wording.say(content.lead)).runs[0].font.size = Pt(11)
    _box(document, content, wording)
    sections = (*content.first_page, *content.sections)
    figures = [block for one in sections for block in (*one.blocks, *one.beside) if isinstance(block, Figure)]
    pictures = enumerate(pictures_of(figures, wording), 1)
    for section in sections:
        _section(document, section, wording, pictures)
    buffer = io.BytesIO()
    document.save(buffer)
    return _undated(buffer.getvalue())


def _set_up(document: Any, content: CycleContent, wording: Wording) -> None:
    page = document.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.left_margin = page.right_margin = Mm(18)
    page.top_margin, page.bottom_margin = Mm(22), Mm(20)
    family = WORD_FAMILIES[wording.language]
    for name in ("Normal", "Title", "Heading 1", "Heading 2"):
        style = document.styles[name]
        style.font.name = family
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for kind in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
            fonts.attrib.pop(qn(kind), None)
        fonts.set(qn("w:eastAsia"), family)
    document.styles["Normal"].font.size = Pt(9.5)
    said = document.core_properties
    said.title, said.author, said.language = wording.say(title_of(content)), "Headworks", wording.html_lang
    said.created = said.modified = dt.datetime.combine(content.made_on, dt.time())
    left, right = header_of(content, wording)
    _small(page.header.paragraphs[0], f"{left}\t\t{right}")
    footer = page.footer.paragraphs[0]
    _small(footer, footer_of(content, wording) + "    ")
    _page_number(footer)


def _small(paragraph: Any, text: str) -> None:
    paragraph.add_run(text).font.size = Pt(8)


def _page_number(paragraph: Any) -> None:
    run = paragraph.add_run()
    run.font.size = Pt(8)
    for kind, text in (("begin", None), (None, "PAGE"), ("end", None)):
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        else:
            element.text = text
        run._r.append(element)


def _box(document: Any, content: CycleContent, wording: Wording) -> None:
    cell = _grid(document, 1, 1).cell(0, 0)
    cell.paragraphs[0].add_run(wording.text("What this cannot say")).bold = True
    for line in content.cannot_say:
        cell.add_paragraph(wording.say(line), style="List Bullet")


def _grid(document: Any, rows: int, columns: int) -> Any:
    table = document.add_table(rows, columns)
    table.style = "Table Grid"
    return table


def _section(document: Any, section: Section, wording: Wording, pictures: Iterator[tuple[int, bytes]]) -> None:
    document.add_heading(wording.say(section.heading), 1)
    for line in section.lead:
        document.add_paragraph(wording.say(line)).paragraph_format.keep_with_next = bool(section.blocks)
    for block in (*section.blocks, *section.beside):
        if isinstance(block, TableBlock):
            _table(document, block, wording, has_caption=not is_said(block, section, wording))
        else:
            _block(document, block, wording, pictures)


def _block(document: Any, block: Any, wording: Wording, pictures: Iterator[tuple[int, bytes]]) -> None:
    if isinstance(block, Notice):
        document.add_paragraph(wording.say(block.text), style="Intense Quote")
    elif isinstance(block, Figure):
        number, picture = next(pictures)
        drawn = document.add_picture(io.BytesIO(picture), width=Mm(_TEXT_MM))
        drawn._inline.docPr.set("descr", wording.say(block.title))
        document.paragraphs[-1].paragraph_format.keep_with_next = True
        label = wording.text("Figure {n}.").format(n=number)
        paragraph = document.add_paragraph()
        paragraph.add_run(f"{label} {wording.say(block.title)} ").bold = True
        paragraph.add_run(wording.say(block.note))
    elif isinstance(block, Prose):
        for line in block.lines:
            document.add_paragraph(wording.say(line), style="List Bullet")
    elif isinstance(block, Facts):
        for term, said in block.items:
            document.add_paragraph(f"{wording.say(term)}: {wording.say(said)}", style="List Bullet")
    else:
        raise TypeError(f"No way to print a {type(block).__name__}")


def _table(document: Any, block: TableBlock, wording: Wording, *, has_caption: bool) -> None:
    if has_caption:
        document.add_paragraph().add_run(wording.say(block.caption)).bold = True
        document.paragraphs[-1].paragraph_format.keep_with_next = True
        document.paragraphs[-1].paragraph_format.space_before = Pt(6)
    if not block.rows:
        document.add_paragraph(wording.say(block.empty))
        return
    shown = block.rows[:_MOST_ROWS]
    table = _grid(document, 1, len(block.columns))
    header = [
        wording.say(column.header) + (f"\n{wording.say(column.unit)}" if column.unit else "") for column in block.columns
    ]
    rows = written(shown, block, wording)
    _fill(table.rows[0], header, block, is_bold=True)
    repeat = OxmlElement("w:tblHeader")
    table.rows[0]._tr.get_or_add_trPr().append(repeat)
    for row in rows:
        table._tbl.append(_row_xml(row, block))
    _set_widths(table, widths_of(block, rows, wording))
    if len(block.rows) > len(shown):
        rest = wording.text("{n} more rows are in the workbook.").format(n=len(block.rows) - len(shown))
        document.add_paragraph(rest)


def _set_widths(table: Any, widths: list[int]) -> None:
    """Widths in the grid of the table: there for Word, and for what takes no notice of the cells."""
    table.autofit = False
    _set_margins(table)
    for column, width in zip(table._tbl.tblGrid.findall(qn("w:gridCol")), widths, strict=True):
        column.set(qn("w:w"), str(int(_TEXT_MM * width / sum(widths) * _TWIPS_PER_MM)))
    for cell, column in zip(table.rows[0].cells, table._tbl.tblGrid.findall(qn("w:gridCol")), strict=True):
        cell.width = Twips(int(column.get(qn("w:w"))))


def _set_margins(table: Any) -> None:
    """Less white left and right of a cell than Word gives, so that a name stands on one line."""
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), str(_CELL_TWIPS))
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    # After the layout, as the schema of Word wants it.
    table._tbl.tblPr.find(qn("w:tblLayout")).addnext(margins)


def _fill(row: Any, texts: list[str], block: TableBlock, *, is_bold: bool) -> None:
    for cell, text, column in zip(row.cells, texts, block.columns, strict=True):
        run = cell.paragraphs[0].add_run(text)
        run.bold, run.font.size = is_bold, Pt(8)
        if column.kind in NUMERIC:
            cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _row_xml(texts: list[str], block: TableBlock) -> Any:
    row, said_of_row = OxmlElement("w:tr"), OxmlElement("w:trPr")
    # A row stays on one page.
    said_of_row.append(OxmlElement("w:cantSplit"))
    row.append(said_of_row)
    for text, column in zip(texts, block.columns, strict=True):
        cell, paragraph, run = OxmlElement("w:tc"), OxmlElement("w:p"), OxmlElement("w:r")
        if column.kind in NUMERIC:
            said, right = OxmlElement("w:pPr"), OxmlElement("w:jc")
            right.set(qn("w:val"), "right")
            said.append(right)
            paragraph.append(said)
        size, style, written = OxmlElement("w:sz"), OxmlElement("w:rPr"), OxmlElement("w:t")
        size.set(qn("w:val"), "16")
        style.append(size)
        written.text = one_line(text)
        run.extend([style, written])
        paragraph.append(run)
        cell.append(paragraph)
        row.append(cell)
    return row


def _undated(content: bytes) -> bytes:
    """The same archive without the moments at which its parts were written, so that the same edition gives the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(zipfile.ZipInfo(name, _ZIP_DATE), source.read(name), zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
