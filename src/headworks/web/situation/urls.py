"""Addresses of the situation pages. Codes of areas and sites may hold a slash, so longer addresses stand first."""

from __future__ import annotations

from django.urls import path, re_path

from headworks.web.situation import (
    areas,
    computed,
    downloads,
    map_files,
    maps,
    search,
    sites,
    trend_evidence,
    trend_files,
    views,
)

urlpatterns = [
    path("situation/", views.situation, name="situation"),
    path("situation/map/<int:level>/cells.json", maps.cells, name="my-map-cells"),
    path("situation/map/<int:level>/figures.json", maps.figures, name="my-map-figures"),
    path("situation/map/table/", maps.map_table, name="my-map-table"),
    re_path(r"^situation/map\.(?P<kind>svg|png|csv)$", map_files.map_download, name="my-map-download"),
    path("search/", search.search, name="search"),
    path("areas/<path:area_id>/map/<int:level>/cells.json", maps.cells, name="map-cells"),
    path("areas/<path:area_id>/map/<int:level>/figures.json", maps.figures, name="map-figures"),
    path("areas/<path:area_id>/map/table/", maps.map_table, name="map-table"),
    path("areas/<path:area_id>/map/sites.json", maps.sites, name="map-sites"),
    re_path(r"^areas/(?P<area_id>.+)/map\.(?P<kind>svg|png|csv)$", map_files.map_download, name="map-download"),
    re_path(r"^areas/(?P<area_id>.+)/figures\.(?P<kind>csv|json)$", downloads.area_figures_file, name="area-figures"),
    path("areas/<path:area_id>/chart.json", downloads.area_chart, name="area-chart"),
    re_path(r"^areas/(?P<area_id>.+)/chart\.(?P<kind>svg|png)$", downloads.area_chart_file, name="area-chart-file"),
    path("areas/<path:area_id>/trend.json", trend_files.area_trend_chart, name="area-trend-chart"),
    re_path(r"^areas/(?P<area_id>.+)/trend\.(?P<kind>svg|png|csv)$", trend_files.area_trend_file, name="area-trend-file"),
    path("areas/<path:area_id>/trend/", trend_evidence.area_trend, name="area-trend"),
    path("areas/<path:area_id>/computed/", computed.computed, name="computed"),
    path("areas/<path:area_id>/", areas.area, name="area"),
    path("sites/<path:site_id>/chart.json", downloads.site_chart, name="site-chart"),
    path("sites/<path:site_id>/trend.json", trend_files.site_trend_chart, name="site-trend-chart"),
    re_path(r"^sites/(?P<site_id>.+)/trend\.(?P<kind>svg|png|csv)$", trend_files.site_trend_file, name="site-trend-file"),
    path("sites/<path:site_id>/trend/", trend_evidence.site_trend, name="site-trend"),
    path("sites/<path:site_id>/", sites.site, name="site"),
    path("samples/<path:sample_id>/", sites.sample, name="sample"),
]
