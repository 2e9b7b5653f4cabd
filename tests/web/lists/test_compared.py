"""Areas compared: only one's own, by code, with the sentence about chance; the picture and the file say the same."""

import csv
import io
import re

import pytest
from tests.web.conftest import area_at

from headworks.web.figures.scoped import map_figures
from headworks.web.lists.words.criterion_words import changed_words, criterion_words, own_words, quoted_text

pytestmark = pytest.mark.django_db
QUERY = "?level=4&period=2025-Q2&drug=ketamine"


def test_the_page_the_picture_and_the_file_speak_of_the_same_areas(province, account, browse):
    client = browse(account("director"))
    page = client.get(f"/lists/compare/{QUERY}").content.decode()
    assert "towns and streets" in page
    assert re.search(r"Areas differ (more|no more) than their errors explain \(φ = [0-9.]+\)", page)
    assert re.search(r"\d+ of \d+ areas lie outside the 95 % limits; about [0-9.]+ would", page)
    rows = list(csv.DictReader(io.StringIO(client.get(f"/lists/compare/areas.csv{QUERY}").content.decode("utf-8-sig"))))
    shown = re.findall(r'<th scope="row"><a href="/lists/areas/([^/]+)/">', page)
    assert [row["area_id"] for row in rows] == shown == sorted(shown)
    spec = client.get(f"/lists/compare/chart.json{QUERY}").json()
    assert len(spec["datasets"]["rows"]) == sum(row["z"] != "" for row in rows) >= 5
    picture = client.get(f"/lists/compare/areas.svg{QUERY}")
    assert picture["Content-Type"] == "image/svg+xml"
    assert b"<svg" in picture.content


def test_of_the_neighbours_nothing_is_compared(province, account, browse):
    mine, other = area_at(2, 0), area_at(2, 1)
    client = browse(account("assessor", mine.path))
    for path in ("", "areas.csv", "chart.json"):
        said = client.get(f"/lists/compare/{path}{QUERY}").content.decode()
        assert not re.findall(rf"{other.pk[:4]}\d{{8}}", said), path


def test_a_withheld_area_is_a_row_without_numbers_and_no_point(province, account, browse):
    client = browse(account("director", tier="partner"))
    reader = client.get(f"/lists/compare/{QUERY}").wsgi_request.reader
    withheld = map_figures(reader, "", 4, "2025-Q2", "ketamine").rows
    withheld = withheld.filter(withheld["state"] == "suppressed")
    page = client.get(f"/lists/compare/{QUERY}").content.decode()
    assert page.count("suppressed for this reader") == withheld.height > 0
    answer = client.get(f"/lists/compare/areas.csv{QUERY}")
    if answer.status_code == 200:
        rows = {row["area_id"]: row for row in csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))}
        assert {rows[one]["load_mg_per_1000_per_day"] for one in withheld["area_id"]} == {""}


@pytest.mark.parametrize("said", ["?level=9", "?period=soon", "?drug=nothing"])
def test_what_there_is_not_is_refused_in_words(province, account, browse, said):
    assert browse(account("director")).get(f"/lists/compare/{said}").status_code == 400


def test_too_few_areas_say_so_and_have_no_picture(province, account, browse):
    client = browse(account("assessor", area_at(2).path))
    page = client.get("/lists/compare/?level=3").content.decode()
    assert "Too few areas to compare: at least 5" in page
    assert client.get("/lists/compare/chart.json?level=3").status_code == 404


def test_codes_of_criteria_have_words_and_those_of_other_sets_are_words():
    assert criterion_words("load_high") == "load is high"
    assert criterion_words("deaths_of_the_year") == "deaths of the year"
    assert quoted_text("load_rose, contacts_rose") == "“load rose”, “health contacts rose”"
    assert changed_words("+load_high, -load_rose") == "now “load is high”; no longer “load rose”"
    assert (changed_words(""), own_words("Something of our own")) == ("", "Something of our own")
