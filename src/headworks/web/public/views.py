"""What anybody may read."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def public(request: HttpRequest) -> HttpResponse:
    """First page."""
    return render(request, "public/index.html")
