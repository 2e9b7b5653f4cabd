"""Addresses of the public pages."""

from __future__ import annotations

from django.urls import path, re_path

from headworks.web.public import views

_LANGUAGE = "<slug:language>"

urlpatterns = [
    path("", views.to_language, name="public"),
    path(f"{_LANGUAGE}/", views.home, name="public-home"),
    path(f"{_LANGUAGE}/find/", views.search, name="public-search"),
    path(f"{_LANGUAGE}/areas/", views.areas, name="public-areas"),
    path(f"{_LANGUAGE}/about/", views.about, name="public-about"),
    re_path(
        r"^(?P<language>[a-z-]+)/area/(?P<area_id>.+)/(?P<name>area_loads\.(?:csv|json))$", views.download_area,
        name="public-area-file",
    ),
    re_path(
        r"^(?P<language>[a-z-]+)/download/(?P<name>area_loads\.csv|area_loads\.json|datapackage\.json|edition\.zip)$",
        views.download, name="public-file",
    ),
    path(f"{_LANGUAGE}/area/<path:area_id>/", views.area, name="public-area"),
]  # fmt: skip
