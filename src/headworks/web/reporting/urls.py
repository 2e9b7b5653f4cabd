"""Addresses of this room."""

from __future__ import annotations

from django.urls import path

from headworks.web.reporting import views

urlpatterns = [
    path("reports/", views.calendar, name="reports"),
    path("reports/draft/", views.make_draft, name="reports-draft"),
    path("reports/editions/<str:snapshot_id>/", views.edition, name="reports-edition"),
    path("reports/editions/<str:snapshot_id>/step/", views.take_step, name="reports-step"),
    path("reports/editions/<str:snapshot_id>/<str:language>/<str:form>/", views.file, name="reports-file"),
]
