"""The page of an area: headline, course, ladder of intervals, sites with coverage, map of what lies in it, downloads."""

from __future__ import annotations

from typing import Any

import polars as pl
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from headworks.jobs.site_evidence import shown_sites
from headworks.web.access.decorators import signed_in
from headworks.web.access.reader import Reader
from headworks.web.audit.middleware import about
from headworks.web.figures.indexed import indexed
from headworks.web.figures.kept import kept
from headworks.web.figures.naming import drug_name
from headworks.web.figures.panels import ladder, shared_factor, small_course
from headworks.web.figures.scoped import area_figures, figures_of_sites
from headworks.web.figures.sentences import said_of, state_of
from headworks.web.opened import the_workspace
from headworks.web.situation.asked import Asked, asked_of, breadcrumbs, course_labels, drug_choice, sites_of
from headworks.web.situation.beside import beside
from headworks.web.situation.changes import headline
from headworks.web.situation.estimates import estimate_of, estimates_alone
from headworks.web.situation.maps import map_context
from headworks.web.situation.rungs import steps_of
from headworks.web.situation.trends import area_course, trend_context

MOST_SITES = 40


@signed_in("view")
def area(request: HttpRequest, area_id: str) -> HttpResponse:
    """Everything known of an area for one drug and period."""
    asked = asked_of(request, area_id)
    about(request, "area", f"{area_id} {asked.period} {asked.analyte}", asked.area.path)
    context = frame_of(request, asked)
    if asked.bar is not None:
        steps = steps_of(request.reader, asked)  # type: ignore[attr-defined]
        title = _("Intervals of this area, of those in it and of those it lies in, on one scale")
        context |= {
            "has_chart": True, "headline": headline(asked), "steps": steps, "sites": site_lines(request, asked),
            "ladder": ladder([one.rung for one in steps], title, _("mg per 1,000 people a day, log scale")),
            "periods": course_rows(asked), "year_before": _year_before(request, asked), **map_context(request, asked),
            **trend_of(request.reader, asked), **estimate_of(request.reader, asked),  # type: ignore[attr-defined]
        }  # fmt: skip
    else:
        context |= estimates_alone(request.reader, asked)  # type: ignore[attr-defined]
    context |= beside(request.reader, asked.one)  # type: ignore[attr-defined]
    return render(request, "situation/area.html", context)


def frame_of(request: HttpRequest, asked: Asked) -> dict[str, Any]:
    """What every page of an area has: path, period bar, drugs, and what links keep."""
    reader: Reader = request.reader  # type: ignore[attr-defined]
    return {
        "asked": asked, "area": asked.area, "bar": asked.bar, "crumbs": breadcrumbs(reader, asked.one),
        "drugs": drug_choice(asked.figures), "query": urlencode(asked.query), "drug_query": urlencode({"drug": asked.analyte}),
        "drug": drug_name(asked.heading, asked.analyte) if asked.heading else "",
    }  # fmt: skip


def trend_of(reader: Reader, asked: Asked) -> dict[str, Any]:
    """The trend of the chosen drug: its sentence, its course, its table."""
    key = ("trend", asked.area.path, asked.period, asked.analyte, asked.version)
    return kept(reader, key, lambda: trend_context(area_course(reader, asked), urlencode(asked.query)))


def panels_of(reader: Reader, asked: Asked) -> list[dict[str, Any]]:
    """One small course per drug, all of one height and one scale of ratios."""
    return kept(reader, ("panels", asked.area.path, asked.period, asked.version), lambda: _panels(asked))


def _panels(asked: Asked) -> list[dict[str, Any]]:
    courses = {analyte: asked.course(analyte) for analyte, _heading in asked.figures.headings}
    factor = shared_factor(list(courses.values()))
    found = []
    for analyte, heading in asked.figures.headings:
        name, change = drug_name(heading, analyte), asked.change(analyte)
        said = said_of(asked.row(analyte), change)
        title = _("%(drug)s: %(sentence)s") % {"drug": name, "sentence": said.line()}
        found.append({
            "drug": name, "said": said, "words": change.words, "picture": small_course(courses[analyte], factor, title),
            "href": asked.href(drug=analyte), "computed": asked.href("computed", drug=analyte) if asked.row(analyte) else "",
        })  # fmt: skip
    return found


def course_rows(asked: Asked) -> list[dict[str, Any]]:
    """The table twin of the course: newest first."""
    found = []
    for label in reversed(course_labels(asked.bar)):
        row = asked.row(period=label)
        found.append({"label": label, "row": row, "state": state_of(row), "said": said_of(row),
                      "computed": asked.href("computed", period=label) if row else ""})  # fmt: skip
    return found


def site_lines(request: HttpRequest, asked: Asked) -> dict[str, Any]:
    """Sites that serve the area, largest first, with their state in the period; as far as the reader's tier shows sites."""
    reader: Reader = request.reader  # type: ignore[attr-defined]
    rules = str(the_workspace().settings.publication_floors)
    key = ("sites", asked.area.path, asked.period, asked.analyte, asked.version, rules)
    return kept(reader, key, lambda: _site_lines(reader, asked))


def _site_lines(reader: Reader, asked: Asked) -> dict[str, Any]:
    serving = sites_of(asked.one, asked.version)
    known = shown_sites(the_workspace(), asked.tier, asked.version)
    rows = sorted((known[one] for one in serving if one in known), key=lambda row: (-(row["people"] or 0.0), row["site_id"]))
    lines = []
    figures = figures_of_sites(reader, asked.area.area_id, [row["site_id"] for row in rows[:MOST_SITES]])
    of_period, newest = _newest_of([one.rows for one in figures.values()], asked)
    for row in rows[:MOST_SITES]:
        figure, last = of_period.get(row["site_id"]), newest.get(row["site_id"], "")
        lines.append({"row": row, "figure": figure, "state": state_of(figure), "said": said_of(figure),
                      "newest": last, "is_late": bool(last) and last < asked.period})  # fmt: skip
    return {"lines": lines, "n": len(serving), "n_shown": len(rows), "late": [one for one in lines if one["is_late"]]}


def _newest_of(frames: list[pl.DataFrame], asked: Asked) -> tuple[dict[str, dict[str, Any]], dict[str, str]]:
    """Of many sites at once: each one's figure of the period, and its newest period of that kind with any residue."""
    there = [frame for frame in frames if frame.height and "site_id" in frame.columns]
    if not there or asked.bar is None:
        return {}, {}
    rows = pl.concat(there, how="diagonal")
    of_period = rows.filter((pl.col("period") == asked.period) & (pl.col("analyte") == asked.analyte))
    newest = rows.filter(pl.col("period_kind") == asked.bar.period.kind).group_by("site_id").agg(pl.col("period").max())
    return {row["site_id"]: row for row in of_period.iter_rows(named=True)}, dict(newest.rows())


def _year_before(request: HttpRequest, asked: Asked) -> dict[str, Any] | None:
    """The change over matched sites to the same period of the year before, where it is known."""
    found = area_figures(request.reader, asked.area.area_id, "area_changes")  # type: ignore[attr-defined]
    row = indexed(found, "area_changes", asked.area.area_id).row(asked.analyte, asked.period)
    return dict(row) if row is not None and row.get("ratio") is not None else None
