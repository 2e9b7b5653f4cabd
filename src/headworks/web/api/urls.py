"""Addresses of the API."""

from __future__ import annotations

from typing import Any

from django.urls import path

from headworks.web.api.door import api, guarded
from headworks.web.api.reference import reference
from headworks.web.api.routes import evidence, figures, places, signal_feeds, signals, work

for room in (figures, evidence, signals, signal_feeds, work, places):
    api.add_router("", room.router)

_routes, _app, _namespace = api.urls
for route in _routes:
    route.callback = guarded(route.callback)

urlpatterns: list[Any] = [path("", reference, name="api-reference"), path("", (_routes, _app, _namespace))]
