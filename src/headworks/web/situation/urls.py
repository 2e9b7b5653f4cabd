"""Addresses of the situation pages."""

from __future__ import annotations

from django.urls import path

from headworks.web.situation import views

urlpatterns = [path("situation/", views.situation, name="situation")]
