"""A chart as SVG that can stand in a page: named for those who hear it, inert, and quiet about everything else.

Vega writes a role and a label on every mark; here the picture is one image with a title and a description, and only marks
with a sentence of their own keep it, as the text shown on hovering. Colours that belong to the page (ink, paper, grid)
stay as written for a file of its own, and the page's style sheet turns them for a dark background. The trap: ids are
shared by the whole page, so the hatching of each picture has its own.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from typing import Any

import vl_convert as vlc

from headworks.reports.content import Figure, Tile
from headworks.reports.drawing.charts import HATCH, INK, PAPER, chart_spec
from headworks.reports.drawing.plain import PLAIN
from headworks.reports.drawing.trend import trend_chart
from headworks.reports.wording import Wording

_SVG = "http://www.w3.org/2000/svg"
_LONG_DECIMAL = re.compile(r"(\d+\.\d)\d+")
_LOCALES: dict[str, Any] = {"zh": "zh-CN"}
# The page's own fonts; on the picture once, not on each of its texts.
_FONTS = "system-ui, 'Noto Sans CJK SC', sans-serif"
_DROPPED = ("font-family", "role", "aria-roledescription", "aria-hidden", "aria-label", "pointer-events", "class")

ET.register_namespace("", _SVG)


def _tag(name: str) -> str:
    return f"{{{_SVG}}}{name}"


def _pattern(pattern_id: str) -> ET.Element:
    """Thin diagonal lines on paper: the mark of what lies below the limit."""
    defs = ET.Element(_tag("defs"))
    turned = {"patternUnits": "userSpaceOnUse", "patternTransform": "rotate(45)"}
    pattern = ET.SubElement(defs, _tag("pattern"), {"id": pattern_id, "width": "3.2", "height": "3.2", **turned})
    ET.SubElement(pattern, _tag("rect"), {"width": "3.2", "height": "3.2", "fill": PAPER})
    ET.SubElement(pattern, _tag("rect"), {"width": "1.3", "height": "3.2", "fill": INK})
    return defs


def _parents(root: ET.Element) -> Iterator[tuple[ET.Element, ET.Element]]:
    for parent in root.iter():
        for child in list(parent):
            yield parent, child


def _is_nothing(element: ET.Element) -> bool:
    """Marks that draw nothing: hidden labels, empty paths and texts, groups left empty."""
    if element.tag == _tag("g"):
        return len(element) == 0
    if element.get("display") == "none" or element.get("opacity") == "0":
        return True
    if element.tag == _tag("path"):
        return element.get("d") in ("", "M0,0h0v0h0Z")
    return element.tag == _tag("text") and not (element.text or "").strip() and len(element) == 0


def _quieten(root: ET.Element, pattern_id: str, *, has_sentences: bool) -> None:
    for element in root.iter():
        is_mark = (
            has_sentences
            and element.get("role") == "graphics-symbol"
            and element.get("aria-roledescription") in ("circle", "bar", "tick")
        )
        sentence = element.get("aria-label") if is_mark else None
        for name in _DROPPED:
            element.attrib.pop(name, None)
        for name, value in list(element.attrib.items()):
            if value == HATCH:
                element.set(name, f"url(#{pattern_id})")
            elif name in ("transform", "d", "x2", "y2", "width", "height", "x", "y"):
                element.set(name, _LONG_DECIMAL.sub(r"\1", value))
        if sentence:
            ET.SubElement(element, _tag("title")).text = sentence
    for _ in range(4):  # groups nest a few deep; each pass empties one more level
        for parent, child in _parents(root):
            if _is_nothing(child):
                parent.remove(child)


def finish_svg(drawn: str, *, svg_id: str, title: str, description: str, has_sentences: bool = False) -> str:
    """The picture with a name, a description and its own hatching.

    Parameters
    ----------
    drawn
        SVG as Vega wrote it.
    svg_id
        Unique in the page.
    title, description
        What a listener is told.
    has_sentences
        Whether marks carry a sentence of their own, kept as the text shown on hovering.
    """
    root = ET.fromstring(drawn)  # noqa: S314  written by vl-convert a moment ago, no entities
    for parent, child in _parents(root):
        if child.tag == _tag("rect") and parent is root:
            parent.remove(child)
    _quieten(root, f"{svg_id}-hatch", has_sentences=has_sentences)
    width, height = root.get("width", "0"), root.get("height", "0")
    root.attrib.clear()
    root.attrib.update({"id": svg_id, "viewBox": f"0 0 {width} {height}", "width": width, "height": height, "role": "img",
                        "font-family": _FONTS,
                        "aria-labelledby": f"{svg_id}-t {svg_id}-d"})  # fmt: skip
    head = [ET.Element(_tag("title"), {"id": f"{svg_id}-t"}), ET.Element(_tag("desc"), {"id": f"{svg_id}-d"})]
    head[0].text, head[1].text = title, description
    root[:0] = [*head, _pattern(f"{svg_id}-hatch")]
    return ET.tostring(root, encoding="unicode")


def draw(figure: Figure, tile: Tile, number: int, wording: Wording) -> str:
    """One tile of a figure as finished SVG."""
    if figure.kind in PLAIN:
        return ET.tostring(PLAIN[figure.kind](figure, tile, number, wording), encoding="unicode")
    locale = _LOCALES.get(wording.language)
    own = trend_chart if figure.kind == "course" else None
    drawn = vlc.vegalite_to_svg(
        chart_spec(figure, tile, wording, own), format_locale=locale, time_format_locale=locale, allowed_base_urls=[]
    )
    title, said = wording.say(figure.title), wording.say(tile.alt)
    return finish_svg(
        drawn,
        svg_id=f"{figure.figure_id}-{number}",
        title=title,
        description=said,
        has_sentences=figure.kind in ("map", "elsewhere", "ranks"),
    )
