"""Who reads the situation: an officer of a county, an assessor."""

import io

import polars as pl
import pytest
from tests.web.journeys.conftest import COUNTY, NEIGHBOUR
from tests.web.journeys.words import REASON, say

pytestmark = [pytest.mark.browser, pytest.mark.slow]
DRUG = "period=2025-W13&drug=ketamine"


def test_an_officer_reads_their_county_down_to_a_sample_and_takes_it_along(walk):
    with walk("officer") as officer:
        officer.reads("What is late", "What is not covered", "What changed in %(period)s")
        officer.look("landing")
        officer.visit("/situation/?period=2025-W14&drug=methamphetamine")
        officer.reads("What changed in %(period)s")
        officer.look("landing-of-a-week")
        assert officer.prints("landing-of-a-week") == 1

        officer.visit(f"/areas/{COUNTY}/?{DRUG}")
        officer.wait_for(lambda: officer.script("return document.querySelector('[data-chart]').dataset.drawn"))
        officer.reads("Course", "Sites")
        assert officer.find_all("#ladder")
        officer.look("area")
        kind, content = officer.download(officer.find("a[href*='figures.csv']").get_attribute("href"))
        assert kind.startswith("text/csv")
        assert pl.read_csv(io.BytesIO(content)).height > 100

        officer.press("main .headline a.how")
        officer.reads("The formula with its numbers", "Where the doubt comes from", "Members", "What it hangs on")
        officer.press("#members ~ * a[href*='site='], a[href*='site=']")
        officer.look("how-computed")
        officer.press("#samples ~ * a[href^='/samples/'], a[href^='/samples/']")
        officer.reads("Results, and the loads they became", "Conformity with the sampling specification")
        officer.look("sample")
        officer.press("main dl a[href^='/sites/']")
        officer.reads("People behind the site, by every method")
        officer.look("site")

        officer.visit("/operations/")
        officer.reads("Late")
        officer.look("samples-of-my-area")
        officer.visit(f"/search/?q={say(officer.language, 'Area')}")
        officer.look("search")
        officer.is_refused(f"/areas/{NEIGHBOUR}/")
        officer.reads("There is nothing here for you")
        officer.look("not-there")


def test_an_officer_takes_up_a_signal_with_a_reason(walk):
    with walk("officer") as officer:
        officer.visit("/signals/")
        officer.look("signals")
        officer.press(".inbox a.where")
        officer.reads("Decide", "Nobody has decided anything yet.")
        officer.look("signal")
        officer.choose("[name=step]")
        officer.fill("[name=reason]", REASON[officer.language])
        officer.press("form.decide button")
        officer.sees(REASON[officer.language], f"officer-{officer.language}")
        officer.look("signal-decided")
        officer.visit("/signals/new/")
        officer.look("signal-new")
        officer.visit("/signals/counts/")
        officer.look("signal-counts")


def test_an_assessor_sees_figures_and_may_change_nothing(walk):
    with walk("assessor") as assessor:
        assessor.reads("What is late")
        assessor.look("landing")
        assessor.visit("/signals/")
        assessor.press(".inbox a.where")
        assert assessor.find_all("form.decide") == []
        assessor.look("signal-to-read")
        for path in ("/release/", "/operations/", f"/areas/{NEIGHBOUR}/", "/accounts/", "/audit/"):
            assessor.is_refused(path)
