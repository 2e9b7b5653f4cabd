"""Pictures of a planner's answers: changes that stay unseen by plan, chance of being seen by users, coverage by budget.

Words come from the caller, so that a page can say them in its own language.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import polars as pl
import vl_convert as vlc

from headworks.reports.drawing.charts import BAND, GRID, INK, MUTED, PAPER
from headworks.reports.drawing.svg import finish_svg

_WIDTH, _HEIGHT, _STEP = 420, 200, 26
_CHOSEN = "#b35806"
Words = Mapping[str, str]
POWER_WORDS: Words = {
    "title": "Changes that each plan does not see",
    "alt": "A bar for each plan, from the largest fall to the largest rise that it does not see.",
    "axis": "change that stays unseen",
}
DETECT_WORDS: Words = {
    "title": "Chance of being seen",
    "alt": "A rising curve: the chance that samples show so many users.",
    "users": "users a day",
    "probability": "chance of being seen",
}
FRONTIER_WORDS: Words = {
    "title": "People covered for a budget",
    "alt": "A rising curve: the share of people covered by the best sites for each budget.",
    "budget": "budget",
    "share": "people covered",
}


def power_picture(
    table: pl.DataFrame, names: Sequence[str] | None = None, words: Words = POWER_WORDS, *, svg_id: str = "power"
) -> str:
    """The band of changes that each plan does not see, as SVG; the asked plan, the first one, stands out.

    Parameters
    ----------
    table
        ``plan, rise, fall``, from an answer.
    names
        Plans in the reader's words; those of the table when None.
    """
    said = list(names) if names is not None else table["plan"].to_list()
    rows = [
        {"plan": name, "low": -row["fall"], "high": row["rise"], "color": _CHOSEN if i == 0 else BAND,
         "text": f"−{row['fall']:.0%}  +{row['rise']:.0%}"}
        for i, (name, row) in enumerate(zip(said, table.iter_rows(named=True), strict=True))
    ]  # fmt: skip
    axis = alt.Axis(title=None, domain=False, ticks=False, labelLimit=240, labelPadding=6)
    y = alt.Y("plan:N", sort=said, axis=axis)
    base = alt.Chart(alt.InlineData(values=rows)).encode(y=y)
    x = alt.X("low:Q", axis=alt.Axis(title=words["axis"], format="+%", gridColor=GRID, tickCount=6))
    bars = base.mark_bar(height=12).encode(x=x, x2="high:Q", color=alt.Color("color:N", scale=None))
    texts = base.mark_text(align="left", dx=6, color=INK, fontSize=10.5).encode(x="high:Q", text="text:N")
    none = alt.Chart(alt.InlineData(values=[{"at": 0}])).mark_rule(color=INK).encode(x="at:Q")
    return _finished(alt.layer(bars, none, texts).properties(width=_WIDTH, height=alt.Step(_STEP)), words, svg_id)


def detect_picture(
    curve: pl.DataFrame,
    users: float | None,
    probability: float,
    words: Words = DETECT_WORDS,
    *,
    svg_id: str = "detect",
) -> str:
    """The chance of being seen against users, with the wanted chance and the least users, as SVG."""
    x = alt.X("users:Q", scale=alt.Scale(type="log", nice=False), axis=alt.Axis(title=words["users"], format="~g", grid=False))
    y = alt.Y("probability:Q", scale=alt.Scale(domain=[0, 1]),
              axis=alt.Axis(title=words["probability"], format="%", gridColor=GRID, tickCount=5))  # fmt: skip
    rows = curve.select("users", "probability").to_dicts()
    line = alt.Chart(alt.InlineData(values=rows)).mark_line(color=BAND, strokeWidth=3).encode(x=x, y=y)
    wanted = alt.Chart(alt.InlineData(values=[{"probability": probability}])).mark_rule(color=MUTED, strokeDash=[3, 3])
    layers = [line, wanted.encode(y=y)]
    if users is not None:
        dot = alt.Chart(alt.InlineData(values=[{"users": users, "probability": probability, "text": f"{users:.3g}"}]))
        layers += [dot.mark_circle(color=_CHOSEN, size=70, opacity=1).encode(x=x, y=y),
                   dot.mark_text(align="left", dx=8, dy=10, color=INK).encode(x=x, y=y, text="text:N")]  # fmt: skip
    return _finished(alt.layer(*layers).properties(width=_WIDTH, height=_HEIGHT), words, svg_id)


def frontier_picture(frontier: pl.DataFrame, words: Words = FRONTIER_WORDS, *, svg_id: str = "frontier") -> str:
    """Share of people covered against the budget, as SVG."""
    rows = frontier.select("budget", "share").to_dicts()
    x = alt.X("budget:Q", axis=alt.Axis(title=words["budget"], format="~s", grid=False, tickCount=6))
    y = alt.Y("share:Q", scale=alt.Scale(domain=[0, 1]),
              axis=alt.Axis(title=words["share"], format="%", gridColor=GRID, tickCount=5))  # fmt: skip
    base = alt.Chart(alt.InlineData(values=rows)).encode(x=x, y=y)
    both = alt.layer(base.mark_line(color=BAND, strokeWidth=3), base.mark_circle(color=_CHOSEN, size=50, opacity=1))
    return _finished(both.properties(width=_WIDTH, height=_HEIGHT), words, svg_id)


def _finished(chart: Any, words: Words, svg_id: str) -> str:
    axis = {"labelColor": MUTED, "titleColor": MUTED, "titleFontWeight": "normal", "tickColor": GRID, "domainColor": MUTED}
    drawn = chart.configure(font="sans-serif", background=PAPER, padding={"left": 14, "right": 60, "top": 4, "bottom": 4})
    drawn = drawn.configure_view(stroke=None).configure_axis(**axis, labelFontSize=10, titleFontSize=10.5)
    svg = vlc.vegalite_to_svg(drawn.to_dict(validate=False), allowed_base_urls=[])
    return finish_svg(svg, svg_id=svg_id, title=words["title"], description=words["alt"])
