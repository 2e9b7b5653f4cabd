"""The course of a trend: one definition for page, report and download.

The smoothed level is a line in its 95 % band, the figures of the weeks stand faint behind it with their intervals, what was
not quantified hangs at its limit with a downward mark, days that stand out are crosses. Nothing is drawn across a week that
was not told. The trap: intervals of single weeks reach far beyond the level, so the axis is that of levels, limits and
middles, and what leaves it ends at its edge.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import altair as alt

from headworks.core.periods import Period
from headworks.reports.content import Figure, Tile
from headworks.reports.drawing.charts import _ROWS, BAND, GRID, HATCH, INK, MUTED, PAPER, Drawn, _log, _log_axis
from headworks.reports.drawing.classes import decade_domain
from headworks.reports.wording import Wording

Row = Mapping[str, Any]
TREND_WIDTH, TREND_HEIGHT = 640, 260
_REPORT_WIDTH, _REPORT_HEIGHT = 520, 170
# An ISO week is drawn at its middle; the level is that of its last day.
_MIDDLE, _LAST = dt.timedelta(days=3), dt.timedelta(days=6)
_TIMES = {"en": {}, "zh": {"days": "%-m月%-d日", "months": "%Y年%-m月"}}
_MANY_WEEKS = 60


def trend_points(
    trends: Sequence[Row],
    figures: Sequence[Row],
    outlying: Sequence[Row] = (),
    hover: Callable[[str, Row], Any] = lambda mark, row: "",
) -> list[dict[str, Any]]:
    """What is drawn: a point per week of the level, per figure of a week, per day that stands out.

    Parameters
    ----------
    trends
        Rows of ``trends``, oldest first; a week without a row or a withheld one ends the line.
    figures
        Weekly rows of ``area_loads`` or ``period_means``, with ``state``.
    outlying
        Rows of ``outlying_days``.
    hover
        What is said of a point, from its mark (level, figure, outlying) and its row.

    Returns
    -------
    list of dict
        ``mark, first`` (date), ``state, middle, lower, upper, run, hover``.

    Examples
    --------
    >>> week = {"period": "2025-W02", "level": 4.0, "lower": 3.0, "upper": 5.0, "state": "value"}
    >>> [(one["mark"], one["first"], one["run"]) for one in trend_points([week, {**week, "period": "2025-W04"}], [])]
    [('level', '2025-01-12', 1), ('level', '2025-01-26', 2)]
    """
    points: list[dict[str, Any]] = []
    run, before = 0, None
    for row in trends:
        state = "below_limit" if row.get("level") is None else "value"
        if row.get("state") == "suppressed" or (state == "below_limit" and not row.get("upper")):
            continue
        sunday = Period.parse(row["period"]).first + _LAST
        run += before != (sunday - dt.timedelta(days=7), state)
        before = (sunday, state)
        points.append(_point("level", sunday, state, (row.get("level"), row["lower"], row["upper"]), run, hover, row))
    for row in figures:
        middle = row.get("load_mg_per_1000_per_day", row.get("mean"))
        state = "value" if row.get("state") == "value" and middle is not None else "below_limit"
        if row.get("state") == "suppressed" or (state == "below_limit" and not row.get("upper")):
            continue
        there = Period.parse(row["period"]).first + _MIDDLE
        points.append(_point("figure", there, state, (middle, row.get("lower"), row.get("upper")), 0, hover, row))
    for row in outlying:
        load = row["load_mg_per_1000_per_day"]
        points.append(_point("outlying", row["day"], "value", (load, None, None), 0, hover, row))
    return points


def _point(
    mark: str, day: dt.date, state: str, values: tuple[Any, Any, Any], run: int, hover: Callable[[str, Row], Any], row: Row
) -> dict[str, Any]:
    middle, lower, upper = values
    return {
        "mark": mark, "first": day.isoformat(), "state": state, "middle": middle, "lower": lower, "upper": upper, "run": run,
        "hover": hover(mark, row),
    }  # fmt: skip


def trend_domain(points: Sequence[Row]) -> tuple[float, float]:
    """The axis: levels with their band, middles and limits of weeks; what lies beyond ends at its edge."""
    known = [one["middle"] for one in points if one["mark"] == "figure" and one["state"] == "value"]
    known += [one["upper"] for one in points if one["mark"] == "figure" and one["state"] != "value"]
    known += [one[name] for one in points if one["mark"] == "level" for name in ("lower", "upper")]
    return decade_domain([value for value in known if value])


def _layers(domain: Sequence[float], colors: Mapping[str, str], axis: alt.Axis, time_axis: alt.Axis) -> Any:
    scale = _log(domain)
    x = alt.X("first:T", scale=alt.Scale(type="utc", padding=10), axis=time_axis)
    base = alt.Chart(_ROWS).encode(x=x, tooltip="hover:N")

    def marked(mark: str, state: str = "value") -> alt.Chart:
        return base.transform_filter(f"datum.mark == '{mark}' && datum.state == '{state}'")

    def y(name: str, **more: Any) -> alt.Y:
        return alt.Y(f"{name}:Q", scale=scale, **more)

    reach = marked("figure").transform_filter("isValid(datum.lower) && isValid(datum.upper)")
    return alt.layer(
        reach.mark_rule(color=BAND, strokeWidth=2, opacity=0.45).encode(y=y("lower", axis=axis), y2="upper:Q"),
        marked("figure").mark_point(shape="stroke", size=26, color=colors["muted"], strokeWidth=1.2, opacity=0.75).encode(
            y=y("middle")),
        marked("level").mark_area(color=BAND, opacity=0.42).encode(y=y("lower"), y2="upper:Q", detail="run:N"),
        marked("level").mark_line(color=colors["ink"], strokeWidth=2).encode(y=y("middle"), detail="run:N"),
        marked("level", "below_limit").mark_line(color=colors["ink"], strokeWidth=1.2, strokeDash=[5, 4]).encode(
            y=y("upper"), detail="run:N"),
        marked("figure", "below_limit").mark_point(
            shape="triangle-down", size=48, fill=colors["hatch"], stroke=colors["ink"], strokeWidth=1, opacity=1).encode(
            y=y("upper")),
        marked("outlying").mark_point(shape="cross", size=70, angle=45, fill=colors["odd"], stroke=colors["paper"],
                                      strokeWidth=0.6, opacity=1).encode(y=y("middle")),
    )  # fmt: skip


def trend_spec(points: Sequence[Row], words: Mapping[str, str], *, is_dark: bool = False) -> dict[str, Any]:
    """The Vega-Lite specification of a trend on a page or in a file.

    Parameters
    ----------
    points
        From :func:`trend_points`.
    words
        ``axis`` (title of the axis), ``title`` or an empty one; ``days`` and ``months`` where dates are written otherwise.
    is_dark
        For a dark page.
    """
    light = {"ink": INK, "paper": PAPER, "grid": GRID, "muted": MUTED, "hatch": HATCH, "odd": "#8a3b00"}
    dark = {"ink": "#e8ecef", "paper": "#12161a", "grid": "#2a3138", "muted": "#a5afb8", "hatch": "#12161a", "odd": "#ffb37a"}
    colors = dark if is_dark else light | {"hatch": PAPER}
    domain = trend_domain(points)
    axis = _log_axis(domain, title=words["axis"], gridColor=colors["grid"], domain=False, ticks=False)
    layers = _layers(domain, colors, axis, _time_axis(len({one["first"] for one in points}), words))
    chart = layers.properties(width=TREND_WIDTH, height=TREND_HEIGHT)
    if words["title"]:
        title = alt.TitleParams(words["title"], anchor="start", fontSize=13, fontWeight=600, color=colors["ink"])
        chart = chart.properties(title=title)
    chart = chart.configure(font="sans-serif", background=colors["paper"], padding=6).configure_view(stroke=None)
    chart = chart.configure_axis(
        labelColor=colors["muted"], titleColor=colors["muted"], titleFontWeight="normal", domainColor=colors["muted"],
        tickColor=colors["grid"],
    )  # fmt: skip
    spec: dict[str, Any] = chart.to_dict(validate=False)
    return {**spec, "datasets": {"rows": [dict(row) for row in points]}}


def _time_axis(n_points: int, words: Mapping[str, str]) -> alt.Axis:
    dates = words.get("months", "%b %Y") if n_points > 2 * _MANY_WEEKS else words.get("days", "%d %b")
    return alt.Axis(title=None, grid=False, labelOverlap=True, tickCount=8, format=dates)


def trend_chart(figure: Figure, tile: Tile, wording: Wording) -> Drawn:
    """The same in a report: one panel of the figure's own width."""
    points = [{**row, "hover": ""} for row in tile.rows]
    domain = trend_domain(points)
    colors = {"ink": INK, "paper": PAPER, "muted": MUTED, "hatch": HATCH, "odd": "#8a3b00"}
    axis = _log_axis(
        domain, title=wording.text("mg per 1,000 people a day, log scale"), gridColor=GRID, domain=False, ticks=False
    )
    time_axis = _time_axis(len({one["first"] for one in points}), _TIMES[wording.language])
    return _layers(domain, colors, axis, time_axis).properties(width=_REPORT_WIDTH, height=_REPORT_HEIGHT), points
