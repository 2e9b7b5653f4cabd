"""The phone form in a real Chromium against a real server: without signal nothing is lost, with signal it is sent once."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path

import pytest
from tests import forks
from tests.axe import serious
from tests.chromium import NO_GPU, chromium, require_chromium
from tests.copies import copied_workspace

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ROOT = Path(__file__).parents[3]
PASSWORD = "a sewer runs under it"  # noqa: S105
PREPARE = f"""
import sys
from pathlib import Path
from headworks.web.configuration import use_workspace
use_workspace(Path(sys.argv[1]))
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from django.utils import timezone
from headworks.web.access.models import Grant, SiteNode
from headworks.web.access.register import copy_register
from headworks.web.accounts.models import Account
from headworks.web.opened import the_workspace
copy_register(the_workspace())
from tests.web.operations.desk import approved, measured, planned, taken
for role in ("sampler", "analyst", "reviewer", "steward"):
    account = Account.objects.create_account(role, {PASSWORD!r})
    Grant.objects.create(account=account, role=role, area_path="", tier="public", valid_from=timezone.now())
sites = list(SiteNode.objects.exclude(owner_path="").order_by("site_id")[:8])
from headworks.web.operations.models import SamplingPlan
today = timezone.localdate()
plan = SamplingPlan.objects.create(name="Plan", area_path="", first_day=today, last_day=today, made_by="steward")
for site in sites[:3]:
    planned(site, plan=plan)
samples = [taken(planned(site, number=2, plan=plan)) for site in sites[3:6]]
taken(planned(sites[6], number=2, plan=plan), to="in_transit")
approved(measured(samples[:2], "B0"))
print("\\n".join(row.sample_id for row in type(samples[0]).objects.unscoped("a test").filter(state="planned")))
"""
STATES = """
import sys
from pathlib import Path
from headworks.web.configuration import use_workspace
use_workspace(Path(sys.argv[1]))
import django
django.setup()
from headworks.web.operations.models import CustodyEvent, Photo
why = "a test"
events = CustodyEvent.objects.unscoped(why).filter(sample_id=sys.argv[2]).order_by("seq")
print(",".join(event.kind for event in events), Photo.objects.unscoped(why).filter(sample_id=sys.argv[2]).count())
"""


def run(code, *words):
    answer = forks.run(code, *words)
    assert answer.returncode == 0, answer.stderr[-2000:]
    return answer.stdout.strip()


class Server:
    """A server process that can be taken away and come back: what no signal is like."""

    def __init__(self, path):
        self.path = path
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        self._process = None

    def start(self):
        command = [
            sys.executable,
            "-W",
            "ignore",
            "-m",
            "headworks.web",
            str(self.path),
            "runserver",
            f"127.0.0.1:{self.port}",
            "--noreload",
        ]
        self._process = subprocess.Popen(command, env=forks.CLEAN, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(150):
            if self._answers():
                return
            time.sleep(0.2)
        raise AssertionError("the server did not start")

    def _answers(self):
        with suppress(urllib.error.URLError, ConnectionError, TimeoutError):
            urllib.request.urlopen(f"{self.address}/manifest.webmanifest", timeout=5).close()  # noqa: S310  our own server
            return True
        return False

    def stop(self):
        self._process.kill()
        self._process.wait()


@pytest.fixture(scope="module")
def server(province_made, tmp_path_factory):
    require_chromium()
    path = tmp_path_factory.mktemp("phone") / "W"
    copied_workspace(province_made.path, path)
    made = Server(path)
    made.codes = run(PREPARE, path).splitlines()
    made.start()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def browser(server, tmp_path_factory):
    with chromium(tmp_path_factory.mktemp("chromium"), *NO_GPU) as driver:
        yield driver


def size(driver, width):
    said = {"width": width, "height": 844, "deviceScaleFactor": 1, "mobile": width < 500}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", said)


def sign_in(driver, server, name):
    driver.delete_all_cookies()
    driver.get(f"{server.address}/sign-in/")
    driver.find_element("name", "username").send_keys(name)
    driver.find_element("name", "password").send_keys(PASSWORD)
    driver.find_element("css selector", "main form button").click()
    until(lambda: "/sign-in/" not in driver.current_url)


def until(is_so, seconds=30):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if found := is_so():
                return found
        except Exception:  # noqa: BLE001, S110  a page that is being changed
            pass
        time.sleep(0.1)
    return is_so()


def text(driver, css):
    return driver.find_element("css selector", css).text


def set_offline(driver, is_offline):
    driver.execute_cdp_cmd("Network.enable", {})
    said = {"offline": is_offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
    driver.execute_cdp_cmd("Network.emulateNetworkConditions", said)


def ready(driver):
    until(lambda: driver.execute_script("return document.documentElement.dataset.ready === 'yes'"))


def test_what_is_entered_without_signal_is_kept_and_sent_once_when_it_comes(browser, server):
    driver, code = browser, server.codes[0]
    size(driver, 390)
    sign_in(driver, server, "sampler")
    driver.get(f"{server.address}/field/")
    ready(driver)
    until(lambda: driver.execute_script("return navigator.serviceWorker.controller !== null"))
    until(lambda: driver.execute_async_script("caches.match('/field/shell/').then(found => arguments[0](Boolean(found)))"))

    server.stop()
    set_offline(driver, True)
    driver.get(f"{server.address}/field/")
    ready(driver)
    assert code in until(lambda: text(driver, "#tasks"))
    driver.find_element("css selector", f"a[href='/field/{code}/']").click()
    until(lambda: driver.find_element("css selector", "#collect").is_displayed())
    ready(driver)
    driver.find_element("id", "seal").send_keys("s-42")
    driver.find_element("id", "ph").send_keys("7.3")
    photo = server.path.parent / "point.png"
    photo.write_bytes((ROOT / "src/headworks/web/static/headworks/desk/icon-192.png").read_bytes())
    driver.find_element("id", "photo").send_keys(str(photo))
    driver.execute_script("document.querySelector('#collect button.wide').click()")
    assert "2" in until(lambda: (said := text(driver, "#unsent")) and "2" in said and said)
    assert "Kept on this phone" in text(driver, "#said")

    # Closing and opening the form loses nothing.
    driver.get("about:blank")
    driver.get(f"{server.address}/field/")
    ready(driver)
    assert "2 not yet sent" in text(driver, "#unsent")
    assert code in text(driver, "#outbox")

    server.start()
    set_offline(driver, False)
    driver.execute_script("window.dispatchEvent(new Event('online'))")
    until(lambda: "All is sent" in text(driver, "#unsent"))
    assert run(STATES, server.path, code) == "collect,photo 1"


def test_what_the_server_refuses_stays_on_the_phone_with_the_reason(browser, server):
    driver, code = browser, server.codes[1]
    size(driver, 390)
    sign_in(driver, server, "sampler")
    driver.get(f"{server.address}/field/{code}/")
    ready(driver)
    driver.find_element("id", "seal").send_keys("s-43")
    driver.find_element("id", "ph").send_keys("99")
    driver.execute_script("document.querySelector('#collect button.wide').click()")
    assert "pH: 99" in until(lambda: (said := text(driver, "#said")) and "pH" in said and said)
    driver.get(f"{server.address}/field/")
    ready(driver)
    assert "1 not yet sent" in text(driver, "#unsent")
    assert "HW-U146" in text(driver, "#outbox")
    driver.execute_script("window.confirm = () => true; document.querySelector('#outbox button').click()")
    until(lambda: "All is sent" in text(driver, "#unsent"))
    assert run(STATES, server.path, code) == "0"


def test_a_code_with_a_wrong_sign_is_told_at_once(browser, server):
    driver, code = browser, server.codes[1]
    sign_in(driver, server, "sampler")
    driver.get(f"{server.address}/field/")
    ready(driver)
    field = driver.find_element("id", "code")
    field.send_keys(code[:-1] + ("A" if code[-1] != "A" else "B"))
    until(lambda: "wrong" in text(driver, "#code-check"))
    field.clear()
    field.send_keys(code.lower())
    assert text(driver, "#code-check") == ""
    driver.execute_script("document.querySelector('#find button').click()")
    until(lambda: driver.current_url.endswith(f"/field/{code}/"))


def test_without_script_the_form_works_too(browser, server):
    driver, code = browser, server.codes[2]
    sign_in(driver, server, "sampler")
    # A browser without script has no service worker either; one that was told to go could be called back by the page before.
    driver.execute_cdp_cmd("Network.enable", {})
    driver.execute_cdp_cmd("Network.setBypassServiceWorker", {"bypass": True})
    driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        address = f"{server.address}/field/{code}/"

        def seal():
            # The page after signing in may still be on its way, and come instead.
            if driver.current_url != address:
                driver.get(address)
            return driver.find_element("id", "seal")

        until(seal).send_keys("s-44")
        driver.find_element("css selector", "#collect button.wide").click()
        until(lambda: driver.current_url.endswith("/field/"))
    finally:
        driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
        driver.execute_cdp_cmd("Network.setBypassServiceWorker", {"bypass": False})
    assert run(STATES, server.path, code) == "collect 0"


PAGES = {
    "sampler": ("/field/", "/field/{code}/", "/operations/", "/operations/routes/"),
    "steward": ("/operations/samples/", "/operations/samples/{code}/", "/operations/plans/", "/operations/plans/1/"),
    "analyst": ("/operations/receive/", "/release/", "/release/batches/1/", "/release/1/"),
}


@pytest.mark.parametrize("role", PAGES)
@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_axe_finds_nothing_serious_and_phones_need_no_sideways_scrolling(browser, server, role, scheme, width):
    driver = browser
    size(driver, width)
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]})
    sign_in(driver, server, role)
    for page in PAGES[role]:
        address = page.format(code=server.codes[1])
        driver.get(server.address + address)
        assert driver.find_elements("css selector", "h1"), address
        assert serious(driver) == [], address
        wide = driver.execute_script("return [document.documentElement.scrollWidth, window.innerWidth]")
        assert wide[0] <= max(wide[1], width), address
