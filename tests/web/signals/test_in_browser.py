"""The public's pages and the signal desk in a real Chromium: axe-core finds nothing serious, a phone needs no sideways scrolling."""

import datetime as dt
import json

import polars as pl
import pytest
from tests.axe import serious
from tests.chromium import NO_GPU, chromium
from tests.web.conftest import area_at
from tests.web.signals.found import explanation, keep, row
from tests.web.signals.test_substances import KEY, hit

from headworks.core.schema import polars_schema
from headworks.jobs.screening.hits import keep_hits
from headworks.store import read_facts
from headworks.tables.screening import ScreeningHits
from headworks.web.access.models import SiteNode
from headworks.web.access.reader import reader_of
from headworks.web.public.editions import approve, propose
from headworks.web.public.pages.memory import forget_pages
from headworks.web.signals.decide import decide
from headworks.web.signals.intake import raise_signal
from headworks.web.signals.models import Signal
from headworks.web.signals.taking import take_row

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    with chromium(tmp_path_factory.mktemp("chromium"), *NO_GPU) as driver:
        yield driver


@pytest.fixture
def desk(live_server, own_province, account, browse, browser):
    """Addresses to look at: public and signed in, with signals in several states."""
    forget_pages()
    boss = account("director", username="boss")
    made = propose(reader_of(account("steward", username="editor")), "Figures of the first quarter.")
    approve(reader_of(boss), made.pk)
    first = raise_signal(
        "one", kind="exceedance", source="ears", area_id=area_at(3).area_id, observed=40.0, expected=10.0, period="2025-W05",
        explanation={"baseline": "four weeks"},
    ).signal  # fmt: skip
    raise_signal("two", kind="change", source="cusum", area_id=area_at(2).area_id, words="Foam at the inlet")
    decide(reader_of(boss), first.pk, to_state="triage", reason="Seen twice.", version=0)
    detected = _warnings(own_province)
    browser.get(f"{live_server.url}/public/en/")
    session = browse(boss).cookies["headworks-session"].value
    browser.add_cookie({"name": "headworks-session", "value": session, "path": "/"})
    public = ["", "areas/?level=3", "about/", "find/?q=gu", f"area/{area_at(2).area_id}/"]
    signed_in = ["/signals/", "/signals/counts/", "/signals/new/", f"/signals/{first.pk}/", "/publication/", "/api/v1/"]
    signed_in += ["/signals/areas/", "/signals/backtests/", "/signals/backtests/try/", "/signals/substances/", *detected]
    return [f"{live_server.url}/public/en/{page}" for page in public] + [f"{live_server.url}{page}" for page in signed_in]


def _warnings(workspace):
    """Everything that pages of warnings show; addresses of a detector's signal and of a substance's card."""
    area, site = area_at(3, 1), SiteNode.objects.exclude(owner_path="").first()
    near = {"n_asked": 1, "nearest_to_a_signal": [{"unit_id": area_at(3).pk, "p": 0.0123}]}
    rows = [
        row(
            area.pk,
            "why",
            explanation=json.dumps(explanation(neighbours=near, left_out={"part": f"site {site.pk}", "p": 0.2})),
        )
    ]
    keep(workspace, rows)
    for one in rows:
        take_row(one)
    folder = workspace.path / "signals" / "backtests" / "try"
    folder.mkdir(parents=True)
    scores = [{"series_type": kind, "n_outbreaks": 40, "found": 0.8, "false_discovery": 0.08, "delay_days": 9.0}
              for kind in ("all", "mostly_below_limit")]  # fmt: skip
    (folder / "backtest.json").write_text(json.dumps({"detector": "headworks", "scores": scores}))
    sample = read_facts(workspace, "samples").filter(pl.col("site_id") == site.pk)["sample_id"][0]
    keep_hits(workspace, pl.DataFrame([hit(sample, dt.date(2025, 1, 6))], schema=polars_schema(ScreeningHits)))
    made = Signal.objects.unscoped("a test").get(key="why")
    return [f"/signals/{made.pk}/", f"/signals/substances/{KEY}/"]


def _set(browser, scheme, width):
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]})
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)


def _when(browser, selector):
    """What the next page holds, once it is there."""
    from selenium.webdriver.support.ui import WebDriverWait

    return WebDriverWait(browser, 20).until(lambda driver: driver.find_elements("css selector", selector))


def test_axe_finds_nothing_serious_and_a_phone_needs_no_sideways_scrolling(desk, browser):
    found = []
    for url in desk:
        for scheme, width in (("light", 1280), ("dark", 360)):
            _set(browser, scheme, width)
            browser.get(url)
            found += [(url, scheme, one) for one in serious(browser)]
            assert not browser.find_elements("css selector", "section.problem"), url
            wide = browser.execute_script("return Math.max(document.documentElement.scrollWidth, document.body.scrollWidth)")
            if wide > width:
                found.append((url, width, "is wide", wide))
    assert found == []


def test_public_pages_are_whole_without_script(desk, browser):
    _set(browser, "light", 390)
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        browser.get(desk[0])
        browser.find_element("name", "q").send_keys("guang")
        browser.find_element("css selector", ".find button").click()
        _when(browser, ".found a")[0].click()
        _when(browser, ".crumbs, section.drug")
        assert "What does this mean?" in browser.page_source
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def test_a_decision_is_made_with_the_keyboard_and_the_mouse(desk, browser):
    _set(browser, "light", 1280)
    browser.get(next(url for url in desk if url.rstrip("/").rsplit("/", 1)[-1].isdigit() and "signals" in url))
    browser.find_elements("css selector", "input[name=step]")[0].click()
    browser.find_element("name", "reason").send_keys("Two sites agree.")
    browser.find_element("css selector", ".decide button").click()
    _when(browser, ".messages")
    assert "Two sites agree." in browser.page_source
    assert browser.find_element("css selector", ".ladder [aria-current]").text == "verification"
