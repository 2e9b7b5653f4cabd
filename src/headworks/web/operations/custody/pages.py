"""Pages of samples: what waits and where, one sample's custody, what is said of it."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from headworks.core.errors import UsageError
from headworks.jobs.desk import conformity_of_rows, rules_of
from headworks.web.access.decorators import signed_in
from headworks.web.access.models import SiteNode
from headworks.web.access.policy import NotVisible, visible_sites
from headworks.web.access.reader import Reader
from headworks.web.audit.middleware import about
from headworks.web.opened import the_workspace
from headworks.web.operations.custody.chain import broken_events, events_of
from headworks.web.operations.custody.photos import read_photo
from headworks.web.operations.custody.reading import read_said
from headworks.web.operations.custody.transitions import perform
from headworks.web.operations.models import Deviation, MeasurementEntry, Photo, SampleRecord
from headworks.web.operations.plan.labels import qr_picture
from headworks.web.operations.plan.routes import late_samples
from headworks.web.operations.states import RELEASED, STATE_WORDS, TRANSITIONS

SEEING = ("capture", "view_samples")
_LABORATORY = ("measure", "approve", "release")
_PAGE = 50
_LATE_SHOWN = 10
# What a page of a sample offers; receiving and the laboratory have pages of their own.
_OFFERED = ("hand_over", "lose", "cancel", "send_back", "dispose", "note")


def seen_samples(reader: Reader) -> Any:
    """Samples that a reader sees: those of sites they are shown, and those they capture."""
    return SampleRecord.objects.visible_to(reader) | SampleRecord.objects.visible_to(reader, "capture")


def require_sample(reader: Reader, sample_id: str) -> SampleRecord:
    """One of them.

    Raises
    ------
    NotVisible
        When there is none.
    """
    found = seen_samples(reader).filter(pk=sample_id).first()
    if found is None:
        raise NotVisible(f"sample {sample_id}")
    return found  # type: ignore[no-any-return]


def site_names(reader: Reader, site_ids: set[str]) -> dict[str, SiteNode]:
    """Sites of samples on a page."""
    sites = visible_sites(reader) | visible_sites(reader, "capture")
    return {site.site_id: site for site in sites.filter(pk__in=site_ids)}


@signed_in(*SEEING)
@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """What waits: samples by state, what is late, where to go next."""
    reader = request.reader  # type: ignore[attr-defined]
    about(request, "samples", area_path=_one_root(reader))
    counted = dict(seen_samples(reader).values_list("state").annotate(n=Count("pk")).order_by())
    today = timezone.localdate()
    late = late_samples(reader, today)
    shown = list(late[:_LATE_SHOWN])
    said = {
        "counts": [(state, words, counted.get(state, 0)) for state, words in STATE_WORDS.items()],
        "n_all": sum(counted.values()),
        "late": shown, "n_late": late.count(), "today": today,
        "n_today": seen_samples(reader).filter(planned_day=today).exclude(state="cancelled").count(),
        "sites": site_names(reader, {row.site_id for row in shown}),
        "may": {scope: reader.has(scope) for scope in ("capture", "measure", "import", "view_samples")},
    }  # fmt: skip
    return render(request, "operations/index.html", said)


def _one_root(reader: Reader) -> str:
    roots = reader.roots("view_samples") or reader.roots("capture")
    return roots[0] if len(roots) == 1 else ""


@signed_in(*SEEING)
@require_GET
def samples(request: HttpRequest) -> HttpResponse:
    """List of samples, by state, site and day."""
    reader = request.reader  # type: ignore[attr-defined]
    wanted = {name: request.GET.get(name, "").strip()[:80] for name in ("state", "site", "day", "late")}
    rows = late_samples(reader, timezone.localdate()) if wanted["late"] else seen_samples(reader)
    if wanted["state"] in STATE_WORDS:
        rows = rows.filter(state=wanted["state"])
    if wanted["site"]:
        rows = rows.filter(site_id__startswith=wanted["site"]) | rows.filter(sample_id__startswith=wanted["site"].upper())
    if wanted["day"]:
        day = _day(wanted["day"])
        rows = rows.filter(planned_day=day) if day else rows.none()
    page = Paginator(rows.order_by("-planned_day", "sample_id"), _PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    about(request, "samples", area_path=_one_root(reader))
    names = site_names(reader, {row.site_id for row in page})
    said = {"page": page, "wanted": wanted, "states": STATE_WORDS, "sites": names, "query": query.urlencode()}
    return render(request, "operations/samples.html", said)


def _day(text: str) -> Any:
    import datetime as dt

    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


@signed_in(*SEEING)
@require_GET
def sample(request: HttpRequest, sample_id: str) -> HttpResponse:
    """One sample's custody."""
    return sample_page(request, sample_id)


def sample_page(request: HttpRequest, sample_id: str, problem: UsageError | None = None) -> HttpResponse:
    """The page, with a refusal on it when something was refused."""
    reader = request.reader  # type: ignore[attr-defined]
    found = require_sample(reader, sample_id)
    about(request, "sample", sample_id, found.owner_path)
    events = events_of(sample_id, reader)
    shown = [
        {"event": event, "words": TRANSITIONS[event.kind].words, "to": STATE_WORDS.get(event.state_to)} for event in events
    ]
    said = {
        "sample": found, "site": site_names(reader, {found.site_id}).get(found.site_id), "problem": problem,
        "events": shown,
        "broken": broken_events(found), "deviations": _rows(Deviation, reader, sample_id).order_by("pk"),
        "photos": _rows(Photo, reader, sample_id).order_by("pk"), "qr": qr_picture(sample_id),
        "conformity": conformity_of_sample(found), "offered": _offered(reader, found), "event_id": str(uuid.uuid4()),
        "entries": _results(reader, found),
        "may_correct": found.state in RELEASED and all(reader.has(one, found.owner_path) for one in ("measure", "release")),
    }  # fmt: skip
    return render(request, "operations/sample.html", said, status=400 if problem else 200)


def _results(reader: Reader, found: SampleRecord) -> Any:
    """Results of a sample, for the laboratory and stewards: everybody else is shown figures cut to their tier, elsewhere."""
    is_laboratory = any(reader.has(scope, found.owner_path) for scope in _LABORATORY)
    if not is_laboratory and reader.tier_at(found.owner_path) != "steward":
        return ()
    rows = MeasurementEntry.objects.visible_to(reader).filter(sample_id=found.sample_id)
    return (rows if is_laboratory else rows.filter(is_released=True)).select_related("batch", "release")


def _rows(model: Any, reader: Reader, sample_id: str) -> Any:
    seen = model.objects.visible_to(reader) | model.objects.visible_to(reader, "capture")
    return seen.filter(sample_id=sample_id)


def conformity_of_sample(found: SampleRecord) -> list[dict[str, Any]]:
    """Where a sample departs from the specification, as far as is known; nothing before it was taken."""
    from headworks.web.operations.laboratory.releases.work import sample_row

    if found.collected_from is None:
        return []
    return conformity_of_rows(rules_of(the_workspace()), [sample_row(found)])


def _offered(reader: Reader, found: SampleRecord) -> list[dict[str, Any]]:
    offered = []
    for kind in _OFFERED:
        move = TRANSITIONS[kind]
        if found.state in move.sources and any(reader.has(scope, found.owner_path) for scope in move.scopes):
            offered.append(
                {"kind": kind, "words": move.words, "needs_reason": move.needs_reason, "is_hand_over": kind == "hand_over"}
            )
    return offered


@signed_in("capture", "measure", "approve")
@require_POST
def say_event(request: HttpRequest, sample_id: str) -> HttpResponse:
    """Something happened to a sample."""
    reader = request.reader  # type: ignore[attr-defined]
    kind = request.POST.get("kind", "")
    if kind not in _OFFERED:
        raise NotVisible(f"event {kind[:40]}")
    require_sample(reader, sample_id)
    try:
        perform(reader, sample_id, read_said(kind, request.POST), request_id=request.request_id)  # type: ignore[attr-defined]
    except UsageError as problem:
        return sample_page(request, sample_id, problem)
    request.is_audited = True  # type: ignore[attr-defined]
    messages.success(request, _("It is written down."))
    return redirect("operations-sample", sample_id)


@signed_in(*SEEING)
@require_GET
def photo(request: HttpRequest, sha256: str) -> HttpResponse:
    """A photograph of a sampling point."""
    row, content = read_photo(request.reader, sha256)  # type: ignore[attr-defined]
    about(request, "photo", sha256, row.owner_path)
    return HttpResponse(content, content_type=row.media_type, headers={"Content-Disposition": "inline"})
