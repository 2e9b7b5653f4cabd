"""Addresses of this room."""

from __future__ import annotations

from django.urls import path

from headworks.web.work import views

urlpatterns = [
    path("work/", views.work, name="work"),
    path("work/<int:pk>/", views.work_item, name="work-item"),
    path("work/<int:pk>/cancel/", views.cancel_work, name="work-cancel"),
]
