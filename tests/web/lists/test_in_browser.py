"""Lists and reports in a real Chromium, light and dark, wide and on a phone: axe-core finds nothing serious, nothing is too wide."""

import pytest
from tests.axe import serious
from tests.chromium import NO_GPU, chromium
from tests.web.lists.seed import WHY, an_area, assessed, confirmed, put_on, who
from tests.web.lists.test_evaluations import said

from headworks.jobs.cycle import CycleOrder, draft_report
from headworks.web.lists.evaluations.plans import register
from headworks.web.lists.matters.matters import raise_matter

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    with chromium(tmp_path_factory.mktemp("chromium"), *NO_GPU) as driver:
        yield driver


@pytest.fixture
def pages(own_province):
    """Addresses of every page of lists and reports, each with something on it."""
    one = confirmed(assessed(own_province))
    area, reviewed = an_area(one), an_area(one, 1)
    row = put_on(one, area)
    put_on(one, reviewed, "rectification", state="review", outcome="to_review")
    matter = raise_matter(who("officer", "olga"), area.pk, row.pk, "appeal", WHY)
    edition = draft_report(own_province, CycleOrder("weekly", area.pk, "2025-W10", "analyst", by="olga"))
    plan = register(who("officer", "olga"), said(area))
    return [
        "/lists/", f"/lists/assessments/{one.pk}/", f"/lists/assessments/{one.pk}/watch/", f"/lists/areas/{area.pk}/",
        f"/lists/areas/{reviewed.pk}/", "/lists/rules/", f"/lists/rules/{one.rule_set.pk}/", "/lists/matters/",
        f"/lists/matters/{matter.pk}/", "/lists/compare/?level=4&drug=ketamine", "/lists/compare/?level=2",
        "/lists/evaluations/", f"/lists/evaluations/{plan.registration.fingerprint}/", "/reports/", f"/reports/editions/{edition.snapshot_id}/",
    ]  # fmt: skip


def _set(browser, scheme, width):
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]})
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)


def test_axe_finds_nothing_serious_and_a_phone_needs_no_sideways_scrolling(pages, live_server, account, browse, browser):
    browser.get(f"{live_server.url}/public/en/")
    session = browse(account("director", username="boss")).cookies["headworks-session"].value
    browser.add_cookie({"name": "headworks-session", "value": session, "path": "/"})
    found = []
    for page in pages:
        for scheme, width in (("light", 1280), ("dark", 390)):
            _set(browser, scheme, width)
            browser.get(live_server.url + page)
            found += [(page, scheme, one) for one in serious(browser)]
            assert browser.find_elements("css selector", "main h1"), page
            assert not browser.find_elements("css selector", "section.problem"), page
            wide = browser.execute_script("return document.documentElement.scrollWidth")
            if wide > width:
                found.append((page, width, "is wide", wide))
    assert found == []


def test_an_appeal_is_raised_without_any_script(pages, live_server, account, browse, browser):
    session = browse(account("director", username="boss")).cookies["headworks-session"].value
    browser.get(f"{live_server.url}/public/en/")
    browser.add_cookie({"name": "headworks-session", "value": session, "path": "/"})
    from selenium.webdriver.support.ui import WebDriverWait

    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        browser.get(live_server.url + pages[4])
        browser.find_element("css selector", ".raise summary").click()
        browser.find_elements("css selector", "input[name=kind]")[-1].click()
        browser.find_element("css selector", ".raise textarea").send_keys("Seen on the spot.")
        browser.find_element("css selector", ".raise button").click()
        assert WebDriverWait(browser, 20).until(lambda page: "It was raised." in page.page_source)
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
