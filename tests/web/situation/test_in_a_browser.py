"""The situation pages in a real Chromium: both maps, keyboard, four states, no policy broken, axe finds nothing serious."""

from __future__ import annotations

import pytest
from django.test import Client
from tests.axe import serious
from tests.chromium import WEBGL, chromium, leave
from tests.web.conftest import area_at

from headworks.store import read_facts
from headworks.web.access.models import AreaNode
from headworks.web.access.register import copy_register

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

WAIT_S = 60


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    with chromium(tmp_path_factory.mktemp("chromium"), *WEBGL, with_log=True) as driver:
        yield driver


@pytest.fixture
def open_page(browser, live_server, province_made, settings, account):
    settings.HEADWORKS_WORKSPACE = str(province_made.path)
    copy_register(province_made, force=True)
    client = Client()
    client.force_login(account("epidemiologist"))
    session = client.session
    session["purpose"] = "browser test"
    session.save()

    def go(address, scheme="light", width=1280):
        media = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
        size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500}
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        browser.get(f"{live_server.url}/static/headworks/icon.svg")
        name = settings.SESSION_COOKIE_NAME
        browser.add_cookie({"name": name, "value": client.cookies[name].value, "path": "/"})
        browser.get_log("browser")
        browser.get(live_server.url + address)
        return browser

    yield go
    leave(browser)


def wait_for(driver, script):
    from selenium.webdriver.support.ui import WebDriverWait

    return WebDriverWait(driver, WAIT_S).until(lambda one: one.execute_script(f"return {script}"))


def broken_policies(driver):
    return [one["message"] for one in driver.get_log("browser") if "Content Security Policy" in one["message"]]


def sample_of(province):
    return read_facts(province, "samples")["sample_id"][0]


def test_axe_finds_nothing_serious_on_any_page(open_page, province_made):
    county, site = area_at(3), read_facts(province_made, "samples")["site_id"][0]
    figure = "period=2025-W10&drug=ketamine"
    addresses = [
        "/situation/?level=3", f"/areas/{county.area_id}/?drug=ketamine", f"/sites/{site}/", f"/samples/{sample_of(province_made)}/",
        f"/areas/{area_at(1).area_id}/computed/?{figure}", "/search/?q=44", f"/sites/{site}/trend/?drug=ketamine",
    ]  # fmt: skip
    found = {}
    for scheme in ("light", "dark"):
        for address in addresses:
            driver = open_page(address, scheme)
            wait_for(driver, "document.readyState === 'complete'")
            grave = serious(driver)
            if grave or broken_policies(driver):
                found[scheme, address] = grave or "policy"
    assert found == {}


def test_a_phone_needs_no_sideways_scrolling(open_page, province_made):
    county = area_at(3).area_id
    for address in ("/situation/", f"/areas/{county}/", f"/areas/{county}/computed/?period=2025-W10&drug=ketamine"):
        driver = open_page(address, width=360)
        wait_for(driver, "document.readyState === 'complete'")
        assert driver.execute_script("return document.documentElement.scrollWidth") <= 360, address


def test_the_map_is_drawn_read_by_keyboard_slid_and_opened(open_page):
    from selenium.webdriver.common.keys import Keys

    driver = open_page("/situation/?level=3&drug=ketamine")
    assert wait_for(driver, "document.getElementById('map-place').dataset.ready")
    assert driver.execute_script("return document.getElementById('map-place').dataset.mode") == "webgl"
    canvas = driver.find_element("css selector", ".maplibregl-canvas")
    canvas.send_keys(Keys.ARROW_RIGHT)
    first = wait_for(driver, "document.getElementById('map-place').dataset.here")
    canvas.send_keys(Keys.ARROW_DOWN)
    second = wait_for(driver, f"document.getElementById('map-place').dataset.here !== '{first}' && "
                              "document.getElementById('map-place').dataset.here")  # fmt: skip
    area = AreaNode.objects.get(pk=second)
    assert area.name_en in driver.find_element("id", "map-said").text
    driver.execute_script(
        "const s = document.getElementById('slide'); s.value = 2; s.dispatchEvent(new Event('input', {bubbles: true}));"
    )
    period = wait_for(driver, "document.getElementById('map-place').dataset.period")
    assert period in driver.find_element("id", "map-title").text
    driver.execute_script("document.getElementById('show-sites').click()")
    assert wait_for(driver, "document.getElementById('map-place').dataset.sites") == "shown"
    assert broken_policies(driver) == []
    canvas.send_keys(Keys.ENTER)
    wait_for(driver, f"location.pathname === '/areas/{second}/'")
    assert f"period={period}" in driver.current_url


def test_without_webgl_the_picture_is_read_by_keyboard_too(open_page):
    from selenium.webdriver.common.keys import Keys

    driver = open_page("/situation/?level=3&plain=1")
    assert wait_for(driver, "document.getElementById('map-place').dataset.mode") == "picture"
    link = driver.find_element("css selector", "svg.map-picture a[tabindex='0']")
    driver.execute_script("arguments[0].focus()", link)
    said = driver.find_element("id", "map-said").text
    for key in (Keys.ARROW_RIGHT, Keys.ARROW_DOWN, Keys.ARROW_LEFT, Keys.ARROW_UP):
        driver.switch_to.active_element.send_keys(key)
    assert driver.find_element("id", "map-said").text != said or said
    assert len(driver.find_elements("css selector", "svg.map-picture a[tabindex='0']")) == 1


def test_four_states_are_drawn_four_ways(open_page):
    driver = open_page("/situation/?level=4&drug=MDMA&plain=1")
    wait_for(driver, "document.readyState === 'complete'")
    fills = "return [...new Set([...document.querySelectorAll('svg.map-picture .%s')].map(e => e.getAttribute('fill')))]"
    assert driver.execute_script(fills % "below_limit") == ["url(#map-hatch)"]
    assert driver.execute_script(fills % "not_sampled") == ["none"]
    assert all(fill.startswith("#") for fill in driver.execute_script(fills % "value"))
    legend = driver.find_element("css selector", ".legend").text
    for words in ("below the limit", "not sampled", "suppressed"):
        assert words in legend


def test_the_chart_is_drawn_without_eval_and_the_table_sorts(open_page):
    driver = open_page(f"/areas/{area_at(1).area_id}/?drug=ketamine&level=3")
    assert wait_for(driver, "document.querySelector('[data-chart]').dataset.drawn")
    assert wait_for(driver, "document.querySelector('[data-part]').dataset.ready")
    assert "Turning points" in driver.find_element("css selector", ".trend-evidence").text
    assert driver.execute_script("return document.querySelectorAll('#map-table .spark path').length") > 1
    assert driver.execute_script("return document.querySelectorAll('[data-chart] svg path').length") > 5
    driver.execute_script("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    driver.execute_script("document.querySelectorAll('#map-table th button')[3].click()")
    values = driver.execute_script(
        "return [...document.querySelectorAll('#map-table tbody tr')].map(r => r.cells[3].dataset.value).filter(Boolean).map(Number)"
    )
    assert values == sorted(values)
    assert len(values) > 2
    assert broken_policies(driver) == []
