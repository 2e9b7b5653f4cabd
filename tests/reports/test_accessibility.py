"""The report in a real Chromium: axe-core finds nothing serious, and a phone needs no sideways scrolling."""

from __future__ import annotations

import pytest
from tests.axe import serious
from tests.chromium import NO_GPU, chromium
from tests.reports.builders import area_tables

from headworks.reports import render_html, situation_report

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# Every part shown and every table opened, as a reader would in the end.
SHOW_ALL = """
document.querySelectorAll('main > section').forEach(s => { s.hidden = false; });
document.querySelectorAll('details').forEach(d => { d.open = true; });
"""


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    with chromium(tmp_path_factory.mktemp("chromium"), *NO_GPU) as driver:
        yield driver


@pytest.fixture
def open_page(browser, tmp_path, make_tables, request_2022):
    def go(language, scheme="light", width=1280, of_areas=None):
        path = tmp_path / f"report-{language}.html"
        content = situation_report(make_tables(of_areas=of_areas), request_2022)
        path.write_text(render_html(content, language), encoding="utf-8")
        browser.execute_cdp_cmd(
            "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
        )
        size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500}
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        browser.get(path.as_uri())
        return browser

    return go


@pytest.mark.parametrize("has_areas", [False, True])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_axe_finds_nothing_serious(open_page, language, scheme, has_areas):
    driver = open_page(language, scheme, of_areas=area_tables() if has_areas else None)
    driver.execute_script(SHOW_ALL)
    assert serious(driver, more_than=20) == []


@pytest.mark.parametrize("has_areas", [False, True])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_phone_needs_no_sideways_scrolling(open_page, language, has_areas):
    driver = open_page(language, width=360, of_areas=area_tables() if has_areas else None)
    driver.execute_script(SHOW_ALL)
    assert driver.execute_script("return window.innerWidth") == 360
    wide = driver.execute_script("return [document.documentElement.scrollWidth, document.body.scrollWidth]")
    assert max(wide) <= 360


def test_links_show_one_part_and_a_click_sorts_the_table(open_page):
    driver = open_page("en")
    driver.execute_script("location.hash = '#drug-cocaine'")
    shown = "return [...document.querySelectorAll('main > section')].filter(s => !s.hidden).map(s => s.id)"
    driver.execute_async_script("setTimeout(arguments[arguments.length - 1], 200)")
    assert driver.execute_script(shown) == ["drug-cocaine"]
    driver.execute_script("document.querySelector('#drug-cocaine details').open = true")
    by_mean = """
    const heads = document.querySelectorAll('#drug-cocaine table thead th');
    heads[4].querySelector('button').click(); heads[4].querySelector('button').click();
    return [heads[4].getAttribute('aria-sort'), ...[...document.querySelectorAll('#drug-cocaine table')[0].tBodies[0].rows]
      .map(row => row.cells[0].textContent)];
    """
    assert driver.execute_script(by_mean) == ["ascending", "Betown", "Aville", "Cedorf"]


def test_without_script_everything_is_there(open_page):
    driver = open_page("en")
    driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        driver.refresh()
        hidden = driver.find_elements("css selector", "main > section[hidden]")
        assert hidden == []
        assert "Aville" in driver.page_source
    finally:
        driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
