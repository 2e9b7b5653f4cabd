"""Trends on pages: the sentence, the course with its limits, sparks in the table of areas, estimates, what each reader may see."""

import json
import re

import polars as pl
import pytest
from tests.web.conftest import area_at

from headworks.store import latest_run, read_result_of
from headworks.web.access.models import SiteNode


def body(client, address):
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return answer.content.decode()


@pytest.fixture
def epidemiologist(province, account, browse):
    return browse(account("epidemiologist"))


def test_an_area_says_where_its_drug_is_heading_before_any_script_has_run(epidemiologist, province):
    top = area_at(1).area_id
    page = body(epidemiologist, f"/areas/{top}/?drug=ketamine")
    section = re.search(r'<section aria-labelledby="trend">.*?</section>', page, re.S).group(0)
    assert re.search(r"level in 2025-W\d\d: [\d.]+ mg per 1,000 people a day", section)
    assert "No week a quarter ago is known" in section
    assert 'class="reach"' in section
    assert 'class="faint"' in section
    assert "style=" not in section
    rows = read_result_of(province, latest_run(province), "trends").filter(unit_kind="area", unit_id=top, analyte="ketamine")
    assert section.count('<th scope="row">') == rows.height
    assert f"/areas/{top}/trend/?" in section


def test_the_figures_of_the_page_are_those_of_the_table(epidemiologist, province):
    top = area_at(1).area_id
    csv = body(epidemiologist, f"/areas/{top}/trend.csv?drug=ketamine").lstrip("\ufeff").splitlines()
    rows = read_result_of(province, latest_run(province), "trends").filter(unit_kind="area", unit_id=top, analyte="ketamine")
    header, last = csv[0].split(","), csv[-1].split(",")
    newest = rows.sort("period").row(-1, named=True)
    assert float(last[header.index("level")]) == pytest.approx(newest["level"])
    assert len(csv) == rows.height + 1


def test_page_and_file_draw_from_one_definition(epidemiologist):
    top = area_at(1).area_id
    on_page = json.loads(body(epidemiologist, f"/areas/{top}/trend.json?drug=ketamine"))
    marks = [layer["mark"]["type"] for layer in on_page["layer"]]
    assert {"area", "line", "rule", "point"} <= set(marks)
    assert {one["mark"] for one in on_page["datasets"]["rows"]} >= {"level", "figure"}
    assert "<svg" in body(epidemiologist, f"/areas/{top}/trend.svg?drug=ketamine")
    assert epidemiologist.get(f"/areas/{top}/trend.png?drug=ketamine").content.startswith(b"\x89PNG")


def test_weekdays_and_turns_come_as_a_page_and_as_a_part(epidemiologist):
    address = f"/areas/{area_at(1).area_id}/trend/?drug=ketamine"
    whole, part = body(epidemiologist, address), body(epidemiologist, f"{address}&part=1")
    for wanted in ("Weekdays", "Turning points", 'class="weekdays"'):
        assert wanted in whole
        assert wanted in part
    assert "<h1" not in part
    site = SiteNode.objects.order_by("site_id").first().site_id
    assert "Weekdays" in body(epidemiologist, f"/sites/{site}/trend/?drug=ketamine")


def test_a_site_has_its_own_trend(epidemiologist):
    site = SiteNode.objects.order_by("site_id").first().site_id
    assert 'aria-labelledby="trend"' in body(epidemiologist, f"/sites/{site}/?drug=ketamine")
    assert "level" in body(epidemiologist, f"/sites/{site}/trend.json?drug=ketamine")


def test_every_area_of_the_table_that_has_a_trend_has_a_spark(epidemiologist, province):
    page = body(epidemiologist, "/situation/?level=3&drug=ketamine")
    rows = read_result_of(province, latest_run(province), "trends").filter(unit_kind="area", analyte="ketamine")
    counties = {area.area_id for area in type(area_at(3)).objects.filter(level=3)}
    assert page.count('class="spark"') == len(counties & set(rows.drop_nulls("level")["unit_id"]))
    assert page.count('class="spark"') > 1


def test_all_residents_stand_beside_those_covered_with_what_they_rest_on(epidemiologist):
    page = body(epidemiologist, f"/areas/{area_at(1).area_id}/?drug=ketamine")
    section = re.search(r'<section aria-labelledby="estimate">.*?</section>', page, re.S).group(0)
    for wanted in (
        "partly measured, the rest modelled",
        "modelled: nobody was sampled here",
        "Those covered",
        "Estimates add up",
    ):
        assert wanted in section
    assert 'fill="url(#basis-partly_measured)"' in section
    assert 'id="basis-modelled"' in page


def test_an_area_that_nobody_sampled_shows_what_the_model_says(epidemiologist, province):
    estimates = read_result_of(province, latest_run(province), "area_estimates")
    area = estimates.filter(pl.col("basis") == "modelled", pl.col("level") == 3)["area_id"].sort()[0]
    page = body(epidemiologist, f"/areas/{area}/")
    assert "There is no figure of this area yet" in page
    assert "modelled: nobody was sampled here" in page
    assert 'fill="url(#basis-modelled)"' in page


def test_who_sees_no_weeks_sees_no_trend_and_nothing_breaks(province, account, browse):
    public = browse(account("officer", area_at(1).path, tier="public"))
    top = area_at(1).area_id
    assert 'aria-labelledby="trend"' not in body(public, f"/areas/{top}/?drug=ketamine")
    assert public.get(f"/areas/{top}/trend.csv?drug=ketamine").status_code == 404
    assert "No trend" in body(public, f"/areas/{top}/trend/?drug=ketamine")


@pytest.mark.parametrize(("language", "words"), [("zh-hans", "的走向"), ("ja", "の行方")])
def test_the_trend_is_told_in_other_languages(epidemiologist, language, words):
    epidemiologist.cookies["headworks-language"] = language
    answer = epidemiologist.get(f"/areas/{area_at(1).area_id}/?drug=ketamine", headers={"Accept-Language": language})
    assert words in answer.content.decode()
