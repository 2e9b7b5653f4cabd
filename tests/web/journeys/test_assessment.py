"""Lists from rule set to a decision: a province's assessor and director, a city's assessor, and those who see nothing of it.

The server runs in this process and its work is done here, so that nothing waits; the pages are seen by a real Chromium. The
three languages walk one after another through the same story, each in a workspace of its own.
"""

import json

import pytest
from tests.web.journeys.conftest import CITY
from tests.web.journeys.window import Window
from tests.web.journeys.words import LANGUAGES, REASON, say

from headworks.reference.rule_sets import shipped_trial_text
from headworks.web.access.models import AreaNode
from headworks.web.lists.models import Assessment, Matter, RuleSetText
from headworks.web.lists.rules.rule_sets import attach_trial
from headworks.web.work.worker import work_once

pytestmark = [pytest.mark.browser, pytest.mark.slow]
ALL = "a test looks at every row"
# Months, so that a quarter of samples holds a past and a next period; low enough that somebody is listed.
RULES = """id: months
version: "1"
title: {title}
valid_from: 2015-01-01
period: month
criteria:
  load_high:
    meaning: {title}
    table: area_loads
    where: {{analyte: methamphetamine}}
    family: sewage
    evidence: log_normal
    value: load_mg_per_1000_per_day
    lower: lower
    upper: upper
    coverage: coverage
    is: above
    threshold: 0.2
    of_parent: yes
lists:
  watch:
    kind: adverse
    enter: {{when: [load_high], probability: 0.8}}
    leave: {{probability: 0.8, periods: 2, of: 3, min_dwell: 2}}
"""


@pytest.fixture
def house(own_province, live_server, browser, account, browse, tmp_path):
    """Windows by account: ``house("ja", ann="assessor", …)`` gives a function that seats somebody."""

    def open_for(language, **people):
        seen, keys = {}, {}
        for name, (role, path) in people.items():
            made = account(role, path, username=name, language=language)
            keys[name] = browse(made).cookies["headworks-session"].value

        def seat(name):
            window = Window(browser, live_server.url, tmp_path, name, language, seen)
            window.__enter__()
            window.visit("/public/en/")
            for cookie, value in (("headworks-session", keys[name]), ("headworks-language", language)):
                browser.add_cookie({"name": cookie, "value": value, "path": "/"})
            return window

        return seat

    return open_for


def _left(window):
    """Nothing was wrong with the pages somebody looked at."""
    window.__exit__(None)


def _decide(window, choice):
    window.choose(f"[name=decision][value={choice}]")
    window.fill("form.decide [name=reason]", REASON[window.language])
    window.press("form.decide button")
    window.reads("The decision is kept.")


def _assessed(seat, period, *, is_looking=False):
    """Asked for by the assessor, computed, confirmed by the director."""
    ann = seat("ann")
    ann.visit("/lists/")
    ann.fill("[name=period]", period)
    ann.press("form.choose button")
    ann.reads("The assessment was asked for. It waits for its review when it is done.")
    assert work_once()
    made = Assessment.objects.get(period=period)
    ann.visit(f"/lists/assessments/{made.pk}/")
    ann.reads("waits for its review")
    assert ann.find_all("[name=decision]") == []
    _left(ann)
    bob = seat("bob")
    bob.visit("/lists/")
    bob.reads("Waits for a review")
    if is_looking:
        bob.look("lists-waiting")
    bob.press(".waits a")
    if is_looking:
        bob.look("assessment")
    _decide(bob, "confirm")
    _left(bob)
    return made


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_rule_set_lists_an_area_and_an_appeal_takes_it_off(house, language):
    city = AreaNode.objects.get(pk=CITY)
    seat = house(language, ann=("assessor", ""), bob=("director", ""), cai=("assessor", city.path))
    title = {"en": "High for a month.", "zh-hans": "一个月偏高", "ja": "一か月高い"}[language]
    _proposed_and_in_force(seat, title)
    first = _assessed(seat, "2025-04", is_looking=True)
    _appealed(seat, city)
    _upheld(seat)
    second = _assessed(seat, "2025-05")
    states = {one.pk: one.outcomes.model.objects.unscoped(ALL).get(assessment=one, area_id=CITY) for one in (first, second)}
    assert states[first.pk].state == "on"
    assert (states[second.pk].state, states[second.pk].outcome) == ("off", "appeal_upheld")
    cai = seat("cai")
    cai.visit(f"/lists/areas/{CITY}/")
    cai.reads("left by an appeal", "Its past on this list")
    cai.look("area-that-left")
    _registered(cai)
    _left(cai)


def _proposed_and_in_force(seat, title):
    ann = seat("ann")
    ann.visit("/lists/")
    ann.reads("No rule set is in force. One is proposed with its error rates, and somebody else brings it into force.")
    ann.visit("/lists/rules/")
    ann.script("document.querySelector('#text').value = arguments[0]", RULES.format(title=title))
    ann.fill("form.decide [name=reason]", REASON[ann.language])
    ann.look("rules")
    ann.press("form.decide button")
    ann.reads("The rule set waits for a decision.")
    _left(ann)
    one = RuleSetText.objects.get()
    # A trial takes a minute of computing: here it is another set's, in the name of this text.
    attach_trial(one, json.dumps(json.loads(shipped_trial_text("recommended")) | {"rule_digest": one.digest}))
    bob = seat("bob")
    bob.visit(f"/lists/rules/{one.pk}/")
    bob.sees(title)
    bob.look("rule-set")
    _decide(bob, "activate")
    _left(bob)


def _appealed(seat, city):
    cai = seat("cai")
    cai.visit("/lists/")
    cai.sees(city.pk)
    assert AreaNode.objects.exclude(path__startswith=city.path).filter(level=2).first().pk not in cai.text()
    assert cai.find_all("form.choose") == []
    cai.look("lists")
    cai.press(".listed a")
    cai.reads("What would change it", "Decided again from this record alone, the outcome is the same.", "The opposite, now")
    cai.sees(say(cai.language, "load is high"))
    cai.look("why")
    cai.choose("[name=kind][value=appeal]")
    cai.fill(".raise textarea", REASON[cai.language])
    cai.press(".raise button")
    cai.reads("It was raised. Somebody else decides on it.")
    cai.press(".outcome .alert a")
    assert cai.find_all("form.decide") == []
    cai.look("matter-waiting")
    _left(cai)


def _upheld(seat):
    bob = seat("bob")
    bob.visit("/lists/matters/")
    bob.look("matters")
    bob.press("tbody a")
    bob.look("matter")
    _decide(bob, "grant")
    bob.reads("Takes effect in")
    bob.sees("2025-05")
    bob.visit("/lists/compare/?level=4&drug=ketamine")
    bob.wait_for(lambda: bob.script("return document.querySelector('[data-chart]').dataset.drawn"))
    bob.reads("The areas, by code")
    bob.look("compare")
    _left(bob)
    assert Matter.objects.unscoped(ALL).get().state == "granted"


def _registered(cai):
    cai.visit("/lists/evaluations/")
    fields = {"question": REASON[cai.language], "areas": CITY, "effect": "25"}
    for name, text in fields.items():
        cai.fill(f"[name={name}]", text)
    dates = {
        "before_first": "2025-01-06",
        "before_last": "2027-01-03",
        "after_first": "2026-12-28",
        "after_last": "2027-12-26",
    }
    for name, text in dates.items():
        cai.fill(f"[name={name}]", text)
    cai.press("form.decide button")
    # Said by the room of evaluations in the reader's language, or looking at the page finds a sentence in English.
    cai.sees("HW-D768")
    cai.look("evaluation-refused")
    cai.fill("[name=before_last]", "2026-12-27")
    cai.press("form.decide button")
    cai.reads("The plan is registered. It is evaluated once its later window is over.")
    cai.look("evaluations")
    cai.press("tbody a")
    cai.look("evaluation")


def test_the_neighbours_and_a_sampler_find_nothing_there(house, own_province):
    from tests.web.lists.seed import assessed, confirmed, put_on, who

    from headworks.web.lists.matters.matters import raise_matter

    one, city = confirmed(assessed(own_province)), AreaNode.objects.get(pk=CITY)
    neighbour = AreaNode.objects.filter(level=2).exclude(pk=CITY).order_by("area_id").first()
    raised = raise_matter(who("assessor", "ann", city.path), CITY, put_on(one, city).pk, "appeal", "Seen in two towns.")
    seat = house("en", nina=("assessor", neighbour.path), sam=("sampler", city.path))
    nina = seat("nina")
    nina.visit("/lists/")
    assert CITY not in nina.text()
    for path in (f"/lists/areas/{CITY}/", f"/lists/matters/{raised.pk}/"):
        nina.is_refused(path)
    _left(nina)
    sam = seat("sam")
    assert sam.find_all("nav.parts a[href='/lists/']") == []
    for path in ("/lists/", f"/lists/assessments/{one.pk}/", "/lists/compare/", "/lists/evaluations/"):
        sam.is_refused(path)
    _left(sam)
