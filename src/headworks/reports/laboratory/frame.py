"""The frame of a chart of the laboratory: one place for its scale, axes and marks, written as SVG.

A chart has a title and a description for those who do not see it, and each mark a sentence for hovering. The trap: a batch of
four decades on a straight axis shows one point; concentrations are drawn on a logarithmic one.
"""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from typing import Any

from headworks.reports.drawing.plain import GRID, INK, MUTED, PAPER

BAD, LINE = "#b35806", "#7c93a8"
_SVG = "http://www.w3.org/2000/svg"
_FONTS = "system-ui, 'Noto Sans CJK SC', sans-serif"


def element(parent: ET.Element, name: str, text: str = "", **attributes: Any) -> ET.Element:
    """A mark; ``hover`` becomes its title."""
    hover = attributes.pop("hover", "")
    written = {
        key.replace("_", "-"): f"{value:.1f}" if isinstance(value, float) else str(value) for key, value in attributes.items()
    }
    found = ET.SubElement(parent, f"{{{_SVG}}}{name}", written)
    found.text = text or None
    if hover:
        element(found, "title", hover)
    return found


def picture(svg_id: str, width: int, height: int, title: str, description: str) -> ET.Element:
    """An empty picture on paper with its name and description."""
    ET.register_namespace("", _SVG)
    root = ET.Element(f"{{{_SVG}}}svg", {
        "id": svg_id, "viewBox": f"0 0 {width} {height}", "width": str(width), "height": str(height), "role": "img",
        "font-family": _FONTS, "font-size": "10.5", "aria-labelledby": f"{svg_id}-t {svg_id}-d",
    })  # fmt: skip
    element(root, "title", title, id=f"{svg_id}-t")
    element(root, "desc", description, id=f"{svg_id}-d")
    element(root, "rect", width=width, height=height, fill=PAPER)
    return root


class Scale:
    """From a number to a place between two ends of the picture, straight or logarithmic."""

    def __init__(self, low: float, high: float, start: float, end: float, *, is_log: bool = False) -> None:
        self.is_log, self.low = is_log, low
        if is_log:
            low, high = math.log10(low), math.log10(high)
        room = 0.04 * (high - low) or 0.5
        self._low, self._high, self._start, self._end = low - room, high + room, start, end

    def at(self, value: float) -> float:
        """The place of a value."""
        number = math.log10(value) if self.is_log else value
        return self._start + (number - self._low) / (self._high - self._low) * (self._end - self._start)

    def ticks(self) -> list[float]:
        """A few round numbers inside."""
        if self.is_log:
            powers = range(math.floor(self._low), math.ceil(self._high) + 1)
            digits = (1,) if self._high - self._low > 2.2 else (1, 3)
            inside = [digit * 10.0**power for power in powers for digit in digits]
            found = [tick for tick in inside if self._low <= math.log10(tick) <= self._high]
            return found if len(found) > 1 else [10**self._low, 10**self._high]
        step = 10.0 ** math.floor(math.log10((self._high - self._low) / 6))
        step = next((step * k for k in (1, 2, 5) if (self._high - self._low) / (step * k) <= 6), 10 * step)
        first = math.ceil(self._low / step)
        return [step * place for place in range(first, math.floor(self._high / step) + 1)]


def axes(root: ET.Element, x: Scale, y: Scale, box: Sequence[float], names: tuple[str, str], *, has_x: bool = True) -> None:
    """Grid lines, numbers and names; ``box`` is left, top, right, bottom."""
    left, top, right, bottom = box
    for tick in y.ticks():
        element(root, "line", x1=left, x2=right, y1=y.at(tick), y2=y.at(tick), stroke=GRID)
        element(root, "text", f"{tick:.6g}", x=left - 5, y=y.at(tick) + 3.5, text_anchor="end", fill=MUTED)
    if has_x:
        for tick in x.ticks():
            element(root, "line", x1=x.at(tick), x2=x.at(tick), y1=bottom, y2=bottom + 4, stroke=MUTED)
            element(root, "text", f"{tick:.6g}", x=x.at(tick), y=bottom + 15, text_anchor="middle", fill=MUTED)
    element(root, "line", x1=left, x2=right, y1=bottom, y2=bottom, stroke=MUTED)
    if names[0]:
        element(root, "text", names[0], x=right, y=bottom + 29, text_anchor="end", fill=MUTED)
    element(root, "text", names[1], x=left - 42, y=top - 8, fill=MUTED)


def dot(root: ET.Element, x: float, y: float, hover: str, *, kind: str = "good") -> None:
    """A filled point; one at fault is a diamond, one that does not count an empty ring."""
    if kind == "bad":
        points = " ".join(f"{x + dx:.1f},{y + dy:.1f}" for dx, dy in ((0, -5.5), (5.5, 0), (0, 5.5), (-5.5, 0)))
        element(root, "polygon", points=points, fill=BAD, hover=hover)
    elif kind == "empty":
        element(root, "circle", cx=x, cy=y, r=4.0, fill="none", stroke=MUTED, hover=hover)
    else:
        element(root, "circle", cx=x, cy=y, r=3.6, fill=INK, hover=hover)


def as_text(root: ET.Element) -> str:
    """The picture as SVG."""
    return ET.tostring(root, encoding="unicode")
