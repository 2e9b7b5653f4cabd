"""Addresses of this room."""

from __future__ import annotations

from django.urls import path

from headworks.web.operations import views

urlpatterns = [path("operations/", views.operations, name="operations"), path("release/", views.operations, name="release")]
