"""Pictures of figures that need no script: a small course of a drug, a ladder of intervals, shares of a variance.

Intervals are the mark, the middle a thin line on it; what is below the limit hangs from its limit with a downward tick; what
was not sampled is a gap. Small courses of several drugs share their scale as a ratio: the same height is the same factor, in
every panel, whatever the level. The trap: classes only, no style attribute, or the page's policy drops it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from xml.sax.saxutils import escape, quoteattr

from django.utils.safestring import SafeString, mark_safe

from headworks.reports.drawing.classes import decade_domain
from headworks.reports.drawing.plain import PART_COLORS
from headworks.web.figures.sentences import middle_of_row, state_of

Row = Mapping[str, Any]
_WIDE, _TALL, _PAD = 220.0, 64.0, 4.0
_LABEL, _BAR, _STEP = 190.0, 300.0, 22.0
_LEAST_FACTOR = 4.0
_MOST_FACTOR = 100.0


def shared_factor(courses: Sequence[Sequence[Row | None]]) -> float:
    """By which factor every panel reaches from its bottom to its top, so that each holds nearly all of its intervals."""
    needed = []
    for course in courses:
        reach = _reach(course)
        if reach is not None:
            needed.append(reach[1] / reach[0])
    if not needed:
        return _LEAST_FACTOR
    needed.sort()
    return min(max(needed[math.floor(0.9 * (len(needed) - 1))], _LEAST_FACTOR) * 1.15, _MOST_FACTOR)


def _reach(course: Sequence[Row | None]) -> tuple[float, float] | None:
    known = [row for row in course if row is not None and state_of(row) == "value"]
    lows = [row["lower"] for row in known if row.get("lower")]
    highs = [row["upper"] for row in known if row.get("upper")]
    if not lows or not highs:
        tops = [row["upper"] for row in course if row is not None and row.get("upper")]
        return (max(tops) / _LEAST_FACTOR, max(tops)) if tops else None
    return min(lows), max(highs)


def small_course(course: Sequence[Row | None], factor: float, title: str) -> SafeString:
    """One panel: periods from left to right, oldest first.

    Parameters
    ----------
    course
        A row or None per period.
    factor
        From :func:`shared_factor`, the same for all panels of a page.
    title
        What is seen, for those who hear it.
    """
    reach = _reach(course)
    low, high = (1.0, factor) if reach is None else _centred(reach, factor)
    step = _WIDE / max(len(course), 1)

    def y(value: float | None) -> float:
        inside = min(max(value or low, low), high)
        return _PAD + (_TALL - 2 * _PAD) * (1 - math.log(inside / low) / math.log(high / low))

    parts = [
        (
            f'<svg class="course" viewBox="0 0 {_WIDE:g} {_TALL:g}" width="{_WIDE:g}" height="{_TALL:g}" role="img" '
            f"aria-label={quoteattr(title)}>"
        )
    ]
    middle = math.sqrt(low * high)
    lines = [line for line in (middle / 2, middle, middle * 2) if low <= line <= high]
    parts += [f'<path class="grid" d="M0,{y(line):.1f}H{_WIDE:g}"/>' for line in lines]
    last = max((i for i, row in enumerate(course) if row is not None), default=-1)
    for i, row in enumerate(course):
        parts.append(_mark(row, i * step, step, y, is_last=i == last))
    parts.append(_line(course, step, y))
    parts.append("</svg>")
    return mark_safe("".join(parts))  # noqa: S308  numbers, and a title that was quoted


def _centred(reach: tuple[float, float], factor: float) -> tuple[float, float]:
    middle = math.sqrt(reach[0] * reach[1])
    return middle / math.sqrt(factor), middle * math.sqrt(factor)


def _mark(row: Row | None, left: float, step: float, y: Any, *, is_last: bool) -> str:
    wide = max(step - 2.0, 2.0)
    x = left + 1.0
    state = state_of(row)
    if row is None:
        return f'<rect class="not_sampled" x="{x:.1f}" y="{_TALL - 7:g}" width="{wide:.1f}" height="5"/>'
    if state == "suppressed":
        return (
            f'<rect class="suppressed" x="{x:.1f}" y="{_TALL - 7:g}" width="{wide:.1f}" height="5" fill="url(#legend-dots)"/>'
        )
    top = y(row.get("upper"))
    if state == "below_limit":
        middle = x + wide / 2
        return (
            f'<path class="limit" d="M{x:.1f},{top:.1f}h{wide:.1f}"/>'
            f'<path class="limit" d="M{middle:.1f},{top:.1f}v7m-2.5,-3l2.5,3l2.5,-3"/>'
        )
    tall = max(y(row.get("lower")) - top, 1.5)
    return (
        f'<rect class="band{" newest" if is_last else ""}" x="{x:.1f}" y="{top:.1f}" width="{wide:.1f}" height="{tall:.1f}"/>'
    )


def _line(course: Sequence[Row | None], step: float, y: Any) -> str:
    """The thin middle, broken at gaps and at what is below the limit."""
    path, is_open = [], False
    for i, row in enumerate(course):
        value = middle_of_row(row) if row is not None and state_of(row) == "value" else None
        if value:
            path.append(f"{'L' if is_open else 'M'}{i * step + 1:.1f},{y(value):.1f}h{max(step - 2, 2):.1f}")
        is_open = bool(value)
    return f'<path class="middle" d="{"".join(path)}"/>' if path else ""


class Rung(NamedTuple):
    """A line of a ladder: a name, a row or None, its sentence, whether it is the area of the page, or a range of several."""

    name: str
    row: Row | None
    said: str
    is_focus: bool = False
    is_range: bool = False


def ladder(rungs: Sequence[Rung], title: str, unit: str) -> SafeString:
    """Intervals under one another on one log axis.

    Parameters
    ----------
    rungs
        From the lowest level to the highest.
    title, unit
        What is seen, and what the axis counts.
    """
    known = [value for rung in rungs if rung.row for value in (rung.row.get("lower"), rung.row.get("upper")) if value]
    domain = decade_domain(known)
    height = 34.0 + _STEP * len(rungs)
    width = _LABEL + _BAR + 20

    def x(value: float) -> float:
        inside = min(max(value, domain[0]), domain[1])
        return _LABEL + _BAR * math.log(inside / domain[0]) / math.log(domain[1] / domain[0])

    parts = [f'<svg class="ladder" viewBox="0 0 {width:g} {height:g}" role="img" aria-label={quoteattr(title)}>',
             f'<text class="axis" x="{_LABEL:g}" y="11">{escape(unit)}</text>']  # fmt: skip
    digits = (1, 2, 5) if domain[1] / domain[0] <= 100 else (1,)
    ticks = [float(f"{digit}e{power}") for power in range(-9, 10) for digit in digits]
    parts += [
        f'<path class="grid" d="M{x(tick):.1f},28V{height:g}"/>'
        f'<text class="axis" x="{x(tick):.1f}" y="24" text-anchor="middle">{tick:g}</text>'
        for tick in ticks
        if domain[0] * 0.999 <= tick <= domain[1] * 1.001
    ]
    for number, rung in enumerate(rungs):
        y = 32.0 + _STEP * number
        weight = ' class="focus"' if rung.is_focus else ""
        parts.append(f'<text{weight} x="{_LABEL - 8:g}" y="{y + 14:g}" text-anchor="end">{escape(_cut(rung.name))}</text>')
        parts.append(f"<g><title>{escape(rung.said)}</title>{_rung(rung, y, x)}</g>")
    return mark_safe("".join([*parts, "</svg>"]))  # noqa: S308  all text is escaped above


def _cut(name: str) -> str:
    most = 14 if any(ord(sign) > 0x2E7F for sign in name) else 30
    return name if len(name) <= most else name[: most - 1] + "…"


def _rung(rung: Rung, y: float, x: Any) -> str:
    row = rung.row
    if rung.is_range and row is not None:
        left, right = x(row["lower"]), x(row["upper"])
        return f'<path class="limit" d="M{left:.1f},{y + 10:g}H{right:.1f}M{left:.1f},{y + 5:g}v10M{right:.1f},{y + 5:g}v10"/>'
    state = state_of(row)
    if row is None or state == "suppressed":
        fill = ' fill="url(#legend-dots)"' if row is not None else ""
        return f'<rect class="{state}" x="{_LABEL:g}" y="{y + 5:g}" width="24" height="10"{fill}/>'
    left = x(row["lower"]) if row.get("lower") else _LABEL
    right = x(row["upper"]) if row.get("upper") else _LABEL + _BAR
    box = f'x="{left:.1f}" y="{y + 5:g}" width="{max(right - left, 1.5):.1f}" height="10"'
    if state == "below_limit":
        return f'<rect class="below_limit" {box} fill="url(#legend-hatch)"/>'
    middle = middle_of_row(row)
    tick = f'<path class="middle" d="M{x(middle):.1f},{y + 2:g}v16"/>' if middle else ""
    return f'<rect class="band" {box}/>{tick}'


def stacked_shares(shares: Sequence[tuple[str, float]], title: str) -> SafeString:
    """One bar of shares that add to one, each with its name as title."""
    start, parts = 0.0, [f'<svg class="shares" viewBox="0 0 480 24" role="img" aria-label={quoteattr(title)}>']
    for (name, share), color in zip(shares, PART_COLORS, strict=False):
        if share > 0:
            parts.append(f'<rect x="{start:.1f}" y="2" width="{480 * share:.1f}" height="20" fill="{color}">'
                         f"<title>{escape(name)}</title></rect>")  # fmt: skip
        start += 480 * share
    return mark_safe("".join([*parts, "</svg>"]))  # noqa: S308
