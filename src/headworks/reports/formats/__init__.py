"""A report of the cycle as a file: HTML, PDF, DOCX, XLSX, each in English, Chinese or Japanese."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from headworks.core.errors import UsageError
from headworks.reports.cycle.content import CycleContent

FORMATS: Final = ("html", "pdf", "docx", "xlsx")
LANGUAGES: Final = ("en", "zh", "ja")


def render(content: CycleContent, name: str, language: str) -> bytes:
    """The report in a format and a language; the same content gives the same bytes.

    Parameters
    ----------
    content
        From :func:`headworks.reports.cycle.cycle_report`.
    name
        html, pdf, docx or xlsx.
    language
        en, zh or ja.

    Raises
    ------
    UsageError
        ``HW-U278`` for another format, ``HW-U005`` for another language.
    DataRefused
        ``HW-D810`` when a PDF has no font for the language.
    """
    if name not in FORMATS:
        raise UsageError("There is no such format.", found=name, remedy="Use " + ", ".join(FORMATS), code="HW-U278")
    return _writer(name)(content, language)


def _writer(name: str) -> Callable[[CycleContent, str], bytes]:
    """Loaded when asked for: whoever wants a sheet needs no typesetter."""
    if name == "pdf":
        from headworks.reports.formats.pdf import write_pdf

        return write_pdf
    if name == "docx":
        from headworks.reports.formats.word import write_docx

        return write_docx
    if name == "xlsx":
        from headworks.reports.formats.sheets import write_xlsx

        return write_xlsx
    from headworks.reports.formats.page import write_page

    return write_page


__all__ = ["FORMATS", "LANGUAGES", "render"]
