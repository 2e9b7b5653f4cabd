"""Pages of the auditor: the log, its head, whether it is whole, and the log as a file."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from headworks.web.access.decorators import signed_in
from headworks.web.access.models import AreaNode
from headworks.web.audit.chain import head
from headworks.web.audit.export import as_csv, as_json_lines
from headworks.web.audit.heads import read_verified
from headworks.web.audit.middleware import about
from headworks.web.audit.search import SearchForm, matching
from headworks.web.audit.work import KIND
from headworks.web.work.models import WorkItem
from headworks.web.work.queue import ask

_PAGE = 100
_MOST_EXPORTED = 200_000


@signed_in("audit")
def audit(request: HttpRequest) -> HttpResponse:
    """Rows, newest first; a page begins below a row (``before``), so new rows move nothing."""
    reader = request.reader  # type: ignore[attr-defined]
    form = SearchForm(request.GET or None)
    said = form.cleaned_data if form.is_bound and form.is_valid() else {}
    rows = matching(reader, said)
    before = request.GET.get("before", "")
    if before.isascii() and before.isdigit() and len(before) < 19:
        rows = rows.filter(seq__lt=int(before))
    shown = list(rows[: _PAGE + 1])
    kept = {key: value for key, value in request.GET.items() if key != "before" and value}
    older = urlencode({**kept, "before": shown[_PAGE - 1].seq}) if len(shown) > _PAGE else ""
    shown = shown[:_PAGE]
    because = "an auditor of everything sees how the log was last examined"
    is_whole = reader.has("audit", "")
    last = WorkItem.objects.unscoped(because).filter(kind=KIND).order_by("-pk").first() if is_whole else None
    context = {
        "form": form if form.is_bound else SearchForm(), "rows": shown, "older": older, "kept": urlencode(kept),
        "areas": {area.path: area for area in AreaNode.objects.filter(path__in={row.area_path for row in shown})},
        "head": head(), "verified": read_verified(), "last": last, "may_verify": is_whole,
    }  # fmt: skip
    about(request, "audit")
    return render(request, "audit/index.html", context)


@signed_in("audit")
@require_POST
def verify_now(request: HttpRequest) -> HttpResponse:
    """Look at every row, as work."""
    reader = request.reader  # type: ignore[attr-defined]
    if reader.has("audit", ""):
        ask(KIND, by=reader.username, once=KIND)
        messages.success(request, _("Every row is being looked at; this page says what was found."))
    return redirect("audit")


@signed_in("audit")
def audit_export(request: HttpRequest) -> HttpResponse:
    """The rows that were searched for, as CSV or lines of JSON."""
    reader = request.reader  # type: ignore[attr-defined]
    form = SearchForm(request.GET)
    rows = matching(reader, form.cleaned_data if form.is_valid() else {}).order_by("seq")[:_MOST_EXPORTED]
    is_csv = request.GET.get("format") != "jsonl"
    about(request, "audit", action="export")
    write, kind, ending = (as_csv, "text/csv", "csv") if is_csv else (as_json_lines, "application/jsonl", "jsonl")
    response = StreamingHttpResponse(write(rows.values().iterator(chunk_size=2_000)), content_type=f"{kind}; charset=utf-8")
    name = f"audit-{timezone.now():%Y%m%dT%H%M%SZ}.{ending}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
