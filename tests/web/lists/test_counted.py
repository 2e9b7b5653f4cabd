"""Counts of indicators: for who sees the areas as a steward, with exact limits; for everybody else none is there."""

import polars as pl
import pytest
from tests.web.conftest import area_at
from tests.workflows.assessment.evaluations.builders import OTHERS, quarterly

from headworks.web.access.models import AreaNode

pytestmark = pytest.mark.django_db
PAGE = "/lists/compare/counts/"


@pytest.fixture
def counts(province, monkeypatch):
    """Quarterly deaths of thirteen counties."""
    codes = AreaNode.objects.filter(level=3).order_by("pk").values_list("pk", flat=True)[:13]
    rows = quarterly().with_columns(pl.col("area_id").replace(dict(zip(("a", *OTHERS), codes, strict=True))))
    monkeypatch.setattr("headworks.web.lists.indicators.read_facts", lambda *_, **__: rows)
    monkeypatch.setattr("headworks.web.lists.indicators.kept", lambda reader, key, make: make())
    return list(codes)


def test_a_steward_of_all_areas_compares_rates_with_exact_limits(counts, account, browse):
    client = browse(account("director"))
    assert PAGE in client.get("/lists/compare/?level=3").content.decode()
    page = client.get(PAGE).content.decode()
    assert "deaths, 2025-Q4" in page
    assert page.count("/lists/areas/") == 13
    assert page.index(f'"/lists/areas/{counts[0]}/"') < page.index(f'"/lists/areas/{counts[12]}/"')
    assert client.get(f"{PAGE}?period=2024-Q1").status_code == 200
    assert client.get(f"{PAGE}?period=soon").status_code == client.get(f"{PAGE}?level=9").status_code == 400
    assert client.get(f"{PAGE}?indicator=wishes").status_code == 404
    assert '<option value="count:deaths"' in client.get("/lists/evaluations/").content.decode()


def test_for_a_neighbour_and_for_a_lower_tier_no_count_is_there(counts, account, browse):
    partner = browse(account("director", tier="partner"))
    assert partner.get(PAGE).status_code == 404
    assert PAGE not in partner.get("/lists/compare/?level=3").content.decode()
    mine = AreaNode.objects.get(pk=counts[0])
    own = browse(account("assessor", mine.path)).get(PAGE).content.decode()
    assert not any(code in own for code in counts[1:])
    assert "Too few areas to compare" in own
    assert area_at(3).pk in counts


def test_the_rates_are_drawn_and_filed_with_the_rights_of_the_page(counts, account, browse):
    client, partner = browse(account("director")), browse(account("director", tier="partner"))
    page = client.get(PAGE).content.decode()
    for name in ("chart.json", "areas.csv", "areas.svg"):
        assert f"{PAGE}{name}?indicator=deaths&amp;period=2025-Q4&amp;level=3" in page
        assert partner.get(f"{PAGE}{name}").status_code == 404
    drawn = client.get(f"{PAGE}chart.json").json()["datasets"]
    assert len(drawn["rows"]) == 13
    assert drawn["limits"][0]["upper_998"] > drawn["limits"][-1]["upper_998"]
    lines = client.get(f"{PAGE}areas.csv").content.decode().splitlines()
    assert len(lines) == 14
    assert "rate_per_1000_per_year" in lines[0]
    assert client.get(f"{PAGE}areas.svg").content.startswith(b"<svg")
