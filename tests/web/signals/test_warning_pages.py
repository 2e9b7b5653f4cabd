"""Pages of warnings: what they say of one's own, nothing of the neighbours, in three languages, and why a signal spoke."""

import json
import re

import pytest
from tests.web.conftest import area_at
from tests.web.signals.found import explanation, keep, row

from headworks.web.access.models import AreaNode, SiteNode
from headworks.web.signals.models import Signal
from headworks.web.signals.taking import take_row

PAGES = ("/signals/areas/", "/signals/backtests/", "/signals/substances/")


@pytest.fixture
def two(own_province):
    mine, other = area_at(3, 0), area_at(3, 1)
    near = {"n_asked": 1, "n_below_5_percent": 1, "nearest_to_a_signal": [{"unit_id": other.pk, "p": 0.0123}]}
    rows = [row(mine.pk, "mine", explanation=json.dumps(explanation(neighbours=near))), row(other.pk, "other")]
    keep(own_province, rows)
    for one in rows:
        take_row(one)
    found = Signal.objects.unscoped("a test looks at every row")
    return mine, other, found.get(key="mine"), found.get(key="other")


def test_a_signal_says_why_it_spoke_and_what_would_switch_it_off(two, account, browse):
    mine, _other, own, _foreign = two
    page = browse(account("officer", mine.path)).get(f"/signals/{own.pk}/").content.decode()
    # Twice too much: half of it less.
    assert "50 % less" in page
    assert "It hangs on site S" in page
    assert "concentration × 2" in page
    assert "one laboratory batch" in page
    assert "signal-picture" in page
    assert "At most 10 % of those shown are false." in page
    assert "At most 2 new signals a week per city." in page
    assert 'class="observed"' in page


def test_its_neighbours_are_not_named_to_who_does_not_see_them(two, account, browse):
    mine, other, own, foreign = two
    page = browse(account("officer", mine.path)).get(f"/signals/{own.pk}/").content.decode()
    assert other.pk not in page
    assert other.name_en not in page
    assert "0.0123" not in page
    assert "0.0123" in browse(account("officer")).get(f"/signals/{own.pk}/").content.decode()
    answers = [browse(account("officer", mine.path)).get(f"/signals/{n}/") for n in (foreign.pk, 10**6)]
    bare = [re.sub(r'value="[A-Za-z0-9]{64}"|officer-\d+', "", one.content.decode()) for one in answers]
    assert [one.status_code for one in answers] == [404, 404]
    assert bare[0] == bare[1]


def test_at_a_tier_that_is_not_shown_the_figure_nothing_of_it_is_said(two, account, browse):
    mine, _other, own, _foreign = two
    page = browse(account("officer", mine.path, tier="public")).get(f"/signals/{own.pk}/").content.decode()
    for said in ("signal-picture", "switch it off", "site S", "concentration ×", "2025-W03", "4.2"):
        assert said not in page
    assert "stays withheld" in page


@pytest.mark.parametrize("page", PAGES)
def test_pages_are_there_for_readers_of_figures_alone(two, account, browse, client, page):
    mine, other, _own, foreign = two
    answer = browse(account("officer", mine.path)).get(page)
    assert answer.status_code == 200
    assert other.pk not in answer.content.decode()
    assert f"/signals/{foreign.pk}/" not in answer.content.decode()
    assert browse(account("sampler", mine.path)).get(page).status_code == 404
    assert client.get(page).status_code == 302


def test_the_budget_is_told_by_area(two, account, browse):
    mine = two[0]
    page = browse(account("officer")).get("/signals/areas/?level=3").content.decode()
    assert "2 new signals in 2025-W05" in page
    assert f"?area={mine.pk}" in page
    assert "2 of 2" in browse(account("officer")).get("/signals/areas/?level=2").content.decode()


@pytest.mark.parametrize("address", ["/signals/backtests/none/", "/signals/substances/none/"])
def test_what_is_not_there_is_not_found(two, account, browse, address):
    client = browse(account("officer"))
    assert client.get(address).status_code == 404
    assert client.post(address, {"state": "event"}).status_code in (404, 405)


@pytest.mark.parametrize("language", ["zh-hans", "ja"])
def test_pages_speak_the_languages(two, account, browse, language):
    client = browse(account("officer", language=language))
    client.cookies["headworks-language"] = language
    for page in (*PAGES, f"/signals/{two[2].pk}/"):
        text = client.get(page).content.decode()
        assert f'lang="{language}"' in text
        assert "Budget of false alarms" not in text
        assert "Back-tests" not in text
        assert "What would switch it off" not in text


def test_a_cluster_names_its_sites_to_who_sees_them_and_its_figures_to_who_sees_samples(own_province, account, browse):
    site = SiteNode.objects.exclude(owner_path="").order_by("pk").first()
    mine = next(area for area in AreaNode.objects.filter(level=3).order_by("pk") if site.owner_path.startswith(area.path))
    foreign = SiteNode.objects.exclude(owner_path="").exclude(owner_path__startswith=mine.path).order_by("pk").first()
    members = [{"unit_id": one.pk, "name": "-", "normal": 2.5, "times": 1.43} for one in (site, foreign)]
    together = {"times": 1.37, "times_lower": 1.2, "times_upper": 1.6, "expected": 10.0, "observed": 13.7, "n_above": 2}
    said = explanation(kind="cluster", members=members, together=together, recurrence_weeks=520.0, n_sites=2)
    keep(own_province, [one := row(mine.pk, "cluster:one", kind="cluster", explanation=json.dumps(said), observed=None,
                                   expected=None, expected_lower=None, expected_upper=None)])  # fmt: skip
    take_row(one)
    address = f"/signals/{Signal.objects.unscoped('a test looks at every row').get(key='cluster:one').pk}/"
    page = browse(account("officer", mine.path)).get(address).content.decode()
    assert "Sites beside each other that are up together: 2." in page
    assert "Together 1.37 times what was expected (1.20–1.60): 13.7, where 10.0 was expected." in page
    assert "once in 10 years" in page
    assert site.pk in page
    assert "Sites of the cluster" in page
    assert foreign.pk not in page
    cut = browse(account("officer", mine.path, tier="public")).get(address).content.decode()
    for words in (site.pk, "1.37", "up together"):
        assert words not in cut
