"""Addresses of the signal desk."""

from __future__ import annotations

from django.urls import path

from headworks.web.signals import views

urlpatterns = [
    path("signals/", views.signals, name="signals"),
    path("signals/counts/", views.counts, name="signals-counts"),
    path("signals/times/", views.step_times, name="signals-times"),
    path("signals/new/", views.new_signal, name="signals-new"),
    path("signals/<int:signal_id>/", views.signal, name="signals-one"),
    path("signals/<int:signal_id>/decide/", views.decide_signal, name="signals-decide"),
]
