"""A report as one HTML file without script or network: the same blocks as on paper, with a print style."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from markupsafe import Markup, escape

from headworks.reports.cells import NUMERIC, write_cell
from headworks.reports.content import Facts, Figure, Notice, Prose, Section, TableBlock
from headworks.reports.cycle.content import CycleContent
from headworks.reports.formats.drawing import draw_figure
from headworks.reports.formats.frame import about_lines, footer_of, header_of, is_said, title_of
from headworks.reports.wording import Wording, wording_for

_FAMILY = "system-ui, 'Noto Sans CJK SC', 'Microsoft YaHei', sans-serif"
# A number and its interval stand on one line.
_INTERVAL = re.compile(r"[\d.,]+ \([\d.,]+–[\d.,]+\)[;；,，]?")
_CSS = """
:root{color-scheme:light dark}
body{font:16px/1.5 system-ui,'Noto Sans CJK SC','Microsoft YaHei','Yu Gothic',sans-serif;max-width:60rem;margin:0 auto;
padding:1rem;background:#fff;color:#111}
:lang(zh),:lang(ja){line-height:1.7}
header,footer{display:flex;flex-wrap:wrap;justify-content:space-between;gap:.5rem;font-size:.85rem;
border-bottom:1px solid #767676}
footer{border:0;border-top:1px solid #767676;margin-top:2rem}
.box{border:2px solid;padding:.5rem 1rem;margin:1rem 0}
.note{border-left:3px solid #767676;padding-left:.7rem}
.wide{overflow-x:auto}
table{border-collapse:collapse;font-size:.88rem;width:100%}
.lead{font-size:1.15rem}
.heard{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
caption{text-align:left;font-weight:bold;padding:.4rem 0}
th,td{text-align:left;padding:.2rem .5rem;vertical-align:top;border-bottom:1px solid #ddd}
thead th{border-bottom:2px solid}
th small{font-weight:normal;display:block}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.k{white-space:nowrap}
figure{margin:1rem 0}
figure svg{width:100%;height:auto;background:#fff}
figcaption{font-size:.88rem}
@media (prefers-color-scheme:dark){body{background:#111;color:#eee}th,td{border-color:#444}}
@media print{body{font-size:9.5pt;max-width:none}section{break-inside:auto}figure,tr{break-inside:avoid}
@page{size:A4;margin:18mm}}
"""


def write_page(content: CycleContent, language: str) -> bytes:
    """The report as HTML in UTF-8."""
    wording = wording_for(language)
    return "\n".join(_page(content, wording)).encode("utf-8")


def _page(content: CycleContent, wording: Wording) -> Iterator[str]:
    left, right = (escape(part) for part in header_of(content, wording))
    yield f'<!DOCTYPE html>\n<html lang="{wording.html_lang}"><head><meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{escape(wording.say(title_of(content)))}</title><style>{_CSS}</style></head><body>"
    yield f"<header><span>{left}</span><span>{right}</span></header><main>"
    yield f"<h1>{escape(wording.say(content.title))}</h1>"
    for line in about_lines(content):
        yield f"<p><small>{escape(wording.say(line))}</small></p>"
    yield f'<p class="lead">{escape(wording.say(content.lead))}</p>'
    yield f'<div class="box" role="note"><strong>{escape(wording.text("What this cannot say"))}</strong>'
    yield _items(content.cannot_say, wording) + "</div>"
    number = iter(range(1, 1_000))
    for section in content.first_page:
        yield from _section(section, wording, number)
    links = [f'<a href="#{escape(one.section_id)}">{escape(wording.say(one.heading))}</a>' for one in content.sections]
    yield f"<nav><p>{escape(wording.text('Further on:'))} {' · '.join(links)}</p></nav>"
    for section in content.sections:
        yield from _section(section, wording, number)
    yield f"</main><footer><span>{escape(footer_of(content, wording))}</span></footer></body></html>"


def _section(section: Section, wording: Wording, number: Iterator[int]) -> Iterator[str]:
    yield f'<section id="{escape(section.section_id)}"><h2>{escape(wording.say(section.heading))}</h2>'
    for line in section.lead:
        yield f"<p>{escape(wording.say(line))}</p>"
    for block in (*section.blocks, *section.beside):
        if isinstance(block, TableBlock):
            yield _table(block, wording, is_heard=is_said(block, section, wording))
        else:
            yield _block(block, wording, number)
    yield "</section>"


def _block(block: Any, wording: Wording, number: Iterator[int]) -> str:
    if isinstance(block, Notice):
        return f'<p class="note">{escape(wording.say(block.text))}</p>'
    if isinstance(block, Figure):
        n = next(number)
        # A pattern is found by its name in the whole page, so each drawing has its own.
        drawn = draw_figure(block, wording, _FAMILY).replace('"hatch"', f'"hatch-{n}"').replace("#hatch)", f"#hatch-{n})")
        title, note = escape(wording.say(block.title)), escape(wording.say(block.note))
        label = escape(wording.text("Figure {n}.").format(n=n))
        return f"<figure>{drawn}<figcaption><strong>{label} {title}</strong> {note}</figcaption></figure>"
    if isinstance(block, Prose):
        return _items(block.lines, wording)
    if isinstance(block, Facts):
        return _items([f"{wording.say(term)}: {wording.say(said)}" for term, said in block.items], wording)
    raise TypeError(f"No way to print a {type(block).__name__}")


def _items(lines: Any, wording: Wording) -> str:
    return "<ul>" + "".join(f"<li>{escape(wording.say(line))}</li>" for line in lines) + "</ul>"


def _table(block: TableBlock, wording: Wording, *, is_heard: bool) -> str:
    """A table; a caption that repeats the heading is there for who hears the page only."""
    if not block.rows:
        return f'<p class="note">{escape(wording.say(block.empty))}</p>'
    head = Markup("")
    for column in block.columns:
        unit = Markup("<small>{}</small>").format(wording.say(column.unit)) if column.unit else ""
        kind = Markup(' class="n"') if column.kind in NUMERIC else ""
        head += Markup('<th scope="col"{}>{}{}</th>').format(kind, wording.say(column.header), unit)
    rows = []
    for row in block.rows:
        cells = []
        for index, (value, column) in enumerate(zip(row, block.columns, strict=True)):
            text = str(escape(write_cell(value, column, wording)))
            number = ' class="n"' if column.kind in NUMERIC else ""
            text = _INTERVAL.sub(r'<span class="k">\g<0></span>', text)
            cells.append(f'<th scope="row">{text}</th>' if index == 0 else f"<td{number}>{text}</td>")
        rows.append("<tr>" + "".join(cells) + "</tr>")
    caption = escape(wording.say(block.caption))
    body, hidden = "".join(rows), ' class="heard"' if is_heard else ""
    top = f'<div class="wide"><table><caption{hidden}>{caption}</caption><thead><tr>{head}</tr></thead>'
    return f"{top}<tbody>{body}</tbody></table></div>"
