"""The feed of signals: JSON Feed and Atom, for whoever a token is of."""

from __future__ import annotations

import hashlib
import json
from typing import Any, Literal

from django.db.models.functions import Greatest
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from ninja import Field, Query, Router, Schema

from headworks.web.access.policy import require_area, require_scope
from headworks.web.api.answers import REFUSALS, unchanged
from headworks.web.api.routes.signals import Kind
from headworks.web.audit.middleware import about
from headworks.web.signals.entries import Entry, entries
from headworks.web.signals.feed import ATOM, JSON_FEED, atom_feed, json_feed
from headworks.web.signals.models import Signal

router = Router(tags=["signals"])
_MOST = 200


class FeedFilter(Schema):
    """Which signals."""

    area: str = Field("", max_length=64, description="Only those of this area and what lies in it.")
    kind: Kind | Literal[""] = Field("", description="Only those of this kind.")
    limit: int = Field(50, ge=1, le=_MOST, description="Entries at most, newest change first.")


class FeedItem(Schema):
    """A signal."""

    id: str
    url: str
    title: str
    content_text: str
    date_published: str
    date_modified: str
    tags: list[str]


class JsonFeed(Schema):
    """JSON Feed 1.1."""

    version: str
    title: str
    home_page_url: str
    feed_url: str
    language: str
    items: list[FeedItem]


def _also(kind: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"responses": {200: {"content": {kind: {"schema": schema}}}, 304: {"description": "Unchanged."}}}


@router.get(
    "/signals/feed.json", response={200: JsonFeed, **REFUSALS}, summary="Feed of signals (JSON Feed)",
    openapi_extra=_also(JSON_FEED, {"$ref": "#/components/schemas/JsonFeed"}),
)  # fmt: skip
def feed_json(request: HttpRequest, wanted: Query[FeedFilter]) -> HttpResponse:
    """Signals on the reader's areas and sites, newest change first, closed ones among them."""
    said = json_feed(_entries(request, wanted), request.build_absolute_uri, request.get_full_path(), get_language() or "en")
    return _answer(request, json.dumps(said, ensure_ascii=False).encode(), JSON_FEED)


@router.get(
    "/signals/feed.atom", response=REFUSALS, summary="Feed of signals (Atom)", openapi_extra=_also(ATOM, {"type": "string"})
)
def feed_atom(request: HttpRequest, wanted: Query[FeedFilter]) -> HttpResponse:
    """The same as Atom."""
    body = atom_feed(_entries(request, wanted), request.build_absolute_uri, request.get_full_path(), get_language() or "en")
    return _answer(request, body, ATOM)


def _entries(request: HttpRequest, wanted: FeedFilter) -> list[Entry]:
    reader = request.reader  # type: ignore[attr-defined]
    require_scope(reader, "view")
    rows = Signal.objects.visible_to(reader)
    if wanted.kind:
        rows = rows.filter(kind=wanted.kind)
    if wanted.area:
        rows = rows.filter(area_path__startswith=require_area(reader, wanted.area).path)
    rows = rows.annotate(changed_at=Greatest("raised_at", "state_since")).order_by("-changed_at", "-pk")
    return entries(reader, rows[: wanted.limit])


def _answer(request: HttpRequest, body: bytes, kind: str) -> HttpResponse:
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    same = unchanged(request, tag, "signals", "feed")
    if same is not None:
        return same
    about(request, "signals", "feed")
    answer = HttpResponse(body, content_type=kind)
    answer.headers["ETag"], answer.headers["Cache-Control"] = tag, "private, no-cache"
    answer.headers["Vary"] = "Accept-Language, Authorization, Cookie"
    return answer
