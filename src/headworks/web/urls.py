"""Which address leads where. Each room of the server keeps its own list."""

from __future__ import annotations

from django.urls import include, path
from django.views.i18n import set_language

from headworks.web.situation.views import front

urlpatterns = [
    path("", front, name="front"),
    path("language/", set_language, name="set_language"),
    path("", include("headworks.web.accounts.urls")),
    path("", include("headworks.web.situation.urls")),
    path("", include("headworks.web.operations.urls")),
    path("", include("headworks.web.signals.urls")),
    path("", include("headworks.web.lists.urls")),
    path("", include("headworks.web.reporting.urls")),
    path("", include("headworks.web.planner.urls")),
    path("", include("headworks.web.audit.urls")),
    path("", include("headworks.web.work.urls")),
    path("publication/", include("headworks.web.public.desk_urls")),
    path("public/", include("headworks.web.public.urls")),
    path("api/v1/", include("headworks.web.api.urls")),
]
handler404 = "headworks.web.errors.not_found"
handler500 = "headworks.web.errors.server_error"
