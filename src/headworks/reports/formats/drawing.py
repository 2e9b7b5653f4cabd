"""The figures of a report as SVG, one definition for screen, PDF and DOCX; legible in black and white.

Grey bands and bars, black lines and ticks; below the limit is hatched, suppressed dotted, not sampled an empty outline.
Axes are logarithmic, for loads of areas differ by orders of magnitude, and the note below each figure says so.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import escape

from headworks.core.periods import Period
from headworks.reports.content import Amount, Figure
from headworks.reports.wording import Wording

WIDTH = 500.0
_COLUMNS, _PANEL_W, _PANEL_H, _GAP = 3, 156.0, 92.0, 14.0
# Two drawings of the cities of a province stand on a page.
_ROW_H, _NAMES_W, _WORDS_W = 13.0, 132.0, 84.0
_DASH = "#8a8a8a"
_QUARTERS, _WEEK_DAYS, _EDGE = (1, 4, 7, 10), 7, 1
Row = Mapping[str, Any]


def draw_figure(figure: Figure, wording: Wording, family: str) -> str:
    """The figure as an SVG document.

    Parameters
    ----------
    figure
        Of kind ``courses`` or ``spans``.
    wording
        Language of the words in it.
    family
        Font family that has the signs of the language.
    """
    body, height = _courses(figure, wording) if figure.kind == "courses" else _spans(figure.tiles[0].rows, wording)
    alt = escape(wording.say(figure.title))
    hatch = (
        '<defs><pattern id="hatch" width="4" height="4" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        '<rect width="4" height="4" fill="#fff"/><rect width="1.3" height="4" fill="#333"/></pattern></defs>'
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {height:g}" width="{WIDTH:g}" height="{height:g}" '
        f'role="img" aria-label="{alt}" font-family="{escape(family)}" font-size="8.5">{hatch}{"".join(body)}</svg>'
    )


def _text(x: float, y: float, said: str, anchor: str = "start", extra: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{extra}>{escape(said)}</text>'


def _courses(figure: Figure, wording: Wording) -> tuple[list[str], float]:
    n_rows = math.ceil(len(figure.tiles) / _COLUMNS)
    weeks = sorted({row["week"] for tile in figure.tiles for row in tile.rows})
    place = {week: index for index, week in enumerate(weeks)}
    body = []
    for number, tile in enumerate(figure.tiles):
        left = (number % _COLUMNS) * (_PANEL_W + _GAP)
        top = (number // _COLUMNS) * (_PANEL_H + _GAP)
        body += _panel(tile.rows, place, left, top, wording)
    return body, n_rows * (_PANEL_H + _GAP)


def _panel(rows: Sequence[Row], place: Mapping[str, int], left: float, top: float, wording: Wording) -> list[str]:
    known = [row for row in rows if row["level"] is not None and row["lower"] and row["upper"]]
    low = min((row["lower"] for row in known), default=1.0)
    high = max((row["upper"] for row in known), default=10.0)
    head, foot, side = 13.0, 11.0, 27.0
    y = _log_scale(low, high, top + _PANEL_H - foot, top + head + 2)
    width = _PANEL_W - side

    def x(row: Row) -> float:
        return left + side + width * place[row["week"]] / max(len(place) - 1, 1)

    frame = f'<rect x="{left + side:.1f}" y="{top + head:.1f}" width="{width:.1f}" height="{_PANEL_H - head - foot:.1f}" '
    parts = [frame + 'fill="none" stroke="#bbb" stroke-width="0.5"/>']
    parts.append(_text(left + side, top + 9, wording.say(rows[0]["name"]), extra=' font-weight="bold"'))
    for value in (low, high):
        at = min(max(y(value) + 3, top + head + 6), top + _PANEL_H - foot)
        parts.append(_text(left + side - 3, at, wording.say(Amount(value)), "end", ' font-size="7"'))
    for week, said in _quarters(place, wording).items():
        at = x({"week": week})
        ends = f'x1="{at:.1f}" x2="{at:.1f}" y1="{top + _PANEL_H - foot:.1f}" y2="{top + _PANEL_H - foot + 2:.1f}"'
        parts.append(f'<line {ends} stroke="#767676" stroke-width="0.5"/>')
        parts.append(_text(at, top + _PANEL_H - 2, said, "middle", ' font-size="7"'))
    for run in _runs(rows):
        upper = [f"{x(row):.1f},{y(row['upper']):.1f}" for row in run]
        lower = [f"{x(row):.1f},{y(row['lower']):.1f}" for row in reversed(run)]
        line = [f"{x(row):.1f},{y(row['level']):.1f}" for row in run]
        parts.append(f'<polygon points="{" ".join(upper + lower)}" fill="#cfcfcf"/>')
        parts.append(f'<polyline points="{" ".join(line)}" fill="none" stroke="#000" stroke-width="1"/>')
    return parts


def _quarters(place: Mapping[str, int], wording: Wording) -> dict[str, str]:
    """Weeks in which a quarter begins, with the name of its month; January with the year, for there the year begins."""
    found = {}
    # A name at the very edge would stand in the next drawing.
    for week in sorted(place)[_EDGE : len(place) - _EDGE]:
        days = Period.parse(week)
        if days.first.day > _WEEK_DAYS or days.first.month not in _QUARTERS:
            continue
        found[week] = wording.month(days.first)
    return found


def _runs(rows: Sequence[Row]) -> list[list[Row]]:
    """Stretches of weeks with a level; a gap is a gap."""
    found: list[list[Row]] = [[]]
    for row in rows:
        if row["level"] is None or not row["lower"] or not row["upper"]:
            found.append([])
        else:
            found[-1].append(row)
    return [run for run in found if run]


def _log_scale(low: float, high: float, start: float, end: float) -> Any:
    first, last = math.log(low), math.log(high)
    span = (last - first) or 1.0

    def place(value: float) -> float:
        return start + (end - start) * (math.log(max(value, low)) - first) / span

    return place


def _spans(rows: Sequence[Row], wording: Wording) -> tuple[list[str], float]:
    values = [v for row in rows for v in (row["lower"], row["upper"]) if v]
    low, high = min(values, default=1.0) * 0.9, max(values, default=10.0) * 1.1
    right = WIDTH - _WORDS_W
    x = _log_scale(low, high, _NAMES_W, right)
    height = _ROW_H * (len(rows) + 1) + 6
    parts = []
    for tick in _ticks(low, high):
        at = x(tick)
        parts.append(
            f'<line x1="{at:.1f}" x2="{at:.1f}" y1="{_ROW_H:g}" y2="{height - 4:g}" stroke="#ddd" stroke-width="0.6"/>'
        )
        parts.append(_text(at, 10, wording.number(tick, max(0, -math.floor(math.log10(tick)))), "middle", ' font-size="7.5"'))
    for number, row in enumerate(rows):
        middle = _ROW_H * (number + 1.5)
        bold = ' font-weight="bold"' if row["parent_id"] is None else ""
        parts.append(_text(_NAMES_W - 6, middle + 3, _cut(wording.say(row["name"]), wording), "end", bold))
        parts += _span(row, middle, x, right)
        # What happened, and how it is marked, stands at the end of the row: colour is never needed.
        if row["state"] in ("value", "below_limit"):
            # Apart, for a font without the mark would hand the word to another font with it.
            mark, _, word = wording.say(row["said"]).partition(" ")
            parts.append(_text(right + 12, middle + 3, mark, "middle", ' font-size="7.5"'))
            parts.append(_text(right + 20, middle + 3, _cut(word, wording, 20), extra=' font-size="7.5"'))
    return parts, height


def _span(row: Row, middle: float, x: Any, right: float) -> list[str]:
    if row["state"] == "value" and row["lower"] is not None and row["upper"] is not None:
        first, last, tick = x(row["lower"]), x(row["upper"]), x(row["load_mg_per_1000_per_day"])
        bar = f'<rect x="{first:.1f}" y="{middle - 3:.1f}" width="{max(last - first, 1):.1f}" height="6" fill="#a8a8a8"/>'
        ends = f'x1="{tick:.1f}" x2="{tick:.1f}" y1="{middle - 5:.1f}" y2="{middle + 5:.1f}"'
        line = f'<line {ends} stroke="#000" stroke-width="1.6"/>'
        return [bar, line]
    if row["state"] == "below_limit":
        last = x(row["upper"]) if row["upper"] else right
        box = f'x="{_NAMES_W:.1f}" y="{middle - 3:.1f}" width="{max(last - _NAMES_W, 2):.1f}" height="6"'
        return [f'<rect {box} fill="url(#hatch)" stroke="#333" stroke-width="0.5"/>']
    if row["state"] == "suppressed":
        line = f'<line x1="{_NAMES_W:.1f}" x2="{right:.1f}" y1="{middle:.1f}" y2="{middle:.1f}"'
        return [line + f' stroke="{_DASH}" stroke-width="1.2" stroke-dasharray="0.1 4" stroke-linecap="round"/>']
    box = f'x="{_NAMES_W:.1f}" y="{middle - 3:.1f}" width="30" height="6"'
    return [f'<rect {box} fill="none" stroke="{_DASH}" stroke-width="0.6"/>']


def _ticks(low: float, high: float) -> list[float]:
    """1, 2 and 5 times powers of ten between the ends; only the powers where these are many."""
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    steps = (1, 2, 5) if len(powers) <= 4 else (1,)
    return [step * 10.0**power for power in powers for step in steps if low <= step * 10.0**power <= high]


def _cut(text: str, wording: Wording, most: int = 26) -> str:
    """A name as long as its place; a sign of Chinese or Japanese is as wide as two."""
    room, kept = float(most), ""
    for sign in text:
        room -= 1.0 if ord(sign) < 0x2E80 else 1.9
        if room < 0:
            return kept.rstrip() + "…"
        kept += sign
    return kept
