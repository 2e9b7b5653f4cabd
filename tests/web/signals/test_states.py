"""The life of a signal as a table: what may follow what."""

import datetime as dt

import pytest

from headworks.web.signals.states import OUTCOMES, STATES, due_after, moves_from

ALLOWED = {
    ("signal", "triage", ""), ("signal", "closed", "false"), ("signal", "closed", "undetermined"),
    ("triage", "verification", ""), ("triage", "closed", "false"), ("triage", "closed", "undetermined"),
    ("verification", "risk_assessment", ""), ("verification", "closed", "false"), ("verification", "closed", "undetermined"),
    ("risk_assessment", "response", ""), ("risk_assessment", "closed", "true"), ("risk_assessment", "closed", "false"),
    ("risk_assessment", "closed", "undetermined"),
    ("response", "closed", "true"), ("response", "closed", "false"), ("response", "closed", "undetermined"),
}  # fmt: skip


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("to_state", STATES)
@pytest.mark.parametrize("outcome", ["", *OUTCOMES])
def test_a_step_follows_exactly_where_the_table_says(state, to_state, outcome):
    assert ((to_state, outcome) in moves_from(state)) == ((state, to_state, outcome) in ALLOWED)


def test_every_open_state_has_a_clock_and_an_operators_hours_go_before_the_default():
    assert due_after("signal", {}) == dt.timedelta(hours=24)
    assert due_after("triage", {"triage": 5}) == dt.timedelta(hours=5)
    assert due_after("closed", {}) is None
