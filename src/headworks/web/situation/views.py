"""Landing page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from headworks.web.access.decorators import signed_in


def front(request: HttpRequest) -> HttpResponse:
    """The public's page for the public, one's own for who signed in."""
    return redirect("situation" if request.reader.is_signed_in else "public")  # type: ignore[attr-defined]


@signed_in("view")
def situation(request: HttpRequest) -> HttpResponse:
    """My area."""
    return render(request, "situation/landing.html")
