"""Nothing of another area on any route: pages, map data, downloads, search, explanations; for neighbours, samplers, the public."""

import pytest
from tests.web.conftest import area_at

from headworks.store import read_facts
from headworks.web.access.models import AreaNode, SiteArea, SiteNode
from headworks.web.access.roles import ROLES

AREA_ROUTES = (
    "", "map/3/cells.json", "map/4/figures.json", "map/sites.json", "map/table/?level=4", "map.svg", "map.png", "map.csv", "figures.csv",
    "figures.json", "chart.json", "chart.svg", "chart.png", "computed/?period=2025-W10&drug=ketamine", "trend/", "trend/?part=1",
    "trend.json", "trend.svg", "trend.png", "trend.csv",
)  # fmt: skip


@pytest.fixture
def neighbours(province, account, browse):
    """Two counties, each with a site that does not serve the other; an officer of the first."""
    pairs = (
        (mine, other)
        for mine in AreaNode.objects.filter(level=3).order_by("area_id")
        for other in AreaNode.objects.filter(level=3).exclude(pk=mine.pk).order_by("area_id")
    )
    mine, other = next((one, two) for one, two in pairs if sites_only_of(two, one) and sites_only_of(one, two))
    return browse(account("officer", mine.path)), mine, other, mine.parent


def sites_only_of(other, mine):
    """Sites that serve the other area and not mine."""
    here = SiteArea.objects.filter(area_path__startswith=mine.path).values("site_id")
    there = SiteArea.objects.filter(area_path__startswith=other.path).exclude(site_id__in=here)
    return sorted(set(there.values_list("site_id", flat=True)))


def foreign_words(other, mine):
    inside = AreaNode.objects.filter(path__startswith=other.path)
    words = set(inside.values_list("area_id", flat=True)) | set(inside.exclude(name_zh="").values_list("name_zh", flat=True))
    ours = " ".join(AreaNode.objects.filter(path__startswith=mine.path).values_list("name_zh", flat=True))
    return {word for word in words if word not in ours} | set(sites_only_of(other, mine))


def test_the_neighbours_area_is_not_there(neighbours):
    client, _mine, other, _city = neighbours
    for route in AREA_ROUTES:
        answer = client.get(f"/areas/{other.area_id}/{route}")
        assert answer.status_code == 404, route
        assert other.name_en not in answer.content.decode(), route


def test_the_area_above_is_not_there_as_a_page(neighbours):
    client, _mine, _other, city = neighbours
    for route in AREA_ROUTES:
        if "computed" not in route:
            assert client.get(f"/areas/{city.area_id}/{route}").status_code == 404, route


def test_no_page_of_ones_own_says_a_word_of_the_neighbour(neighbours):
    client, mine, other, _city = neighbours
    foreign = foreign_words(other, mine)
    assert foreign
    addresses = ["/situation/", "/situation/?level=4", f"/search/?q={other.name_zh}", "/search/?q=4"]
    addresses += [f"/areas/{mine.area_id}/{route}" for route in AREA_ROUTES if "png" not in route and "map/3" not in route]
    own = SiteArea.objects.filter(area_path__startswith=mine.path).values_list("site_id", flat=True)
    addresses += [f"/sites/{site}/" for site in set(own)]
    for address in addresses:
        answer = client.get(address)
        said = answer.content.decode() + str(answer.headers)
        found = {word for word in foreign if word in said}
        if address.startswith("/search/"):
            found.discard(other.name_zh)  # the field says again what was typed
        assert not found, address


def test_sites_and_samples_of_the_neighbour_are_not_there(neighbours, province):
    client, mine, other, _city = neighbours
    foreign = sites_only_of(other, mine)
    assert foreign
    samples = read_facts(province, "samples")
    for site in foreign[:3]:
        assert client.get(f"/sites/{site}/").status_code == 404
        for route in ("chart.json", "trend/", "trend.json", "trend.csv"):
            assert client.get(f"/sites/{site}/{route}").status_code == 404, route
        for sample in samples.filter(site_id=site)["sample_id"][:2]:
            assert client.get(f"/samples/{sample}/").status_code == 404
            page = client.get(f"/search/?q={sample}").content.decode()
            assert f"/samples/{sample}/" not in page
        assert f"/sites/{site}/" not in client.get(f"/search/?q={site}").content.decode()


def test_a_figure_above_is_explained_only_where_it_may_be_shown(neighbours):
    from headworks.web.access.reader import Reader, Right
    from headworks.web.figures.scoped import figures_above

    client, mine, _other, city = neighbours
    reader = Reader(1, "x", (Right("officer", mine.path, "steward"),))
    rows = figures_above(reader, mine)[city.area_id].rows
    seen = {True: 0, False: 0}
    for row in rows.iter_rows(named=True):
        is_shown = row["state"] != "suppressed"
        if seen[is_shown] >= 2:
            continue
        seen[is_shown] += 1
        answer = client.get(f"/areas/{city.area_id}/computed/", {"period": row["period"], "drug": row["analyte"]})
        assert answer.status_code == (200 if is_shown else 404), row
    assert any(seen.values())


def test_roles_without_figures_see_none(province, account, browse):
    county, site = area_at(3).area_id, SiteNode.objects.first().site_id
    addresses = [f"/areas/{county}/{route}" for route in AREA_ROUTES] + [f"/sites/{site}/", "/situation/"]
    for role in sorted(role for role, scopes in ROLES.items() if "view" not in scopes):
        client = browse(account(role))
        for address in addresses:
            assert client.get(address).status_code == 404, (role, address)


def test_a_sampler_sees_no_sample_page_and_a_director_no_samples(province, account, browse):
    sample = read_facts(province, "samples")["sample_id"][0]
    assert browse(account("sampler")).get(f"/samples/{sample}/").status_code == 404
    director = browse(account("director"))
    assert director.get(f"/samples/{sample}/").status_code == 404
    site = read_facts(province, "samples")["site_id"][0]
    page = director.get(f"/sites/{site}/").content.decode()
    assert "/samples/" not in page
    assert director.get(f"/areas/{area_at(1).area_id}/map/sites.json").status_code == 404


def test_an_analyst_sees_samples_of_their_tier_only(province, account, browse):
    sample = read_facts(province, "samples")["sample_id"][0]
    assert browse(account("analyst", tier="steward")).get(f"/samples/{sample}/").status_code == 200
    assert browse(account("analyst", tier="public")).get(f"/samples/{sample}/").status_code == 404


def test_the_public_is_asked_to_sign_in_and_is_told_nothing(province, client):
    county = area_at(3)
    for address in ("/situation/", "/search/?q=4", *(f"/areas/{county.area_id}/{route}" for route in AREA_ROUTES)):
        answer = client.get(address)
        assert answer.status_code == 302
        assert county.name_en not in answer.content.decode()


def test_at_the_public_tier_no_site_is_shown_and_suppressed_stays_suppressed(province, account, browse):
    client = browse(account("officer", area_at(2).path, tier="public"))
    site = SiteArea.objects.filter(area_path__startswith=area_at(2).path).first().site_id
    assert client.get(f"/sites/{site}/").status_code == 404
    page = client.get(f"/areas/{area_at(2).area_id}/").content.decode()
    assert f"/sites/{site}/" not in page
    shown = client.get(f"/areas/{area_at(2).area_id}/figures.json").json()["figures"]
    assert any(row["state"] == "suppressed" for row in shown)
    assert all(row["load_mg_per_1000_per_day"] is None for row in shown if row["state"] == "suppressed")


def test_what_was_kept_for_one_reader_is_never_shown_to_another(province, account, browse):
    city = area_at(2)
    steward, public = browse(account("officer", city.path)), browse(account("officer", city.path, tier="public"))
    for address in (f"/areas/{city.area_id}/map/3/figures.json", f"/areas/{city.area_id}/chart.json"):
        assert steward.get(address).content != public.get(address).content
