"""The state machine as a table: every event in every state, allowed and refused."""

import datetime as dt

import pytest
from django.utils import timezone
from tests.web.operations.desk import fresh, measured, planned, result, said, taken, who

from headworks.core.errors import UsageError
from headworks.web.access.policy import NotVisible
from headworks.web.operations.custody import advance, events_of, perform
from headworks.web.operations.laboratory.batches import make_batch
from headworks.web.operations.laboratory.batches.entries import add_version
from headworks.web.operations.models import Deviation
from headworks.web.operations.states import STATE_WORDS, TRANSITIONS, may_lead

# Written out by hand from the method, so that the data of the state machine has something to disagree with.
ALLOWED = {
    "planned": {"collect", "cancel", "photo"},
    "collected": {"hand_over", "receive", "receive_with_deviation", "reject", "lose", "photo"},
    "in_transit": {"receive", "receive_with_deviation", "reject", "lose", "photo"},
    "received": {"prepare", "reject", "lose"},
    "received_with_deviation": {"prepare", "reject", "lose"},
    "rejected": {"dispose"},
    "prepared": {"measure", "lose"},
    "measured": {"review", "send_back", "dispose"},
    "reviewed": {"release", "send_back", "dispose"},
    "released": {"amend", "withdraw", "dispose"},
    "amended": {"amend", "withdraw", "dispose"},
    "withdrawn": {"dispose"},
    "lost": set(),
    "cancelled": set(),
}
ALWAYS = {"note", "label_printed"}


def test_the_table_names_every_state():
    assert set(ALLOWED) == set(STATE_WORDS)


@pytest.mark.parametrize("state", STATE_WORDS)
def test_an_event_is_allowed_where_the_table_says_and_refused_elsewhere(province, state):
    batch = make_batch(who("analyst"), "B", "", "")
    for number, (kind, move) in enumerate(TRANSITIONS.items(), 1):
        assert may_lead(kind, state) == (kind in ALLOWED[state] | ALWAYS)
        soon = timezone.now() - dt.timedelta(hours=2)
        sample = planned(number=number, state=state, collected_to=soon, received_at=soon)
        add_version(who("analyst", username="ana"), sample, batch, result(sample))
        one = said(kind, **({"note": "because"} if move.needs_reason else {}))
        if may_lead(kind, state):
            done = advance(sample.sample_id, one, actor="rev")
            assert fresh(sample).state == (move.to or state)
            assert done.event.state_to == move.to
            continue
        with pytest.raises(UsageError) as refused:
            advance(sample.sample_id, one, actor="rev")
        assert refused.value.code == "HW-U141"
        assert fresh(sample).state == state
        assert fresh(sample).n_events == 0


SCOPES = {
    "sampler": {"collect", "hand_over", "lose", "cancel", "photo", "note", "label_printed"},
    "analyst": {"receive", "receive_with_deviation", "reject", "prepare", "measure", "send_back", "review", "lose", "note", "label_printed", "dispose"},
    "reviewer": {"review", "send_back", "note"},
    "steward": {"collect", "hand_over", "lose", "cancel", "photo", "note", "label_printed"},
    "director": {"review", "send_back", "note"},
    "officer": set(), "epidemiologist": set(), "assessor": set(), "administrator": set(), "auditor": set(),
}  # fmt: skip


@pytest.mark.parametrize("role", SCOPES)
def test_a_role_may_do_what_the_table_says_and_the_rest_is_not_there(province, role):
    for kind in TRANSITIONS:
        # In a state from which nothing leads: who may is told so, who may not is told that nothing is there.
        sample = planned(number=list(TRANSITIONS).index(kind) + 1, state="lost")
        problem = None
        try:
            perform(who(role), sample.sample_id, said(kind, note="because"))
        except (NotVisible, UsageError) as refused:
            problem = refused
        assert isinstance(problem, NotVisible) == (kind not in SCOPES[role]), kind


def test_a_reason_is_needed_where_the_table_says(province):
    sample = planned()
    with pytest.raises(UsageError, match="reason") as refused:
        perform(who("sampler"), sample.sample_id, said("cancel", note=" "))
    assert refused.value.code == "HW-U143"


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"is_seal_intact": False}, "seal is broken"),
        ({"is_seal_intact": None}, "not said whether the seal"),
        ({"seal": "S-2"}, "at collection it was S-1"),
        ({"temperature_c": 8.1}, "at most 8 °C"),
        ({"temperature_c": None}, "temperature on the way is not said"),
        ({"volume_ml": 80.0}, "at least 500 mL"),
    ],
)
def test_a_guard_that_fails_holds_the_sample_up_and_is_overridden_with_a_reason(province, more, words):
    sample = taken(planned(), to="in_transit")
    with pytest.raises(UsageError) as refused:
        perform(who("analyst"), sample.sample_id, said("receive", **more))
    assert refused.value.code == "HW-U142"
    assert words in refused.value.found
    assert fresh(sample).state == "in_transit"
    perform(who("analyst"), sample.sample_id, said("receive_with_deviation", **more, note="the only sample of the day"))
    assert fresh(sample).state == "received_with_deviation"
    kept = Deviation.objects.unscoped("a test").get()
    assert words in kept.found
    assert kept.reason == "the only sample of the day"


def test_a_sample_that_was_long_on_the_way_or_held_too_long_is_said_in_hours(province):
    sample = taken(planned(), to="in_transit")
    type(sample).objects.unscoped("a test").update(collected_to=timezone.now() - dt.timedelta(hours=30))
    with pytest.raises(UsageError, match="cannot go on") as refused:
        perform(who("analyst"), sample.sample_id, said("receive"))
    assert "30.0 h" in refused.value.found
    perform(who("analyst"), sample.sample_id, said("receive_with_deviation"))
    type(sample).objects.unscoped("a test").update(received_at=timezone.now() - dt.timedelta(hours=49))
    with pytest.raises(UsageError, match="cannot go on") as refused:
        perform(who("analyst"), sample.sample_id, said("prepare"))
    assert "49.0 h" in refused.value.found
    assert "48 h" in refused.value.found
    with pytest.raises(UsageError, match="reason"):
        perform(who("analyst"), sample.sample_id, said("prepare", overrides=True))
    perform(who("analyst"), sample.sample_id, said("prepare", overrides=True, note="frozen in between"))
    assert fresh(sample).state == "prepared"


def test_who_entered_results_does_not_review_them(province):
    sample = taken(planned())
    measured([sample])
    with pytest.raises(UsageError) as refused:
        perform(who("analyst", username="ana"), sample.sample_id, said("review"))
    assert "does not review" in refused.value.found
    perform(who("analyst", username="bea"), sample.sample_id, said("review"))
    assert fresh(sample).state == "reviewed"


@pytest.mark.parametrize(
    ("more", "words"),
    [({"seal": ""}, "seal is not said"), ({"sample": {}}, "not both said")],
)
def test_what_is_missing_of_a_collection_is_said(province, more, words):
    sample = planned()
    with pytest.raises(UsageError) as refused:
        perform(who("sampler"), sample.sample_id, said("collect", **more))
    assert words in refused.value.found


def test_an_event_of_tomorrow_or_of_before_the_last_is_refused(province):
    sample = taken(planned(), to="collected")
    for at in (timezone.now() + dt.timedelta(hours=2), timezone.now() - dt.timedelta(hours=2)):
        with pytest.raises(UsageError) as refused:
            perform(who("sampler"), sample.sample_id, said("hand_over", at=at))
        assert refused.value.code == "HW-U146"


def test_an_event_sent_again_is_known_and_another_of_its_name_is_refused(province):
    sample = planned()
    first = said("collect")
    assert perform(who("sampler"), sample.sample_id, first).status == "done"
    assert perform(who("sampler"), sample.sample_id, first).status == "known"
    assert len(events_of(sample.sample_id, who("officer"))) == 1
    with pytest.raises(UsageError) as refused:
        perform(who("sampler"), sample.sample_id, said("hand_over", event_id=first.event_id))
    assert refused.value.code == "HW-U145"


def test_what_the_server_does_itself_is_asked_for_by_nobody(province):
    sample = planned(state="reviewed")
    with pytest.raises(NotVisible):
        perform(who("reviewer"), sample.sample_id, said("release"))
