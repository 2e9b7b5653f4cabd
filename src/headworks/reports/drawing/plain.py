"""Pictures of areas, drawn directly: maps of polygons, ladders of intervals, shares of a variance.

The same marks as everywhere: filled = value, hatched = below the limit, empty outline = not sampled, dotted = suppressed; an
interval is a bar with a thin line for its middle. The trap: fills refer to patterns and paths that the page holds once.
"""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET
from collections.abc import Callable, Mapping
from typing import Any

from headworks.reports.content import Figure, Tile
from headworks.reports.drawing.classes import CIVIDIS
from headworks.reports.drawing.outlines import Outlines, shape_id
from headworks.reports.wording import Wording

_SVG = "http://www.w3.org/2000/svg"
INK, MUTED, GRID, PAPER, BAND = "#1b2126", "#59636d", "#e1e5e8", "#ffffff", "#7c93a8"
HATCHED, DOTTED = "url(#key-hatch)", "url(#key-dots)"
# Four sources of uncertainty, told apart by lightness too.
PART_COLORS = ("#00224e", "#5c6670", "#a59c74", "#fee838")
_ROW, _LABEL, _BAR, _SAID = 19.0, 142.0, 250.0, 78.0
_FONTS = "system-ui, 'Noto Sans CJK SC', sans-serif"


def _element(parent: ET.Element, name: str, text: str = "", **attributes: Any) -> ET.Element:
    written = {
        key.replace("_", "-"): f"{value:.1f}" if isinstance(value, float) else str(value) for key, value in attributes.items()
    }
    found = ET.SubElement(parent, f"{{{_SVG}}}{name}", written)
    found.text = text or None
    return found


def _picture(figure: Figure, tile: Tile, number: int, wording: Wording, width: float, height: float) -> ET.Element:
    svg_id = f"{figure.figure_id}-{number}"
    root = ET.Element(f"{{{_SVG}}}svg", {
        "id": svg_id, "viewBox": f"0 0 {width:.0f} {height:.0f}", "width": f"{width:.0f}", "height": f"{height:.0f}",
        "role": "img", "font-family": _FONTS, "aria-labelledby": f"{svg_id}-t {svg_id}-d",
    })  # fmt: skip
    _element(root, "title", wording.say(figure.title), id=f"{svg_id}-t")
    _element(root, "desc", wording.say(tile.alt), id=f"{svg_id}-d")
    return root


def _fill(row: Mapping[str, Any]) -> str:
    if row["state"] == "value":
        return CIVIDIS[row["class"]]
    return {"below_limit": HATCHED, "suppressed": DOTTED}.get(row["state"], "none")


def draw_areas(figure: Figure, tile: Tile, number: int, wording: Wording) -> ET.Element:
    """Areas as polygons, filled by class or state; the larger areas they lie in as outlines over them."""
    lines: Outlines = figure.scale["outlines"]
    root = _picture(figure, tile, number, wording, lines.width, lines.height)
    for row in tile.rows:
        mark = _element(root, "use", href=f"#{shape_id(row['area_id'])}", fill=_fill(row))
        if row["state"] == "value":
            mark.set("stroke", _fill(row))  # closes the seams between the cells of one area
            mark.set("stroke-width", "0.6")
        _element(mark, "title", wording.say(row["hover"]))
    # What was not sampled first, so that its grey edge lies under the others.
    for row in sorted(tile.rows, key=lambda one: one["state"] != "not_sampled"):
        color = {"not_sampled": MUTED, "value": PAPER}.get(row["state"], INK)
        _element(root, "path", d=lines.edges[row["area_id"]], fill="none", stroke=color, stroke_width="0.8")
    # A light line beside the dark one, to be seen on light and on dark areas.
    for color, width in ((PAPER, "2.8"), (INK, "1")):
        for area in figure.scale["edges"]:
            _element(root, "path", d=lines.edges[area], fill="none", stroke=color, stroke_width=width, stroke_linejoin="round")
    if figure.scale["has_labels"]:
        group = _element(root, "g", font_size=10, text_anchor="middle", fill=INK, stroke=PAPER, stroke_width="2.6",
                         paint_order="stroke", stroke_linejoin="round")  # fmt: skip
        _names(group, tile, lines, wording)
    return root


def _names(group: ET.Element, tile: Tile, lines: Outlines, wording: Wording) -> None:
    """Names where they have room; one that would run into another is left to hovering and the table."""
    taken: list[tuple[float, float, float]] = []
    for row in tile.rows:
        name = wording.say(row["label"])
        half = sum(10.0 if ord(sign) > 0x2E7F else 5.6 for sign in name) / 2
        x, y = lines.middles[row["area_id"]]
        x = min(max(x, half), lines.width - half)
        if all(abs(x - other) > half + wide or abs(y - high) > 10.0 for other, high, wide in taken):
            taken.append((x, y, half))
            _element(group, "text", name, x=x, y=y + 3.5)


def _on_log(value: float, domain: tuple[float, float]) -> float:
    """Where a value lies on the axis, 0 to 1; outside it, at its end."""
    low, high = domain
    inside = min(max(value, low), high)
    return (math.log(inside) - math.log(low)) / (math.log(high) - math.log(low))


def _axis(root: ET.Element, domain: tuple[float, float], height: float, wording: Wording, title: str) -> None:
    _element(root, "text", title, x=_LABEL, y=10.0, font_size=10, fill=MUTED)
    short = domain[1] / domain[0] <= 100
    ticks = [float(f"{digit}e{power}") for power in range(-9, 10) for digit in ((1, 2, 5) if short else (1,))]
    for tick in ticks:
        if domain[0] * 0.999 <= tick <= domain[1] * 1.001:
            x = _LABEL + _BAR * _on_log(tick, domain)
            _element(root, "line", x1=x, x2=x, y1=28.0, y2=height - 2, stroke=GRID)
            _element(root, "text", f"{tick:g}", x=x, y=23.0, font_size=10, fill=MUTED, text_anchor="middle")


def _interval(root: ET.Element, row: Mapping[str, Any], y: float, domain: tuple[float, float]) -> None:
    """One row's mark: interval and middle, a hatched bar up to a limit, an empty or a dotted box."""
    title = row["spoken"]
    if row["state"] in ("not_sampled", "suppressed"):
        mark = _element(root, "rect", x=_LABEL, y=y + 5, width=22.0, height=9.0, stroke=MUTED, stroke_width="0.8",
                        fill=DOTTED if row["state"] == "suppressed" else "none")  # fmt: skip
        _element(mark, "title", title)
        return
    low = _LABEL + _BAR * (_on_log(row["lower"], domain) if row["lower"] else 0.0)
    high = _LABEL + _BAR * (_on_log(row["upper"], domain) if row["upper"] else 1.0)
    fill = HATCHED if row["state"] == "below_limit" else BAND
    attributes: dict[str, Any] = {"stroke": INK, "stroke_width": "0.7"} if row["state"] == "below_limit" else {}
    if row.get("is_spread"):
        fill, attributes = "none", {"stroke": BAND, "stroke_width": "1.6"}
    mark = _element(root, "rect", x=low, y=y + 5, width=max(high - low, 1.0), height=9.0, fill=fill, **attributes)
    _element(mark, "title", title)
    if row["mean"]:
        x = _LABEL + _BAR * _on_log(row["mean"], domain)
        _element(root, "line", x1=x, x2=x, y1=y + 3, y2=y + 16, stroke=INK, stroke_width="1.8")


def _fitted(text: str, room: float) -> str:
    """The text as far as it fits; a Chinese sign is as wide as two letters."""
    used = 0.0
    for place, sign in enumerate(text):
        used += 11.0 if ord(sign) > 0x2E7F else 6.0
        if used > room:
            return text[: max(place - 1, 1)] + "…"
    return text


def draw_intervals(figure: Figure, tile: Tile, number: int, wording: Wording) -> ET.Element:
    """Intervals under one another on one log axis: a name at the left, coverage or a range of ranks at the right."""
    domain = figure.scale["domain"]
    height = 34 + _ROW * len(tile.rows)
    root = _picture(figure, tile, number, wording, _LABEL + _BAR + _SAID, height)
    _axis(root, domain, height, wording, wording.text("mg per 1,000 people a day, log scale"))
    _element(root, "text", wording.say(figure.scale["said"]), x=_LABEL + _BAR + _SAID - 2, y=23.0, font_size=10, fill=MUTED,
             text_anchor="end")  # fmt: skip
    for place, row in enumerate(tile.rows):
        y = 30 + _ROW * place
        weight = {"font_weight": 650} if row.get("is_focus") else {}
        _element(root, "text", _fitted(wording.say(row["label"]), _LABEL - 8), x=_LABEL - 8, y=y + 13.5, font_size=11,
                 fill=INK, text_anchor="end", **weight)  # fmt: skip
        _interval(root, {**row, "spoken": wording.say(row["hover"])}, y, domain)
        _element(root, "text", wording.say(row["said"]), x=_LABEL + _BAR + _SAID - 2, y=y + 13.5, font_size=10.5, fill=INK,
                 text_anchor="end")  # fmt: skip
    return root


def draw_parts(figure: Figure, tile: Tile, number: int, wording: Wording) -> ET.Element:
    """One stacked bar: the share each source has in the variance, with its name and percentage beneath."""
    width, start = 470.0, 0.0
    root = _picture(figure, tile, number, wording, width, 24.0)
    for row in tile.rows:
        wide = width * row["share"]
        if wide > 0:
            mark = _element(root, "rect", x=start, y=2.0, width=wide, height=20.0, fill=row["color"], stroke=PAPER)
            _element(mark, "title", wording.say(row["hover"]))
        start += wide
    return root


PLAIN: dict[str, Callable[[Figure, Tile, int, Wording], ET.Element]] = {
    "areas": draw_areas,
    "intervals": draw_intervals,
    "ladder": draw_intervals,
    "parts": draw_parts,
}
