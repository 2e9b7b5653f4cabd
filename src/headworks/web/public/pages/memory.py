"""Public pages made before: kept by edition and address, so that most of them are answered without being made.

An edition does not change, and no page of it hangs on who reads. What was withdrawn has another newest edition, so its pages
are not found any more.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import NamedTuple

from django.http import HttpRequest, HttpResponse
from django.utils.translation import override

MAX_AGE_S = 300
_MOST_BYTES = 64 * 1024 * 1024
_LARGEST_BYTES = 8 * 1024 * 1024
_lock = threading.Lock()
_pages: OrderedDict[tuple[str, ...], Made] = OrderedDict()
_held = [0]


class Made(NamedTuple):
    """A page as it goes out."""

    body: bytes
    kind: str
    tag: str
    name: str


def remembered(
    request: HttpRequest, key: tuple[str, ...], language: str, make: Callable[[], tuple[bytes | str, str, str]]
) -> HttpResponse:
    """The page of a key: as it was made before, else made now in a language and kept.

    Parameters
    ----------
    key
        Everything the page hangs on: workspace, edition, language, address, and what was asked.
    make
        Content, its kind, and the name of a file (empty for a page).
    """
    with _lock:
        made = _pages.get(key)
        if made is not None:
            _pages.move_to_end(key)
    if made is None:
        with override(language):
            content, kind, name = make()
        body = content.encode() if isinstance(content, str) else content
        made = Made(body, kind, f'"{hashlib.sha256(body).hexdigest()[:32]}"', name)
        _keep(key, made)
    is_same = made.tag in [one.strip().removeprefix("W/") for one in request.headers.get("If-None-Match", "").split(",")]
    answer = HttpResponse(status=304) if is_same else HttpResponse(made.body, content_type=made.kind)
    answer.headers["ETag"] = made.tag
    answer.headers["Cache-Control"] = f"public, max-age={MAX_AGE_S}"
    answer.headers["Content-Language"] = language
    if made.name and not is_same:
        answer.headers["Content-Disposition"] = f'attachment; filename="{made.name}"'
    return answer


def _keep(key: tuple[str, ...], made: Made) -> None:
    if len(made.body) > _LARGEST_BYTES:
        return
    with _lock:
        old = _pages.pop(key, None)
        _held[0] += len(made.body) - (len(old.body) if old else 0)
        _pages[key] = made
        while _held[0] > _MOST_BYTES:
            _held[0] -= len(_pages.popitem(last=False)[1].body)


def forget_pages() -> None:
    """Forget every page; for tests, which change what pages are made of."""
    with _lock:
        _pages.clear()
        _held[0] = 0
