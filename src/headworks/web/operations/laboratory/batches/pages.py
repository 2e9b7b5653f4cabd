"""Pages of batches: which there are, one with its samples and results, entering, reviewing, the verdict."""

from __future__ import annotations

import csv
import io
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core import signing
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from headworks.core.errors import HeadworksError, UsageError
from headworks.reference.substance_names import names
from headworks.web.access.decorators import signed_in
from headworks.web.access.reader import Reader
from headworks.web.audit.middleware import about
from headworks.web.operations.custody.receive_pages import split_codes
from headworks.web.operations.laboratory.batches import add_samples, batches_of, give_verdict, make_batch, samples_of
from headworks.web.operations.laboratory.batches.entries import Sheet, keep_rows, read_sheet
from headworks.web.operations.laboratory.laboratories import areas_measured_in, works_in
from headworks.web.operations.laboratory.releases import review
from headworks.web.operations.laboratory.rounds import held_by_rounds
from headworks.web.operations.laboratory.uploads import keep_upload, take_upload
from headworks.web.operations.models import Batch, InstrumentFile, MeasurementEntry, Release
from headworks.web.operations.models.laboratory import VERDICTS
from headworks.web.operations.states import IN_LABORATORY

SEEING = ("measure", "approve", "release", "view_samples")
_OF_FORM = (
    "sample_id", "analyte", "replicate", "concentration_ng_per_l", "detection", "lod_ng_per_l", "loq_ng_per_l", "u_analysis",
    "qc_flag",
)  # fmt: skip
_FAULTS_SHOWN, _ROWS_SHOWN, _RELEASES_SHOWN = 200, 20, 50


@signed_in("measure", "approve", "release")
def desk(request: HttpRequest) -> HttpResponse:
    """Batches, and releases that wait for a second person."""
    reader = request.reader  # type: ignore[attr-defined]
    problem = None
    if request.method == "POST":
        said = request.POST
        try:
            made = make_batch(
                reader, said.get("name", ""), said.get("method", ""), said.get("area", ""), request_id=_number(request)
            )
            request.is_audited = True  # type: ignore[attr-defined]
            return redirect("release-batch", made.pk)
        except UsageError as refused:
            problem = refused
    about(request, "batches")
    batches = batches_of(reader)
    counts: dict[int, dict[str, int]] = {}
    for row in _samples(batches).values("batch_id", "state").annotate(n=Count("pk")).order_by():
        counts.setdefault(row["batch_id"], {})[row["state"]] = row["n"]
    releases = Release.objects.visible_to(reader).select_related("batch").order_by("-pk")
    said = {
        "problem": problem, "form": request.POST, "areas": areas_measured_in(reader),
        "batches": [(one, sum(counts.get(one.pk, {}).values()), counts.get(one.pk, {})) for one in batches[:200]],
        "waiting": releases.filter(state__in=("proposed", "releasing")), "username": reader.username,
        "decided": releases.exclude(state__in=("proposed", "releasing"))[:_RELEASES_SHOWN],
    }  # fmt: skip
    return render(request, "operations/release/desk.html", said, status=400 if problem else 200)


def _samples(batches: list[Batch]) -> Any:
    from headworks.web.operations.models import SampleRecord

    return SampleRecord.objects.unscoped("samples of batches that the reader sees").filter(batch__in=batches)


def _number(request: HttpRequest) -> str:
    return request.request_id  # type: ignore[attr-defined,no-any-return]


@signed_in(*SEEING)
@require_GET
def batch(request: HttpRequest, number: int) -> HttpResponse:
    """One batch."""
    return batch_page(request, number)


def batch_page(request: HttpRequest, number: int, **more: Any) -> HttpResponse:
    """The page, with what was refused on it."""
    reader = request.reader  # type: ignore[attr-defined]
    found = Batch.objects.require(reader, pk=number)
    about(request, "batch", str(number), found.area_path)
    samples = list(samples_of(found))
    entries = MeasurementEntry.objects.unscoped("results of a batch that the reader sees").filter(
        batch=found, is_dropped=False
    )
    newest = {(row.sample_id, row.analyte, row.replicate): row for row in entries.order_by("version")}
    states = [sample.state for sample in samples]
    said = {
        "batch": found, "samples": samples, "entries": [newest[key] for key in sorted(newest)], "verdicts": VERDICTS,
        "n_open": sum(state in ("prepared", "measured") for state in states), "n_measured": states.count("measured"),
        "n_reviewed": states.count("reviewed"),
        "held": held_by_rounds(found, [newest[key] for key in newest]) if "reviewed" in states else [],
        "releases": Release.objects.visible_to(reader).filter(batch=found).order_by("-pk"),
        "may": {scope: reader.has(scope, found.area_path) for scope in ("measure", "approve", "release")},
        "exports": _exports(reader, found),
        "received": _received(reader, found), "analytes": _analytes(), **more,
    }  # fmt: skip
    is_refused = any(more.get(name) for name in ("problem", "problems")) or bool(more.get("sheet") and more["sheet"].faults)
    return render(request, "operations/release/batch.html", said, status=400 if is_refused else 200)


def _exports(reader: Reader, found: Batch) -> Any:
    """Exports of the batch, for those of its laboratory."""
    rows = InstrumentFile.objects.visible_to(reader).filter(batch=found).order_by("-pk")
    return rows if works_in(reader, found.area_path) else rows.none()


def _received(reader: Reader, found: Batch) -> Any:
    """Samples that wait for a batch."""
    from headworks.web.operations.models import SampleRecord

    rows = SampleRecord.objects.visible_to(reader, "measure").filter(state__in=IN_LABORATORY)
    return rows.filter(owner_path__startswith=found.area_path).order_by("received_at")[:200]


def _analytes() -> list[str]:
    found: list[str] = names().filter(kind="analyte")["id"].to_list()
    return sorted(found)


@signed_in("measure")
@require_POST
def add(request: HttpRequest, number: int) -> HttpResponse:
    """Samples come into the batch."""
    reader = request.reader  # type: ignore[attr-defined]
    found = Batch.objects.require(reader, "measure", pk=number)
    codes = split_codes(request.POST.get("codes", "")) + request.POST.getlist("sample")
    added, refused = add_samples(reader, found, codes, reason=request.POST.get("reason", ""), request_id=_number(request))
    return _answer(request, number, added, refused)


def _answer(request: HttpRequest, number: int, done: list[str], refused: list[HeadworksError]) -> HttpResponse:
    request.is_audited = bool(done)  # type: ignore[attr-defined]
    if done:
        messages.success(
            request, ngettext("%(n)s sample is taken on.", "%(n)s samples are taken on.", len(done)) % {"n": len(done)}
        )
    return batch_page(request, number, problems=refused) if refused else redirect("release-batch", number)


@signed_in("measure")
@require_POST
def results(request: HttpRequest, number: int) -> HttpResponse:
    """Results from a file, first dry and then kept; or one result from the form."""
    reader = request.reader  # type: ignore[attr-defined]
    found = Batch.objects.require(reader, "measure", pk=number)
    try:
        if "analyte" in request.POST:
            sheet = read_sheet(reader, found, _one_row(request.POST), "form.csv")
            return _kept(request, found, sheet, is_form=True)
        if "upload" in request.POST:
            content, name = take_upload(reader, found, request.POST["upload"])
            return _kept(request, found, read_sheet(reader, found, content, name))
        file = request.FILES.get("file")
        if file is None or file.size > settings.SERVER.max_upload_mb * 1024 * 1024:
            raise UsageError(
                _("No file was sent, or it is too large."), where="" if file is None else file.name[-80:],
                remedy=_("Choose a .csv or .xlsx file"), code="HW-U151",
            )  # fmt: skip
        content = file.read()
        sheet = read_sheet(reader, found, content, file.name)
    except (UsageError, signing.BadSignature) as problem:
        said = problem if isinstance(problem, UsageError) else UsageError(
            _("The file is not at hand any more."), remedy=_("Send it again"), code="HW-U151"
        )  # fmt: skip
        return batch_page(request, number, problem=said)
    upload = "" if sheet.faults else keep_upload(reader, found, content, file.name)
    return batch_page(request, number, sheet=_shown(sheet), upload=upload, n_rows=len(sheet.rows), n_faults=len(sheet.faults))


def _shown(sheet: Sheet) -> Sheet:
    return Sheet(sheet.rows[:_ROWS_SHOWN], sheet.faults[:_FAULTS_SHOWN], sheet.findings)


def _kept(request: HttpRequest, found: Batch, sheet: Sheet, *, is_form: bool = False) -> HttpResponse:
    if sheet.faults:
        return batch_page(
            request, found.pk, sheet=_shown(sheet), n_faults=len(sheet.faults), form=request.POST if is_form else {}
        )
    kept = keep_rows(request.reader, found, sheet.rows, request_id=_number(request))  # type: ignore[attr-defined]
    request.is_audited = True  # type: ignore[attr-defined]
    messages.success(request, ngettext("%(n)s result is kept.", "%(n)s results are kept.", kept) % {"n": kept})
    return redirect("release-batch", found.pk)


def _one_row(said: Any) -> bytes:
    """The form as a file of one row, so that both are read by the same rules."""
    said = {name: text for name in _OF_FORM if (text := " ".join(said.get(name, "").split())[:200])}
    buffer = io.StringIO()
    rows = csv.writer(buffer)
    rows.writerow(said)
    rows.writerow(said.values())
    return buffer.getvalue().encode()


@signed_in("measure", "approve")
@require_POST
def reviewed(request: HttpRequest, number: int) -> HttpResponse:
    """All measured samples of a batch are reviewed."""
    reader = request.reader  # type: ignore[attr-defined]
    found = Batch.objects.require(reader, pk=number)
    done, refused = review(reader, found, request.POST.get("note", ""), request_id=_number(request))
    return _answer(request, number, done, refused)


@signed_in("measure", "approve")
@require_POST
def verdict(request: HttpRequest, number: int) -> HttpResponse:
    """The verdict on the batch's quality control."""
    reader = request.reader  # type: ignore[attr-defined]
    found = Batch.objects.require(reader, pk=number)
    try:
        give_verdict(
            reader, found, request.POST.get("verdict", ""), request.POST.get("reason", ""), request_id=_number(request)
        )
    except UsageError as problem:
        return batch_page(request, number, problem=problem)
    request.is_audited = True  # type: ignore[attr-defined]
    return redirect("release-batch", number)
