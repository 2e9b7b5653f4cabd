"""Accounts and grants, for administrators."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from headworks.web.access.decorators import signed_in


@signed_in("administer")
def accounts(request: HttpRequest) -> HttpResponse:
    """All accounts."""
    return render(request, "accounts/index.html")
