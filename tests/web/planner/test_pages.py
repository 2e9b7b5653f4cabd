"""The planner's page: who has it, what it answers, what it refuses, in three languages."""

import re

import pytest
from django.test import Client
from tests.web.conftest import area_at

from headworks.web.audit.models import AuditRow


@pytest.fixture
def officer(province, account, browse):
    return browse(account("officer", area_at(2).path))


def said(answer):
    return re.sub(r"\s+", " ", answer.content.decode())


def test_who_has_no_area_and_makes_no_plans_has_no_planner(province, account, browse):
    assert Client().get("/plan/").status_code == 302
    assert browse(account("administrator")).get("/plan/").status_code == 404
    assert browse(account("sampler", area_at(2).path, username="sampler")).get("/plan/").status_code == 200


def test_it_opens_with_an_answer_and_a_picture(officer):
    page = said(officer.get("/plan/"))
    assert "it sees a rise by 16 % or a fall by 14 %" in page
    assert 'id="planner-power"' in page
    assert page.count("<tr>") == 6
    assert 'href="/plan/" aria-current="page"' in page


def test_the_address_holds_the_question(officer):
    asked = {"ask": "power", "analyte": "MDMA", "days": 1, "per": "week", "weekdays": "working", "sites": 5, "coverage": 80,
             "period": "quarter", "nondetects": 80, "change": -30}  # fmt: skip
    page = said(officer.get("/plan/", asked))
    assert "It sees a fall by 30 %" in page
    assert "Its weekdays are not balanced" in page
    assert "too hopeful" in page
    assert '<option value="MDMA" selected>' in page


def test_users_in_a_town_are_answered(officer):
    page = said(officer.get("/plan/?ask=detect"))
    assert "users of Methamphetamine a day" in page
    assert "2 samples without a trace would prove" in page
    once = {
        "ask": "detect",
        "drug": "methamphetamine",
        "people": 1000,
        "users": 2,
        "days": 1,
        "days_per_week": 1,
        "probability": 95,
    }
    assert "Not even everybody" in said(officer.get("/plan/", once))


ALL_OF_POWER = "ask=power&analyte=methamphetamine&weekdays=rotating&sites=1&coverage=100&period=year&nondetects=0&change=20"


@pytest.mark.parametrize("query", ["ask=power&days=0", "ask=detect&people=-1&drug=glue", f"{ALL_OF_POWER}&days=9&per=week"])
def test_what_cannot_be_is_refused_beside_the_form(officer, query):
    answer = officer.get(f"/plan/?{query}")
    assert answer.status_code == 400
    assert "<form" in said(answer)
    assert "planner-power" not in said(answer)


def test_an_unknown_question_is_the_first_one(officer):
    assert "What can a sampling plan see?" in said(officer.get("/plan/?ask=everything"))


@pytest.mark.parametrize(("language", "words"), [("zh-hans", "采样方案能看出什么"), ("ja", "採水計画で何が分かるか")])
def test_it_speaks_the_readers_language(officer, language, words):
    officer.cookies["headworks-language"] = language
    page = said(officer.get("/plan/"))
    assert words in page
    assert "days a week" not in page


def test_nothing_is_written_but_the_line_of_the_log(officer):
    before = AuditRow.objects.count()
    officer.get("/plan/")
    assert AuditRow.objects.count() <= before + 1
