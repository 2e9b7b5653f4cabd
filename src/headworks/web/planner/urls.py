"""Address of the planner."""

from __future__ import annotations

from django.urls import path

from headworks.web.planner.views import planner

urlpatterns = [path("plan/", planner, name="planner")]
