"""What every chart looks like: one definition per kind, in Altair, used by page and paper.

Marks mean the same everywhere: filled = value, hatched = below the limit, empty outline = not sampled. Intervals are the
mark, the mean a thin line on it. The trap: a chart of a tile must use the scale of its figure, never one of its own, or
panels that stand side by side cannot be compared.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import altair as alt

from headworks.reports.content import Figure, Tile
from headworks.reports.drawing.classes import CIVIDIS
from headworks.reports.wording import Wording

INK, MUTED, GRID, PAPER, BAND = "#1b2126", "#59636d", "#e1e5e8", "#ffffff", "#7c93a8"
# Stands for the hatched fill until the SVG is finished; used nowhere else.
HATCH = "#0f0f01"
FALLING, UNCLEAR, RISING = "#5e4fa2", "#d5dade", "#b35806"
WIDTH = 348
_MAP_HEIGHT, _FEW_SITES = 600, 40
# Room for fonts wider than the one the drawing was measured with.
_PADDING = {"left": 14, "right": 8, "top": 2, "bottom": 2}
# Measured with this, shown in the page's own font.
_FONT = "sans-serif"


# Altair copies inline data many times over; the rows are put under this name once the chart is written out.
_ROWS = alt.NamedData("rows")
# A chart that reads its rows by that name, and the rows.
Drawn = tuple[Any, Sequence[Mapping[str, Any]]]


def _spoken(rows: Sequence[Mapping[str, Any]], wording: Wording) -> list[dict[str, Any]]:
    return [{**row, "hover": wording.say(row["hover"])} for row in rows]


def _letters(room: int, rows: Sequence[Mapping[str, Any]]) -> int:
    """Letters of a site's name for which there is room; Chinese ones are twice as wide."""
    return room // 2 if any(ord(sign) > 0x2E7F for row in rows for sign in str(row["label"])) else room


def _log(domain: Sequence[float]) -> alt.Scale:
    return alt.Scale(type="log", domain=list(domain), clamp=True, nice=False)


def _ticks(reach: Sequence[float]) -> list[float]:
    """Powers of ten, and 2 and 5 times them where the axis is short.

    Examples
    --------
    >>> _ticks((2.0, 5000.0)), _ticks((50.0, 500.0))
    ([10.0, 100.0, 1000.0], [50.0, 100.0, 200.0, 500.0])
    """
    digits = (1,) if reach[1] / reach[0] > 100 else (1, 2, 5)
    ticks = [float(f"{digit}e{power}") for power in range(-9, 10) for digit in digits]
    return [tick for tick in ticks if reach[0] * 0.999 <= tick <= reach[1] * 1.001]


def _log_axis(reach: Sequence[float], **more: Any) -> alt.Axis:
    return alt.Axis(values=_ticks(reach), format="~g", labelOverlap=False, **more)


def _dots(x: alt.X, y: alt.Y) -> list[alt.Chart]:
    """Sites in the order not sampled, below the limit, value, so that what is known lies on top."""
    base = alt.Chart(_ROWS).encode(x=x, y=y, size=alt.Size("area:Q", scale=None), description="hover:N")
    classes = alt.Fill("class:O", scale=alt.Scale(domain=[0, 1, 2, 3, 4], range=list(CIVIDIS)), legend=None)
    empty = base.transform_filter("datum.state == 'not_sampled'").mark_circle(
        fill=PAPER, stroke=MUTED, strokeWidth=0.9, opacity=1, fillOpacity=0
    )
    hatched = base.transform_filter("datum.state == 'below_limit'").mark_circle(
        fill=HATCH, stroke=INK, strokeWidth=0.9, opacity=1
    )
    filled = base.transform_filter("datum.state == 'value'").mark_circle(stroke=INK, strokeWidth=0.7, opacity=0.95)
    return [empty, hatched, filled.encode(fill=classes)]


def _with_area(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The mark's area in px² for its radius, large sites first so that small ones stay on top."""
    sized = [{**row, "area": 3.1416 * row["radius"] ** 2} for row in rows]
    return sorted(sized, key=lambda row: -row["area"])


def _map_frame(lons: Sequence[float], lats: Sequence[float], width: float) -> tuple[list[float], list[float], float]:
    """Longitudes and latitudes shown, and the height that makes a degree of each as long as at the map's middle.

    A place that is too tall or too flat for the page gets more land at its sides, never another shape.
    """
    pad = 0.04 * max(max(lons) - min(lons), max(lats) - min(lats), 0.02)
    west, east, south, north = min(lons) - pad, max(lons) + pad, min(lats) - pad, max(lats) + pad
    stretch = 1 / math.cos(math.radians(min(abs(north + south) / 2, 80.0)))
    height = width * stretch * (north - south) / (east - west)
    highest = _MAP_HEIGHT if len(lons) > _FEW_SITES else _MAP_HEIGHT * 0.65
    allowed = min(max(height, 180.0), highest)
    wider = max(0.0, width * stretch * (north - south) / allowed - (east - west)) / 2
    taller = max(0.0, allowed * (east - west) / (width * stretch) - (north - south)) / 2
    return [west - wider, east + wider], [south - taller, north + taller], allowed


def map_chart(figure: Figure, tile: Tile, wording: Wording) -> Drawn:
    """Sites at their longitude and latitude, large ones under small ones."""
    rows = _with_area(_spoken(tile.rows, wording))
    width = WIDTH * 1.55
    across, upward, tall = _map_frame([row["longitude"] for row in rows], [row["latitude"] for row in rows], width)
    degrees: dict[str, Any] = {
        "labelExpr": "datum.label + '°'",
        "labelColor": MUTED,
        "title": None,
        "tickCount": 4,
        "domain": False,
        "ticks": False,
        "labelPadding": 3,
    }
    x = alt.X(
        "longitude:Q",
        scale=alt.Scale(domain=across, nice=False),
        axis=alt.Axis(**degrees),
    )
    y = alt.Y(
        "latitude:Q",
        scale=alt.Scale(domain=upward, nice=False),
        axis=alt.Axis(**degrees),
    )
    return alt.layer(*_dots(x, y)).properties(width=width, height=tall), rows


def elsewhere_chart(figure: Figure, tile: Tile, wording: Wording) -> Drawn:
    """Sites beyond the map as a list of named dots in two columns; the place in it means nothing."""
    spoken = _spoken(tile.rows, wording)
    half = (len(spoken) + 1) // 2
    rows = _with_area(
        [
            {**row, "short": row["label"][: _letters(22, spoken)], "column": i // half, "line": i % half}
            for i, row in enumerate(spoken)
        ]
    )
    x = alt.X("column:Q", scale=alt.Scale(domain=[-0.07, 1.93]), axis=None)
    y = alt.Y("line:Q", scale=alt.Scale(domain=[-0.6, max(half, 1) - 0.4], reverse=True), axis=None)
    names = alt.Chart(_ROWS).mark_text(align="left", dx=14, color=INK, fontSize=10.5)
    labelled = names.encode(x=x, y=y, text="short:N")
    return alt.layer(*_dots(x, y), labelled).properties(width=WIDTH, height=22 * half), rows


def ranks_chart(figure: Figure, tile: Tile, wording: Wording) -> Drawn:
    """95 % bars with a thin mean, ranks at the right; a hatched bar reaches from nothing to the limit."""
    domain = figure.scale["domain"]
    rows = _spoken(tile.rows, wording)
    labels = [row["label"] for row in rows]
    width, step = 190, 15
    short = f"truncate(datum.label, {_letters(17, rows)})"
    axis = alt.Axis(title=None, labelLimit=0, labelExpr=short, labelFontSize=10, domain=False, ticks=False, labelPadding=4)
    y = alt.Y("label:N", sort=labels, axis=axis, scale=alt.Scale(domain=labels))
    base = alt.Chart(_ROWS).encode(y=y, description="hover:N")
    x_axis = _log_axis(domain, title=wording.text("mg per 1,000 people a day, log scale"), orient="top", gridColor=GRID)
    x = alt.X("lower:Q", scale=_log(domain), axis=x_axis)
    has_value, below = "datum.state == 'value' && isValid(datum.lower)", "datum.state == 'below_limit'"
    band = base.transform_filter(has_value).mark_bar(height=7, color=BAND).encode(x=x, x2="upper:Q")
    censored = base.transform_filter(below + " && isValid(datum.upper)")
    hatched = censored.mark_bar(height=7, color=HATCH, stroke=INK, strokeWidth=0.6).encode(x=x, x2="upper:Q")
    unknown = base.transform_filter(below + " && !isValid(datum.upper)").mark_text(
        align="left", color=MUTED, fontSize=9.5, dx=3
    )
    said = unknown.encode(x=alt.value(0), text=alt.value(wording.text("below, limit unknown")))
    middle = (
        base.transform_filter("datum.state == 'value'")
        .mark_tick(thickness=1.6, height=11, color=INK)
        .encode(x=alt.X("mean:Q", scale=_log(domain)))
    )
    ranks = base.mark_text(align="right", color=INK, fontSize=10.5).encode(x=alt.value(width + 46), text="rank:N")
    layers = alt.layer(band, hatched, said, middle, ranks)
    return layers.properties(width=width, height=alt.Step(step)), rows


def trends_chart(figure: Figure, tile: Tile, wording: Wording) -> Drawn:
    """Up to four panels, two abreast, on the figure's scales; no line crosses a gap."""
    domain, kind = figure.scale["domain"], figure.scale["kind"]
    labels = list(dict.fromkeys(row["label"] for row in tile.rows))
    span = [figure.scale["first"], figure.scale["last"]]
    years = "%y" if kind == "year" else None
    x_axis = alt.Axis(
        title=None,
        format=years or alt.Undefined,
        tickCount=5,
        grid=False,
        labelExpr="'’' + datum.label" if years else alt.Undefined,
    )
    x = alt.X("first:T", scale=alt.Scale(type="utc", domain=span, padding=8), axis=x_axis)
    y = alt.Y("mean:Q", scale=_log(domain), axis=_log_axis(domain, title=None, gridColor=GRID, domain=False, ticks=False))
    base = alt.Chart()
    line = base.mark_line(color=MUTED, strokeWidth=1).encode(x=x, y=y, detail="run:N")
    bar = base.mark_rule(color=BAND, strokeWidth=4).encode(x=x, y=alt.Y("lower:Q", scale=_log(domain)), y2="upper:Q")
    mean = base.mark_point(shape="stroke", size=42, color=INK, strokeWidth=1.6, opacity=1).encode(x=x, y=y)
    bound = base.mark_point(shape="triangle-down", size=44, fill=HATCH, stroke=INK, strokeWidth=0.8, opacity=1)
    below = bound.encode(x=x, y=alt.Y("bound:Q", scale=_log(domain)))
    panel = alt.layer(bar, line, mean, below, data=_ROWS).properties(width=142, height=78)
    short = f"truncate(datum.label, {_letters(23, tile.rows)})"
    header = alt.Header(title=None, labelAnchor="start", labelFontSize=10.5, labelExpr=short, labelPadding=2, labelColor=INK)
    return panel.facet(facet=alt.Facet("label:N", sort=labels, header=header), columns=2, spacing=10), tile.rows


def weekdays_chart(figure: Figure, tile: Tile, wording: Wording) -> Drawn:
    """Seven dots with the middle half of the sites as a bar; a line at the site's own mean."""
    names = wording.weekdays()
    rows = [{**row, "name": names[row["weekday"] - 1]} for row in tile.rows]
    base = alt.Chart(_ROWS).encode(x=alt.X("name:N", sort=names, axis=alt.Axis(title=None, labelAngle=0, ticks=False)))
    title = wording.text("times the site's mean")
    highs, lows = [row["quarter_high"] for row in rows], [row["quarter_low"] for row in rows]
    scale = alt.Scale(domain=[min([*lows, 0.8]) * 0.95, max([*highs, 1.2]) * 1.05], nice=False)
    axis = alt.Axis(title=title, gridColor=GRID, domain=False, tickCount=4)
    bar = base.mark_rule(color=BAND, strokeWidth=7).encode(
        y=alt.Y("quarter_low:Q", scale=scale, axis=axis), y2="quarter_high:Q"
    )
    dot = base.mark_circle(color=INK, size=46, opacity=1).encode(y=alt.Y("median:Q", scale=scale))
    one = alt.Chart(_ROWS).mark_rule(color=MUTED, strokeDash=[3, 3]).encode(y=alt.YDatum(1, scale=scale))
    return alt.layer(one, bar, dot).properties(width=WIDTH - 60, height=130), rows


def _strip(row: Mapping[str, Any], wording: Wording) -> list[dict[str, Any]]:
    """The three stretches of one drug's strip, in sites, with the sign and count that fit in them."""
    drawn = [("falling", FALLING, "#fffffe", "▼ "), ("unclear", UNCLEAR, INK, ""), ("rising", RISING, "#fffffe", "▲ ")]
    total = sum(row[name] for name, *_ in drawn)
    parts, start = [], 0.0
    for name, color, text_color, sign in drawn:
        share = row[name] / total if total else 0.0
        text = f"{sign}{row[name]}" if share > 0.09 else ""
        parts.append({"drug": wording.say(row["drug"]), "from": start, "to": start + share, "middle": start + share / 2,
                      "color": color, "text_color": text_color, "text": text})  # fmt: skip
        start += share
    return parts


def overview_chart(figure: Figure, tile: Tile, wording: Wording) -> Drawn:
    """A strip per drug: falling, not clear, rising, each as its share of the sites that can be told."""
    parts = [part for row in tile.rows for part in _strip(row, wording)]
    names = list(dict.fromkeys(part["drug"] for part in parts))
    short = f"truncate(datum.label, {_letters(24, [{'label': name} for name in names])})"
    axis = alt.Axis(title=None, domain=False, ticks=False, labelLimit=0, labelExpr=short, labelFontSize=12)
    y = alt.Y("drug:N", sort=names, axis=axis)
    base = alt.Chart(_ROWS).encode(y=y)
    flat = alt.Scale(domain=[0, 1], nice=False)
    bar = base.mark_bar(height=18, stroke=PAPER, strokeWidth=1).encode(
        x=alt.X("from:Q", scale=flat, axis=None), x2="to:Q", color=alt.Color("color:N", scale=None)
    )
    text = base.mark_text(fontSize=11).encode(
        x=alt.X("middle:Q", scale=flat), text="text:N", color=alt.Color("text_color:N", scale=None)
    )
    return alt.layer(bar, text).properties(width=WIDTH, height=alt.Step(24)), parts


CHARTS = {
    "overview": overview_chart,
    "map": map_chart,
    "elsewhere": elsewhere_chart,
    "ranks": ranks_chart,
    "trends": trends_chart,
    "weekdays": weekdays_chart,
}


def chart_spec(
    figure: Figure, tile: Tile, wording: Wording, draw: Callable[[Figure, Tile, Wording], Drawn] | None = None
) -> dict[str, Any]:
    """The Vega-Lite specification of one tile.

    Parameters
    ----------
    figure
        Kind and shared scale.
    tile
        Rows to draw.
    wording
        Language of the words in the chart.
    draw
        What draws it; by its kind one of this module's without.
    """
    chart, rows = (draw or CHARTS[figure.kind])(figure, tile, wording)
    chart = chart.configure(font=_FONT, background=PAPER, padding=_PADDING)
    axis: dict[str, Any] = {
        "labelColor": MUTED,
        "titleColor": MUTED,
        "titleFontWeight": "normal",
        "tickColor": GRID,
        "domainColor": MUTED,
    }
    chart = chart.configure_view(stroke=None).configure_axis(**axis, gridColor=GRID, labelFontSize=10, titleFontSize=10)
    spec: dict[str, Any] = chart.to_dict(validate=False)
    return {**spec, "datasets": {"rows": [dict(row) for row in rows]}}
