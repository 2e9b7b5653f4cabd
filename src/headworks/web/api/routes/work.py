"""Routes of work: imports, runs, reports, and how far each is."""

from __future__ import annotations

from typing import Any, Literal

import polars as pl
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from ninja import Field, File, Form, Query, Router, Schema, Status, UploadedFile

from headworks.store import read_manifests
from headworks.web.access.policy import NotVisible, require_area, require_scope
from headworks.web.access.reader import Reader
from headworks.web.api.answers import CHANGE_REFUSALS, REFUSALS, TABLE, Page, limit_of, rows_answer
from headworks.web.api.report_work import ask_report, report_html
from headworks.web.api.routes.figures import PERIOD
from headworks.web.api.rows import RunRow, WorkRow, listing
from headworks.web.api.seen import covers_all
from headworks.web.api.uploads import KINDS, keep_upload, without_folders
from headworks.web.audit.middleware import about, record_change
from headworks.web.figures.sets import current_run
from headworks.web.opened import the_workspace
from headworks.web.work.models import WorkItem
from headworks.web.work.queue import ask, cancel

router = Router(tags=["work"])
RunRows, WorkRows = listing("RunRows", RunRow), listing("WorkRows", WorkRow)
_RUN_SCHEMA = dict.fromkeys(RunRow.model_fields, pl.String) | {"is_shown": pl.Boolean}
_ROUTES = {"import": "imports", "import_check": "imports", "report": "reports"}
_DATABASE_MOST = 2**62
_OWN = "one's own work is shown to who asked for it"


class ImportSaid(Schema):
    """How a file is to be read."""

    format: Literal["headworks", "score", "odm"] = Field("headworks", description="Layout of the file.")
    dry_run: bool = Field(False, description="Say what would happen, and change nothing.")


class ReportSaid(Schema):
    """Which report."""

    area: str = Field(..., min_length=1, max_length=64)
    period: str = Field("", pattern=PERIOD)
    language: Literal["en", "zh"] = "en"


@router.get("/runs", response={200: RunRows, **REFUSALS}, openapi_extra=TABLE, summary="Runs")
def runs(request: HttpRequest, page: Query[Page]) -> HttpResponse:
    """Runs of the computation, newest first."""
    require_scope(request.reader, "view", "view_samples")  # type: ignore[attr-defined]
    shown = current_run(the_workspace())
    made = [_run(one, shown) for one in reversed(read_manifests(the_workspace()))]
    return rows_answer(request, pl.DataFrame(made, schema=_RUN_SCHEMA), page, name="runs")


@router.get("/runs/{run_id}", response={200: RunRow, **REFUSALS}, summary="One run")
def run(request: HttpRequest, run_id: str) -> Any:
    """A run by its identifier."""
    require_scope(request.reader, "view", "view_samples")  # type: ignore[attr-defined]
    for one in read_manifests(the_workspace()):
        if one.run_id == run_id:
            about(request, "run", run_id)
            return _run(one, current_run(the_workspace()))
    raise NotVisible(f"run {run_id}")


@router.post("/imports", response={202: WorkRow, **CHANGE_REFUSALS}, summary="Import a file")
def put_import(request: HttpRequest, said: Form[ImportSaid], file: File[UploadedFile]) -> Any:
    """Hand a file to the worker; needs the right to import for every area there is, since a file may speak of any."""
    reader = request.reader  # type: ignore[attr-defined]
    _require_importer(reader)
    path = keep_upload(file, reader.username)
    kind = "import_check" if said.dry_run else "import"
    with transaction.atomic():
        item = ask(kind, {"path": str(path), "name": path.name, "format": said.format}, by=reader.username)
        record_change(request, f"ask_{kind}", object_kind="work", object_id=str(item.pk), detail={"name": path.name})
    return Status(202, _row(item))


@router.get("/imports", response={200: WorkRows, **REFUSALS}, openapi_extra=TABLE, summary="Imports")
def imports(request: HttpRequest, page: Query[Page]) -> HttpResponse:
    """Files that were put in, newest first."""
    _require_importer(request.reader)  # type: ignore[attr-defined]
    return _rows(request, _visible(request.reader).filter(kind__in=KINDS), page, "imports")  # type: ignore[attr-defined]


@router.get("/imports/{int:item_id}", response={200: WorkRow, **REFUSALS}, summary="One import")
def one_import(request: HttpRequest, item_id: int) -> Any:
    """How far an import is, and what became of it."""
    _require_importer(request.reader)  # type: ignore[attr-defined]
    return _row(_item(request, item_id, KINDS))


@router.post("/reports", response={202: WorkRow, **CHANGE_REFUSALS}, summary="Ask for a report")
def put_report(request: HttpRequest, said: ReportSaid) -> Any:
    """The situation report of an area of the reader, made with the reader's rights."""
    reader = request.reader  # type: ignore[attr-defined]
    area = require_area(reader, said.area)
    with transaction.atomic():
        item = ask_report(reader, area, said.period, said.language)
        record_change(request, "ask_report", object_kind="work", object_id=str(item.pk), area_path=area.path)
    return Status(202, _row(item))


@router.get("/reports", response={200: WorkRows, **REFUSALS}, openapi_extra=TABLE, summary="Reports one asked for")
def reports(request: HttpRequest, page: Query[Page]) -> HttpResponse:
    """Reports that the reader asked for, newest first."""
    reader = request.reader  # type: ignore[attr-defined]
    require_scope(reader, "view")
    return _rows(request, _own(reader).filter(kind="report"), page, "reports")


@router.get("/reports/{int:item_id}", response={200: WorkRow, **REFUSALS}, summary="One report")
def one_report(request: HttpRequest, item_id: int) -> Any:
    """How far a report is."""
    return _row(_own_report(request, item_id))


@router.get(
    "/reports/{int:item_id}/html", response={200: None, **REFUSALS}, summary="A report as a page",
    openapi_extra={"responses": {200: {"content": {"text/html": {"schema": {"type": "string"}}}}}},
)  # fmt: skip
def html_of_report(request: HttpRequest, item_id: int) -> HttpResponse:
    """The report, while its reader still has the rights it was made with."""
    item = _own_report(request, item_id)
    html = report_html(request.reader, item)  # type: ignore[attr-defined]
    about(request, "report", str(item_id), item.area_path, action="export")
    answer = HttpResponse(html, content_type="text/html; charset=utf-8")
    # The file brings its own styles and scripts; it may reach nothing, and is kept apart from our pages.
    answer.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; sandbox allow-scripts"
    )
    answer.headers["Content-Disposition"] = f'attachment; filename="report-{item_id}.html"'
    return answer


@router.get("/work", response={200: WorkRows, **REFUSALS}, openapi_extra=TABLE, summary="Work")
def work(request: HttpRequest, page: Query[Page]) -> HttpResponse:
    """Work that the reader asked for, or may import for; newest first."""
    return _rows(request, _visible(request.reader), page, "work")  # type: ignore[attr-defined]


@router.get("/work/{int:item_id}", response={200: WorkRow, **REFUSALS}, summary="One piece of work")
def one_work(request: HttpRequest, item_id: int) -> Any:
    """How far it is, and what came of it."""
    return _row(_item(request, item_id))


@router.post("/work/{int:item_id}/cancel", response={202: WorkRow, **CHANGE_REFUSALS}, summary="Ask for an end")
def cancel_work(request: HttpRequest, item_id: int) -> Any:
    """End what waits; what runs ends between two steps."""
    item = _item(request, item_id)
    with transaction.atomic():
        cancel(item)
        record_change(request, "cancel_work", object_kind="work", object_id=str(item_id), area_path=item.area_path)
    return Status(202, _row(_item(request, item_id)))


def _require_importer(reader: Reader) -> None:
    if not covers_all(reader, "import"):
        raise NotVisible("needs import on every area")


def _own(reader: Reader) -> Any:
    """What the reader asked for; a token that is narrower than its owner sees none of what its owner asked for elsewhere."""
    rows = WorkItem.objects.unscoped(_OWN).filter(asked_by=reader.username)
    return rows.filter(area_path__startswith=reader.only_path)


def _visible(reader: Reader) -> Any:
    own = _own(reader).values("pk")
    allowed = Q(pk__in=own)
    if covers_all(reader, "import"):
        # A report is its reader's alone.
        allowed |= ~Q(kind="report")
    return WorkItem.objects.unscoped(_OWN).filter(allowed)


def _item(request: HttpRequest, item_id: int, kinds: tuple[str, ...] = ()) -> WorkItem:
    rows = _visible(request.reader).filter(pk=min(item_id, _DATABASE_MOST))  # type: ignore[attr-defined]
    found: WorkItem | None = (rows.filter(kind__in=kinds) if kinds else rows).first()
    if found is None:
        raise NotVisible(f"work {item_id}")
    about(request, "work", str(item_id), found.area_path)
    return found


def _own_report(request: HttpRequest, item_id: int) -> WorkItem:
    reader = request.reader  # type: ignore[attr-defined]
    found: WorkItem | None = _own(reader).filter(kind="report", pk=min(item_id, _DATABASE_MOST)).first()
    if found is None:
        raise NotVisible(f"report {item_id}")
    about(request, "report", str(item_id), found.area_path)
    return found


def _rows(request: HttpRequest, rows: Any, page: Page, name: str) -> HttpResponse:
    limit = limit_of(request, page)
    made = [_row(item) for item in rows.order_by("-pk")[page.offset : page.offset + limit]]
    frame = pl.DataFrame([{**row, "outcome": None} for row in made], schema=_WORK_SCHEMA).drop("outcome")
    return rows_answer(request, frame, page, name=name, total=rows.count())


_WORK_SCHEMA = dict.fromkeys(WorkRow.model_fields, pl.String) | {"id": pl.Int64}


def _row(item: WorkItem) -> dict[str, Any]:
    return {
        "id": item.pk, "kind": item.kind, "state": item.state, "step": item.step, "asked_at": item.asked_at.isoformat(),
        "ended_at": item.ended_at.isoformat() if item.ended_at else None, "outcome": without_folders(item.outcome),
        "href": f"/api/v1/{_ROUTES.get(item.kind, 'work')}/{item.pk}",
    }  # fmt: skip


def _run(one: Any, shown: str | None) -> dict[str, Any]:
    said = {name: str(getattr(one, name)) for name in _RUN_SCHEMA if name != "is_shown"}
    return {**said, "is_shown": one.run_id == shown}
