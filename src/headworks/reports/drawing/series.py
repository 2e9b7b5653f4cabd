"""The course of one figure over its periods: one definition for the page, the report and the download.

A band is the 95 % interval, the middle a thin line that no gap is crossed by; what is below the limit is drawn at its limit
with a downward mark, so that nothing looks like zero. The axis of loads is logarithmic and says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt

from headworks.reports.drawing.charts import BAND, GRID, HATCH, INK, MUTED, PAPER
from headworks.reports.drawing.classes import decade_domain

SERIES_WIDTH, SERIES_HEIGHT = 640, 220
_ROWS = alt.NamedData("rows")


def series_spec(
    rows: Sequence[Mapping[str, Any]],
    words: Mapping[str, str],
    *,
    is_dark: bool = False,
    limits: tuple[str, str] | None = None,
) -> dict[str, Any]:
    """The Vega-Lite specification of a course.

    Parameters
    ----------
    rows
        ``first`` (date), ``period, state`` (value or below_limit), ``middle, lower, upper, run`` (counts up at each gap),
        ``hover``; and the two columns of ``limits``.
    words
        ``axis`` (title of the axis), ``title``; ``days`` and ``months`` where dates are written in another order.
    is_dark
        For a dark page.
    limits
        Names of columns with control limits, drawn as dashed lines.

    Examples
    --------
    >>> row = {"first": "2025-01-06", "period": "2025-W02", "state": "value", "middle": 2.0, "lower": 1.0, "upper": 4.0,
    ...        "run": 0, "hover": "2 (1-4)"}
    >>> spec = series_spec([row], {"axis": "mg", "title": "A course"})
    >>> spec["datasets"]["rows"][0]["middle"], spec["title"]["text"]
    (2.0, 'A course')
    """
    ink, paper, grid, muted = ("#e8ecef", "#12161a", "#2a3138", "#a5afb8") if is_dark else (INK, PAPER, GRID, MUTED)
    known = [row[name] for row in rows for name in ("lower", "upper", "middle") if row.get(name)]
    scale = alt.Scale(type="log", domain=list(decade_domain(known)), clamp=True, nice=False)
    dates = words.get("months", "%b %Y") if len(rows) > 60 else words.get("days", "%d %b")
    time_axis = alt.Axis(title=None, grid=False, labelOverlap=True, tickCount=10, format=dates)
    x = alt.X("first:T", scale=alt.Scale(type="utc", padding=14), axis=time_axis)
    axis = alt.Axis(title=words["axis"], format="~g", gridColor=grid, domain=False, ticks=False)
    base = alt.Chart(_ROWS).encode(x=x, tooltip="hover:N")
    value, below = "datum.state == 'value'", "datum.state == 'below_limit' && isValid(datum.upper)"
    band = base.transform_filter(value).mark_rule(color=BAND, strokeWidth=9, opacity=0.75)
    layers = [
        band.encode(y=alt.Y("lower:Q", scale=scale, axis=axis), y2="upper:Q"),
        base.transform_filter(value).mark_line(color=muted, strokeWidth=1).encode(
            y=alt.Y("middle:Q", scale=scale), detail="run:N"),
        base.transform_filter(value).mark_point(shape="stroke", size=90, color=ink, strokeWidth=1.8, opacity=1).encode(
            y=alt.Y("middle:Q", scale=scale)),
        base.transform_filter(below).mark_point(shape="triangle-down", size=70, fill=paper if is_dark else HATCH, stroke=ink,
                                                strokeWidth=1.2, opacity=1).encode(y=alt.Y("upper:Q", scale=scale)),
    ]  # fmt: skip
    for name in limits or ():
        dashed = base.mark_line(color=muted, strokeDash=[4, 3], interpolate="step", strokeWidth=1.2)
        layers.append(dashed.encode(y=alt.Y(f"{name}:Q", scale=scale)))
    title = alt.TitleParams(words["title"], anchor="start", fontSize=13, fontWeight=600, color=ink)
    chart = alt.layer(*layers).properties(width=SERIES_WIDTH, height=SERIES_HEIGHT, title=title)
    chart = chart.configure(font="sans-serif", background=paper, padding=6).configure_view(stroke=None)
    chart = chart.configure_axis(
        labelColor=muted, titleColor=muted, titleFontWeight="normal", domainColor=muted, tickColor=grid
    )
    spec: dict[str, Any] = chart.to_dict(validate=False)
    return {**spec, "datasets": {"rows": [dict(row) for row in rows]}}
