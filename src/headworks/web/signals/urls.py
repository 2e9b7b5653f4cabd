"""Addresses of the signal desk."""

from __future__ import annotations

from django.urls import path

from headworks.web.signals import views, warning_views

urlpatterns = [
    path("signals/", views.signals, name="signals"),
    path("signals/counts/", views.counts, name="signals-counts"),
    path("signals/times/", views.step_times, name="signals-times"),
    path("signals/new/", views.new_signal, name="signals-new"),
    path("signals/areas/", warning_views.by_area, name="signals-areas"),
    path("signals/backtests/", warning_views.backtests, name="signals-backtests"),
    path("signals/backtests/<str:name>/", warning_views.backtest, name="signals-backtest"),
    path("signals/substances/", warning_views.substances, name="signals-substances"),
    path("signals/substances/<str:inchikey>/", warning_views.substance, name="signals-substance"),
    path("signals/<int:signal_id>/", views.signal, name="signals-one"),
    path("signals/<int:signal_id>/decide/", views.decide_signal, name="signals-decide"),
]
