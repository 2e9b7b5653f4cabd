"""How much a request may bring, judged by its headers before a byte of its body is read, and from whose pages it may come.

    signed in, or with a token   as much as ``max_upload_mb``
    otherwise                    64 KiB: nobody uploads before signing in
    of unsaid length (chunked)   nothing: 411

What is refused is not read on either: the connection is closed, so two gigabytes cost neither memory nor disk nor time.
"""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from headworks.core.errors import UsageError
from headworks.web.errors import problem_response

Handler = Callable[[HttpRequest], HttpResponse]
_STRANGER: Final = 64 * 1024
_MB: Final = 1024 * 1024
_READING: Final = ("GET", "HEAD", "OPTIONS")


def limit_bodies(get_response: Handler) -> Handler:
    """Refuse what is too large, or does not say how large it is."""

    def handle(request: HttpRequest) -> HttpResponse:
        said = request.META.get("CONTENT_LENGTH") or "0"
        most = _most(request)
        if request.META.get("HTTP_TRANSFER_ENCODING"):
            return _refuse(request, 411, "no Content-Length", most)
        if not said.isascii() or not said.isdigit():
            return _refuse(request, 400, said[:20], most)
        if int(said) > most:
            return _refuse(request, 413, f"{int(said) / _MB:,.1f} MB", most)
        return get_response(request)

    return handle


def _most(request: HttpRequest) -> int:
    is_known = settings.SESSION_COOKIE_NAME in request.COOKIES or "HTTP_AUTHORIZATION" in request.META
    return settings.SERVER.max_upload_mb * _MB if is_known else _STRANGER


def _refuse(request: HttpRequest, status: int, found: str, most: int) -> HttpResponse:
    problem = UsageError(
        _("A request brings more than it may."), where=request.path, found=found,
        remedy=_("Send at most %(kilobytes)s kB, and say in Content-Length how much it is") % {"kilobytes": most // 1024},
        code="HW-U118",
    )  # fmt: skip
    if request.path.startswith("/api/"):
        response: HttpResponse = problem_response(
            status, problem.what, code=problem.code, where=problem.where, found=found, remedy=problem.remedy
        )
    else:
        response = HttpResponse(f"{problem.code}: {problem}\n", status=status, content_type="text/plain; charset=utf-8")
    _stop_reading(request)
    return response


def _stop_reading(request: HttpRequest) -> None:
    """What is still on its way is not waited for."""
    connection = request.META.get("gunicorn.socket")
    if isinstance(connection, socket.socket):
        with contextlib.suppress(OSError):
            connection.shutdown(socket.SHUT_RD)


def refuse_other_origins(get_response: Handler) -> Handler:
    """A change that a page of somebody else asks for is refused, besides the token in each form (ASVS 3.5.3)."""

    def handle(request: HttpRequest) -> HttpResponse:
        came_from = request.META.get("HTTP_SEC_FETCH_SITE", "none")
        if request.method not in _READING and came_from not in ("same-origin", "none"):
            from headworks.web.errors import csrf_failure

            return csrf_failure(request)
        return get_response(request)

    return handle
