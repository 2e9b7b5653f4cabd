"""Pages of plans: which there are, a new one by rule or file, a calendar by site."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Min, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from headworks.core.errors import UsageError
from headworks.jobs.desk import CalendarRule
from headworks.web.access.decorators import signed_in
from headworks.web.access.models import AreaNode
from headworks.web.access.policy import NotVisible, require_area
from headworks.web.access.reader import Reader
from headworks.web.audit.middleware import about
from headworks.web.operations.custody.pages import SEEING, seen_samples, site_names
from headworks.web.operations.models import SamplingPlan
from headworks.web.operations.plan.making import PLAN_SCOPE, keep_plan, make_plan
from headworks.web.operations.plan.plan_files import MOST_BYTES, plan_csv, read_plan_csv

_SITES_A_PAGE = 20
_FAULTS_SHOWN = 200


def seen_plans(reader: Reader) -> Any:
    """Plans of areas whose samples the reader sees, and those above whose samples are partly theirs."""
    own = SamplingPlan.objects.visible_to(reader) | SamplingPlan.objects.visible_to(reader, "capture")
    touching = seen_samples(reader).exclude(plan=None).values("plan_id")
    return SamplingPlan.objects.unscoped("plans of samples that the reader sees").filter(
        Q(pk__in=own.values("pk")) | Q(pk__in=touching)
    )


def _require_plan(reader: Reader, number: int) -> SamplingPlan:
    found = seen_plans(reader).filter(pk=number).first()
    if found is None:
        raise NotVisible(f"plan {number}")
    return found  # type: ignore[no-any-return]


@signed_in(*SEEING)
def plans(request: HttpRequest) -> HttpResponse:
    """Plans; a new one from a rule."""
    reader = request.reader  # type: ignore[attr-defined]
    if request.method == "POST":
        if not reader.has(PLAN_SCOPE):
            raise NotVisible("plans")
        try:
            made = _make(request, reader)
        except UsageError as problem:
            return _plans(request, reader, problem=problem, status=400)
        request.is_audited = True  # type: ignore[attr-defined]
        messages.success(request, _("The plan is made."))
        return redirect("operations-plan", made.pk)
    return _plans(request, reader)


def _plans(request: HttpRequest, reader: Reader, *, status: int = 200, **more: Any) -> HttpResponse:
    rows = list(seen_plans(reader).order_by("-first_day", "name")[:200])
    mine = seen_samples(reader).filter(plan__in=rows).values("plan_id")
    counted = {
        row["plan_id"]: row for row in mine.annotate(n=Count("pk"), n_open=Count("pk", filter=Q(state="planned"))).order_by()
    }
    said = {
        "plans": [(plan, counted.get(plan.pk, {"n": 0, "n_open": 0})) for plan in rows],
        "may_plan": reader.has(PLAN_SCOPE), "areas": _areas(reader), "form": request.POST,
        "monday": timezone.localdate() + dt.timedelta(days=(7 - timezone.localdate().weekday()) % 7), **more,
    }  # fmt: skip
    return render(request, "operations/plans.html", said, status=status)


def _areas(reader: Reader) -> list[AreaNode]:
    """Areas that the reader may plan for, down to two levels below their own."""
    roots = reader.roots(PLAN_SCOPE)
    if not roots:
        return []
    from headworks.web.access.policy import visible_areas

    rows = visible_areas(reader, PLAN_SCOPE)
    top = rows.aggregate(n=Min("level"))["n"] or 1
    return list(rows.filter(level__lte=top + 2).order_by("path")[:300])


def _make(request: HttpRequest, reader: Reader) -> SamplingPlan:
    said = request.POST
    area = require_area(reader, said.get("area", ""), PLAN_SCOPE)
    try:
        holidays = frozenset(dt.date.fromisoformat(day) for day in said.get("holidays", "").replace(",", " ").split())
        first = dt.date.fromisoformat(said.get("first_day", ""))
        rule = CalendarRule(
            int(said.get("days", "")), said.get("per", ""), first, dt.date.fromisoformat(said.get("last_day", "")),
            int(said.get("seed") or 1), holidays,
        )  # fmt: skip
    except ValueError as problem:
        raise UsageError(
            _("A day or a number of the plan cannot be read."), found=str(problem), remedy=_("Write days as 2026-03-01"),
            code="HW-U148",
        ) from problem  # fmt: skip
    return make_plan(
        reader, said.get("name", "").strip() or f"{area.area_id} {first}", area.path, rule, request_id=request.request_id
    )  # type: ignore[attr-defined]


@signed_in(PLAN_SCOPE)
@require_POST
def from_file(request: HttpRequest) -> HttpResponse:
    """A plan from a CSV of sites and days; every fault of it is said, and nothing kept while there is one."""
    reader = request.reader  # type: ignore[attr-defined]
    file = request.FILES.get("file")
    area = require_area(reader, request.POST.get("area", ""), PLAN_SCOPE)
    if file is None:
        problem = UsageError(_("No file was sent."), remedy=_("Choose a CSV file"), code="HW-U149")
        return _plans(request, reader, problem=problem, status=400)
    planned, faults = read_plan_csv(reader, file.read(MOST_BYTES + 1))
    if faults:
        problem = UsageError(
            _("The file was not taken; nothing of it was kept."), where=file.name[-80:], found=str(len(faults)),
            remedy=_("Mend the rows below and send it again"), code="HW-U149",
        )  # fmt: skip
        return _plans(request, reader, problem=problem, faults=faults[:_FAULTS_SHOWN], status=400)
    name = request.POST.get("name", "").strip() or file.name[-80:]
    try:
        made = keep_plan(reader, name, area.path, planned, {"file": file.name[-80:]}, request_id=request.request_id)  # type: ignore[attr-defined]
    except UsageError as problem:
        return _plans(request, reader, problem=problem, status=400)
    request.is_audited = True  # type: ignore[attr-defined]
    messages.success(request, _("The plan is made."))
    return redirect("operations-plan", made.pk)


@signed_in(*SEEING)
@require_GET
def calendar(request: HttpRequest, number: int) -> HttpResponse:
    """A plan as calendars of its sites, and how evenly its weekdays fall."""
    reader = request.reader  # type: ignore[attr-defined]
    plan = _require_plan(reader, number)
    about(request, "plan", str(number), plan.area_path)
    mine = seen_samples(reader).filter(plan=plan)
    wanted = request.GET.get("site", "").strip()[:80]
    sites = mine.filter(site_id__startswith=wanted) if wanted else mine
    page = Paginator(sites.order_by("site_id").values_list("site_id", flat=True).distinct(), _SITES_A_PAGE).get_page(
        request.GET.get("page")
    )
    rows = list(mine.filter(site_id__in=list(page)).order_by("planned_day"))
    names = site_names(reader, set(page))
    weeks = _weeks(plan.first_day, plan.last_day)
    today = timezone.localdate()
    said = {
        "plan": plan, "page": page, "wanted": wanted, "weeks": weeks, "today": today,
        "calendars": [(site, names.get(site), _cells([row for row in rows if row.site_id == site], weeks)) for site in page],
        "weekdays": _weekdays(mine), "n_samples": mine.count(),
        "n_late": mine.filter(state="planned", planned_day__lt=today).count(),
    }  # fmt: skip
    return render(request, "operations/plan.html", said)


def _weeks(first: dt.date, last: dt.date) -> list[dt.date]:
    """Mondays of the weeks between two days."""
    monday = first - dt.timedelta(days=first.weekday())
    return [monday + dt.timedelta(days=7 * n) for n in range((last - monday).days // 7 + 1)]


def _cells(rows: list[Any], weeks: list[dt.date]) -> list[dict[str, Any]]:
    """A week each, with the samples of its seven days."""
    by_day: dict[dt.date, list[Any]] = {}
    for row in rows:
        by_day.setdefault(row.planned_day, []).append(row)
    return [
        {
            "monday": week,
            "days": [(week + dt.timedelta(days=n), by_day.get(week + dt.timedelta(days=n), [])) for n in range(7)],
        }
        for week in weeks
        if any(by_day.get(week + dt.timedelta(days=n)) for n in range(7))
    ]


def _weekdays(rows: Any) -> list[tuple[dt.date, int]]:
    """How many samples fall on each weekday; the date is one of that weekday, for its name."""
    counted = Counter(day.isoweekday() for day in rows.values_list("planned_day", flat=True).iterator())
    monday = dt.date(2024, 1, 1)
    return [(monday + dt.timedelta(days=n), counted[n + 1]) for n in range(7)]


@signed_in(*SEEING)
@require_GET
def download(request: HttpRequest, number: int) -> HttpResponse:
    """The plan's samples that the reader sees, as CSV."""
    reader = request.reader  # type: ignore[attr-defined]
    plan = _require_plan(reader, number)
    about(request, "plan", str(number), plan.area_path, action="export")
    rows = seen_samples(reader).filter(plan=plan).order_by("site_id", "planned_day")
    headers = {"Content-Disposition": f'attachment; filename="plan-{number}.csv"'}
    return HttpResponse(plan_csv(plan, rows.iterator()), content_type="text/csv; charset=utf-8", headers=headers)
