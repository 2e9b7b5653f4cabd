"""Every view above public, every change, every export and every refused access leaves a row.

A view says what it shows with :func:`about`; what it does not say is recorded by its route. Changes record themselves in their
own transaction (:func:`headworks.web.audit.chain.record`) and are not recorded twice.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

from headworks.web.audit.chain import record
from headworks.web.audit.together import record_view

_READING = ("GET", "HEAD")
# Asked by pages all the time, showing nothing that their page did not.
_SILENT = ("/static/", "/public/", "/language/", "/health", "/service-worker.js", "/manifest.webmanifest", "/favicon.ico")


def about(request: HttpRequest, object_kind: str, object_id: str = "", area_path: str = "", action: str = "view") -> None:
    """Say what this request shows; the row is written when the answer is ready."""
    request.audit_about = {  # type: ignore[attr-defined]
        "object_kind": object_kind, "object_id": object_id, "area_path": area_path, "action": action,
    }  # fmt: skip


def record_change(request: HttpRequest, action: str, **said: Any) -> None:
    """A change, in the transaction that makes it."""
    request.is_audited = True  # type: ignore[attr-defined]
    reader = getattr(request, "reader", None)
    said.setdefault("purpose", getattr(reader, "purpose", ""))
    said.setdefault("actor", getattr(reader, "username", ""))
    record(action, request_id=getattr(request, "request_id", ""), **said)


class audit_requests:  # noqa: N801  listed beside functions
    """Write the row of a request that read something, or was refused."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._get_response(request)
        if request.path.startswith(_SILENT) or getattr(request, "is_audited", False):
            return response
        reader = getattr(request, "reader", None)
        refused = getattr(request, "was_refused", "") or (response.status_code in (401, 403) and request.path)
        if refused:
            self._write(request, reader, {"action": "refused", "object_kind": "page", "object_id": request.path}, str(refused))
        elif reader is not None and reader.is_signed_in and request.method in _READING and response.status_code == 200:
            said = getattr(request, "audit_about", None)
            if said is None:
                match = request.resolver_match
                said = {"action": "view", "object_kind": "page", "object_id": match.view_name if match else request.path}
            self._write(request, reader, said, request.META.get("QUERY_STRING", ""))
        return response

    @staticmethod
    def _write(request: HttpRequest, reader: Any, said: dict[str, str], detail: str) -> None:
        record_view(
            **said, actor=getattr(reader, "username", ""), purpose=getattr(reader, "purpose", ""), detail=detail,
            request_id=getattr(request, "request_id", ""),
        )  # fmt: skip
