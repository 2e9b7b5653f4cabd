"""Pages of releases: propose, read, approve or refuse, correct what was released."""

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
from headworks.web.audit.middleware import about, record_change
from headworks.web.operations.laboratory.batches.entries import VALUES, Sheet
from headworks.web.operations.laboratory.batches.pages import SEEING, batch_page
from headworks.web.operations.laboratory.releases import (
    WORK,
    approve,
    propose_amendment,
    propose_release,
    propose_withdrawal,
    refuse,
)
from headworks.web.operations.laboratory.releases.corrections import read_correction, released_entries
from headworks.web.operations.models import Batch, MeasurementEntry, Release, SampleRecord
from headworks.web.work.queue import ask


@signed_in("release")
@require_POST
def propose(request: HttpRequest, number: int) -> HttpResponse:
    """Propose to release a batch."""
    reader = request.reader  # type: ignore[attr-defined]
    found = Batch.objects.require(reader, "release", pk=number)
    said = request.POST
    try:
        made = propose_release(
            reader,
            found,
            reason=said.get("reason", ""),
            override_reason=said.get("override_reason", ""),
            request_id=_number(request),
        )
    except UsageError as problem:
        return batch_page(request, number, problem=problem)
    request.is_audited = True  # type: ignore[attr-defined]
    return redirect("release-one", made.pk)


def _number(request: HttpRequest) -> str:
    return request.request_id  # type: ignore[attr-defined,no-any-return]


@signed_in(*SEEING)
@require_GET
def release(request: HttpRequest, number: int) -> HttpResponse:
    """One release with its results."""
    return _release_page(request, number)


def _release_page(request: HttpRequest, number: int, problem: UsageError | None = None) -> HttpResponse:
    reader = request.reader  # type: ignore[attr-defined]
    found = Release.objects.require(reader, pk=number)
    about(request, "release", str(number), found.area_path)
    entries = list(MeasurementEntry.objects.unscoped("results of a release that the reader sees").filter(release=found))
    is_own = found.proposed_by == reader.username
    said = {
        "release": found, "problem": problem, "rows": [(entry, _before(entry)) for entry in entries],
        "n_samples": len({entry.sample_id for entry in entries}),
        "may_approve": reader.has("approve", found.area_path) and found.state == "proposed",
        "may_refuse": found.state == "proposed" and (is_own or reader.has("approve", found.area_path)),
        "may_repeat": found.state == "releasing" and reader.has_any(("approve", "release")),
        "is_own": is_own,
    }  # fmt: skip
    return render(request, "operations/release/release.html", said, status=400 if problem else 200)


def _before(entry: MeasurementEntry) -> MeasurementEntry | None:
    """The version before a correction."""
    if entry.version == 1:
        return None
    rows = MeasurementEntry.objects.unscoped("the version before one that the reader sees").filter(
        sample_id=entry.sample_id,
        analyte=entry.analyte,
        replicate=entry.replicate,
        version__lt=entry.version,
        is_released=True,
    )
    return rows.order_by("-version").first()  # type: ignore[no-any-return]


@signed_in("approve", "release")
@require_POST
def decide(request: HttpRequest, number: int) -> HttpResponse:
    """Approve, refuse, or ask the worker again."""
    reader = request.reader  # type: ignore[attr-defined]
    found = Release.objects.require(reader, pk=number)
    word = request.POST.get("decision", "")
    try:
        if word == "approve":
            approve(reader, found, request_id=_number(request))
            messages.success(request, _("Approved; the results are being released."))
        elif word == "refuse":
            refuse(reader, found, request.POST.get("reason", ""), request_id=_number(request))
        elif word == "repeat" and found.state == "releasing":
            record_change(request, "release_repeated", object_kind="release", object_id=str(number), area_path=found.area_path)
            ask(WORK, {"release": found.pk}, by=reader.username, area_path=found.area_path, once=f"release-{found.pk}")
        else:
            raise NotVisible(f"decision {word[:40]}")
    except UsageError as problem:
        return _release_page(request, number, problem)
    request.is_audited = True  # type: ignore[attr-defined]
    return redirect("release-one", number)


@signed_in("measure")
def correct(request: HttpRequest, sample_id: str) -> HttpResponse:
    """Amend or withdraw released results of a sample."""
    reader = request.reader  # type: ignore[attr-defined]
    sample = SampleRecord.objects.require(reader, "measure", pk=sample_id)
    if sample.batch is None or not reader.has("release", sample.batch.area_path):
        raise NotVisible(f"correction of {sample_id}")
    entries = released_entries(sample_id)
    problem, sheet = None, Sheet()
    if request.method == "POST":
        try:
            made = _propose_correction(request, reader, sample, entries, sheet)
            if made is not None:
                request.is_audited = True  # type: ignore[attr-defined]
                return redirect("release-one", made.pk)
        except UsageError as refused:
            problem = refused
    about(request, "sample", sample_id, sample.owner_path)
    said: dict[str, Any] = {
        "sample": sample,
        "entries": entries,
        "problem": problem,
        "sheet": sheet,
        "form": request.POST,
        "names": VALUES,
    }
    return render(request, "operations/release/correct.html", said, status=400 if problem or sheet.faults else 200)


def _propose_correction(request: HttpRequest, reader: Any, sample: SampleRecord, entries: Any, sheet: Sheet) -> Release | None:
    reason = request.POST.get("reason", "")
    if request.POST.get("kind") == "withdrawal":
        return propose_withdrawal(reader, sample, reason, request_id=_number(request))
    rows = read_correction(sample, entries, request.POST, sheet)
    return None if sheet.faults else propose_amendment(reader, sample, rows, reason, request_id=_number(request))
