"""The planner in a real Chromium: axe finds nothing serious, a phone needs no sideways scrolling, the keyboard is enough."""

import pytest
from tests.axe import serious
from tests.chromium import NO_GPU, chromium
from tests.web.conftest import area_at

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    with chromium(tmp_path_factory.mktemp("chromium"), *NO_GPU) as driver:
        yield driver


def _set(browser, scheme, width):
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]})
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)


def test_axe_phone_and_keyboard(live_server, province, account, browse, browser):
    from selenium.webdriver.common.keys import Keys
    from selenium.webdriver.support.ui import WebDriverWait

    session = browse(account("officer", area_at(2).path)).cookies["headworks-session"].value
    browser.get(f"{live_server.url}/public/en/")
    browser.add_cookie({"name": "headworks-session", "value": session, "path": "/"})
    found = []
    for address in ("/plan/", "/plan/?ask=detect", "/plan/?ask=power&days=0"):
        for scheme, width in (("light", 1280), ("dark", 360)):
            _set(browser, scheme, width)
            browser.get(f"{live_server.url}{address}")
            found += [(address, scheme, one) for one in serious(browser)]
            wide = browser.execute_script("return Math.max(document.documentElement.scrollWidth, document.body.scrollWidth)")
            assert wide <= width, (address, width, wide)
    assert found == []
    browser.get(f"{live_server.url}/plan/")
    days = browser.find_element("id", "id_days")
    days.send_keys(Keys.CONTROL, "a")
    days.send_keys("7", Keys.ENTER)
    WebDriverWait(browser, 20).until(lambda driver: "days=7" in driver.current_url)
    assert "7 days a week" in browser.find_element("css selector", ".said").text
