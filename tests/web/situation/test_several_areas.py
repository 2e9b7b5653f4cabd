"""A workspace without a polygon: countries and their cities, codes with a slash, and a reader of all of it at once."""

import gzip
import json
import re

import pytest

from headworks.jobs.demo_files import demo_paths
from headworks.jobs.import_files import ImportOrder, import_file
from headworks.jobs.run import run
from headworks.jobs.serving import prepare_serving
from headworks.store import Workspace
from headworks.web.access.models import AreaNode, Grant, SiteNode
from headworks.web.access.register import copy_register
from headworks.web.audit.models import AuditRow


@pytest.fixture(scope="module")
def europe_made(tmp_path_factory):
    workspace = Workspace.create(tmp_path_factory.mktemp("europe") / "E", name="European cities", timezone="UTC")
    for path in demo_paths():
        import_file(workspace, path, ImportOrder("score"))
    run(workspace)
    prepare_serving(workspace, tiers=["public", "steward"])
    return workspace


@pytest.fixture
def europe(europe_made, settings, db):
    settings.HEADWORKS_WORKSPACE = str(europe_made.path)
    copy_register(europe_made)
    return europe_made


@pytest.fixture
def director(europe, account, browse):
    return browse(account("director"))


def body(client, address):
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return answer.content.decode()


def test_who_looks_after_all_of_europe_lands_on_a_map_of_its_cities_with_ranks_and_a_table_of_countries(director):
    page = body(director, "/situation/")
    for wanted in (
        "in all my cities",
        "What changed in",
        "it rose in",
        "What is not covered",
        "Circles: cities without boundaries",
    ):
        assert wanted in page
    assert page.count('data-area="') > 200
    countries = re.search(r'role="region" aria-label="My areas"><table.*?</table>', page, re.S).group(0)
    assert countries.count("<tr>") == 1 + AreaNode.objects.filter(level=1).count()
    assert "provinces" not in page


def test_the_map_of_everything_has_cells_figures_table_and_downloads(director):
    cells = json.loads(gzip.decompress(director.get("/situation/map/2/cells.json").content))
    figures = director.get("/situation/map/2/figures.json?period=2022&drug=amphetamine").json()
    codes = {one["properties"]["id"] for one in cells["features"]}
    assert codes == set(figures["areas"]) == set(AreaNode.objects.filter(level=2).values_list("area_id", flat=True))
    assert all(len(one["geometry"]["coordinates"][0][0]) == 33 for one in cells["features"])
    assert director.get("/situation/map.svg?drug=amphetamine").content.startswith(b"<svg")
    assert b"AT/Graz" in director.get("/situation/map.csv?drug=amphetamine").content
    assert "Graz" in body(director, "/situation/map/table/?level=2")
    assert AuditRow.objects.filter(action="export").exists()


def test_countries_are_drawn_too_and_called_so(director):
    page = body(director, "/situation/?level=1")
    assert "in all my countries" in page
    assert page.count('data-area="') == AreaNode.objects.filter(level=1).count()


def test_a_country_shows_its_cities_as_circles(director):
    page = body(director, "/situation/?area=AT")
    assert 'data-area="AT/Graz"' in page
    assert "Circles: cities without boundaries" in page


def test_a_city_whose_code_has_a_slash_has_its_page_path_and_way_back(director):
    page = body(director, "/areas/AT/Graz/?drug=amphetamine")
    crumbs = re.search(r'<nav class="crumbs".*?</nav>', page, re.S).group(0)
    assert re.findall(r'href="(/areas/[^?"]+)', crumbs) == ["/areas/AT/", "/areas/AT/Graz/"]
    assert "/areas/AT/Graz/computed/" in page
    assert "Innsbruck" in re.search(r'id="neighbours".*?</section>', page, re.S).group(0)


def test_an_officer_of_one_city_is_told_of_no_other(europe, account, browse):
    graz = AreaNode.objects.get(pk="AT/Graz")
    client = browse(account("officer", graz.path))
    for address in ("/situation/", "/areas/AT/Graz/"):
        page = body(client, address)
        assert "Innsbruck" not in page
        assert "AT/Linz" not in page
        assert 'id="neighbours"' not in page


def test_a_reader_of_two_countries_gets_nothing_of_a_third(europe, account, browse):
    made = account("officer", "AT/", tier="steward")
    Grant.objects.create(account=made, role="officer", area_path="CH/", tier="public")
    client = browse(made)
    mine = set(AreaNode.objects.filter(level=2, parent__in=("AT", "CH")).values_list("area_id", flat=True))
    cells = json.loads(gzip.decompress(client.get("/situation/map/2/cells.json").content))
    figures = client.get("/situation/map/2/figures.json").json()
    assert {one["properties"]["id"] for one in cells["features"]} == set(figures["areas"]) == mine
    page = body(client, "/situation/")
    for other in ("Barcelona", "Germany", "DE/"):
        for text in (page, client.get("/situation/map.csv").content.decode(), body(client, "/situation/map/table/")):
            assert other not in text
    assert "public readers" in client.get("/situation/map.svg").content.decode()


def test_two_readers_cells_of_all_that_is_theirs_have_different_tags(europe, account, browse):
    first = browse(account("officer", "AT/")).get("/situation/map/2/cells.json")
    other = browse(account("officer", "CH/")).get("/situation/map/2/cells.json", HTTP_IF_NONE_MATCH=first["ETag"])
    assert other.status_code == 200
    assert other["ETag"] != first["ETag"]


def test_no_map_tells_where_a_site_stands(europe):
    from headworks.jobs.area_cells import area_cells

    sites = {(site.longitude, site.latitude) for site in SiteNode.objects.all()}
    places = {place[:2] for place in area_cells(europe, 9).places.values()}
    assert all(round(x, 1) == x and round(y, 1) == y for x, y in places)
    assert len(places & sites) < 10


@pytest.mark.parametrize(("query", "code"), [("?period=soon", "HW-U130"), ("?drug=tea", "HW-U131"), ("?level=5", "HW-U132")])
def test_what_makes_no_sense_is_refused_for_several_areas_too(director, query, code):
    answer = director.get(f"/situation/{query}")
    assert answer.status_code == 400
    assert code in answer.content.decode()


def test_a_reader_without_any_area_left_is_told_so(europe, account, browse):
    made = account("officer", "XX/")
    assert "No area is known yet" in body(browse(made), "/situation/")
