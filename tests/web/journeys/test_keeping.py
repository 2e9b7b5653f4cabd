"""Who keeps the house: an administrator gives and takes, an auditor finds what was done."""

import pytest
from tests.web.journeys.conftest import COUNTY
from tests.web.journeys.first_start import PASSWORD, come_in, set_password
from tests.web.journeys.words import say

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_what_an_administrator_takes_back_is_gone_at_the_next_click(walk):
    with walk("administrator") as keeper:
        language = keeper.language
        keeper.look("accounts")
        keeper.follow("New account")
        clerk = f"clerk-{language}"
        keeper.fill("[name=username]", clerk)
        keeper.fill("[name=label]", "Conghua office")
        keeper.fill("main [name=language]", language)
        keeper.look("account-new")
        keeper.press("main form button")
        code = keeper.find(".key code").text
        keeper.look("account-code")
        keeper.press("main a.button")
        account = keeper.driver.current_url
        for field, text in {"role": "officer", "area": COUNTY, "tier": "partner"}.items():
            keeper.fill(f"[name={field}]", text)
        keeper.press("form[action$='/grant/'] button")
        keeper.reads("holds")
        keeper.look("account-granted")

        keeper.enter(clerk)
        set_password(keeper, clerk, code)
        for field, text in {"username": clerk, "password": PASSWORD}.items():
            keeper.fill(f"[name={field}]", text)
        keeper.press("main form button")
        keeper.visit(f"/areas/{COUNTY}/")
        keeper.reads("Course")

        keeper.enter(f"administrator-{language}")
        keeper.driver.get(account)
        keeper.press("form[action$='/decide/'] button[value=revoke]")
        keeper.look("account-revoked")
        keeper.enter(clerk)
        keeper.is_refused(f"/areas/{COUNTY}/")

        keeper.enter(f"administrator-{language}")
        for path in (f"/areas/{COUNTY}/", "/operations/", "/audit/"):
            keeper.is_refused(path)
        keeper.visit("/accounts/areas/")
        keeper.look("areas-to-find")
        keeper.visit("/settings/second-factor/")
        keeper.look("second-factor")
        keeper.visit("/settings/password/")
        keeper.look("password")


def test_an_auditor_finds_who_took_what_along_and_that_no_row_was_changed(walk, house):
    with walk("auditor") as auditor:
        language = auditor.language
        come_in(house, auditor, f"officer-{language}")
        auditor.download(f"/areas/{COUNTY}/figures.csv?period=2025-W13&drug=ketamine")
        auditor.enter(f"auditor-{language}")
        auditor.visit("/audit/")
        auditor.look("audit")
        auditor.fill("[name=actor]", f"officer-{language}")
        auditor.fill("[name=action]", "export")
        auditor.press("form[role=search] button")
        row = auditor.find("tbody tr").text
        assert f"officer-{language}" in row
        assert COUNTY in row
        auditor.look("audit-of-an-export")
        auditor.press("form[action$='/verify/'] button")
        auditor.wait_for(lambda: say(language, "Every row is being looked at …") not in auditor.text(), 120)
        auditor.reads("Whole up to row %(seq)s; every row was looked at on %(day)s at %(time)s UTC.")
        auditor.look("audit-whole")
        kind, content = auditor.download("/audit/export/?format=csv")
        assert kind.startswith("text/csv")
        assert f"officer-{language}" in content.decode("utf-8-sig")
        auditor.is_refused(f"/areas/{COUNTY}/")
