"""Addresses of the public pages."""

from __future__ import annotations

from django.urls import path

from headworks.web.public import views

urlpatterns = [path("", views.public, name="public")]
