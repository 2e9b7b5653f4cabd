"""The page on which screening is sent its runs, libraries and suspect lists, and what became of them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from headworks.core.errors import UsageError
from headworks.web.access.decorators import signed_in
from headworks.web.access.policy import NotVisible
from headworks.web.audit.middleware import about
from headworks.web.operations.laboratory.laboratories import areas_measured_in
from headworks.web.operations.laboratory.screening.files import (
    ENDINGS,
    WORK,
    libraries_of,
    remove_library,
    send_library,
    send_list,
    send_runs,
)
from headworks.web.operations.laboratory.uploads import sent_files
from headworks.web.work.queue import visible_work

_WORK_SHOWN = 10


@signed_in("measure")
@require_GET
def sending(request: HttpRequest) -> HttpResponse:
    """What may be sent, the libraries of the reader's laboratories, and how far the worker is."""
    return _page(request)


def _page(request: HttpRequest, problem: UsageError | None = None) -> HttpResponse:
    reader = request.reader  # type: ignore[attr-defined]
    areas = areas_measured_in(reader)
    about(request, "screening")
    said: dict[str, Any] = {
        "problem": problem, "form": request.POST, "areas": areas, "endings": ENDINGS,
        "items": visible_work(reader).filter(kind=WORK)[:_WORK_SHOWN],
        "libraries": [(path, area, file) for path, area in areas for file in libraries_of(path)],
    }  # fmt: skip
    return render(request, "operations/laboratory_screening_send.html", said, status=400 if problem else 200)


@signed_in("measure")
@require_POST
def send(request: HttpRequest) -> HttpResponse:
    """Runs, a library or a list, for the worker."""
    reader, what, area_path = request.reader, request.POST.get("what", ""), request.POST.get("area", "")  # type: ignore[attr-defined]
    number = request.request_id  # type: ignore[attr-defined]
    try:
        files = sent_files(request, "file")
        if what == "runs":
            send_runs(reader, area_path, files, request.POST.get("sample", ""), request_id=number)
        elif what == "library":
            send_library(reader, area_path, files[0], request_id=number)
        elif what == "list":
            send_list(reader, area_path, files[0], request_id=number)
        else:
            raise NotVisible(f"screening: {what[:40]}")
    except UsageError as problem:
        return _page(request, problem)
    request.is_audited = True  # type: ignore[attr-defined]
    messages.success(request, _("The worker has it."))
    return redirect("screening-send")


@signed_in("measure")
@require_POST
def remove(request: HttpRequest, sha256: str) -> HttpResponse:
    """Search in a library no more."""
    remove_library(request.reader, request.POST.get("area", ""), sha256, request_id=request.request_id)  # type: ignore[attr-defined]
    request.is_audited = True  # type: ignore[attr-defined]
    messages.success(request, _("Written down."))
    return redirect("screening-send")
