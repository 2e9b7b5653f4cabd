"""Refusals as pages and as problem documents: what, where, what was found, what would do, and a stable code."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from headworks.core.errors import HeadworksError

_API = "/api/"


def status_of(problem: HeadworksError) -> int:
    """HTTP status of a refusal: 422 for data, 409 for a workspace that is busy or damaged, else 400."""
    return {"D": 422, "P": 422, "W": 409}.get(problem.code[3:4], 400)


def refusal(request: HttpRequest, problem: HeadworksError) -> HttpResponse:
    """A refusal, as JSON (RFC 9457) under ``/api/`` and as a page elsewhere."""
    status = status_of(problem)
    if request.path.startswith(_API):
        return problem_response(status, problem.what, code=problem.code, **_parts(problem))
    return render(request, "error.html", {"problem": problem, "status": status}, status=status)


def problem_response(status: int, title: str, *, code: str = "", **more: Any) -> JsonResponse:
    """A problem document."""
    said = {"type": "about:blank", "title": title, "status": status, "code": code, **more}
    return JsonResponse(said, status=status, content_type="application/problem+json")


def _parts(problem: HeadworksError) -> dict[str, str]:
    return {"where": problem.where, "found": problem.found, "remedy": problem.remedy}


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The same words for what is not there and for what this reader may not see."""
    if request.path.startswith(_API):
        return problem_response(404, "There is nothing here for you.", code="HW-U404")
    return render(request, "not_found.html", status=404)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that came from elsewhere, or from a session that ended."""
    problem = HeadworksError(
        _("The form was not sent from a page of yours."), remedy=_("Open the page again and send it anew"), code="HW-U103"
    )
    return render(request, "error.html", {"problem": problem, "status": 403}, status=403)


def server_error(request: HttpRequest) -> HttpResponse:
    """An error nobody foresaw: no trace, a number to look it up by."""
    number = getattr(request, "request_id", "")
    if request.path.startswith(_API):
        return problem_response(500, "Something failed that should not.", code="HW-0000", request_id=number)
    problem = HeadworksError(
        _("Something failed that should not."), found=number, remedy=_("Give this number to whoever runs the server")
    )
    return render(request, "error.html", {"problem": problem, "status": 500}, status=500)
