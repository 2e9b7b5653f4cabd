"""Something changed by a form: with its row of the audit log, or the page again with the words of a refusal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from headworks.core.errors import HeadworksError
from headworks.web.audit.middleware import record_change


def changed(
    request: HttpRequest,
    action: str,
    change: Callable[[Any], dict[str, Any]],
    done: str,
    refused: Callable[[HeadworksError], HttpResponse],
    route: str,
    *where: Any,
) -> HttpResponse:
    """Change something in a transaction with its row of the audit log; the page again with the words of a refusal."""
    try:
        with transaction.atomic():
            record_change(request, action, **change(request.reader))  # type: ignore[attr-defined]
    except HeadworksError as problem:
        request.is_audited = False  # type: ignore[attr-defined]
        return refused(problem)
    messages.success(request, done)
    return redirect(route, *where)
