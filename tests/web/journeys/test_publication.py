"""How a figure gets out: an epidemiologist compares and proposes, a director approves, the public reads."""

import io
import json
import re
import urllib.request
import zipfile

import pytest
from tests.web.journeys.conftest import CITY, COUNTY
from tests.web.journeys.first_start import come_in
from tests.web.journeys.window import PHONE
from tests.web.journeys.words import OF_EDITION, REASON, say

pytestmark = [pytest.mark.browser, pytest.mark.slow]
DRUG = "period=2025-W13&drug=ketamine"
LEVELS = ("very low", "low", "medium", "high", "very high")


def test_an_epidemiologist_compares_takes_a_token_and_proposes(walk, house):
    with walk("epidemiologist") as window:
        window.visit(f"/situation/?level=3&{DRUG}")
        drawn = "const map = document.getElementById('map-place').dataset; return map.ready || map.mode === 'picture'"
        window.wait_for(lambda: window.script(drawn))
        window.look("map-of-counties")
        window.visit(f"/areas/{CITY}/?{DRUG}&level=3")
        window.wait_for(lambda: window.script("return document.querySelector('[data-chart]').dataset.drawn"))
        assert window.find_all("#ladder")
        window.look("city")

        window.visit("/settings/")
        window.look("settings")
        window.visit("/settings/tokens/new/")
        window.fill("[name=name]", "Notebook")
        window.choose("[name=scopes][value=view]")
        window.look("token")
        window.press("main form button")
        token = window.find(".key code").text
        window.reads("Keep this token")
        window.look("token-made")
        asked = urllib.request.Request(  # noqa: S310  an address of this machine
            f"{house.server.address}/api/v1/areas/{COUNTY}", headers={"Authorization": f"Bearer {token}"}
        )
        with urllib.request.urlopen(asked, timeout=60) as answer:  # noqa: S310
            assert json.load(answer)
        window.visit("/api/v1/")
        window.look("api")

        _propose(window)
        window.reads("Somebody else has to approve it.")
        assert window.find_all("form[action$='/approve/']") == []
        window.look("publication-proposed")


def _propose(window):
    """The run that is shown, after taking back an edition of it that stands."""
    window.visit("/publication/")
    while window.find_all("form[action$='/withdraw/']"):
        window.fill("[name=because]", REASON[window.language])
        window.press("form[action$='/withdraw/'] button")
    window.fill("[name=words]", OF_EDITION[window.language])
    window.press("form[action$='/propose/'] button")


def _waits(window, house):
    """A proposal that the epidemiologist made, whether or not their journey went before."""
    if not window.find_all("form[action$='/approve/']"):
        come_in(house, window, f"epidemiologist-{window.language}")
        _propose(window)
        window.enter(f"director-{window.language}")
        window.visit("/publication/")


def test_a_director_sees_ranks_and_how_sure_and_approves(walk, house):
    with walk("director") as director:
        director.visit("/situation/?level=3&period=2025-W13&drug=codeine")
        director.reads("What is not covered", "What changed in %(period)s")
        ranks = [one.text for one in director.find_all(".rank")]
        assert ranks
        assert all(re.fullmatch(r"\d+(–\d+)?", one) for one in ranks)
        director.look("ranks")
        director.visit("/signals/counts/")
        director.look("signal-counts-with-times")
        director.visit("/publication/")
        _waits(director, house)
        director.look("publication-to-approve")
        director.press("form[action$='/approve/'] button")
        director.reads("The decision is kept.")
        director.look("publication-approved")


def test_the_public_finds_where_it_lives_in_words_and_takes_the_figures_along(walk, house):
    with walk("public", size=PHONE) as reader:
        language = reader.language
        _published(reader, house)
        reader.visit(f"/public/{language}/")
        reader.reads("Is it rising where I live?", "What this cannot say")
        reader.sees(OF_EDITION[language])
        reader.look("home")
        reader.fill("#q", "从化" if language != "en" else "Conghua")
        reader.press("form.find button")
        reader.look("found")
        reader.press(".found a")
        reader.look("area")
        levels = [say(language, words) for words in LEVELS]
        assert any(words in reader.text() for words in levels), reader.text()[:2000]
        for page in ("areas/", "about/"):
            reader.visit(f"/public/{language}/{page}")
            reader.look(f"public-{page.strip('/')}")
        reader.visit(f"/public/{language}/")
        with urllib.request.urlopen(reader.find(".files a").get_attribute("href"), timeout=60) as answer:  # noqa: S310
            held = zipfile.ZipFile(io.BytesIO(answer.read()))
        described = json.loads(held.read("datapackage.json"))
        assert {"area_loads.csv", "datapackage.json"} <= set(held.namelist())
        assert described["resources"][0]["schema"]["fields"]
        assert reader.driver.get_cookies() == []


def _published(reader, house):
    """An edition is out, whether or not it was approved in a journey before."""
    # Asked beside the browser, which would keep the page that says that nothing is out.
    with urllib.request.urlopen(f"{house.server.address}/public/{reader.language}/", timeout=60) as answer:  # noqa: S310
        is_out = OF_EDITION[reader.language] in answer.read().decode()
    if not is_out:
        come_in(house, reader, f"director-{reader.language}")
        reader.visit("/publication/")
        _waits(reader, house)
        reader.press("form[action$='/approve/'] button")
        reader.enter("")
