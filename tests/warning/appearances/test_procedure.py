import datetime as dt

import pytest

from headworks.core.errors import DataRefused, UsageError
from headworks.reference.early_warning_procedure import early_warning_procedure
from headworks.warning.appearances import Step, advance, moves_from, overdue, replay, state_on
from headworks.warning.appearances.procedure import history_table

DAY = dt.date(2024, 5, 6)
PATH = ["event", "formal_notification", "monitoring", "intensive_monitoring", "alert", "risk_assessment", "controlled"]


def step(before, state, days=0):
    """A step as it should be: by the first role that may, with all its evidence."""
    move = next(move for move in early_warning_procedure().moves if (move.from_state, move.to_state) == (before, state))
    return Step(state, DAY + dt.timedelta(days), move.roles[0], dict.fromkeys(move.evidence, "file 7"))


def history(n_steps):
    return replay(
        [step(before, state, 10 * i) for i, (before, state) in enumerate(zip(["", *PATH], PATH, strict=False))][:n_steps]
    )


def test_the_whole_way_is_walked_and_can_be_read_off_by_day():
    whole = history(7)
    assert [one.state for one in whole] == PATH
    assert state_on(whole, DAY + dt.timedelta(25)) == "monitoring"
    assert state_on(whole, DAY - dt.timedelta(1)) == ""


def test_every_step_that_is_not_in_the_procedure_is_refused():
    for reached in range(1, 8):
        done = history(reached)
        allowed = {move.to_state for move in moves_from(state_on(done))}
        for state in {*PATH, "closed"} - allowed:
            with pytest.raises(UsageError, match="does not follow") as refused:
                advance(done, Step(state, DAY + dt.timedelta(99), "coordinator", {}))
            assert refused.value.code == "HW-U246"


def test_a_history_begins_with_an_event_and_ends_when_closed():
    with pytest.raises(UsageError, match="no event yet → alert"):
        advance((), Step("alert", DAY, "health_authority", {}))
    closed = advance(history(1), step("event", "closed", 3))
    assert moves_from(state_on(closed)) == []


def test_who_may_not_and_what_is_missing_are_refused():
    right = step("event", "formal_notification", 1)
    with pytest.raises(UsageError, match="may not take") as refused:
        advance(history(1), right._replace(role="analyst"))
    assert refused.value.code == "HW-U247"
    with pytest.raises(DataRefused, match="no confirmation") as refused:
        advance(history(1), right._replace(evidence={"finding": "s1", "confirmation": " "}))
    assert refused.value.code == "HW-D733"
    with pytest.raises(DataRefused, match="before the one it follows") as refused:
        advance(history(1), right._replace(day=DAY - dt.timedelta(1)))
    assert refused.value.code == "HW-D734"


def test_steps_so_far_stay_as_they_are():
    before = history(2)
    after = advance(before, step("formal_notification", "monitoring", 30))
    assert after[:2] == before
    assert len(before) == 2


def test_a_term_runs_from_the_step_and_only_where_there_is_one():
    alert = history(5)
    assert overdue(alert, alert[-1].day + dt.timedelta(35)) is None
    assert overdue(alert, alert[-1].day + dt.timedelta(36)) == 1
    assert overdue(history(3), DAY + dt.timedelta(9_999)) is None
    assert overdue((), DAY) is None


def test_the_table_of_steps_says_until_when_each_state_held():
    table = history_table(history(3))
    assert table["until"].to_list() == [DAY + dt.timedelta(10), DAY + dt.timedelta(20), None]
    assert table["evidence"][1] == "finding: file 7; confirmation: file 7"
    assert history_table(()).is_empty()
