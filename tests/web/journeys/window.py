"""A window of a real Chromium in which somebody walks through the pages; what is wrong with a page is kept until the end."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import Select, WebDriverWait
from tests.axe import OF_COLOURS, serious, unfold
from tests.web.journeys.words import english_in, part_of, say

DESK, PHONE = (1280, 900), (390, 844)
WAIT_S = 60
_TALLEST = 2600
# Texts that can be read or are read out; what says itself that it is English is not asked about.
_TEXTS = """
const said = new Set();
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
for (let node = walker.nextNode(); node; node = walker.nextNode()) {
  const element = node.parentElement;
  if (element.closest('script, style, template, code, pre, .brand, [lang=en]')) continue;
  if (element.tagName !== 'OPTION' && !element.checkVisibility()) continue;
  said.add(node.data);
}
document.querySelectorAll('[aria-label], [title], [alt], [placeholder]').forEach(element => {
  if (element.closest('[lang=en]')) return;
  for (const name of ['aria-label', 'title', 'alt', 'placeholder']) if (element.getAttribute(name)) said.add(element.getAttribute(name));
});
said.add(document.title);
return [...said].map(text => text.replace(/\\s+/g, ' ').trim()).filter(Boolean);
"""
_NO_WEBGL = """
HTMLCanvasElement.prototype.getContext = (asked => function (kind, ...more) {
  return kind.startsWith('webgl') ? null : asked.call(this, kind, ...more);
})(HTMLCanvasElement.prototype.getContext);
"""
_WIDTH = "return Math.max(document.documentElement.scrollWidth, document.body.scrollWidth)"
_HEIGHT = "return document.documentElement.scrollHeight"


class Window:
    """One person, one language, one size of screen.

    Leaving it says what was found on the pages: breaches of accessibility, texts in another language, pages too wide for a
    phone, policies broken. Maps are drawn by WebGL for readers of English and, as where there is none, as pictures for others:
    drawing them in software is a large part of all that these journeys cost.
    """

    def __init__(self, driver: WebDriver, address: str, folder: Path, who: str, language: str, seen: dict[str, int]) -> None:
        self.driver, self.address, self.who, self.language = driver, address, who, language
        self.faults: list[str] = []
        # Pages looked at in this language before, and how many pictures there are of this person.
        self._folder, self._seen = folder, seen
        self._kept: dict[str, list[dict[str, Any]]] = {}
        self._account, self._script, self.size = "", "", DESK

    def __enter__(self) -> Window:
        self.driver.execute_cdp_cmd("Storage.clearDataForOrigin", {"origin": self.address, "storageTypes": "all"})
        self.driver.delete_all_cookies()
        self.resize(self.size)
        self.driver.get_log("browser")
        if self.language != "en":
            said = self.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": _NO_WEBGL})
            self._script = said["identifier"]
        return self

    def __exit__(self, kind: object, *rest: object) -> None:
        if self._script:
            self.driver.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", {"identifier": self._script})
        if kind is None:
            assert not self.faults, "\n" + "\n".join(self.faults)

    # ---- moving ----
    def resize(self, size: tuple[int, int]) -> None:
        """Another screen."""
        self.size = size
        said = {"width": size[0], "height": size[1], "deviceScaleFactor": 1, "mobile": size == PHONE}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", said)

    def visit(self, path: str) -> None:
        """Type an address."""
        self.driver.get(self.address + path)

    def find(self, selector: str) -> WebElement:
        """The first element there is."""
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def find_all(self, selector: str) -> list[WebElement]:
        """All of them."""
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def script(self, text: str, *said: Any) -> Any:
        """Ask the page."""
        return self.driver.execute_script(text, *said)

    def press(self, selector: str, *, stays: bool = False) -> None:
        """Press a link or button; the next page is there when this returns, unless one stays on the page."""
        self._press(self.find(selector), stays)

    def _press(self, element: WebElement, stays: bool) -> None:
        self.script(
            "arguments[0].closest('details')?.setAttribute('open', ''); arguments[0].scrollIntoView({block: 'center'});"
            "document.documentElement.dataset.before = '1'", element,
        )  # fmt: skip
        element.click()
        if not stays:
            self.wait_for(
                lambda: self.script("return !document.documentElement.dataset.before && document.readyState === 'complete'")
            )

    def follow(self, words: str, within: str = "") -> None:
        """Press the link of these words, said in the reader's language."""
        said = say(self.language, words)
        for link in self.find_all(f"{within} a, {within} button"):
            if link.text.strip() == said:
                return self._press(link, stays=False)
        raise AssertionError(f"{self.who} finds no {said!r} ({words}) on {self.driver.current_url}\n{self.text()[:1500]}")

    def fill(self, selector: str, text: str) -> None:
        """Type into a field or choose from a list; dates and files too."""
        field = self.find(selector)
        self.script("arguments[0].closest('details')?.setAttribute('open', '')", field)
        kind = field.get_attribute("type")
        if field.tag_name == "select":
            Select(field).select_by_value(text)
        elif kind in ("date", "datetime-local"):
            self.script("arguments[0].value = arguments[1]", field, text)
        else:
            if kind != "file":
                field.clear()
            field.send_keys(text)

    def choose(self, selector: str) -> None:
        """Tick, whether its place is shown or not."""
        self.script(
            "const one = arguments[0]; one.closest('details')?.setAttribute('open', ''); if (!one.checked) one.click()",
            self.find(selector),
        )

    def wait_for(self, what: Callable[[], Any], seconds: float = WAIT_S) -> Any:
        """Wait until something is so."""
        return WebDriverWait(self.driver, seconds, 0.1).until(
            lambda _: what(), f"{self.who} waits in vain on {self.driver.current_url}"
        )

    def settle(self) -> None:
        """Wait until the page is whole."""
        self.wait_for(lambda: self.script("return document.readyState === 'complete'"))

    # ---- who ----
    def enter(self, account: str) -> None:
        """Sit down as another who has signed in in this window before; empty for nobody."""
        self._kept[self._account] = self.driver.get_cookies()
        self.driver.delete_all_cookies()
        for cookie in self._kept.get(account, []):
            self.driver.add_cookie(cookie)
        self._account = account

    # ---- reading ----
    def text(self) -> str:
        """What stands on the page."""
        return " ".join(self.script("return document.body.innerText").split())

    def reads(self, *texts: str) -> None:
        """These stand on the page, each a text of the catalogue or a piece of one."""
        page = self.text()
        for text in texts:
            said = " ".join((part_of if "%(" in text else say)(self.language, text).split())
            assert said in page, f"{self.who} does not read {said!r} on {self.driver.current_url}:\n{page[:3000]}"

    def sees(self, *texts: str) -> None:
        """These stand on the page as they are."""
        page = self.text()
        for text in texts:
            assert text in page, f"{self.who} does not see {text!r} on {self.driver.current_url}:\n{page[:3000]}"

    def is_refused(self, path: str) -> None:
        """The page is not there for this reader."""
        self.visit(path)
        status = self.script("return performance.getEntriesByType('navigation')[0].responseStatus")
        assert status == 404, f"{self.who} opened {path}: {status}"

    # ---- looking ----
    def look(self, page: str, *, is_desk_page: bool = False) -> None:
        """Keep a picture of a page, and look at it as axe, as a reader of another tongue and as a phone do."""
        self.settle()
        number = self._seen[f"{self.who} "] = self._seen.get(f"{self.who} ", 0) + 1
        name = f"{self.who}-{self.language}-{number:02}-{page}"
        self._picture(name)
        if self.size == PHONE and not is_desk_page and (wide := self.script(_WIDTH)) > PHONE[0]:
            self.faults.append(f"{name}: {wide} pixels wide on a phone")
        if page in self._seen:
            return
        self._seen[page] = 1
        unfold(self.driver)
        english = english_in(self.language, self.script(_TEXTS))
        self.faults += [f"{name}: in English: {text[:160]!r}" for text in english]
        self.faults += [f"{name}: {one}" for one in serious(self.driver)]
        if self.language == "en":
            self._look_in_the_dark(name)
        self.faults += [
            f"{name}: {entry['message'][:300]}" for entry in self.driver.get_log("browser")
            if "Content Security Policy" in entry["message"] or "Uncaught" in entry["message"]
        ]  # fmt: skip

    def _look_in_the_dark(self, name: str) -> None:
        self._scheme("dark")
        self.faults += [f"{name} in the dark: {one}" for one in serious(self.driver, OF_COLOURS)]
        self._scheme("light")

    def _scheme(self, scheme: str) -> None:
        media = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", media)

    def _picture(self, name: str) -> None:
        self.script("scrollTo(0, 0)")
        tall = min(max(self.script(_HEIGHT), self.size[1]), _TALLEST)
        clip = {"x": 0, "y": 0, "width": self.size[0], "height": tall, "scale": 1}
        said = {"format": "png", "captureBeyondViewport": True, "clip": clip, "optimizeForSpeed": True}
        taken = self.driver.execute_cdp_cmd("Page.captureScreenshot", said)
        (self._folder / f"{name}.png").write_bytes(base64.b64decode(taken["data"]))

    def prints(self, name: str) -> int:
        """Keep the page as it is printed on A4; how many sheets."""
        said = {"paperWidth": 8.27, "paperHeight": 11.69, "printBackground": False}
        printed = base64.b64decode(self.driver.execute_cdp_cmd("Page.printToPDF", said)["data"])
        (self._folder / f"{self.who}-{self.language}-{name}.pdf").write_bytes(printed)
        return len(re.findall(rb"/Type\s*/Page\b(?!s)", printed))

    def download(self, path: str) -> tuple[str, bytes]:
        """What a link leads to, asked for by the page itself: kind and content."""
        fetched = self.driver.execute_async_script(
            "const done = arguments[arguments.length - 1];"
            "fetch(arguments[0]).then(async answer => { const bytes = new Uint8Array(await answer.arrayBuffer()); let text = '';"
            "for (const byte of bytes) text += String.fromCharCode(byte); done([answer.status, answer.headers.get('content-type'), btoa(text)]); })",
            path,
        )
        assert fetched[0] == 200, f"{self.who}: {path}: {fetched[0]}"
        return fetched[1], base64.b64decode(fetched[2])
