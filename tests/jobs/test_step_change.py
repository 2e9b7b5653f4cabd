"""A change from one period to the one before: worked by hand, symmetric, never said where it cannot be."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headworks.jobs.step_change import step_change


def figure(load, u=0.1, people=100.0, state="value", largest=0.1):
    return {
        "state": state,
        "load_mg_per_1000_per_day": load,
        "u_day": u,
        "u_batch": 0.0,
        "population": people,
        "largest_share": largest,
    }


def test_a_third_more_with_ten_percent_each_is_a_rise():
    # s = sqrt(0.01 + 0.01) = 0.1414; ln 1.3 = 0.2624; z = 1.855; Phi = 0.968.
    found = step_change(figure(13.0), figure(10.0), 100.0)
    assert found.words == "rose"
    assert found.p_rose == pytest.approx(0.9682, abs=1e-3)
    assert found.lower == pytest.approx(1.3 * math.exp(-1.959964 * math.sqrt(0.02)))


def test_sites_that_come_and_go_add_doubt():
    # 10 % of the people missing, largest site 10 %: 0.1 * 0.1 more variance.
    whole, part = step_change(figure(13.0), figure(10.0), 100.0), step_change(figure(13.0, people=90.0), figure(10.0), 100.0)
    assert part.p_rose < whole.p_rose
    assert math.log(part.upper / part.ratio) == pytest.approx(1.959964 * math.sqrt(0.03))


@given(st.floats(0.01, 100), st.floats(0.01, 100), st.floats(0.01, 1))
def test_turned_around_a_rise_is_a_fall(now, before, u):
    one, other = step_change(figure(now, u), figure(before, u), 100.0), step_change(figure(before, u), figure(now, u), 100.0)
    assert one.p_rose == pytest.approx(1 - other.p_rose, abs=1e-9)
    assert one.ratio == pytest.approx(1 / other.ratio)


@pytest.mark.parametrize(
    ("now", "before", "words"),
    [
        (None, figure(1.0), "none"), (figure(1.0), None, "none"),
        (figure(None, state="suppressed"), figure(1.0), "none"), (figure(1.0), figure(None, state="suppressed"), "none"),
        (figure(1.0), figure(None, state="below_limit"), "appeared"), (figure(None, state="below_limit"), figure(1.0), "disappeared"),
        (figure(None, state="below_limit"), figure(None, state="below_limit"), "unclear"), (figure(None), figure(1.0), "unclear"),
        (figure(2.0, u=0.0), figure(1.0, u=0.0), "unclear"),
    ],
)  # fmt: skip
def test_where_no_ratio_can_be_told_none_is(now, before, words):
    found = step_change(now, before, 100.0)
    assert found.words == words
    assert found.p_rose is None


def test_means_of_sites_are_compared_too():
    row = {"state": "value", "mean": 2.0, "u_day": 0.01, "u_batch": None}
    assert step_change({**row, "mean": 3.0}, row).words == "rose"
