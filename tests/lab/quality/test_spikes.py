"""Recovery with the native content taken off."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.lab.quality.builders import RULES, censored, row, table

from headworks.lab.quality.spikes import spike_findings


def spiked(native, spike, added=100.0):
    return spike_findings(table(native, spike | {"parent_sample_name": "S", "added_concentration": added}), RULES).row(
        0, named=True
    )


def test_recovery_by_hand():
    # (115 - 20) / 100.
    found = spiked(row("sample", "S", 20.0), row("matrix_spike", "M", 115.0))
    assert (found["found"], found["outcome"], found["touches"]) == (pytest.approx(95.0), "pass", [])
    assert found["reason"] == "Spike M: recovery 95.0 %, 70.0 to 120.0 % allowed."


@pytest.mark.parametrize(("value", "outcome"), [(70.0, "pass"), (69.9, "fail"), (120.0, "pass"), (120.1, "fail")])
def test_limits_are_inclusive(value, outcome):
    assert spiked(row("sample", "S", 20.0), row("matrix_spike", "M", 20.0 + value))["outcome"] == outcome


@given(st.floats(0.0, 99.0), st.floats(10.0, 150.0))
def test_native_content_makes_no_difference_once_taken_off(native, recovery):
    found = spiked(row("sample", "S", native), row("matrix_spike", "M", native + recovery))
    assert found["found"] == pytest.approx(recovery)


def test_with_less_added_than_was_there_nothing_can_be_told():
    assert spiked(row("sample", "S", 100.0), row("matrix_spike", "M", 210.0))["outcome"] == "pass"
    found = spiked(row("sample", "S", 100.1), row("matrix_spike", "M", 210.0))
    assert (found["outcome"], found["found"]) == ("not_judged", None)
    assert "not evaluable: 100.0 added to 100.1" in found["reason"]


def test_a_native_below_its_limit_is_judged_where_both_bounds_say_the_same():
    # Native between 0 and 1: recovery of 100 added between 94 and 95.
    found = spiked(censored("sample", "S"), row("matrix_spike", "M", 95.0))
    assert (found["found"], found["outcome"]) == (pytest.approx(94.5), "pass")
    assert "94.0 to 95.0 %" in found["reason"]
    between = spiked(censored("sample", "S"), row("matrix_spike", "M", 70.5))
    assert between["outcome"] == "not_judged"
    assert "between 69.5 and 70.5 %" in between["reason"]


def test_a_spike_that_is_not_found_is_a_failure():
    assert spiked(row("sample", "S", 0.0), censored("matrix_spike", "M"))["outcome"] == "fail"


@pytest.mark.parametrize(
    ("native", "spike", "added", "says"),
    [
        (row("sample", "T"), row("matrix_spike", "M"), 100.0, "its sample is not in the batch"),
        (row("sample", "S"), row("matrix_spike", "M"), None, "not said how much was added"),
        (row("sample", "S"), row("matrix_spike", "M"), 0.0, "not said how much was added"),
        (row("sample", "S"), row("matrix_spike", "M", detection="above_uloq"), 100.0, "no valid result"),
        (row("sample", "S", None), row("matrix_spike", "M"), 100.0, "no valid result"),
        (censored("sample", "S", loq=None), row("matrix_spike", "M"), 100.0, "the limit it is below is not known"),
    ],
)
def test_a_spike_that_cannot_be_judged_says_why(native, spike, added, says):
    found = spiked(native, spike, added)
    assert (found["outcome"], found["consequence"]) == ("not_judged", "note")
    assert says in found["reason"]
