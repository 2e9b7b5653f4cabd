"""The situation pages say what the figures say, keep every state apart, and lead from each number to where it came from."""

import re

import pytest
from tests.web.conftest import area_at

from headworks.web.access.models import AreaNode, SiteNode
from headworks.web.audit.models import AuditRow


def body(client, address):
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return answer.content.decode()


@pytest.fixture
def epidemiologist(province, account, browse):
    return browse(account("epidemiologist"))


def test_landing_shows_map_changes_every_drug_and_what_is_late(epidemiologist):
    page = body(epidemiologist, "/situation/")
    for wanted in ("What changed in", "What is late", "What is not covered", "Every drug, up to", 'id="map-setup"'):
        assert wanted in page
    assert page.count('class="course"') >= 10
    assert len(re.findall(r'<ul class="sentences">.*?</ul>', page, re.S)[0].split("<li>")) <= 6


def test_a_reader_of_two_counties_chooses_one(province, account, browse):
    from headworks.web.access.models import Grant

    first, second = area_at(3, 0), area_at(3, 5)
    made = account("officer", first.path)
    Grant.objects.create(account=made, role="officer", area_path=second.path, tier="steward")
    page = body(browse(made), "/situation/")
    assert f"?area={first.area_id}" in page
    assert f"?area={second.area_id}" in page
    assert area_at(3, 1).area_id not in page


def test_every_number_of_a_page_leads_to_how_it_was_computed(epidemiologist):
    page = body(epidemiologist, f"/areas/{area_at(2).area_id}/")
    for number in re.findall(r'class="said">.*?</span> · (.*?) <span class="interval"', page):
        assert "/computed/" in number
    computed = re.search(r'href="(/areas/[^"]+/computed/[^"]+)"', page).group(1).replace("&amp;", "&")
    explained = body(epidemiologist, computed)
    for wanted in ("1000 ×", "Parameter set", "GET /api/v1/areas/", "Members", "Where the doubt comes from"):
        assert wanted in explained


def test_the_ladder_reaches_from_a_town_to_the_province(epidemiologist):
    town = AreaNode.objects.filter(level=4, path__in=_with_figures()).first()
    page = body(epidemiologist, f"/areas/{town.area_id}/")
    for level in ("(town or street)", "(city)", "(province)"):
        assert level in page


def _with_figures():
    from headworks.web.figures.sets import open_set

    served = open_set("steward")
    return [node.path for node in AreaNode.objects.filter(level=4) if served.rows("area_loads", node.area_id).height]


def test_the_period_bar_steps_and_changes_kind(epidemiologist):
    page = body(epidemiologist, "/situation/?period=2025-W03")
    for label in ("2025-W02", "2025-W04", "2025-01", "2025-Q1", "2025-H1", "period=2025"):
        assert label in page


@pytest.mark.parametrize(
    ("query", "code"),
    [("?period=soon", "HW-U130"), ("?period=2025-01-05", "HW-U130"), ("?drug=tea", "HW-U131"), ("?level=9", "HW-U132")],
)
def test_what_makes_no_sense_is_refused_in_words(epidemiologist, query, code):
    answer = epidemiologist.get(f"/areas/{area_at(1).area_id}/{query}")
    assert answer.status_code == 400
    assert code in answer.content.decode()


def test_a_map_of_many_areas_leaves_its_table_to_a_page_of_its_own(epidemiologist):
    top = area_at(1).area_id
    page = body(epidemiologist, "/situation/?level=4&drug=ketamine")
    assert 'id="map-table"' not in page
    assert f"/areas/{top}/map/table/" in page
    assert len(page) < 500_000
    table = body(epidemiologist, f"/areas/{top}/map/table/?level=4&drug=ketamine")
    assert table.count("<tr>") > 1_700


def test_a_village_has_no_map_to_download(epidemiologist):
    leaf = AreaNode.objects.exclude(pk__in=AreaNode.objects.exclude(parent=None).values("parent")).filter(level=4).first()
    answer = epidemiologist.get(f"/areas/{leaf.area_id}/map.csv")
    assert answer.status_code == 400
    assert "HW-U133" in answer.content.decode()


def test_how_computed_without_a_period_is_refused(epidemiologist):
    answer = epidemiologist.get(f"/areas/{area_at(1).area_id}/computed/")
    assert answer.status_code == 400
    assert "HW-U134" in answer.content.decode()


def test_a_site_shows_people_flow_ratios_and_samples(epidemiologist):
    site = SiteNode.objects.order_by("-population").first()
    page = body(epidemiologist, f"/sites/{site.site_id}/")
    for wanted in ("People behind the site, by every method", "Flow, m³ a day", "Conformity", "Days kept out of the trend"):
        assert wanted in page
    sample = re.search(r'href="(/samples/[^"]+)"', page).group(1)
    shown = body(epidemiologist, sample)
    for wanted in ("LOQ", "Conformity with the sampling specification", site.site_id):
        assert wanted in shown


def test_search_finds_by_code_pinyin_chinese_english_and_site(epidemiologist):
    county = AreaNode.objects.filter(level=3).exclude(name_pinyin="").first()
    for said in (county.area_id[:6], county.name_zh, county.name_pinyin, county.name_en.split()[0], county.name_zh[:1]):
        assert f"/areas/{county.area_id}/" in body(epidemiologist, f"/search/?q={said}"), said
    site = SiteNode.objects.first().site_id
    assert f"/sites/{site}/" in body(epidemiologist, f"/search/?q={site}")
    assert "Nothing of that name is there for you" in body(epidemiologist, "/search/?q=zzzz")


def test_search_finds_a_sample_by_its_number(epidemiologist, province):
    from headworks.store import read_facts

    sample = read_facts(province, "samples")["sample_id"][0]
    assert f"/samples/{sample}/" in body(epidemiologist, f"/search/?q={sample}")


def test_views_and_exports_are_audited_with_what_they_showed(epidemiologist):
    county = area_at(3).area_id
    body(epidemiologist, f"/areas/{county}/")
    epidemiologist.get(f"/areas/{county}/figures.csv")
    rows = list(AuditRow.objects.order_by("-seq").values_list("action", "object_kind", "object_id")[:2])
    assert rows[0][:2] == ("export", "area figures")
    assert rows[1][:2] == ("view", "area")
    assert all(county in row[2] for row in rows)


def test_pages_hold_no_inline_script_or_style(epidemiologist):
    for address in ("/situation/", f"/areas/{area_at(2).area_id}/", "/search/?q=a"):
        page = body(epidemiologist, address)
        assert " style=" not in page
        assert "<style" not in page
        for script in re.findall(r"<script[^>]*>", page):
            assert "src=" in script or 'type="application/json"' in script


def test_pages_speak_the_readers_language(epidemiologist):
    epidemiologist.cookies["headworks-language"] = "zh-hans"
    page = body(epidemiologist, "/situation/?level=3")
    assert 'lang="zh-hans"' in page
    assert area_at(3).name_zh in page
    epidemiologist.cookies["headworks-language"] = "en"
    assert area_at(3).name_en in body(epidemiologist, "/situation/?level=3")
