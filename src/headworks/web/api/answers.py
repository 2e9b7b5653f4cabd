"""Rows as JSON, CSV or Parquet: a page of them, how many there are, and a tag for answers that did not change."""

from __future__ import annotations

import hashlib
import io
import json
from typing import Any, Literal
from urllib.parse import urlencode

import polars as pl
from django.http import HttpRequest, HttpResponse
from ninja import Field, Schema

from headworks.jobs.csv_text import disarmed_csv
from headworks.web.access.models import RegisterState
from headworks.web.access.reader import Reader
from headworks.web.audit.middleware import about, record_change

TYPES = {"json": "application/json", "csv": "text/csv; charset=utf-8", "parquet": "application/vnd.apache.parquet"}
_FIRST = {"json": 100, "csv": 100_000, "parquet": 100_000}
MOST = 100_000
_DEEPEST = 100_000_000


class Page(Schema):
    """Which rows, and as what."""

    limit: int = Field(0, ge=0, le=MOST, description="Rows at most; when 0, 100 as JSON and 100,000 as CSV or Parquet.")
    offset: int = Field(0, ge=0, le=_DEEPEST, description="Rows to pass over.")
    format: Literal["", "json", "csv", "parquet"] = Field("", description="Else what Accept asks for; JSON otherwise.")


class Problem(Schema):
    """A refusal (RFC 9457): what, where, what was found, what would do, and a stable code."""

    type: str
    title: str
    status: int
    code: str
    where: str = ""
    found: str = ""
    remedy: str = ""
    errors: list[dict[str, str]] = []


REFUSALS: dict[int, Any] = dict.fromkeys((400, 401, 404, 409, 422, 429), Problem)
CHANGE_REFUSALS: dict[int, Any] = {**REFUSALS, 403: Problem, 413: Problem, 415: Problem}
_OTHER_TYPES = {
    "text/csv": {"schema": {"type": "string"}},
    TYPES["parquet"]: {"schema": {"type": "string", "contentMediaType": TYPES["parquet"]}},
}
TABLE = {
    "responses": {
        200: {
            "content": _OTHER_TYPES,
            "headers": {
                "X-Total-Count": {"description": "Rows there are.", "schema": {"type": "string"}},
                "Link": {"description": "first, prev, next (RFC 8288).", "schema": {"type": "string"}},
                "ETag": {"description": "For If-None-Match.", "schema": {"type": "string"}},
            },
        },
        304: {"description": "Unchanged."},
    }
}


def format_of(request: HttpRequest, page: Page) -> str:
    """json, csv or parquet."""
    if page.format:
        return page.format
    accepted = request.headers.get("Accept", "")
    wanted = (name for name, kind in TYPES.items() if kind.partition(";")[0] in accepted)
    return next(wanted, "json")


def tag_of(request: HttpRequest, reader: Reader, run_id: str, page: Page) -> str:
    """What an answer hangs on: the run, the register, what the reader was granted, and what was asked."""
    state = RegisterState.objects.values_list("last_import_seq", flat=True).first()
    rights = sorted((right.role, right.area_path, right.tier) for right in reader.rights)
    narrowed = sorted(reader.only_scopes) if reader.only_scopes is not None else None
    asked = [request.path, sorted(request.GET.lists()), format_of(request, page)]
    said = json.dumps([run_id, state, rights, narrowed, reader.only_path, asked])
    return f'"{hashlib.sha256(said.encode()).hexdigest()[:32]}"'


def unchanged(request: HttpRequest, tag: str, kind: str, name: str, area_path: str = "") -> HttpResponse | None:
    """304 when the reader has this answer already; the question is audited all the same."""
    if tag not in [one.strip().removeprefix("W/") for one in request.headers.get("If-None-Match", "").split(",")]:
        return None
    record_change(request, "view", object_kind=kind, object_id=name, area_path=area_path, detail="unchanged")
    return HttpResponse(status=304, headers={"ETag": tag, "Cache-Control": "private, no-cache", "Vary": _VARY})


_VARY = "Accept, Authorization, Cookie"


def rows_answer(
    request: HttpRequest,
    frame: pl.DataFrame,
    page: Page,
    *,
    name: str,
    total: int | None = None,
    tag: str | None = None,
    area_path: str = "",
    **said: Any,
) -> HttpResponse:
    """A page of rows.

    Parameters
    ----------
    frame
        All rows; or the rows of the page, when ``total`` says how many there are.
    name
        What they are: names the file, and stands in the audit log.
    tag
        From :func:`tag_of`; of the content when None.
    said
        What the JSON says beside the rows: ``run_id``, ``tier``.
    """
    kind = format_of(request, page)
    limit = page.limit or _FIRST[kind]
    if total is None:
        total, frame = frame.height, frame.slice(page.offset, limit)
    body = _body(kind, frame, {"total": total, "limit": limit, "offset": page.offset, **said})
    tag = tag or f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    asked = getattr(request, "audit_about", {})
    kind_of_object, object_id = asked.get("object_kind", name), asked.get("object_id", "")
    same = unchanged(request, tag, kind_of_object, object_id, area_path)
    if same is not None:
        return same
    about(request, kind_of_object, object_id, area_path, action="view" if kind == "json" else "export")
    answer = HttpResponse(body, content_type=TYPES[kind])
    answer.headers["ETag"], answer.headers["X-Total-Count"] = tag, str(total)
    answer.headers["Cache-Control"], answer.headers["Vary"] = "private, no-cache", _VARY
    if kind != "json":
        answer.headers["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    if links := _links(request, total, limit, page.offset):
        answer.headers["Link"] = links
    return answer


def limit_of(request: HttpRequest, page: Page) -> int:
    """Rows of a page."""
    return page.limit or _FIRST[format_of(request, page)]


def plain(frame: pl.DataFrame) -> pl.DataFrame:
    """Without enumerations, and empty where a number is none."""
    floats = pl.selectors.float()
    return frame.with_columns(
        pl.col(pl.Enum).cast(pl.String), pl.when(floats.is_finite()).then(floats).otherwise(None).name.keep()
    )


def json_rows(frame: pl.DataFrame) -> list[dict[str, Any]]:
    """Rows that JSON can hold; days and instants as ISO 8601."""
    times = (pl.col(pl.Datetime).dt.to_string("iso:strict"), pl.col(pl.Date).dt.to_string("iso"))
    return plain(frame).with_columns(times).to_dicts()


def _body(kind: str, frame: pl.DataFrame, said: dict[str, Any]) -> bytes:
    shown = plain(frame)
    if kind == "csv":
        return disarmed_csv(shown.with_columns(pl.col(pl.Datetime).dt.to_string("iso:strict"))).encode()
    if kind == "parquet":
        buffer = io.BytesIO()
        shown.write_parquet(buffer)
        return buffer.getvalue()
    said["rows"] = json_rows(shown)
    return json.dumps(said, ensure_ascii=False, default=str, allow_nan=False).encode()


def _links(request: HttpRequest, total: int, limit: int, offset: int) -> str:
    places = {"first": 0}
    if offset:
        places["prev"] = max(offset - limit, 0)
    if offset + limit < total:
        places["next"] = offset + limit
    asked = [(key, value) for key, values in request.GET.lists() if key not in ("limit", "offset") for value in values]
    return ", ".join(
        f'<{request.path}?{urlencode([*asked, ("limit", limit), ("offset", place)])}>; rel="{name}"'
        for name, place in places.items()
    )
