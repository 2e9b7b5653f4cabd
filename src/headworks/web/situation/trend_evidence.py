"""What the trend of an area or a site rests on: how its weekdays differ, and when its course turned.

Both are worked out when somebody asks, and kept; a page asks for them after it is there, or its reader follows a link.
"""

from __future__ import annotations

from typing import Any

import polars as pl
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from headworks.core.periods import Period
from headworks.jobs.disclosure import rule_of
from headworks.jobs.site_evidence import shown_sites
from headworks.jobs.trend_evidence import MOST_SITES, Weekdays, days_of_sites, turn_of, weekdays_of
from headworks.store import require_run
from headworks.web.access.decorators import signed_in
from headworks.web.access.reader import Reader
from headworks.web.audit.middleware import about
from headworks.web.figures.indexed import indexed
from headworks.web.figures.kept import kept
from headworks.web.figures.scoped import figures_of_sites, site_figures
from headworks.web.figures.templatetags.figures import amount
from headworks.web.figures.trend_panels import weekday_picture
from headworks.web.opened import the_workspace
from headworks.web.situation.asked import Asked, asked_of, breadcrumbs, chosen_drug, sites_of
from headworks.web.situation.sites import require_shown_site, site_bar
from headworks.web.situation.trend_words import turn_words
from headworks.web.situation.trends import Course, area_course, site_course, trend_context


@signed_in("view")
def area_trend(request: HttpRequest, area_id: str) -> HttpResponse:
    """What the trend of an area rests on: weekdays and turns; only that part of the page for its script."""
    asked, reader = asked_of(request, area_id), request.reader  # type: ignore[attr-defined]
    about(request, "trend", f"{area_id} {asked.period} {asked.analyte}", asked.area.path)
    key = ("trend evidence", asked.area.path, asked.period, asked.analyte, asked.version)
    course = area_course(reader, asked)
    context = {"area": asked.area, "crumbs": breadcrumbs(reader, asked.one), "query": urlencode(asked.query),
               "back": asked.href(), **trend_context(course, urlencode(asked.query))}  # fmt: skip
    if course is not None:
        context |= kept(reader, key, lambda: _evidence(reader, course, asked.tier, _sites_of_area(reader, asked), asked))
    return render(request, "situation/_trend_evidence.html" if "part" in request.GET else "situation/trend.html", context)


@signed_in("view")
def site_trend(request: HttpRequest, site_id: str) -> HttpResponse:
    """The same of a site."""
    reader: Reader = request.reader  # type: ignore[attr-defined]
    shown = require_shown_site(reader, site_id)
    index = indexed(site_figures(reader, site_id), "site_means", site_id)
    bar, of = site_bar(request, index), chosen_drug(index, request.GET.get("drug", ""))
    about(request, "trend", f"site {site_id} {of[0]}", shown.node.owner_path)
    course = site_course(reader, site_id, shown.row["name"] or site_id, index, bar, of)
    query = urlencode({"period": bar.period.label if bar else "", "drug": of[0]})
    context = {"site": shown.row, "query": query, "back": f"{reverse('site', args=[site_id])}?{query}",
               **trend_context(course, query)}  # fmt: skip
    if course is not None:
        weeks = {label: row for label, row in index.by.get(of[0], {}).items() if row["state"] != "suppressed"}
        seen = pl.DataFrame({"site_id": [site_id] * len(weeks), "period": list(weeks)},
                            schema={"site_id": pl.String, "period": pl.String})  # fmt: skip
        key = ("trend evidence", "site", site_id, query)
        context |= kept(reader, key, lambda: _evidence(reader, course, shown.tier, [site_id], seen))
    return render(request, "situation/_trend_evidence.html" if "part" in request.GET else "situation/trend.html", context)


def _sites_of_area(reader: Reader, asked: Asked) -> list[str]:
    """Sites that serve an area and are shown to the tier, the most people first."""
    known = shown_sites(the_workspace(), asked.tier, asked.version)
    rows = [known[one] for one in sites_of(asked.one, asked.version) if one in known]
    return [row["site_id"] for row in sorted(rows, key=lambda row: (-(row["people"] or 0.0), row["site_id"]))][:MOST_SITES]


def _evidence(reader: Reader, course: Course, tier: str, sites: list[str], weeks: Asked | pl.DataFrame) -> dict[str, Any]:
    """Weekdays and turns of a course; ``weeks`` of the sites that the tier is shown, or the area in which to look for them."""
    workspace = the_workspace()
    run, until = require_run(workspace), Period.parse(course.rows[-1]["period"]).last
    rule = rule_of(workspace, tier)
    found: Weekdays | None = None
    if rule.is_open or rule.detail == "day":
        seen = weeks if isinstance(weeks, pl.DataFrame) else None if rule.is_open else _weeks_of(reader, weeks, sites)
        days = days_of_sites(workspace, run, sites, course.analyte, until, tier, seen)
        found = weekdays_of(days, course.analyte)
    turn = turn_of(course.figures)
    return {
        "weekdays": _weekdays_said(found, course),
        "sees_days": rule.is_open or rule.detail == "day",
        "turn": turn_words(turn),
    }


def _weeks_of(reader: Reader, asked: Asked, sites: list[str]) -> pl.DataFrame:
    figures = figures_of_sites(reader, asked.area.area_id, sites)
    rows = [one.rows for one in figures.values() if "site_id" in one.rows.columns and one.rows.height]
    if not rows:
        return pl.DataFrame(schema={"site_id": pl.String, "period": pl.String})
    shown = (pl.col("state") != "suppressed") & (pl.col("analyte") == asked.analyte) & (pl.col("period_kind") == "week")
    return pl.concat([one.filter(shown).select("site_id", "period") for one in rows])


def _weekdays_said(found: Weekdays | None, course: Course) -> dict[str, Any] | None:
    if found is None:
        return None
    names = [str(WEEKDAYS_ABBR[day]) for day in range(7)]
    ratio, lower, upper = found.weekend
    words = {"ratio": amount(ratio), "low": amount(lower), "high": amount(upper)}
    if lower > 1 or upper < 1:
        sentence = _("A day of the weekend carries %(ratio)s times a weekday (%(low)s–%(high)s).") % words
    else:
        sentence = _("Weekends and weekdays do not differ clearly: %(ratio)s times (%(low)s–%(high)s).") % words
    rows = [(name, *ratios) for name, ratios in zip(names, found.days, strict=True)]
    title = _("%(drug)s by weekday, over the mean of the week") % {"drug": course.drug}
    return {"sentence": sentence, "picture": weekday_picture(rows, f"{title}. {sentence}"), "rows": rows, "title": title,
            "n_days": found.n_days, "n_sites": found.n_sites}  # fmt: skip
