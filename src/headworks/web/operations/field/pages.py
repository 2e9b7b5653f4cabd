"""Pages of the phone form. Each works as a plain form; with script, and without signal, the same form is kept and sent later.

The shell is the form without any data: it is what the phone keeps, so nobody who finds a phone reads another area's tasks from
a stored page. Tasks and what was entered are kept by the script, for the account that signed in.
"""

from __future__ import annotations

import uuid
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from headworks.core.errors import UsageError
from headworks.tables.samples import SAMPLING_MODES
from headworks.web.access.decorators import signed_in
from headworks.web.access.policy import NotVisible, visible_sites
from headworks.web.audit.middleware import about
from headworks.web.operations.custody.photos import keep_photo, read_upload
from headworks.web.operations.custody.reading import read_said
from headworks.web.operations.custody.transitions import perform
from headworks.web.operations.models import SampleRecord
from headworks.web.operations.plan.routes import routes_of

MODES = tuple(mode for mode in SAMPLING_MODES if mode != "unknown")
_KINDS = ("collect", "hand_over")
_WORKER = Path(settings.STATICFILES_DIRS[0]) / "headworks" / "desk" / "service-worker.js"


@signed_in("capture")
@require_GET
def tasks(request: HttpRequest) -> HttpResponse:
    """Today's tasks."""
    about(request, "routes", timezone.localdate().isoformat())
    routes = routes_of(request.reader, timezone.localdate(), is_open_only=True)  # type: ignore[attr-defined]
    return render(request, "operations/field/tasks.html", {"routes": routes, "today": timezone.localdate()})


@signed_in("capture")
def task(request: HttpRequest, sample_id: str) -> HttpResponse:
    """One task: collect, or hand over what was collected."""
    reader = request.reader  # type: ignore[attr-defined]
    sample = SampleRecord.objects.require(reader, "capture", pk=sample_id)
    if request.method != "POST":
        about(request, "sample", sample_id, sample.owner_path)
        return _task(request, sample)
    kind = request.POST.get("kind", "")
    if kind not in _KINDS:
        raise NotVisible(f"event {kind[:40]}")
    try:
        said = read_said(kind, request.POST)
        perform(reader, sample_id, said, request_id=request.request_id)  # type: ignore[attr-defined]
        if "photo" in request.FILES:
            name = str(uuid.uuid5(uuid.NAMESPACE_OID, f"photo-{said.event_id}"))
            keep_photo(reader, sample_id, read_upload(request.FILES["photo"]), name, request_id=request.request_id)  # type: ignore[attr-defined]
    except UsageError as problem:
        return _task(request, sample, problem)
    request.is_audited = True  # type: ignore[attr-defined]
    messages.success(request, _("%(code)s is sent.") % {"code": sample_id})
    return redirect("field")


def _task(request: HttpRequest, sample: SampleRecord, problem: UsageError | None = None) -> HttpResponse:
    site = visible_sites(request.reader, "capture").filter(pk=sample.site_id).first()  # type: ignore[attr-defined]
    said: dict[str, Any] = {
        "sample": sample, "site": site, "problem": problem, "modes": MODES, "form": request.POST,
        "event_id": str(uuid.uuid4()),
        "now": timezone.localtime(), "yesterday": timezone.localtime() - timezone.timedelta(days=1),
    }  # fmt: skip
    return render(request, "operations/field/task.html", said, status=400 if problem else 200)


@require_GET
def shell(request: HttpRequest) -> HttpResponse:
    """The pages' frame without any data; the same for everybody in a language."""
    answer = render(request, "operations/field/shell.html", {"modes": MODES})
    answer.headers["Cache-Control"] = "no-cache"
    return answer


@require_GET
def service_worker(request: HttpRequest) -> HttpResponse:
    """The script that keeps the form at hand without signal; from the root, so that it speaks for ``/field/``."""
    headers = {"Service-Worker-Allowed": "/field/", "Cache-Control": "no-cache"}
    return HttpResponse(_worker(), content_type="text/javascript; charset=utf-8", headers=headers)


@lru_cache(maxsize=1)
def _worker() -> bytes:
    return _WORKER.read_bytes()


@require_GET
def manifest(request: HttpRequest) -> HttpResponse:
    """What a phone needs to install the form."""
    icons = [
        {
            "src": static(f"headworks/desk/icon-{size}.png"),
            "sizes": f"{size}x{size}",
            "type": "image/png",
            "purpose": "any maskable",
        }
        for size in (192, 512)
    ]
    said = {
        "name": _("Headworks sampling"), "short_name": "Headworks", "start_url": "/field/", "scope": "/field/",
        "id": "/field/", "display": "standalone", "background_color": "#ffffff", "theme_color": "#00224e", "icons": icons,
    }  # fmt: skip
    answer = JsonResponse(said, content_type="application/manifest+json")
    answer.headers["Cache-Control"] = "no-cache"
    return answer
