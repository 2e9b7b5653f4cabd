"""Pages of this room."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from headworks.web.access.decorators import signed_in


@signed_in()
def signals(request: HttpRequest) -> HttpResponse:
    """First page."""
    return render(request, "signals/index.html")
