"""What a session must do before it sees anything: set its own password, take a second factor into use, say what for.

Asked of sessions that began by signing in (``sign_in.begin_session``), at every request, so a grant that was given in the
meantime asks too.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from headworks.web.access.middleware import PURPOSE_KEY
from headworks.web.access.reader import Reader
from headworks.web.access.roles import PURPOSE_TIERS
from headworks.web.accounts.proofs.second_factor import is_required
from headworks.web.errors import problem_response

GATE_KEY = "began_by_signing_in"
STRONG_KEY = "issuer_asked_a_second_factor"
_OPEN = ("/static/", "/public/", "/language/", "/sign-out/", "/health")


def gate(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Lead a session to what it owes."""

    def handle(request: HttpRequest) -> HttpResponse:
        route = _owed(request)
        if route is None:
            return get_response(request)
        if request.path.startswith("/api/"):
            return problem_response(403, _("This session has to do something first."), code="HW-U126", where=reverse(route))
        then = request.get_full_path() if request.method == "GET" else "/"
        return HttpResponseRedirect(f"{reverse(route)}?{urlencode({'next': then})}")

    return handle


def _owed(request: HttpRequest) -> str | None:
    """The route of the page that comes first; None when nothing is owed, or that page is asked for."""
    if request.path.startswith(_OPEN) or not request.session.get(GATE_KEY):
        return None
    reader: Reader = request.reader  # type: ignore[attr-defined]
    if not reader.is_signed_in:
        return None
    route = _first(request, reader, request.user)
    return None if route is None or request.path == reverse(route) else route


def _first(request: HttpRequest, reader: Reader, account: Any) -> str | None:
    if account.must_change_password:
        return "own-password"
    has_second = account.totp_confirmed_at is not None or request.session.get(STRONG_KEY)
    if not has_second and is_required(reader):
        return "own-second-factor"
    if not request.session.get(PURPOSE_KEY) and needs_purpose(reader):
        return "purpose"
    return None


def needs_purpose(reader: Reader) -> bool:
    """Whether the reader sees figures of tiers at which one says what for."""
    return any(right.tier in PURPOSE_TIERS and {"view", "view_samples"} & set(right.scopes) for right in reader.rights)
