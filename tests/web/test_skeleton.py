"""The first pages answer, and an area that is not mine is not there."""

import pytest
from tests.web.conftest import area_at, reader

from headworks.web.access.policy import NotVisible
from headworks.web.access.reader import Reader
from headworks.web.figures.scoped import area_figures, figures_above


@pytest.mark.django_db
def test_the_public_is_sent_to_the_public_page(client):
    assert client.get("/").headers["Location"] == "/public/"


def test_an_officer_lands_on_the_situation(province, account, browse):
    city = area_at(2)
    answer = browse(account("officer", city.path)).get("/situation/")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_city_sees_its_own_figures_and_not_the_neighbours(province):
    mine, other = area_at(2, 0), area_at(2, 1)
    who = reader(path=mine.path)
    assert area_figures(who, mine.area_id).rows["area_id"].unique().to_list() in ([mine.area_id], [])
    with pytest.raises(NotVisible):
        area_figures(who, other.area_id)
    with pytest.raises(NotVisible):
        area_figures(Reader(), mine.area_id)


def test_above_ones_own_area_there_are_public_figures_only(province):
    mine = area_at(2, 0)
    above = figures_above(reader(path=mine.path), mine)
    assert {figures.tier for figures in above.values()} == {"public"}
