"""Addresses of this room."""

from __future__ import annotations

from django.urls import path, re_path

from headworks.web.lists.compare import compare_views
from headworks.web.lists.evaluations import evaluation_views
from headworks.web.lists.matters import matter_views
from headworks.web.lists.outcomes import area_views, views
from headworks.web.lists.rules import rule_views

urlpatterns = [
    path("lists/", views.lists, name="lists"),
    path("lists/assess/", views.assess, name="lists-assess"),
    path("lists/assessments/<int:number>/", views.assessment, name="lists-assessment"),
    path("lists/assessments/<int:number>/review/", views.review, name="lists-review"),
    path("lists/assessments/<int:number>/<str:list_name>/", views.one_list, name="lists-one"),
    path("lists/rules/", rule_views.rules, name="lists-rules"),
    path("lists/rules/propose/", rule_views.propose_rules, name="lists-rules-propose"),
    path("lists/rules/<int:number>/", rule_views.rule_set, name="lists-rule-set"),
    path("lists/rules/<int:number>/decide/", rule_views.decide_rules, name="lists-rules-decide"),
    path("lists/rules/<int:number>/trial/", rule_views.ask_for_trial, name="lists-rules-trial"),
    path("lists/matters/", matter_views.matters, name="lists-matters"),
    path("lists/matters/<int:number>/", matter_views.matter, name="lists-matter"),
    path("lists/matters/<int:number>/decide/", matter_views.decide_on_matter, name="lists-matter-decide"),
    path("lists/compare/", compare_views.compare, name="lists-compare"),
    path("lists/compare/counts/", compare_views.compare_counts, name="lists-compare-counts"),
    path("lists/compare/counts/chart.json", compare_views.compare_counts_chart, name="lists-compare-counts-chart"),
    re_path(
        r"^lists/compare/counts/areas\.(?P<kind>svg|csv)$", compare_views.compare_counts_file, name="lists-compare-counts-file"
    ),
    path("lists/compare/chart.json", compare_views.compare_chart, name="lists-compare-chart"),
    re_path(r"^lists/compare/areas\.(?P<kind>svg|csv)$", compare_views.compare_file, name="lists-compare-file"),
    path("lists/evaluations/", evaluation_views.evaluations, name="lists-evaluations"),
    path("lists/evaluations/register/", evaluation_views.register_evaluation, name="lists-evaluation-register"),
    path("lists/evaluations/<str:fingerprint>/", evaluation_views.evaluation, name="lists-evaluation"),
    path("lists/areas/<path:area_id>/raise/", area_views.raise_an_issue, name="lists-raise"),
    path("lists/areas/<path:area_id>/", area_views.area, name="lists-area"),
]
