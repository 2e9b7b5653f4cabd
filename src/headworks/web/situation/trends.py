"""The trend of an area or a site on its page: the sentence, the course with its table, and what it rests on.

A page reads the rows of its own unit alone, cut to the reader's tier when the run was prepared. The trap: a quarter's change
speaks of the same sites in both weeks; where other sites were sampled then, nothing is said of it.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import polars as pl
from django.urls import reverse
from django.utils.html import escape
from django.utils.translation import gettext as _

from headworks.core.periods import Period
from headworks.reports.drawing.trend import trend_points
from headworks.reports.trend_standing import TrendStanding, trend_standing
from headworks.web.access.reader import Reader
from headworks.web.figures.indexed import Indexed
from headworks.web.figures.map_rows import MapShown
from headworks.web.figures.naming import drug_name
from headworks.web.figures.periods import PeriodBar
from headworks.web.figures.scoped import area_figures, figures_of_sites, map_trends, site_figures
from headworks.web.figures.sentences import middle_of_row, state_of
from headworks.web.figures.templatetags.figures import amount, area_name
from headworks.web.figures.trend_panels import sparks, trend_picture
from headworks.web.situation.asked import Asked, sites_of
from headworks.web.situation.trend_words import heading_words, quarter_words, rise_words, trend_word

# How many weeks are drawn beside a period of a kind.
_WEEKS = {"week": 53, "month": 104, "quarter": 156, "half_year": 208, "year": 522}
# Days that stand out are read site by site, where the sites are few.
_MOST_READ = 40
# A spark shows the last half-year.
_SPARK_WEEKS = 26


class Course(NamedTuple):
    """The weeks of a unit up to the period shown: rows of its trend, figures of weeks, days that stand out; oldest first."""

    kind: str
    unit: str
    name: str
    drug: str
    analyte: str
    rows: list[dict[str, Any]]
    figures: list[dict[str, Any]]
    outlying: list[dict[str, Any]]
    standing: TrendStanding

    @property
    def points(self) -> list[dict[str, Any]]:
        """What is drawn."""
        return trend_points(self.rows, self.figures, self.outlying, _hover)

    @property
    def title(self) -> str:
        """A sentence that says what is seen."""
        words = {"drug": self.drug, "place": self.name, "sentence": rise_words(self.standing.rise)}
        return _("%(drug)s, %(place)s. %(sentence)s") % words


def last_week(bar: PeriodBar) -> str:
    """The week in which a period ends."""
    return Period.containing(bar.period.last, "week").label


def area_course(reader: Reader, asked: Asked) -> Course | None:
    """The trend of an area's drug; None where no week of it is told."""
    if asked.bar is None:
        return None
    rows = area_figures(reader, asked.area.area_id, "area_trends").rows
    sites = sites_of(asked.one, asked.version)
    found = figures_of_sites(reader, asked.area.area_id, sites, "site_outlying") if len(sites) <= _MOST_READ else {}
    outlying = [one.rows for one in found.values() if one.rows.height]
    said = ("area", asked.area.area_id, area_name(asked.area), drug_name(asked.heading, asked.analyte), asked.analyte)
    return _course(said, rows, asked.figures, asked.bar, outlying)


def site_course(
    reader: Reader, site_id: str, name: str, index: Indexed, bar: PeriodBar | None, of: tuple[str, str]
) -> Course | None:
    """The trend of a site's drug: ``of`` is residue and heading; None where no week of it is told."""
    if bar is None:
        return None
    rows = site_figures(reader, site_id, "site_trends").rows
    outlying = site_figures(reader, site_id, "site_outlying").rows
    said = ("site", site_id, name, drug_name(of[1], of[0]), of[0])
    return _course(said, rows, index, bar, [outlying] if outlying.height else [])


def _course(
    said: tuple[str, str, str, str, str], rows: pl.DataFrame, index: Indexed, bar: PeriodBar, outlying: list[pl.DataFrame]
) -> Course | None:
    until = last_week(bar)
    mine = (
        rows.filter((pl.col("analyte") == said[-1]) & (pl.col("period") <= until)).sort("period").tail(_WEEKS[bar.period.kind])
    )
    if "level" not in mine.columns or mine.filter(pl.col("state") != "suppressed").is_empty():
        return None
    told = mine.to_dicts()
    standing = trend_standing(told, until)
    if standing is None:
        return None
    first = told[0]["period"]
    labels = [one for one in index.periods.get("week", ()) if first <= one <= until]
    figures = [dict(row) for row in (index.row(said[-1], label) for label in labels) if row is not None]
    span = Period.parse(first).first, Period.parse(until).last
    days = [one.filter((pl.col("analyte") == said[-1]) & pl.col("day").is_between(*span)) for one in outlying]
    odd = pl.concat(days).sort("day", "site_id").to_dicts() if days else []
    return Course(*said, told, figures, odd, standing)


def _hover(mark: str, row: Any) -> str:
    if mark == "outlying":
        return _("%(day)s, %(site)s stands out: %(load)s, usual %(usual)s") % {
            "day": row["day"].isoformat(), "site": row["site_id"], "load": amount(row["load_mg_per_1000_per_day"]),
            "usual": amount(row["usual_mg_per_1000_per_day"]),
        }  # fmt: skip
    middle = row.get("level") if mark == "level" else row.get("load_mg_per_1000_per_day", row.get("mean"))
    words = {"week": row["period"], "middle": amount(middle), "low": amount(row["lower"]), "high": amount(row["upper"])}
    if middle is None or row.get("state") == "below_limit":
        return _("%(week)s: at most %(high)s") % words
    if mark == "level":
        return _("%(week)s, level: %(middle)s (%(low)s–%(high)s)") % words
    return _("%(week)s alone: %(middle)s (%(low)s–%(high)s)") % words


def trend_context(course: Course | None, query: str) -> dict[str, Any]:
    """What a page shows of a trend; nothing where there is none."""
    if course is None:
        return {"trend": None}
    row, kind, unit = course.standing.row, course.kind, course.unit
    weeks = {one["period"]: one for one in course.figures}
    odd: dict[str, int] = {}
    for one in course.outlying:
        label = Period.containing(one["day"], "week").label
        odd[label] = odd.get(label, 0) + 1
    return {
        "trend": {
            "course": course, "row": row, "words": course.standing.words, "word": trend_word(course.standing.rise),
            "rise": rise_words(course.standing.rise), "heading": heading_words(course.standing),
            "picture": trend_picture(course.points, course.title, _("mg per 1,000 people a day, log scale")),
            "rows": [{"row": one, "alone": _alone(weeks.get(one["period"])), "n_odd": odd.get(one["period"], 0)}
                     for one in reversed(course.rows)],
            "chart": f"{reverse(f'{kind}-trend-chart', args=[unit])}?{query}",
            "evidence": f"{reverse(f'{kind}-trend', args=[unit])}?{query}",
            "files": [(one.upper(), f"{reverse(f'{kind}-trend-file', args=[unit, one])}?{query}")
                      for one in ("png", "svg", "csv")],
            "n_odd": len(course.outlying),
        }
    }  # fmt: skip


def _alone(row: Any) -> str:
    """The figure of a week by itself: its middle, or its limit."""
    if row is None or state_of(row) in ("suppressed", "not_sampled"):
        return "–"
    return amount(middle_of_row(row)) if state_of(row) == "value" else f"≤ {amount(row['upper'])}"


def spark_cells(reader: Reader, shown: MapShown, area_id: str, level: int) -> dict[str, str]:
    """Two cells of a row of a map's table, by area: the course of the last half-year, and the quarter in words.

    Parameters
    ----------
    reader, area_id, level
        Whose map of what it is.
    shown
        The map.
    """
    until = Period.containing(Period.parse(shown.period).last, "week")
    labels = [until.label]
    while len(labels) < _SPARK_WEEKS:
        labels.append(Period.parse(labels[-1]).previous().label)
    labels.reverse()
    parts = [map_trends(reader, area_id, level, year, shown.analyte).rows for year in sorted({label[:4] for label in labels})]
    rows = [one.filter(pl.col("period").is_in(labels)) for one in parts if one.height and "level" in one.columns]
    if not rows:
        return {}
    frame = pl.concat(rows)
    places = {one.area_id: place for place, one in enumerate(shown.rows)}
    frame = frame.filter(pl.col("area_id").is_in(list(places)))
    row = frame["area_id"].replace_strict(places, return_dtype=pl.Int64).to_numpy()
    column = (
        frame["period"].replace_strict(dict(zip(labels, range(_SPARK_WEEKS), strict=True)), return_dtype=pl.Int64).to_numpy()
    )
    grids = []
    for name in ("level", "lower", "upper"):
        grid = np.full((len(shown.rows), _SPARK_WEEKS), np.nan)
        grid[row, column] = frame[name].cast(pl.Float64).fill_null(np.nan).to_numpy()
        grids.append(grid)
    newest = {one["area_id"]: one for one in frame.sort("period").unique("area_id", keep="last").iter_rows(named=True)}
    drawn = sparks(*grids)
    return {
        code: f'<td class="trend-cell">{drawn[place]}</td><td class="number" data-value="{_ratio(newest.get(code))}">'
              f"{escape(quarter_words(newest.get(code)))}</td>"
        for code, place in places.items()
    }  # fmt: skip


def _ratio(row: dict[str, Any] | None) -> str:
    return f"{row['quarter_ratio']:.3f}" if row is not None and row["quarter_ratio"] is not None else ""
