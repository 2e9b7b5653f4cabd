"""The Chromium in which tests look at pages: where it is, what is missing, and one that is started and ended."""

from __future__ import annotations

import importlib.util
import os
import shutil
import time
import warnings
from contextlib import contextmanager

import pytest

PROGRAM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
DRIVER = shutil.which("chromedriver")
_SWITCHES = (
    "--headless=new", "--no-sandbox", "--disable-quic", "--no-first-run", "--disable-dev-shm-usage", "--hide-scrollbars",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
NO_GPU = ("--disable-gpu",)
# Maps are drawn by WebGL, here in software; pages themselves are painted without it, at a third of the processor time.
WEBGL = (
    "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--disable-gpu-compositing", "--disable-gpu-rasterization",
)  # fmt: skip


def require_chromium():
    """Skip where something is missing, and say what; in CI go on, so that the test fails."""
    there = {
        "a Chromium": PROGRAM,
        "chromedriver": DRIVER,
        "the package selenium": importlib.util.find_spec("selenium"),
        "the package axe-core-python": importlib.util.find_spec("axe_core_python"),
    }
    missing = [name for name, found in there.items() if not found]
    if missing and os.environ.get("CI", "").lower() != "true":
        pytest.skip("not on this machine: " + ", ".join(missing))


# Threads of a test's server that are making an answer; others hold a connection that a browser opened in advance.
ANSWERING: set[int] = set()


def leave(driver, seconds=30.0):
    """Leave the page, and wait until the test's server has answered what the page had asked for: its database goes next."""
    driver.get("about:blank")
    until = time.monotonic() + seconds
    while time.monotonic() < until and ANSWERING:
        time.sleep(0.05)


@contextmanager
def chromium(folder, *switches, with_log=False):
    """A browser with a profile of its own in a new folder.

    Parameters
    ----------
    folder
        Of the profile.
    switches
        ``NO_GPU`` or ``WEBGL``.
    with_log
        Keep what pages say on their console.
    """
    require_chromium()
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = str(PROGRAM)
    for switch in (*_SWITCHES, *switches, f"--user-data-dir={folder}"):
        options.add_argument(switch)
    if with_log:
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(str(DRIVER)))
    driver.set_script_timeout(120)
    try:
        yield driver
    finally:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)  # selenium leaves a socket to its driver open
            driver.quit()
