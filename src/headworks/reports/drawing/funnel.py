"""The funnel of areas: one definition for the page, the report and the download.

Each area is a point at its figure and at how well it is known; the two funnels are the 95 % and 99.8 % limits around the
target. Inside is an empty ring; outside is filled, a triangle upwards or downwards, so that neither colour nor place alone
says it. No area is named in the picture but those outside the outer limits; all are named on hovering and in the table.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt

from headworks.reports.drawing.charts import BAND, GRID, INK, MUTED, PAPER
from headworks.reports.drawing.classes import decade_domain

FUNNEL_WIDTH, FUNNEL_HEIGHT = 640, 360
_POINTS, _LIMITS = alt.NamedData("rows"), alt.NamedData("limits")
_SHAPES = {"inside": "circle", "above": "triangle-up", "below": "triangle-down"}
_BANDS = (("998", 0.18), ("95", 0.30))
# Names beside points, before they cover one another.
_MOST_NAMED = 12


def funnel_spec(
    points: Sequence[Mapping[str, Any]],
    limits: Sequence[Mapping[str, Any]],
    target: float,
    words: Mapping[str, str],
    *,
    is_dark: bool = False,
    is_reversed: bool = False,
    is_linear: bool = False,
) -> dict[str, Any]:
    """The Vega-Lite specification of a funnel.

    Parameters
    ----------
    points
        ``x`` (how well the figure is known, or how large the area is), ``y`` (the figure, above 0 unless linear), ``label``,
        ``hover``, ``standing`` (inside, above or below), ``is_alarm`` (outside the outer limits).
    limits
        ``x, lower_998, lower_95, upper_95, upper_998``, along the axis.
    target
        What areas are held against, in the unit of ``y``.
    words
        ``title, x_axis, y_axis``.
    is_reversed
        Whether a small ``x`` is a well known figure: those stand at the right, where a funnel is narrow.
    is_linear
        Whether the figure stands on a linear axis from 0, as rates must of which some are 0.

    Examples
    --------
    >>> point = {"x": 0.1, "y": 12.0, "label": "Haizhu", "hover": "Haizhu: 12", "standing": "inside", "is_alarm": False}
    >>> limit = {"x": 0.1, "lower_998": 8.0, "lower_95": 9.0, "upper_95": 11.0, "upper_998": 13.0}
    >>> spec = funnel_spec([point], [limit], 10.0, {"title": "", "x_axis": "error", "y_axis": "mg"})
    >>> spec["datasets"]["rows"][0]["shape"], len(spec["layer"])
    ('circle', 5)
    """
    ink, paper, grid, muted = ("#e8ecef", "#12161a", "#2a3138", "#a5afb8") if is_dark else (INK, PAPER, GRID, MUTED)
    across = [row["x"] for row in limits]
    scale = alt.Scale(type="log", domain=[min(across), max(across)], nice=False, reverse=is_reversed)
    heights = [row["y"] for row in points] + [row[name] for row in limits for name in ("lower_998", "upper_998")]
    high = (0.0, 1.05 * max(heights)) if is_linear else decade_domain(heights)
    upward = alt.Scale(type="linear" if is_linear else "log", domain=list(high), clamp=True, nice=False)
    x = alt.X(
        "x:Q", scale=scale, axis=alt.Axis(title=words["x_axis"], grid=False, format="~g", labelOverlap=True, labelSeparation=6)
    )
    y_axis = alt.Axis(title=words["y_axis"], format="~g", gridColor=grid, domain=False, ticks=False)
    curve = alt.Chart(_LIMITS).encode(x=x)
    bands = [
        curve.mark_area(color=BAND, opacity=opacity).encode(
            y=alt.Y(f"lower_{level}:Q", scale=upward, axis=y_axis), y2=f"upper_{level}:Q"
        )
        for level, opacity in _BANDS
    ]
    middle = alt.Chart(_LIMITS).mark_rule(color=muted, strokeDash=[4, 3]).encode(y=alt.YDatum(target, scale=upward))
    base = alt.Chart(_POINTS).encode(x=x, y=alt.Y("y:Q", scale=upward), tooltip="hover:N", description="hover:N")
    mark = base.mark_point(size=52, stroke=ink, strokeWidth=1.3, opacity=1).encode(
        shape=alt.Shape("shape:N", scale=None), fill=alt.Fill("fill:N", scale=None)
    )
    name = (
        base.transform_filter("datum.is_named").mark_text(align="right", dx=-8, color=ink, fontSize=11).encode(text="label:N")
    )
    title = alt.TitleParams(words["title"], anchor="start", fontSize=13, fontWeight=600, color=ink)
    chart = alt.layer(*bands, middle, mark, name).properties(width=FUNNEL_WIDTH, height=FUNNEL_HEIGHT, title=title)
    chart = chart.configure(font="sans-serif", background=paper, padding=6).configure_view(stroke=None)
    chart = chart.configure_axis(
        labelColor=muted, titleColor=muted, titleFontWeight="normal", domainColor=muted, tickColor=grid
    )
    spec: dict[str, Any] = chart.to_dict(validate=False)
    rows = [_marked(row, paper, ink) for row in points]
    if sum(row["is_named"] for row in rows) > _MOST_NAMED:
        rows = [{**row, "is_named": False} for row in rows]
    return {**spec, "datasets": {"rows": rows, "limits": [dict(row) for row in limits]}}


def _marked(row: Mapping[str, Any], paper: str, ink: str) -> dict[str, Any]:
    is_inside = row["standing"] == "inside"
    return {**row, "shape": _SHAPES[row["standing"]], "fill": paper if is_inside else ink, "is_named": bool(row["is_alarm"])}
