"""Controls of an analyte over time, in standard deviations from their target: a panel for each level.

Lines at 1, 2 and 3 s; an orange diamond breaks a rule, which is named on hovering and in the description; a thin upright line
marks a new lot. Where a level has no limits yet there are no such lines: its controls stand as empty rings on a scale of their
concentrations, about their median; a ring on a middle line would say that all is well.
"""

from __future__ import annotations

from typing import Any

import polars as pl

from headworks.reports.drawing.plain import GRID, INK, MUTED
from headworks.reports.laboratory.frame import BAD, Scale, as_text, dot, element, picture

_WIDTH, _PANEL, _LEFT = 640, 150, 58.0
# Points further out are drawn at the edge.
_MOST = 4.2
_DASHES = {1: "1 3", 2: "4 3", 3: ""}
# A chart of more controls is of dots on dots.
_SHOWN = 120


def levey_jennings(chart: pl.DataFrame, analyte: str, svg_id: str) -> str:
    """The chart of an analyte as SVG.

    Parameters
    ----------
    chart
        As ``lab.quality.control_chart`` gives it.
    analyte
        One of it.
    svg_id
        Unique in its page.
    """
    rows = chart.filter(analyte=analyte)
    panels = rows.partition_by("laboratory_id", "instrument", "level", maintain_order=True)
    height = max(_PANEL * len(panels), 60)
    root = picture(svg_id, _WIDTH, height + 8, f"Controls of {analyte}", _said(rows))
    if not panels:
        element(root, "text", "No control with a time.", x=_LEFT, y=34, fill=MUTED)
    for number, panel in enumerate(panels):
        _panel(root, panel.tail(_SHOWN), _PANEL * number + 24.0)
    return as_text(root)


def _panel(root: Any, rows: pl.DataFrame, top: float) -> None:
    has_limits = rows["z"].is_not_null().any()
    y = _lines_of_limits(root, top) if has_limits else _lines_of_values(root, rows["concentration"].drop_nulls(), top)
    x = Scale(0, max(rows.height - 1, 1), _LEFT + 8, _WIDTH - 12)
    first, last = rows.row(0, named=True), rows.row(-1, named=True)
    where = " · ".join(part for part in (last["laboratory_id"], last["instrument"]) if part)
    limits = f", target {last['target']:.4g}, s {last['sd']:.3g}" if last["sd"] is not None else ", no limits yet"
    limits += ", no valid result" if rows["concentration"].null_count() == rows.height else ""
    limits += " (provisional)" if last["sd"] is not None and last["is_provisional"] else ""
    element(root, "text", f"Level {last['level']}{limits}{' · ' + where if where else ''}", x=_LEFT, y=top - 7, fill=INK)
    lot = first["lot"]
    for place, row in enumerate(rows.iter_rows(named=True)):
        if row["lot"] != lot:
            at = x.at(place - 0.5)
            element(root, "line", x1=at, x2=at, y1=top, y2=top + _PANEL - 44, stroke=MUTED)
            element(root, "text", f"lot {row['lot']}", x=at + 3, y=top + 9, fill=MUTED)
            lot = row["lot"]
        _control(root, row, x.at(place), y, has_limits=has_limits)
    foot = f"{first['run_at']:%Y-%m-%d} to {last['run_at']:%Y-%m-%d}, {rows.height} controls"
    element(root, "text", foot, x=_LEFT, y=top + _PANEL - 30, fill=MUTED)


def _lines_of_limits(root: Any, top: float) -> Scale:
    """Target and 1, 2, 3 s; the scale of z."""
    y = Scale(-_MOST, _MOST, top + _PANEL - 44, top)
    for line in range(-3, 4):
        color = INK if line == 0 else BAD if abs(line) == 3 else GRID
        more = {"stroke_dasharray": _DASHES[abs(line)]} if _DASHES.get(abs(line)) else {}
        _line(root, y.at(line), f"{line:+d} s" if line else "target", stroke=color, **more)
    return y


def _lines_of_values(root: Any, values: pl.Series, top: float) -> Scale:
    """Least, median and greatest; the scale of concentrations."""
    low, middle, high = (values.quantile(share, "linear") or 0.0 for share in (0.0, 0.5, 1.0))
    room = (high - low) / 8 or abs(middle) / 8 or 1.0
    y = Scale(low - room, high + room, top + _PANEL - 44, top)
    for value in sorted({low, middle, high}) if len(values) else ():
        more = {} if value == middle else {"stroke_dasharray": _DASHES[1]}
        _line(root, y.at(value), f"{value:.4g}", stroke=MUTED if value == middle else GRID, **more)
    return y


def _line(root: Any, place: float, said: str, **more: Any) -> None:
    element(root, "line", x1=_LEFT, x2=_WIDTH - 6, y1=place, y2=place, **more)
    element(root, "text", said, x=_LEFT - 5, y=place + 3.5, text_anchor="end", fill=MUTED)


def _control(root: Any, row: dict[str, Any], x: float, y: Scale, *, has_limits: bool) -> None:
    value = "no valid result" if row["concentration"] is None else f"{row['concentration']:.5g}"
    said = f"{row['batch_id']}, {row['run_at']:%Y-%m-%d %H:%M}: {value}"
    if row["z"] is None:
        # Without a result, or before the first limits, a control has no place among the lines: it stands on the lowest edge.
        place = y.low if has_limits or row["concentration"] is None else row["concentration"]
        dot(root, x, y.at(place), said + ", no limits yet" * (row["concentration"] is not None), kind="empty")
        return
    broken = [rule for rule in row["rules"] if rule != "1_2s"]
    said += f", z {row['z']:.2f}" + (f", breaks {', '.join(row['rules'])}" if row["rules"] else "")
    place = y.at(min(max(row["z"], -_MOST), _MOST))
    dot(root, x, place, said, kind="bad" if broken else "good")
    if broken:
        element(root, "text", broken[0], x=x + 7, y=place + 3.5, fill=BAD)


def _said(rows: pl.DataFrame) -> str:
    broken = rows.filter(pl.col("rules").list.len() > 0)
    if rows.is_empty():
        return "No control."
    found = "; ".join(f"{row['batch_id']} level {row['level']}: {', '.join(row['rules'])}"
                      for row in broken.tail(12).iter_rows(named=True))  # fmt: skip
    return f"{rows.height} controls. " + (f"Rules broken: {found}." if found else "No rule broken.")
