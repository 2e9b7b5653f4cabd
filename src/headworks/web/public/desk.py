"""The desk of publication, for who may publish or approve: what is out, what waits, and what was withdrawn and why.

These pages stand under the public's address but are for few: each is audited here, and kept nowhere.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from headworks.core.errors import HeadworksError
from headworks.web.access.policy import NotVisible
from headworks.web.audit.middleware import record_change
from headworks.web.figures.sets import current_run
from headworks.web.opened import the_workspace
from headworks.web.public.editions import approve, newest_edition, propose, require_everywhere, withdraw
from headworks.web.public.models import Edition

_SHOWN = 50


def _for_publishers(*scopes: str) -> Callable[..., Any]:
    def wrap(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def guarded(request: HttpRequest, *said: Any, **more: Any) -> HttpResponse:
            reader = request.reader  # type: ignore[attr-defined]
            if not reader.is_signed_in:
                return redirect_to_login(request.get_full_path())
            try:
                require_everywhere(reader, *scopes)
                answer = view(request, *said, **more)
            except NotVisible as refused:
                record_change(request, "refused", object_kind="page", object_id=request.path, detail=str(refused))
                raise
            answer.headers["Cache-Control"] = "no-store"
            return answer

        guarded.is_signed_in_view = True  # type: ignore[attr-defined]
        return guarded

    return wrap


@require_safe
@_for_publishers("publish", "approve")
def desk(request: HttpRequest) -> HttpResponse:
    """All editions, and the run that could be one."""
    record_change(request, "view", object_kind="editions")
    return _shown(request)


@require_POST
@_for_publishers("publish")
def propose_edition(request: HttpRequest) -> HttpResponse:
    """Propose the run that is shown."""
    return _done(request, "edition_proposed", lambda reader: propose(reader, request.POST.get("words", "")))


@require_POST
@_for_publishers("approve")
def approve_edition(request: HttpRequest, edition_id: int) -> HttpResponse:
    """Publish what somebody else proposed."""
    return _done(request, "edition_published", lambda reader: approve(reader, edition_id))


@require_POST
@_for_publishers("publish", "approve")
def withdraw_edition(request: HttpRequest, edition_id: int) -> HttpResponse:
    """Take an edition back."""
    because = request.POST.get("because", "")
    return _done(request, "edition_withdrawn", lambda reader: withdraw(reader, edition_id, because))


def _done(request: HttpRequest, action: str, change: Callable[[Any], Edition]) -> HttpResponse:
    reader = request.reader  # type: ignore[attr-defined]
    try:
        with transaction.atomic():
            made = change(reader)
            record_change(request, action, object_kind="edition", object_id=str(made.pk), detail={"run_id": made.run_id})
    except HeadworksError as problem:
        record_change(request, "refused", object_kind="page", object_id=request.path, detail=problem.code)
        return _shown(request, problem)
    messages.success(request, _("The decision is kept."))
    return redirect("publication")


def _shown(request: HttpRequest, problem: HeadworksError | None = None) -> HttpResponse:
    reader = request.reader  # type: ignore[attr-defined]
    newest = newest_edition()
    said = {
        "editions": Edition.objects.all()[:_SHOWN], "newest": newest, "run_id": current_run(the_workspace()),
        "may_propose": _may(reader, "publish"), "may_approve": _may(reader, "approve"), "problem": problem,
    }  # fmt: skip
    return render(request, "public/desk.html", said, status=400 if problem else 200)


def _may(reader: Any, scope: str) -> bool:
    try:
        require_everywhere(reader, scope)
    except NotVisible:
        return False
    return True
