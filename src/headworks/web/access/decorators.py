"""What a view asks of its reader before anything else."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse

from headworks.web.access.policy import require_scope

View = Callable[..., HttpResponse]


def signed_in(*scopes: str) -> Callable[[View], View]:
    """A view for readers who signed in and hold one of some scopes anywhere; without scopes, for whoever signed in.

    Whoever did not is asked to; whoever lacks the scope is told that there is nothing here. What of the area or the object may
    be seen is for the view to ask.
    """

    def wrap(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            reader = request.reader  # type: ignore[attr-defined]
            if not reader.is_signed_in:
                return redirect_to_login(request.get_full_path())
            if scopes:
                require_scope(reader, *scopes)
            return view(request, *args, **kwargs)

        guarded.is_signed_in_view = True  # type: ignore[attr-defined]
        return guarded

    return wrap
