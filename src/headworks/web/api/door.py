"""Who may enter the API, how refusals read, and the document of its routes.

A program brings ``Authorization: Bearer TOKEN``; a page of ours brings the session, and for anything that changes something
its CSRF token as well. A refusal is a problem document (RFC 9457) with our code. The trap: what is too big is refused by its
announced length, before a byte of it is read.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, Throttled, ValidationError
from ninja.security import APIKeyCookie, HttpBearer
from ninja.utils import check_csrf

from headworks import __version__
from headworks.core.errors import HeadworksError
from headworks.web.access.policy import NotVisible
from headworks.web.accounts.tokens import reader_of_token
from headworks.web.api.rates import require_rate
from headworks.web.errors import not_found, problem_response, refusal

_SAFE = ("GET", "HEAD", "OPTIONS")
_MEBIBYTE = 1024 * 1024
# Of everything but an upload.
_MOST_BODY = 256 * 1024
_PROBLEM = "application/problem+json"


class TokenBearer(HttpBearer):
    """A token of a program."""

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        reader = reader_of_token(token)
        if reader is not None:
            request.reader = reader  # type: ignore[attr-defined]
            require_rate(f"token:{token[-12:]}:{reader.username}")
        return reader


class SessionCookie(APIKeyCookie):
    """The session of somebody who signed in; not asked when a token was brought."""

    param_name = settings.SESSION_COOKIE_NAME

    def __init__(self) -> None:
        super().__init__(csrf=False)

    def authenticate(self, request: HttpRequest, key: str | None) -> Any:
        reader = request.reader  # type: ignore[attr-defined]
        if "Authorization" in request.headers or not reader.is_signed_in:
            return None
        if request.method not in _SAFE and check_csrf(request) is not None:
            raise HttpError(403, "HW-U103")
        require_rate(f"session:{reader.username}")
        return reader


class Door(NinjaAPI):
    """The API; its document says of refusals that they are problem documents."""

    def get_openapi_schema(self, *said: Any, **more: Any) -> Any:
        document = super().get_openapi_schema(*said, **more)
        for operations in document["paths"].values():
            for operation in operations.values():
                for status, answer in operation["responses"].items():
                    if int(status) >= 400 and "application/json" in answer.get("content", {}):
                        answer["content"] = {_PROBLEM: answer["content"].pop("application/json")}
        return document


api = Door(
    title="Headworks",
    version=__version__,
    description="Areas, sites, samples and figures of this workspace, each cut to what the reader was granted.",
    docs_url=None,
    openapi_url="/openapi.json",
    urls_namespace="api",
    auth=[TokenBearer(), SessionCookie()],
)


@api.exception_handler(AuthenticationError)
def _unknown(request: HttpRequest, problem: Exception) -> HttpResponse:
    answer = problem_response(
        401, "Say who you are.", code="HW-U160", remedy="Bring a token (Authorization: Bearer …) or sign in"
    )
    answer.headers["WWW-Authenticate"] = 'Bearer realm="Headworks"'
    return answer


@api.exception_handler(ValidationError)
def _off(request: HttpRequest, problem: ValidationError) -> HttpResponse:
    # What was sent is not repeated: it would end in logs of proxies.
    errors = [{"where": ".".join(str(part) for part in one["loc"]), "what": str(one["msg"])} for one in problem.errors]
    return problem_response(422, "Something asked for is not of the right form.", code="HW-U161", errors=errors)


@api.exception_handler(HttpError)
def _said(request: HttpRequest, problem: HttpError) -> HttpResponse:
    if problem.status_code == 403:
        return problem_response(403, "The request was not sent from a page of yours.", code="HW-U103")
    return problem_response(problem.status_code, "The request cannot be read.", code="HW-U161")


@api.exception_handler(Throttled)
def _too_often(request: HttpRequest, problem: Throttled) -> HttpResponse:
    answer = problem_response(429, "Too many requests.", code="HW-U162", remedy=f"Wait {problem.wait or 60} s")
    answer.headers["Retry-After"] = str(problem.wait or 60)
    return answer


@api.exception_handler(NotVisible)
def _not_there(request: HttpRequest, problem: NotVisible) -> HttpResponse:
    request.was_refused = str(problem)  # type: ignore[attr-defined]
    return not_found(request)


@api.exception_handler(HeadworksError)
def _refused(request: HttpRequest, problem: HeadworksError) -> HttpResponse:
    if problem.code == "HW-U174":
        return problem_response(409, problem.what, code=problem.code, found=problem.found, remedy=problem.remedy)
    return refusal(request, problem)


def guarded(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A view of the API behind what is asked before anything of a request is read."""

    @wraps(view)
    def handle(request: HttpRequest, *said: Any, **more: Any) -> HttpResponse:
        refused = _too_big(request) or _unreadable(request)
        if refused is not None:
            return refused
        response = view(request, *said, **more)
        if isinstance(response, HttpResponseNotAllowed):
            refused = problem_response(405, "This cannot be done here.", code="HW-U163", found=request.method or "")
            refused.headers["Allow"] = response.headers["Allow"]
            return refused
        return response

    handle.csrf_exempt = True  # type: ignore[attr-defined]
    return handle


def _too_big(request: HttpRequest) -> HttpResponse | None:
    text = request.META.get("CONTENT_LENGTH") or "0"
    most = settings.SERVER.max_upload_mb * _MEBIBYTE if request.path.endswith("/imports") else _MOST_BODY
    if not text.isdecimal():
        return problem_response(400, "The length of the request is no number.", code="HW-U161")
    if request.headers.get("Transfer-Encoding") and not request.META.get("CONTENT_LENGTH"):
        return problem_response(411, "Say how long the request is.", code="HW-U164", remedy="Send Content-Length")
    if int(text) > most:
        remedy = f"Send at most {most:,} bytes at once"
        return problem_response(413, "The request is too big.", code="HW-U164", found=f"{int(text):,} bytes", remedy=remedy)
    return None


def _unreadable(request: HttpRequest) -> HttpResponse | None:
    """A body of another kind than the route takes."""
    if request.method in _SAFE or not int(request.META.get("CONTENT_LENGTH") or 0):
        return None
    wanted = "multipart/form-data" if request.path.endswith("/imports") else "application/json"
    if request.content_type == wanted:
        return None
    return problem_response(
        415, "A body of this kind is not read here.", code="HW-U165", found=request.content_type or "", remedy=f"Send {wanted}"
    )  # fmt: skip
