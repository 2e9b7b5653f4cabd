"""Pages of an export: sent, asked about, its verdicts and charts, decided by a second person, taken over into the batch."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from headworks.core.errors import DataRefused, HeadworksError, UsageError
from headworks.jobs.laboratory import StoredEvaluation, list_versions, report_html
from headworks.web.access.decorators import signed_in
from headworks.web.access.policy import NotVisible
from headworks.web.audit.middleware import about
from headworks.web.operations.laboratory.batches import samples_of
from headworks.web.operations.laboratory.batches.pages import batch_page
from headworks.web.operations.laboratory.exports import answers
from headworks.web.operations.laboratory.exports.decisions import leave_out, overrule
from headworks.web.operations.laboratory.exports.evaluation_shown import (
    VERDICT_WORDS,
    cards_of,
    counts_of,
    sentences_of,
    tables_of_page,
)
from headworks.web.operations.laboratory.exports.files import (
    evaluate_soon,
    evaluation_of,
    is_waiting_long,
    keep_file,
    require_file,
    say_samples,
)
from headworks.web.operations.laboratory.exports.matching import match_samples, names_of
from headworks.web.operations.laboratory.exports.taking import changes_of, take_results
from headworks.web.operations.laboratory.laboratories import LABORATORY, laboratory_of, profile_name, profile_of
from headworks.web.operations.laboratory.uploads import sent_files
from headworks.web.operations.models import Batch, InstrumentFile

_HELD_SHOWN = 200


@signed_in("measure")
@require_POST
def send(request: HttpRequest, number: int) -> HttpResponse:
    """An export of an instrument, and perhaps a batch sheet, for a batch."""
    reader = request.reader  # type: ignore[attr-defined]
    batch = Batch.objects.require(reader, "measure", pk=number)
    try:
        export, sheets = sent_files(request, "export")[0], sent_files(request, "sheet", is_needed=False)
        run_at = _moment(request.POST.get("run_at", ""))
        made = keep_file(
            reader, batch, export, sheet=sheets[0] if sheets else None, run_at=run_at, request_id=_number(request)
        )
    except (UsageError, DataRefused) as problem:
        return batch_page(request, number, problem=problem)
    request.is_audited = True  # type: ignore[attr-defined]
    evaluate_soon(made, reader.username)
    return redirect("export", made.pk)


def _moment(text: str) -> dt.datetime | None:
    try:
        found = parse_datetime(text.strip()) if text.strip() else None
    except ValueError:
        found = None
    return timezone.make_aware(found) if found and timezone.is_naive(found) else found


def _number(request: HttpRequest) -> str:
    return request.request_id  # type: ignore[attr-defined,no-any-return]


@signed_in(*LABORATORY)
@require_GET
def export(request: HttpRequest, number: int) -> HttpResponse:
    """One export."""
    return _page(request, number)


def _page(request: HttpRequest, number: int, problem: HeadworksError | None = None) -> HttpResponse:
    reader = request.reader  # type: ignore[attr-defined]
    file = require_file(reader, number)
    about(request, "export", str(number), file.area_path)
    stored = evaluation_of(file)
    said: dict[str, Any] = {
        "file": file, "batch": file.batch, "problem": problem or file.problem, "asked": answers.asked_of(file),
        "may": {scope: reader.has(scope, file.area_path) for scope in LABORATORY},
        "is_waiting_long": is_waiting_long(file), "profile_name": profile_name(file.batch),
        "profile": request.POST.get("profile") or profile_of(file.batch).as_toml(), "form": request.POST,
    }  # fmt: skip
    if stored is not None:
        said |= _evaluated(file, stored, reader.username)
    return render(request, "operations/laboratory_export.html", said, status=400 if problem else 200)


def _evaluated(file: InstrumentFile, stored: StoredEvaluation, username: str) -> dict[str, Any]:
    said, changes, release = sentences_of(stored), changes_of(file, stored), stored.release
    cards = cards_of(stored, said)
    codes = sorted(samples_of(file.batch).values_list("sample_id", flat=True))
    sheet = stored.table("sheet")
    written = dict(sheet.drop_nulls("sample_id").select("sample_name", "sample_id").rows())
    matched = match_samples(names_of(stored.table("injection_results"), sheet), set(codes), written | file.matches)
    calibrators = stored.table("calibrators").select("batch_id", "analyte", "injection", "sample_name", "is_used")
    return {
        "stored": stored, "record": stored.record, "cards": cards, "counts": counts_of(cards),
        "tables": tables_of_page(stored, said), "is_english": not said,
        "versions": list(reversed(list_versions(laboratory_of(file.area_path), stored.id))), "codes": codes,
        "unmatched": [name for name, code in matched.items() if code is None],
        "matched": [(name, code) for name, code in matched.items() if code],
        "passed_over": [name for name, code in matched.items() if code == ""],
        "missing": sorted(set(codes) - {code for code in matched.values() if code}),
        "n_new": len(changes.rows), "n_back": len(changes.taken_back), "held": release.held.head(_HELD_SHOWN).to_dicts(),
        "n_held": release.held.height, "n_free": release.measurements.height, "n_others": release.others.height,
        "calibrators": calibrators.filter("is_used").to_dicts(), "verdict_words": VERDICT_WORDS,
        "has_hand_in_it": username.casefold() in {name.casefold() for name in stored.people},
    }  # fmt: skip


@signed_in("measure")
@require_POST
def say(request: HttpRequest, number: int) -> HttpResponse:
    """Answers to questions, whose samples they are, the profile as a whole, or only: evaluate again."""
    reader = request.reader  # type: ignore[attr-defined]
    file = require_file(reader, number, "measure")
    said = request.POST
    what = said.get("what", "")
    try:
        if what == "answers":
            answers.keep_answers(reader, file, said, request_id=_number(request))
        elif what == "samples":
            given = {name[7:]: word for name, word in said.items() if name.startswith("sample:") and word}
            chosen = {name[:300]: "" if word == "none" else word for name, word in given.items()}
            say_samples(reader, file, chosen, request_id=_number(request))
        elif what == "profile":
            answers.keep_profile(reader, file, said.get("profile", ""), request_id=_number(request))
        elif what != "again":
            raise NotVisible(f"export {number}: {what[:40]}")
    except HeadworksError as problem:
        return _page(request, number, problem)
    request.is_audited = what != "again"  # type: ignore[attr-defined]
    evaluate_soon(file, reader.username)
    return redirect("export", number)


@signed_in("approve")
@require_POST
def decide(request: HttpRequest, number: int) -> HttpResponse:
    """A second person overrules a verdict, or leaves a calibrator out."""
    reader = request.reader  # type: ignore[attr-defined]
    file = require_file(reader, number, "approve")
    said = request.POST
    parts = said.get("curve", "").split("\t")
    curve = (parts[0][:200], parts[-1][:200])
    try:
        if said.get("what") == "overrule":
            overrule(reader, file, curve, said.get("verdict", ""), said.get("reason", ""), request_id=_number(request))
        elif said.get("what") == "leave_out" and len(parts) == 3 and parts[1].isdecimal():
            leave_out(reader, file, curve, int(parts[1]), said.get("reason", ""), request_id=_number(request))
        else:
            raise NotVisible(f"export {number}: decision")
    except (UsageError, DataRefused) as problem:
        return _page(request, number, problem)
    request.is_audited = True  # type: ignore[attr-defined]
    messages.success(request, _("Decided; it is a new version."))
    return redirect("export", number)


@signed_in("measure")
@require_POST
def take(request: HttpRequest, number: int) -> HttpResponse:
    """Results of the newest version become those of the batch."""
    reader = request.reader  # type: ignore[attr-defined]
    file = require_file(reader, number, "measure")
    try:
        taken = take_results(reader, file, request_id=_number(request))
    except UsageError as problem:
        return _page(request, number, problem)
    request.is_audited = True  # type: ignore[attr-defined]
    if taken.n_kept:
        messages.success(
            request, ngettext("%(n)s result is kept.", "%(n)s results are kept.", taken.n_kept) % {"n": taken.n_kept}
        )
    if taken.n_taken_back:
        said = ngettext("%(n)s result is taken back.", "%(n)s results are taken back.", taken.n_taken_back)
        messages.success(request, said % {"n": taken.n_taken_back})
    if taken.amendment is not None:
        return redirect("release-one", taken.amendment.pk)
    return redirect("release-batch", file.batch_id)


@signed_in(*LABORATORY)
@require_GET
def report(request: HttpRequest, number: int) -> HttpResponse:
    """The batch report as one file."""
    file = require_file(request.reader, number)  # type: ignore[attr-defined]
    stored = evaluation_of(file)
    if stored is None:
        raise NotVisible(f"export {number}: no evaluation")
    about(request, "export", str(number), file.area_path, "download")
    # Its style stands in the file, which no page of ours may have; it is saved, not shown.
    answer = HttpResponse(report_html(stored), content_type="text/html; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="batch-{stored.id}-v{stored.version}.html"'
    return answer
