"""What axe-core finds on a page in a Chromium."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from selenium.webdriver.remote.webdriver import WebDriver

RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
# All that another colour scheme can change on a page that stays as wide.
OF_COLOURS = ("color-contrast",)
_AXE = files("axe_core_python").joinpath("axe.min.js").read_text(encoding="utf-8")
# Rules that found nothing are counted, and their nodes neither described nor sent: they are nearly all of a page.
_RUN = """
const done = arguments[arguments.length - 1];
axe.run(document, {runOnly: arguments[0], resultTypes: ['violations']}).then(found => done([found.passes.length, found.violations
  .filter(one => ['serious', 'critical'].includes(one.impact))
  .map(one => `${one.id}: ${one.help}: ` + one.nodes.slice(0, 3).map(node => node.html.slice(0, 200)).join(' | '))]));
"""


def unfold(driver: WebDriver) -> None:
    """Open everything that a reader could."""
    driver.execute_script("document.querySelectorAll('details').forEach(one => { one.open = true; })")


def serious(driver: WebDriver, rules: tuple[str, ...] = RULES, more_than: int = 0) -> list[str]:
    """What is serious or critical on the page, with everything on it unfolded; that no more rules applied is a failure."""
    unfold(driver)
    if not driver.execute_script("return Boolean(window.axe)"):
        driver.execute_script(_AXE)
    said: list[Any] = driver.execute_async_script(_RUN, list(rules))
    n_passed, found = said
    assert n_passed + len(found) > more_than, f"axe applied {n_passed} rules to {driver.current_url}"
    return list(found)
