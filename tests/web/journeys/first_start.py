"""Coming in: the first administrator, a password by one-time code, signing in, and what the session is for."""

from __future__ import annotations

from contextlib import contextmanager

from tests.web.journeys.window import Window
from tests.web.journeys.words import LANGUAGES, say

PASSWORD = "a sewer runs under it"  # noqa: S105


def be_the_first_administrator(house, browser, code: str) -> None:
    """The page in every language, and in the last one it is used."""
    for language in reversed(LANGUAGES):
        with Window(browser, house.server.address, house.folder, "operator", language, house.seen[language]) as window:
            window.visit("/sign-in/")
            window.press(f".languages button[value='{language}']")
            window.visit("/first-administrator/")
            window.reads("The first administrator")
            window.look("first-administrator")
            if language != LANGUAGES[0]:
                continue
            for name, text in {"code": code, "username": "first", "label": "Provincial office"}.items():
                window.fill(f"[name={name}]", text)
            type_password(window)
            window.press("main form button")
            window.reads("Accounts", "New account")
            window.look("accounts-of-the-first-day")


def type_password(window: Window) -> None:
    """A new one, twice."""
    for name in ("new_password", "again"):
        window.fill(f"[name={name}]", PASSWORD)


@contextmanager
def signed_in(house, window: Window, account: str):
    """The window of somebody who came in as an account."""
    with window:
        come_in(house, window, account, is_looking=True)
        yield window


def come_in(house, window: Window, account: str, *, is_looking: bool = False) -> None:
    """Set the password with the code at the first time, sign in, say what for where that is asked."""
    window.enter(account)
    if account not in house.has_password:
        set_password(window, account, house.codes[account], is_looking=is_looking)
        house.has_password.add(account)
    _open_in_language(window)
    window.fill("[name=username]", account)
    window.fill("[name=password]", PASSWORD)
    if is_looking:
        window.look("sign-in")
    window.press("main form button")
    if "/purpose/" in window.driver.current_url:
        window.reads("What is this session for?")
        if is_looking:
            window.look("purpose")
        window.choose("[name=purpose]")
        window.press("main form button")
    assert window.script("return document.documentElement.lang") == window.language


def _open_in_language(window: Window) -> None:
    """The page of signing in; a browser of another language is asked for the reader's."""
    window.visit("/sign-in/")
    if window.script("return document.documentElement.lang") != window.language:
        window.press(f".languages button[value='{window.language}']")


def set_password(window: Window, account: str, code: str, *, is_looking: bool = False) -> None:
    """With the code that an administrator handed over."""
    _open_in_language(window)
    window.follow("I was given a one-time code")
    window.fill("[name=username]", account)
    window.fill("[name=code]", code)
    type_password(window)
    if is_looking:
        window.look("password-by-code")
    window.press("main form button")
    assert say(window.language, "The password is set. Sign in with it.") in window.text()
