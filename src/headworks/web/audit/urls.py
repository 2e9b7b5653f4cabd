"""Addresses of this room."""

from __future__ import annotations

from django.urls import path

from headworks.web.audit import views

urlpatterns = [
    path("audit/", views.audit, name="audit"),
    path("audit/verify/", views.verify_now, name="audit-verify"),
    path("audit/export/", views.audit_export, name="audit-export"),
]
