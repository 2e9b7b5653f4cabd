"""A report as one HTML file that needs nothing else: no network, no script to be read, every drawing inside."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from headworks.reports.cells import NUMERIC, write_cell
from headworks.reports.content import (
    Facts,
    Figure,
    Fold,
    Message,
    Notice,
    Prose,
    SituationContent,
    TableBlock,
    Tree,
    tell,
)
from headworks.reports.downloads import write_csv_text, write_workbook
from headworks.reports.drawing.classes import POPULATION_CLASSES
from headworks.reports.drawing.svg import draw
from headworks.reports.wording import Wording, decimals_for, wording_for

_READERS = {
    "analyst": tell("analysts"), "partner": tell("partners"), "public": tell("the public"),
    "steward": tell("the steward of the workspace"),
}  # fmt: skip
# Rows of figures that stand in the page and as a workbook; more are in the CSV only, or the file could not be mailed.
_MOST_ROWS = 1_000


def write_plain(value: Any, wording: Wording) -> str:
    """A figure of the data table: four significant digits at most three behind the point, text as it is."""
    if isinstance(value, float):
        return wording.number(value, min(decimals_for(value) + 1, 3))
    return wording.text("–") if value is None else wording.say(value)


def css_string(text: str) -> Markup:
    r"""The text as a CSS string in which every sign but letters and digits is an escape, so that none can end it.

    Examples
    --------
    >>> str(css_string('a"</style>'))
    '"a\\22 \\3c \\2f style\\3e "'
    """
    signs = (sign if sign.isascii() and sign.isalnum() else f"\\{ord(sign):x} " for sign in text)
    return Markup('"' + "".join(signs) + '"')  # noqa: S704  only letters, digits, blanks and backslashes are left


def block_kind(block: Any) -> str:
    """Name of the template macro that prints a block."""
    kinds: Sequence[tuple[type, str]] = (
        (Figure, "figure"), (TableBlock, "table"), (Notice, "notice"), (Facts, "facts"), (Tree, "tree"), (Fold, "fold"),
        (Prose, "prose"),
    )  # fmt: skip
    return next(name for kind, name in kinds if isinstance(block, kind))


def _data_uri(kind: str, content: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(content).decode('ascii')}"


def _environment(wording: Wording) -> Environment:
    environment = Environment(
        loader=PackageLoader("headworks.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["say"] = wording.say
    environment.globals.update(
        _=wording.text,
        wording=wording,
        block_kind=block_kind,
        write_cell=lambda value, column: write_cell(value, column, wording),
        plain=lambda value: write_plain(value, wording),
        css_string=css_string,
        # Safe by construction: serialised by an XML writer from parsed SVG, which escapes every text.
        draw=lambda figure, tile, number: Markup(draw(figure, tile, number, wording)),  # noqa: S704
        population_classes=POPULATION_CLASSES,
        numeric=NUMERIC,
        is_message=lambda value: isinstance(value, Message),
        most_rows=_MOST_ROWS,
    )
    return environment


def render_html(content: SituationContent, language: str) -> str:
    """The report as a single self-contained HTML document.

    Parameters
    ----------
    content
        What :func:`headworks.reports.situation_report` gave.
    language
        ``en`` or ``zh``.

    Returns
    -------
    str
        The same content and language give the same text.

    Raises
    ------
    UsageError
        ``HW-U005`` for a language without a catalogue.
    """
    wording = wording_for(language)
    sheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return (
        _environment(wording)
        .get_template("situation.html")
        .render(
            content=content,
            readers=_READERS.get(content.tier, content.tier),
            csv_uri=_data_uri("text/csv;charset=utf-8", write_csv_text(content.figures).encode("utf-8")),
            units=dict(zip(content.dictionary["column"], content.dictionary["unit"], strict=True)),
            xlsx_uri=_data_uri(sheet, write_workbook(content)) if content.figures.height <= _MOST_ROWS else "",
        )
    )
