"""What detectors found enters the desk: each event once, whole, and never lost for a text that looks like a number."""

import json

import pytest
from tests.web.conftest import area_at
from tests.web.signals.found import WEEK, explanation, keep, row

from headworks.core.errors import UsageError
from headworks.web.access.models import SiteNode
from headworks.web.signals import taking
from headworks.web.signals.models import Signal
from headworks.web.signals.taking import LEFT_OUT, TAKE_SIGNALS, WARN, look_for_signals, take_row, take_signals
from headworks.web.signals.warning_results import newest_signals
from headworks.web.work.kinds import kinds
from headworks.web.work.queue import ask
from headworks.web.work.worker import work_once


def desk():
    return Signal.objects.unscoped("a test looks at every row")


def told(step):
    pass


def test_a_row_of_the_table_is_a_signal_with_all_its_numbers(province):
    area = area_at(3)
    assert take_row(row(area.pk))
    one = desk().get()
    assert (one.key, one.kind, one.area_path, one.period, one.since, one.until) == (
        "up:one", "exceedance", area.path, WEEK, "2025-W04", WEEK,
    )  # fmt: skip
    assert (one.expected, one.expected_lower, one.expected_upper, one.observed) == (10.0, 7.0, 14.0, 40.0)
    assert (one.p_value, one.q_value, one.e_value, one.n_days, one.share_censored) == (1e-5, 0.004, None, 6, 0.1)
    assert one.explanation["switch_off"] == 2.0
    # Words are shown at every tier, so the sentence with its numbers is none of them.
    assert one.words == ""


def test_a_signal_of_a_site_lies_in_the_area_that_owns_it(province):
    site = SiteNode.objects.exclude(owner_path="").order_by("pk").first()
    take_row(row(site.pk, unit_kind="site", level=6))
    assert (desk().get().site_id, desk().get().area_path) == (site.pk, site.owner_path)


@pytest.mark.parametrize("kind", ["exceedance", "rise", "drop", "variance", "ratio", "cluster", "first_appearance"])
def test_every_kind_of_the_table_has_words_on_the_desk(province, kind):
    assert take_row(row(area_at(3).pk, kind=kind))
    assert str(desk().get().get_kind_display())


def test_an_event_that_continues_is_one_signal_whose_last_week_moves_on_and_never_back(province):
    area = area_at(3)
    assert [take_row(row(area.pk, period=week)) for week in (WEEK, "2025-W07", "2025-W06")] == [True, False, False]
    one = desk().get()
    assert (one.period, one.until) == (WEEK, "2025-W07")


def test_a_place_that_the_register_does_not_know_keeps_no_other_from_the_desk(own_province):
    keep(own_province, [row("nowhere", "a"), row(area_at(3).pk, "b")])
    done = take_signals({}, told)
    assert (done["week"], done["n_new"], done["n_known"], done["n_refused"]) == (WEEK, 1, 0, 1)
    assert "HW-U170" in done["refused"][0]
    assert take_signals({}, told)["n_known"] == 1


def test_before_a_week_was_judged_there_is_nothing_to_take(own_province):
    assert take_signals({}, told) == {"week": "", "n_new": 0, "n_known": 0, "n_refused": 0, "refused": []}


def test_a_text_with_a_long_number_is_left_out_and_the_signal_is_not(province):
    said = explanation(left_out={"part": "the sample 13812345678", "p": 0.2})
    take_row(row(area_at(3).pk, explanation=json.dumps(said)))
    assert desk().get().explanation["left_out"] == {"part": LEFT_OUT, "p": 0.2}


def test_an_explanation_that_is_no_object_is_none(province):
    for place, text in enumerate(("", "[1]", "{broken")):
        take_row(row(area_at(3).pk, str(place), explanation=text))
    assert list(desk().values_list("explanation", flat=True)) == [{}, {}, {}]


def test_a_long_name_is_kept_by_its_digest_so_that_two_do_not_meet(province):
    names = ["x" * 250 + end for end in "ab"]
    assert [take_row(row(area_at(3).pk, name)) for name in (*names, names[0])] == [True, True, False]


def test_the_worker_knows_both_kinds(own_province):
    assert {WARN, TAKE_SIGNALS} <= set(kinds())
    keep(own_province, [row(area_at(3).pk)])
    item = ask(TAKE_SIGNALS)
    assert work_once()
    item.refresh_from_db()
    assert (item.state, item.outcome["n_new"]) == ("done", 1)


def test_detectors_look_at_the_newest_week_and_what_they_found_is_on_the_desk(own_province):
    # Half of them may be false: a quarter of 60 simulated sites shows some.
    done, again = (look_for_signals({"budget": "at most 1 in 2 false"}, told) for _ in range(2))
    kept = newest_signals(own_province)
    assert (done["week"], done["n_new"], done["n_refused"]) == (kept.week, kept.signals.height, 0)
    assert (again["n_new"], again["n_known"]) == (0, done["n_new"])
    assert done["n_new"] > 0


def test_a_workspace_without_days_has_no_signals_and_the_worker_says_why(own_province, monkeypatch):
    def without_days(*_):
        raise UsageError("No day of load is known.", code="HW-U291")

    monkeypatch.setattr(taking, "warn", without_days)
    assert taking.look_for_signals({}, print)["reason"] == "No day of load is known."
    with pytest.raises(UsageError):
        taking.look_for_signals({"week": "2026-W01"}, print)
