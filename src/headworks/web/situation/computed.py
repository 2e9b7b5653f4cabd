"""How a figure was computed: formula with its numbers, members, samples, parameter set and run, where the doubt comes from."""

from __future__ import annotations

import math
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from headworks.core.errors import UsageError
from headworks.core.periods import Period
from headworks.jobs.explain import how_computed
from headworks.reports import Computed
from headworks.reports.sections.computed import variance_shares
from headworks.store import Workspace
from headworks.web.access.decorators import signed_in
from headworks.web.access.models import AreaNode
from headworks.web.access.policy import NotVisible, require_area
from headworks.web.access.reader import Reader
from headworks.web.audit.middleware import about
from headworks.web.figures.naming import drug_name, residue_name
from headworks.web.figures.panels import stacked_shares
from headworks.web.figures.scoped import figures_above
from headworks.web.figures.sentences import said_of
from headworks.web.figures.sets import open_set
from headworks.web.figures.templatetags.figures import percent
from headworks.web.situation.asked import breadcrumbs

_SOURCES = {
    "u_day": gettext_lazy("days: sampling of days, sampling, flow, repeatability"),
    "u_batch": gettext_lazy("laboratory batches"),
    "u_site": gettext_lazy("populations of the sites"),
    "u_factor": gettext_lazy("excretion factor"),
}
_MOST_MEMBERS = 200


@signed_in("view")
def computed(request: HttpRequest, area_id: str) -> HttpResponse:
    """From a figure down to its samples."""
    reader: Reader = request.reader  # type: ignore[attr-defined]
    node, tier = _tier_for(reader, area_id, request.GET.get("period", ""), request.GET.get("drug", ""))
    label, analyte = _asked(request)
    about(request, "how computed", f"{area_id} {label} {analyte}", node.path)
    said = _explained(settings.HEADWORKS_WORKSPACE, _shown_run(tier), area_id, label, analyte, tier,
                      _site(reader, request, node))  # fmt: skip
    shown_figure = {**said.figure, "state": "value"} if said.figure else None
    context = {
        "area": node, "crumbs": breadcrumbs(reader, node), "said": said, "period": label, "tier": tier,
        "drug": drug_name(said.drug or analyte, analyte), "residue": residue_name(analyte),
        "sentence": said_of(shown_figure), "is_own": reader.has("view", node.path),
        "query": urlencode({"period": label, "drug": analyte}), **_numbers(said), **_doubt(said),
        "members": said.members.head(_MOST_MEMBERS).to_dicts(), "nested": said.nested.head(_MOST_MEMBERS).to_dicts(),
        "n_hidden": said.n_members - said.members.height, "api": _api_call(request, area_id, label, analyte),
    }  # fmt: skip
    sees_samples = reader.has("view_samples", node.path)
    context |= {"samples": said.samples.to_dicts() if sees_samples else [], "sees_samples": sees_samples}
    return render(request, "situation/computed.html", context)


def _asked(request: HttpRequest) -> tuple[str, str]:
    label, analyte = request.GET.get("period", ""), request.GET.get("drug", "")
    if not label or not analyte:
        raise UsageError(_("A figure has a period and a drug."), found=request.META.get("QUERY_STRING", "")[:80],
                         remedy=_("Come here from the number that you want explained"), code="HW-U134")  # fmt: skip
    return Period.parse(label).label, analyte


def _tier_for(reader: Reader, area_id: str, label: str, analyte: str) -> tuple[AreaNode, str]:
    """The tier at which a figure may be explained: the grant's, or the public's for an area above where it may be shown.

    Raises
    ------
    NotVisible
        For everything else.
    """
    try:
        node = require_area(reader, area_id)
    except NotVisible:
        node, tier = _above(reader, area_id, label, analyte), "public"
    else:
        tier = reader.tier_at(node.path)
    return node, tier


def _above(reader: Reader, area_id: str, label: str, analyte: str) -> AreaNode:
    """An area above own ones, if its figure may be shown to each of them."""
    node = AreaNode.objects.filter(pk=area_id).first()
    own = [] if node is None else [root for root in reader.roots("view") if root.startswith(node.path)]
    if node is None or not own:
        raise NotVisible(f"area {area_id}: view")
    for area in AreaNode.objects.filter(path__in=own):
        found = figures_above(reader, area).get(area_id)
        shown = [] if found is None else [
            row for row in found.rows.iter_rows(named=True)
            if row["period"] == label and row["analyte"] == analyte and row["state"] != "suppressed"
        ]  # fmt: skip
        if not shown:
            raise NotVisible(f"figure of {area_id}: would tell of neighbours")
    return node


def _shown_run(tier: str) -> str:
    served = open_set(tier)
    return served.run_id if served else ""


@lru_cache(maxsize=256)
def _explained(workspace: str, run_id: str, area_id: str, period: str, analyte: str, tier: str, site: str | None) -> Computed:
    return how_computed(Workspace.open(Path(workspace)), area_id, period, analyte, tier, site=site)


def _site(reader: Reader, request: HttpRequest, node: AreaNode) -> str | None:
    """Whose samples are listed; of an area above none is named."""
    wanted = request.GET.get("site") or None
    return wanted if reader.has("view_samples", node.path) else None


def _numbers(said: Computed) -> dict[str, Any]:
    """The formula with this figure's numbers in it."""
    row = said.figure
    if not row:
        return {"steps": []}
    steps = []
    people, load, figure = row["population"], row["load_mg_per_day"], row["load_mg_per_1000_per_day"]
    if row.get("most_mg_per_day") is not None and load is not None and row["most_mg_per_day"] > row["least_mg_per_day"]:
        sums = {"least": _plain(row["least_mg_per_day"]), "most": _plain(row["most_mg_per_day"]), "load": _plain(load)}
        steps.append(_("(%(least)s + %(most)s) mg/d ÷ 2 = %(load)s mg/d") % sums)
    if load is not None and figure is not None:
        steps.append(_("1000 × %(load)s mg/d ÷ %(people)s people = %(figure)s mg/d per 1,000 people") % {
            "load": _plain(load), "people": f"{people:,.0f}", "figure": _plain(figure)})  # fmt: skip
    elif row.get("most_mg_per_day") is not None:
        steps.append(_("1000 × at most %(most)s mg/d ÷ %(people)s people") % {
            "most": _plain(row["most_mg_per_day"]), "people": f"{people:,.0f}"})  # fmt: skip
    used = said.consumption.get("consumption_mg_per_1000_per_day") if said.consumption else None
    if used and figure:
        steps.append(_("%(figure)s × %(factor)s = %(used)s mg/d per 1,000 people consumed") % {
            "figure": _plain(figure), "factor": _plain(used / figure), "used": _plain(used)})  # fmt: skip
    return {"steps": steps, "is_between": bool(steps) and load is not None and row.get("most_mg_per_day", 0) != load}


def _plain(value: float) -> str:
    """Six significant digits, the same in every language, as in a calculation.

    Examples
    --------
    >>> _plain(23693.326), _plain(0.0)
    ('23,693.3', '0')
    """
    digits = max(0, 5 - math.floor(math.log10(abs(value)))) if value else 0
    return f"{value:,.{digits}f}"


def _doubt(said: Computed) -> dict[str, Any]:
    """Shares of the variance as a bar and as a table; for the load, and with the factor for consumption."""
    row = said.figure or {}
    scopes = {name: row.get(name) for name in ("u_day", "u_batch", "u_site")}
    if not any(scopes.values()):
        return {"doubts": []}
    named = [(_("Load"), scopes)]
    if said.consumption and said.consumption.get("u_factor") is not None:
        named.append((_("Consumption"), {**scopes, "u_factor": said.consumption["u_factor"]}))
    found = []
    for title, one in named:
        shares = variance_shares(one)
        bar = [(f"{_SOURCES[name]}: {percent(share)}", share) for name, share in shares.items()]
        rows = [(_SOURCES[name], one[name], share) for name, share in shares.items()]
        spoken = _("%(what)s: share of each source in the variance") % {"what": title}
        found.append({"title": title, "rows": rows, "picture": stacked_shares(bar, spoken)})
    return {"doubts": found}


def _api_call(request: HttpRequest, area_id: str, label: str, analyte: str) -> str:
    root = reverse("front")
    return f"GET {root}api/v1/areas/{area_id}/figures?{urlencode({'period': label, 'analyte': analyte})}"
