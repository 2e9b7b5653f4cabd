"""The four formats in three languages, read back by other programs than those that wrote them."""

from __future__ import annotations

import io
import itertools
import os
import re
import shutil
import subprocess

import docx
import openpyxl
import pytest
from docx.oxml.ns import qn
from tests.reports.cycle.builders import city, report, with_lists

from headworks.core.errors import DataRefused, UsageError
from headworks.reports.formats import FORMATS, LANGUAGES, fonts, render
from headworks.reports.formats.drawing import draw_figure
from headworks.reports.wording import wording_for

TITLES = {"en": "Quarterly supervision", "zh": "每季督导检查", "ja": "四半期監督"}
HOSTILE = '=1+1"] #panic("x") <script>alert(1)</script> \\'


def pdf_text(content: bytes) -> str:
    if shutil.which("pdftotext") is None:
        missing = "pdftotext is not here; install poppler-utils"
        pytest.fail(missing) if os.environ.get("CI") == "true" else pytest.skip(missing)
    return subprocess.run(["pdftotext", "-layout", "-", "-"], input=content, capture_output=True, check=True).stdout.decode()


@pytest.fixture(scope="module")
def files() -> dict[tuple[str, str], bytes]:
    content = report("quarterly", number=2, previous=1)
    return {(name, language): render(content, name, language) for name in FORMATS for language in LANGUAGES}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_text_of_a_pdf_can_be_read_with_header_and_footer(files, language: str):
    text = pdf_text(files["pdf", language])
    flat = re.sub(r"\s+", "", text)
    assert TITLES[language].replace(" ", "") in flat
    assert "0123456789abcdef-1" in flat
    assert "abababababababab" in flat
    assert "1/" in flat
    assert re.search(r"1,23[45] \(90\.0–1,600\)", text)
    assert {"en": "Edition2(draft)·foranalysts", "zh": "第2版（草稿）", "ja": "第2版（草案）"}[language] in flat


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_workbook_holds_numbers_as_numbers(files, language: str):
    book = openpyxl.load_workbook(io.BytesIO(files["xlsx", language]))
    rows = list(book.worksheets[1].iter_rows(values_only=True))
    loads = [row[3] for row in rows[1:]]
    assert [value for value in loads if value is not None] == [42.0, 1234.5]
    assert all(isinstance(value, int | float) for value in loads if value is not None)
    assert book.worksheets[0].title == {"en": "About", "zh": "说明", "ja": "概要"}[language]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_document_has_the_title_header_tables_and_pictures(files, language: str):
    document = docx.Document(io.BytesIO(files["docx", language]))
    assert document.paragraphs[0].text == TITLES[language]
    assert "2026-Q4" in document.sections[0].header.paragraphs[0].text
    assert "0123456789abcdef-1" in document.sections[0].footer.paragraphs[0].text
    assert len(document.tables) >= 5
    assert len(document.inline_shapes) == 2
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    assert [cell for cell in cells if cell.endswith("(90.0–1,600)")]
    # Columns as wide as what stands in them, and no caption that only repeats the heading above it.
    widths = [int(column.get(qn("w:w"))) for column in document.tables[-1]._tbl.tblGrid]
    assert len(set(widths)) > 1
    texts = [paragraph.text for paragraph in document.paragraphs]
    assert not [one for one, following in itertools.pairwise(texts) if one and one == following]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_needs_no_network_and_no_script(files, language: str):
    text = files["html", language].decode()
    assert not re.search(r"<script|src=|href=(?!\"#)|@import|url\((?!#hatch)", text)
    assert set(re.findall(r'href="#([^"]+)"', text)) <= set(re.findall(r'section id="([^"]+)"', text))
    assert TITLES[language] in text
    assert text.count("<svg") == 2


def test_the_same_edition_gives_the_same_bytes(files):
    again = report("quarterly", number=2, previous=1)
    for name in FORMATS:
        if name != "xlsx":
            assert render(again, name, "zh") == files[name, "zh"], name
    old, new = (openpyxl.load_workbook(io.BytesIO(one)) for one in (files["xlsx", "zh"], render(again, "xlsx", "zh")))
    assert [list(sheet.values) for sheet in old] == [list(sheet.values) for sheet in new]


def test_a_name_that_looks_like_code_is_only_text():
    content = report("weekly", with_lists(city(HOSTILE)))
    assert "#panic" in pdf_text(render(content, "pdf", "en"))
    page = render(content, "html", "en").decode()
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    book = openpyxl.load_workbook(io.BytesIO(render(content, "xlsx", "en")))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert not [cell.value for cell in cells if cell.data_type == "f"]
    assert any(str(cell.value).startswith("'=1+1") for cell in cells)
    assert HOSTILE[:4] in docx.Document(io.BytesIO(render(content, "docx", "en"))).sections[0].header.paragraphs[0].text


def test_the_four_states_have_four_marks_without_colour():
    content = report("quarterly")
    spans = next(one for one in content.sections if one.section_id == "spans").blocks[0]
    drawn = draw_figure(spans, wording_for("en"), "sans-serif")
    assert drawn.count('fill="#a8a8a8"') == 2  # values
    assert drawn.count("stroke-dasharray") == 1  # suppressed
    assert drawn.count('width="30" height="6" fill="none"') == 1  # not sampled
    colours = set(re.findall(r'(?:fill|stroke)="(#[0-9a-f]+)"', drawn))
    assert all(len(set(re.findall("..", one[1:] if len(one) == 7 else one[1:] + one[1:]))) == 1 for one in colours)


def test_a_gap_in_a_course_is_a_gap():
    figure = next(one for one in report().sections if one.section_id == "courses").blocks[-1]
    # Weeks 37 to 43 | 45, 46: two stretches.
    assert draw_figure(figure, wording_for("en"), "sans-serif").count("<polyline") == 2


def test_without_a_font_for_the_language_no_pdf_is_made(monkeypatch):
    class NoFonts:
        def families(self):
            return ["Libertinus Serif"]

    monkeypatch.setattr(fonts, "found_fonts", lambda folders: NoFonts())
    assert fonts.families_for("en") == ("Libertinus Serif",)
    with pytest.raises(DataRefused, match=r"no font for this language.*Found: ja.*fonts-noto-cjk") as refused:
        render(report(), "pdf", "ja")
    assert refused.value.code == "HW-D810"


def test_unknown_formats_are_refused():
    with pytest.raises(UsageError, match=r"no such format.*Found: odt.*html, pdf, docx, xlsx") as refused:
        render(report(), "odt", "en")
    assert refused.value.code == "HW-U278"
