"""The page of a site and the page of a sample: flow, people by every method, courses, ratios, conformity, results, custody."""

from __future__ import annotations

from typing import Any, NamedTuple

import polars as pl
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from headworks.jobs.site_detail import SiteDetail, sample_detail, site_detail, site_of_sample
from headworks.jobs.site_evidence import shown_sites
from headworks.jobs.step_change import step_change
from headworks.web.access.decorators import signed_in
from headworks.web.access.models import AreaNode, SiteNode
from headworks.web.access.policy import NotVisible, require_site
from headworks.web.access.reader import Reader
from headworks.web.access.roles import TIERS
from headworks.web.audit.middleware import about
from headworks.web.figures.cells import register_version
from headworks.web.figures.indexed import Indexed, indexed
from headworks.web.figures.naming import drug_name, residue_name
from headworks.web.figures.panels import shared_factor, small_course
from headworks.web.figures.periods import PeriodBar, period_bar
from headworks.web.figures.scoped import site_figures, tier_of_site
from headworks.web.figures.sentences import said_of
from headworks.web.opened import the_workspace
from headworks.web.operations.custody import events_of
from headworks.web.operations.states import STATE_WORDS, TRANSITIONS
from headworks.web.situation.asked import chosen_drug, course_labels, drug_choice
from headworks.web.situation.trends import site_course, trend_context

_MOST_DAYS = 60


class ShownSite(NamedTuple):
    """A site of the register, its row as the tier may see it, and the tier."""

    node: SiteNode
    row: Any
    tier: str


def require_shown_site(reader: Reader, site_id: str, scope: str = "view") -> ShownSite:
    """A site that serves an area of the reader's, and that their tier shows one by one.

    Raises
    ------
    NotVisible
        When there is none, it is not the reader's, or it is hidden from the tier.
    """
    node = require_site(reader, site_id, scope)
    tier = tier_of_site(reader, node) if scope == "view" else _tier_of_samples(reader, node)
    row = shown_sites(the_workspace(), tier, register_version()).get(site_id)
    if row is None:
        raise NotVisible(f"site {site_id}: hidden from {tier} readers")
    return ShownSite(node, row, tier)


def _paths(node: SiteNode) -> list[str]:
    return [path for path in (node.owner_path, *node.places.values_list("area_path", flat=True)) if path]


def _tier_of_samples(reader: Reader, node: SiteNode) -> str:
    """The highest tier of a grant of samples on an area that the site serves; an analyst is granted no figures."""
    paths = [path for path in _paths(node) if reader.has("view_samples", path)]
    held = [
        right.tier
        for right in reader.rights
        if "view_samples" in right.scopes and any(path.startswith(right.area_path) for path in paths)
    ]
    return max(held, key=TIERS.index, default="public")


def may_see_samples(reader: Reader, node: SiteNode) -> bool:
    """Whether the reader was granted samples of an area that the site serves."""
    return any(reader.has("view_samples", path) for path in _paths(node))


def site_bar(request: HttpRequest, index: Indexed) -> PeriodBar | None:
    """The period bar of a site."""
    return period_bar(index.periods, request.GET.get("period", ""))


@signed_in("view")
def site(request: HttpRequest, site_id: str) -> HttpResponse:
    """Everything known of a site, as far as the reader's tier says."""
    reader: Reader = request.reader  # type: ignore[attr-defined]
    shown = require_shown_site(reader, site_id)
    about(request, "site", site_id, shown.node.owner_path)
    index = indexed(site_figures(reader, site_id), "site_means", site_id)
    bar, (analyte, heading) = site_bar(request, index), chosen_drug(index, request.GET.get("drug", ""))
    has_samples = may_see_samples(reader, shown.node)
    detail = site_detail(the_workspace(), site_id, shown.tier, register_version(), has_samples=has_samples)
    period = bar.period.label if bar else ""
    query = urlencode({"period": period, "drug": analyte})
    course = site_course(reader, site_id, shown.row["name"] or site_id, index, bar, (analyte, heading))
    return render(request, "situation/site.html", {
        "site": shown.row, "has_chart": bar is not None, "shown": shown, "bar": bar,
        "drugs": drug_choice(index), "analyte": analyte, "has_samples": has_samples,
        "drug": drug_name(heading, analyte) if heading else "", "drug_query": urlencode({"drug": analyte}),
        "query": query, "panels": _panels(index, bar, site_id), **trend_context(course, query),
        "areas": _areas(reader, shown.node), **_detail_context(detail, analyte),
    })  # fmt: skip


def _areas(reader: Reader, node: SiteNode) -> list[AreaNode]:
    """Areas that the site serves and the reader was granted, the smallest ones."""
    paths = {path for path in node.places.values_list("area_path", flat=True) if reader.has("view", path)}
    return list(AreaNode.objects.filter(path__in=paths).order_by("path"))


def _panels(index: Indexed, bar: PeriodBar | None, site_id: str) -> list[dict[str, Any]]:
    labels = course_labels(bar)
    courses = {analyte: [index.row(analyte, label) for label in labels] for analyte, _heading in index.headings}
    factor = shared_factor(list(courses.values()))
    found = []
    for analyte, heading in index.headings:
        rows = [index.row(analyte, label) for label in ((bar.period.label, bar.period.previous().label) if bar else ("", ""))]
        change = step_change(rows[0], rows[1])
        name, said = drug_name(heading, analyte), said_of(rows[0], change)
        title = _("%(drug)s: %(sentence)s") % {"drug": name, "sentence": f"{said.number} ({said.interval})"}
        query = urlencode({"period": bar.period.label if bar else "", "drug": analyte})
        picture = small_course(courses[analyte], factor, title)
        found.append({
            "drug": name, "said": said, "picture": picture, "href": f"?{query}", "computed": "#samples", "words": change.words,
        })  # fmt: skip
    return found


def _detail_context(detail: SiteDetail, analyte: str) -> dict[str, Any]:
    broken: dict[str, list[str]] = {}
    for row in detail.nonconformities.iter_rows(named=True):
        if row["verdict"] == "broken":
            broken.setdefault(row["sample_id"], []).append(row["rule"])
    samples = [{**row, "broken": broken.get(row["sample_id"], [])} for row in detail.samples.head(_MOST_DAYS).to_dicts()]
    flows = detail.samples["flow_m3_per_day"].drop_nulls()
    ratios = detail.ratios.sort("day", descending=True).with_columns(pl.col("verdict").cast(pl.String))
    named = (pl.col("numerator") == analyte) | (pl.col("denominator") == analyte)
    return {
        "populations": detail.populations.sort("quarter", "method", descending=[True, False]).to_dicts(),
        "ratios": ratios.filter(named).head(_MOST_DAYS).to_dicts(),
        "events": detail.events.sort("day", descending=True).head(_MOST_DAYS).to_dicts(), "samples": samples,
        "n_samples": detail.samples.height, "n_days": detail.samples["day"].n_unique() if detail.samples.height else 0,
        "n_conforming": detail.samples.height - len(broken),
        "flow": {"middle": flows.median(), "low": flows.min(), "high": flows.max()} if flows.len() else None,
    }  # fmt: skip


@signed_in("view_samples")
def sample(request: HttpRequest, sample_id: str) -> HttpResponse:
    """A sample: what it was, what the laboratory released of it, what became of each result."""
    reader: Reader = request.reader  # type: ignore[attr-defined]
    where = site_of_sample(the_workspace(), sample_id, register_version())
    if where is None:
        raise NotVisible(f"sample {sample_id}")
    shown = require_shown_site(reader, where, "view_samples")
    detail = sample_detail(the_workspace(), sample_id, shown.tier, register_version())
    if detail is None:
        raise NotVisible(f"sample {sample_id}: hidden from {shown.tier} readers")
    about(request, "sample", sample_id, shown.node.owner_path)
    loads = {row["analyte"]: row for row in detail.loads.iter_rows(named=True)}
    measured = [
        {**row, "name": residue_name(row["analyte"]), "detection": str(row["detection"]), "qc_flag": str(row["qc_flag"]),
         "load": loads.get(row["analyte"], {})}
        for row in detail.measurements.iter_rows(named=True)
    ]  # fmt: skip
    return render(request, "situation/sample.html", {
        "sample": {**detail.sample.row(0, named=True), "mode": str(detail.sample["mode"][0])}, "site": shown.row,
        "measurements": measured, "nonconformities": detail.nonconformities.to_dicts(), "custody": _custody(sample_id, reader),
        "sees_site": any(reader.has("view", path) for path in _paths(shown.node)),
    })  # fmt: skip


def _custody(sample_id: str, reader: Reader) -> list[dict[str, Any]]:
    """The chain of custody as the operations desk keeps it; nothing of a sample that came with an import."""
    return [{"event": event, "words": TRANSITIONS[event.kind].words, "to": STATE_WORDS.get(event.state_to)}
            for event in events_of(sample_id, reader)]  # fmt: skip
