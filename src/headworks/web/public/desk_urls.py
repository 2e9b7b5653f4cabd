"""Addresses of the desk where editions are proposed, approved and withdrawn: not among the public's."""

from __future__ import annotations

from django.urls import path

from headworks.web.public import desk

urlpatterns = [
    path("", desk.desk, name="publication"),
    path("propose/", desk.propose_edition, name="publication-propose"),
    path("<int:edition_id>/approve/", desk.approve_edition, name="publication-approve"),
    path("<int:edition_id>/withdraw/", desk.withdraw_edition, name="publication-withdraw"),
]
