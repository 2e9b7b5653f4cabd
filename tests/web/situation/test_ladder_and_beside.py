"""The ladder says what is not published; beside the figures stand signals, late samples, neighbours; samples their custody."""

import datetime as dt
import re

import pytest
from django.utils import timezone
from tests.web.conftest import area_at
from tests.web.operations.desk import planned, taken

from headworks.store import read_facts
from headworks.web.access.models import AreaNode, SiteNode
from headworks.web.figures.sets import open_set
from headworks.web.operations.models import SampleRecord
from headworks.web.signals.models import Signal


def body(client, address):
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return answer.content.decode()


def section(page, name):
    found = re.search(rf'aria-labelledby="{name}".*?</section>', page, re.S)
    return found.group(0) if found else ""


@pytest.fixture
def county(province):
    served = open_set("steward")
    return next(node for node in AreaNode.objects.filter(level=3).order_by("area_id")
                if served.rows("area_loads", node.area_id).height)  # fmt: skip


def test_an_officers_week_stands_beside_the_published_period_of_the_areas_above(county, account, browse):
    ladder = section(body(browse(account("officer", county.path)), f"/areas/{county.area_id}/"), "ladder")
    above = [line for line in re.findall(r"<li>.*?</li>", ladder) if "not published by the week" in line]
    assert above
    assert any(re.search(r"in 2025-(Q1|0\d|H1)|in 2025", line) for line in above)
    assert not any("not sampled" in line for line in above)


def test_a_reader_of_everything_sees_weeks_above_and_ranges_below(province, account, browse):
    city = area_at(1)
    ladder = section(body(browse(account("epidemiologist")), f"/areas/{city.area_id}/?drug=ketamine"), "ladder")
    assert "not published" not in ladder
    assert "cities: lowest" in ladder
    assert "(city)" in ladder
    assert "(province)" in ladder


def test_open_signals_of_the_area_are_listed_and_a_neighbours_are_not(county, account, browse):
    other = AreaNode.objects.filter(level=3).exclude(pk=county.pk).first()
    mine = Signal.objects.create(kind=next(iter(_kinds())), area_path=county.path, level=3, words="mine")
    foreign = Signal.objects.create(kind=mine.kind, area_path=other.path, level=3, words="other")
    closed = Signal.objects.create(kind=mine.kind, area_path=county.path, level=3, state="closed")
    listed = section(body(browse(account("officer", county.path)), f"/areas/{county.area_id}/"), "open-signals")
    assert f"/signals/{mine.pk}/" in listed
    assert f"/signals/{foreign.pk}/" not in listed
    assert f"/signals/{closed.pk}/" not in listed


def _kinds():
    from headworks.web.signals.states import KINDS

    return KINDS


def test_late_samples_are_listed_for_who_may_see_samples(county, account, browse):
    site = SiteNode.objects.exclude(owner_path="").order_by("site_id").first()
    home = AreaNode.objects.get(path=site.owner_path)
    late = planned(site, timezone.localdate() - dt.timedelta(days=3))
    client = browse(account("epidemiologist", home.path))
    assert late.sample_id in section(body(client, f"/areas/{home.area_id}/"), "late-samples")
    elsewhere = AreaNode.objects.filter(level=home.level).exclude(pk=home.pk).first()
    page = body(browse(account("epidemiologist")), f"/areas/{elsewhere.area_id}/")
    assert late.sample_id not in page


def test_neighbours_are_named_to_who_may_see_them_only(county, account, browse):
    neighbour = AreaNode.objects.filter(parent=county.parent, level=3).exclude(pk=county.pk).first()
    assert neighbour.area_id in section(body(browse(account("epidemiologist")), f"/areas/{county.area_id}/"), "neighbours")
    assert neighbour.area_id not in body(browse(account("officer", county.path)), f"/areas/{county.area_id}/")


def test_a_sample_shows_its_custody_and_leads_to_the_desk(province, account, browse):
    fact = read_facts(province, "samples").row(0, named=True)
    site = SiteNode.objects.get(pk=fact["site_id"])
    record = SampleRecord.objects.create(sample_id=fact["sample_id"], site_id=site.site_id, owner_path=site.owner_path,
                                         planned_day=timezone.localdate())  # fmt: skip
    taken(record)
    client = browse(account("epidemiologist"))
    custody = section(body(client, f"/samples/{fact['sample_id']}/"), "custody")
    assert custody.count("<li>") == 3
    assert f"/operations/samples/{fact['sample_id']}/" in custody
    assert "S-1" in custody
    assert client.get(f"/operations/samples/{fact['sample_id']}/").status_code == 200


def test_a_sample_that_came_with_an_import_says_so(province, account, browse):
    sample = read_facts(province, "samples")["sample_id"][1]
    page = body(browse(account("epidemiologist")), f"/samples/{sample}/")
    assert "came with an import" in section(page, "custody")
