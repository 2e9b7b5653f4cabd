r"""A report as PDF: A4, header and footer on every page, text that can be searched and copied.

Typeset by Typst from code that is made here. Every text of the report enters as a string literal of that language, never as
markup, so a name of an area can do nothing. The trap: a PDF holds the moment it was made unless told otherwise; here it holds
the day the snapshot was frozen, and so the same edition gives the same bytes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import typst

from headworks.reports.cells import NUMERIC
from headworks.reports.content import Facts, Figure, Notice, Prose, Section, TableBlock
from headworks.reports.cycle.content import CycleContent
from headworks.reports.formats.drawing import draw_figure
from headworks.reports.formats.fonts import families_for, font_folders, found_fonts
from headworks.reports.formats.frame import about_lines, footer_of, header_of, is_said, one_line, title_of, widths_of, written
from headworks.reports.wording import Wording, wording_for

_REGIONS = {"en": "gb", "zh": "cn", "ja": "jp"}
# Chinese and Japanese signs are taller, so their lines stand further apart.
_LEADING = {"en": "0.62em", "zh": "0.85em", "ja": "0.85em"}
_STYLE = """
#let quiet = luma(90)
#set par(justify: false)
#set table(stroke: none, inset: (x: 4pt, y: 3pt))
#show heading.where(level: 1): it => block(above: 1.3em, below: 0.7em, sticky: true, text(size: 13pt, weight: "bold", it.body))
#show heading.where(level: 2): it => block(above: 1.1em, below: 0.6em, text(size: 11pt, weight: "bold", it.body))
#show figure.caption: it => text(size: 8.5pt, fill: quiet, it.body)
#let boxed(title, lines) = block(width: 100%, stroke: 0.8pt + black, inset: 8pt, radius: 2pt, breakable: false)[
  #text(weight: "bold", title)
  #set text(size: 8.5pt)
  #list(spacing: 0.6em, ..lines.map(line => [#line]))
]
#let remark(said) = block(width: 100%, stroke: (left: 2pt + luma(120)), inset: (left: 8pt, y: 3pt), text(size: 9pt, said))
// A table of a few rows stays together: one row alone on the next page reads as a table of its own.
#let grid-table(caption, units, columns, aligns, head, rows, empty) = block(
  breakable: rows.len() > 6, width: 100%, above: 1em,
)[
  #if caption != "" [#block(sticky: true, below: 0.5em, text(size: 9pt, weight: "bold", caption))]
  #if rows.len() == 0 [#remark(empty)] else [
    #set text(size: 8pt, hyphenate: true)
    #set par(leading: 0.5em)
    #show regex("[\\d.,]+ \\([\\d.,]+–[\\d.,]+\\)[;；,，]?"): box
    #table(
      columns: columns, align: aligns,
      table.header(..head.zip(units).map(((name, unit)) => table.cell(stroke: (bottom: 0.8pt + black), inset: 4pt)[
        #set text(hyphenate: false)
        #text(weight: "bold", name) #if unit != "" [ \\ #text(size: 7pt, fill: quiet, unit)]])),
      ..rows.flatten().map(one => [#one]),
      table.hline(stroke: 0.4pt + luma(150)),
    )
  ]
]
#let further(said, names) = context block(below: 1em, text(size: 7.5pt, fill: quiet)[
  #said #names.map(((name, mark)) => link(label(mark), [#name #counter(page).at(label(mark)).first()])).join([ · ])
])
#let picture(svg, title, note, label) = figure(
  kind: image, supplement: none, numbering: none, gap: 0.6em,
  caption: [#text(weight: "bold", fill: black, label + " " + title) #linebreak() #note],
  image(bytes(svg), format: "svg", width: 100%, alt: title),
)
"""


def write_pdf(content: CycleContent, language: str) -> bytes:
    """The report as PDF.

    Raises
    ------
    DataRefused
        ``HW-D810`` when there is no font for the language.
    """
    wording = wording_for(language)
    source = "\n".join(_document(content, wording, families_for(language)))
    moment = dt.datetime.combine(content.made_on, dt.time(), dt.UTC)
    made = typst.compile(
        source.encode("utf-8"), font_paths=found_fonts(tuple(font_folders())), format="pdf", timestamp=int(moment.timestamp())
    )
    return bytes(made)


def literal(text: str) -> str:
    r"""The text as a string of Typst's code: it can end nothing and run nothing.

    Examples
    --------
    >>> literal('a "b" \\ #c')
    '"a \\"b\\" \\\\ #c"'
    """
    plain = one_line(text)
    return '"' + plain.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _array(items: list[str]) -> str:
    return "(" + "".join(f"{item}, " for item in items) + ")"


def _document(content: CycleContent, wording: Wording, families: tuple[str, ...]) -> Iterator[str]:
    language = wording.language
    left, right = header_of(content, wording)
    fonts = _array([literal(name) for name in families])
    yield f'#set document(title: {literal(wording.say(title_of(content)))}, author: "Headworks")'
    yield f"#set text(font: {fonts}, size: 9.5pt, lang: {literal(language)}, region: {literal(_REGIONS[language])})"
    yield f"#set par(leading: {_LEADING[language]})"
    yield (
        '#set page(paper: "a4", margin: (x: 18mm, top: 22mm, bottom: 20mm), header: ['
        f"#set text(size: 8pt)\n#grid(columns: (1fr, auto), gutter: 8pt, text({literal(left)}), text({literal(right)}))"
        "#v(-4pt)#line(length: 100%, stroke: 0.4pt)], footer: context ["
        f"#set text(size: 7.5pt)\n#grid(columns: (1fr, auto), text({literal(footer_of(content, wording))}), "
        'text(counter(page).display("1 / 1", both: true)))])'
    )
    yield _STYLE
    yield f'#block(below: 0.9em, text(size: 18pt, weight: "bold", {literal(wording.say(content.title))}))'
    for line in about_lines(content):
        yield f"#block(below: 0.9em, text(size: 7.5pt, fill: quiet, {literal(wording.say(line))}))"
    names = [f"({literal(wording.say(section.heading))}, {literal(section.section_id)})" for section in content.sections]
    yield f"#further({literal(wording.text('Further on, by page:'))}, {_array(names)})"
    yield f"#block(below: 1em, text(size: 11pt, {literal(wording.say(content.lead))}))"
    yield "#boxed(" + literal(wording.text("What this cannot say")) + ", " + _strings(content.cannot_say, wording) + ")"
    number = iter(range(1, 1_000))
    # Sections follow each other: what does not fit on the director's page must not leave the next one empty.
    for section in (*content.first_page, *content.sections):
        yield from _section(section, wording, families, number)


def _section(section: Section, wording: Wording, families: tuple[str, ...], number: Iterator[int]) -> Iterator[str]:
    yield f"#heading(level: 1, {literal(wording.say(section.heading))}) #label({literal(section.section_id)})"
    for line in section.lead:
        # Held to what follows, so that no heading with its lead stands alone at the foot of a page.
        yield f"#block(sticky: {'true' if section.blocks else 'false'}, {literal(wording.say(line))})"
    for block in (*section.blocks, *section.beside):
        if isinstance(block, TableBlock):
            yield _table(block, wording, "" if is_said(block, section, wording) else wording.say(block.caption))
        else:
            yield _block(block, wording, families, number)


def _block(block: Any, wording: Wording, families: tuple[str, ...], number: Iterator[int]) -> str:
    if isinstance(block, Notice):
        return f"#remark({literal(wording.say(block.text))})"
    if isinstance(block, Figure):
        label = wording.text("Figure {n}.").format(n=next(number))
        said = [draw_figure(block, wording, families[0]), wording.say(block.title), wording.say(block.note), label]
        return "#picture(" + ", ".join(_raw(text) if index == 0 else literal(text) for index, text in enumerate(said)) + ")"
    if isinstance(block, Prose):
        return f"#list(spacing: 0.7em, ..{_strings(block.lines, wording)}.map(line => [#line]))"
    if isinstance(block, Facts):
        lines = [f"{wording.say(term)}: {wording.say(said)}" for term, said in block.items]
        return f"#list(..{_array([literal(line) for line in lines])}.map(line => [#line]))"
    raise TypeError(f"No way to print a {type(block).__name__}")


def _raw(text: str) -> str:
    """A drawing as a string literal; it was escaped as XML before."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _strings(messages: Any, wording: Wording) -> str:
    return _array([literal(wording.say(message)) for message in messages])


def _table(block: TableBlock, wording: Wording, caption: str) -> str:
    texts = written(block.rows, block, wording)
    widths = _array([f"{width}fr" for width in widths_of(block, texts, wording)])
    aligns = _array(["right" if column.kind in NUMERIC else "left" for column in block.columns])
    head = _array([literal(wording.say(column.header)) for column in block.columns])
    units = _array([literal(wording.say(column.unit) if column.unit else "") for column in block.columns])
    rows = _array([_array([literal(text) for text in row]) for row in texts])
    return f"#grid-table({literal(caption)}, {units}, {widths}, {aligns}, {head}, {rows}, {literal(wording.say(block.empty))})"
