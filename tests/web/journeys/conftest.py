"""A small province that is really served, accounts for every role in every language, and a Chromium to walk in."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from tests import forks
from tests.chromium import WEBGL, chromium
from tests.copies import copied_workspace
from tests.once import made_once
from tests.web.journeys.words import LANGUAGES
from tests.web.service.served import Served, headworks, serving

PASSWORD = "a sewer runs under it"  # noqa: S105
CITY, COUNTY, NEIGHBOUR = "440100000000", "440117000000", "441426000000"
# Role, area and tier of who walks.
PEOPLE = {
    "administrator": ("*", "public"), "sampler": (CITY, "steward"), "analyst": ("*", "steward"), "reviewer": ("*", "steward"),
    "officer": (COUNTY, "steward"), "epidemiologist": ("*", "analyst"), "assessor": (CITY, "analyst"), "director": ("*", "analyst"),
    "steward": ("*", "steward"), "auditor": ("*", "public"),
}  # fmt: skip


class House:
    """The server under way, the codes of its accounts, and what each journey finds."""

    def __init__(self, server: Served, workspace: Path, folder: Path) -> None:
        self.server, self.workspace, self.folder = server, workspace, folder
        self.codes: dict[str, str] = {}
        self.found: dict[str, dict[str, list[str]]] = {}
        self.has_password: set[str] = set()
        self.seen: dict[str, dict[str, int]] = {language: {} for language in LANGUAGES}

    def make_accounts(self, table: Path) -> None:
        """One per role and language, by the command line; each sets its password with its code."""
        rows = [
            (f"{role}-{language}", role, area, tier, language)
            for language in LANGUAGES
            for role, (area, tier) in PEOPLE.items()
        ]
        with table.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([("username", "role", "area", "tier", "language"), *rows])
        codes = table.with_name("codes.csv")
        done = headworks("user", "import", self.workspace, table, "--codes", codes)
        assert done.returncode == 0, done.stderr
        with codes.open(encoding="utf-8", newline="") as file:
            self.codes = {row["username"]: row["code"] for row in csv.DictReader(file)}

    def seed(self) -> None:
        """Samples, batches and signals for each language."""
        done = forks.run("from tests.web.journeys.seed import main; main()", self.workspace, COUNTY, *LANGUAGES)
        assert done.returncode == 0, done.stderr
        self.found = json.loads(done.stdout)


@pytest.fixture(scope="session")
def browser(tmp_path_factory):
    with chromium(tmp_path_factory.mktemp("chromium"), *WEBGL, with_log=True) as driver:
        yield driver


@pytest.fixture(scope="session")
def first_day(request, browser, province_made, tmp_path_factory):
    """A workspace after its first day: the first administrator came through the page, with the code that was printed."""
    from tests.web.journeys.first_start import be_the_first_administrator

    def make(folder: Path) -> None:
        workspace = copied_workspace(province_made.path, folder / "W")
        with serving(workspace, folder / "serve.log", "--workers", "1") as server:
            server.wait_until(lambda: server.code() and server.answers(), 120)
            served = House(server, workspace, _pictures(folder))
            be_the_first_administrator(served, browser, str(server.code()))
            served.make_accounts(folder / "accounts.csv")
            served.seed()
        said = {"codes": served.codes, "found": served.found, "seen": served.seen}
        (folder / "said.json").write_text(json.dumps(said), encoding="utf-8")

    return made_once(request, "first-day-of-all", make)


@pytest.fixture(scope="session")
def house(first_day, tmp_path_factory):
    """A copy of it that is served, in which people walk."""
    folder = tmp_path_factory.mktemp("journeys")
    workspace = copied_workspace(first_day / "W", folder / "W", with_server=True)
    with serving(workspace, folder / "serve.log", "--workers", "1") as server:
        server.wait_until(server.answers, 120)
        served = House(server, workspace, _pictures(folder))
        said = json.loads((first_day / "said.json").read_text(encoding="utf-8"))
        served.codes, served.found, served.seen = said["codes"], said["found"], said["seen"]
        # Samplers set theirs in their journeys.
        served.has_password = {name for name in served.codes if not name.startswith("sampler")}
        yield served


def _pictures(folder: Path) -> Path:
    pictures = Path(os.environ.get("HEADWORKS_SCREENSHOTS") or folder / "screenshots")
    pictures.mkdir(parents=True, exist_ok=True)
    return pictures


@pytest.fixture(scope="session", params=LANGUAGES)
def language(request):
    return request.param


@pytest.fixture
def walk(house, browser, language) -> Callable:
    """A window for somebody: ``with walk("officer") as window``; signed in, save for the public."""
    from tests.web.journeys.first_start import signed_in
    from tests.web.journeys.window import Window

    def begin(who, *, size=None, address=""):
        window = Window(browser, address or house.server.address, house.folder, who, language, house.seen[language])
        window.size = size or window.size
        return window if who == "public" else signed_in(house, window, f"{who}-{language}")

    return begin
