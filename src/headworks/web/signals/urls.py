"""Addresses of this room."""

from __future__ import annotations

from django.urls import path

from headworks.web.signals import views

urlpatterns = [path("signals/", views.signals, name="signals")]
