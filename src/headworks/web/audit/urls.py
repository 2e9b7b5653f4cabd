"""Addresses of this room."""

from __future__ import annotations

from django.urls import path

from headworks.web.audit import views

urlpatterns = [path("audit/", views.audit, name="audit")]
