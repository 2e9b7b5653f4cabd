"""Pages of a day: tasks by route, labels to print, a sample beside the plan."""

from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from headworks.core.errors import UsageError
from headworks.tables.samples import SAMPLE_ROLES
from headworks.web.access.decorators import signed_in
from headworks.web.audit.middleware import about
from headworks.web.operations.plan.labels import MOST_LABELS, print_labels
from headworks.web.operations.plan.making import add_sample
from headworks.web.operations.plan.routes import routes_of


@signed_in("capture")
@require_GET
def routes(request: HttpRequest) -> HttpResponse:
    """Tasks of a day by route."""
    try:
        day = dt.date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        day = timezone.localdate()
    reader = request.reader  # type: ignore[attr-defined]
    about(request, "routes", day.isoformat())
    found = routes_of(reader, day)
    said = {
        "day": day, "routes": found, "before": day - dt.timedelta(days=1), "after": day + dt.timedelta(days=1),
        "n_tasks": sum(len(route.tasks) for route in found), "most_labels": MOST_LABELS, "roles": SAMPLE_ROLES,
    }  # fmt: skip
    return render(request, "operations/routes.html", said)


@signed_in("capture", "measure")
@require_POST
def labels(request: HttpRequest) -> HttpResponse:
    """A sheet of labels; that it was printed is written down for each sample, so this is no GET."""
    wanted = request.POST.getlist("sample")
    if not wanted:
        messages.error(request, _("No sample was chosen."))
        return redirect("operations-routes")
    made = print_labels(request.reader, wanted, request_id=request.request_id)  # type: ignore[attr-defined]
    request.is_audited = True  # type: ignore[attr-defined]
    return render(request, "operations/labels.html", {"labels": made})


@signed_in("capture")
@require_POST
def add(request: HttpRequest) -> HttpResponse:
    """A duplicate, a blank, or a sample that nobody had planned."""
    said = request.POST
    try:
        day = dt.date.fromisoformat(said.get("day", ""))
    except ValueError as problem:
        raise UsageError(
            _("This is no day."), found=said.get("day", "")[:40], remedy=_("Write 2026-03-01"), code="HW-U146"
        ) from problem
    if said.get("role") not in SAMPLE_ROLES:
        raise UsageError(
            _("There is no such role of a sample."),
            found=said.get("role", "")[:40],
            remedy=", ".join(SAMPLE_ROLES),
            code="HW-U146",
        )
    sample = add_sample(request.reader, said.get("site", "").strip(), day, said["role"], request_id=request.request_id)  # type: ignore[attr-defined]
    request.is_audited = True  # type: ignore[attr-defined]
    return redirect("operations-sample", sample.sample_id)
