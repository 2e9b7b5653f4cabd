"""Every request knows its reader; what is refused to a reader reads like what is not there."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language

from headworks.web.access.policy import NotVisible
from headworks.web.access.reader import reader_of
from headworks.web.errors import not_found

PURPOSE_KEY = "purpose"


class attach_reader:  # noqa: N801  listed beside functions
    """``request.reader``, made anew for every request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        purpose = request.session.get(PURPOSE_KEY, "")
        request.reader = reader_of(request.user, purpose, get_language() or "en")  # type: ignore[attr-defined]
        return self._get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """What the policy refused is not there."""
        if isinstance(exception, NotVisible):
            request.was_refused = str(exception)  # type: ignore[attr-defined]
            return not_found(request)
        return None
