"""Pairs of results."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.lab.quality.builders import RULES, censored, row, table

from headworks.core.errors import DataRefused
from headworks.lab.quality.duplicates import duplicate_findings, repeatability_of_pairs

FIRST, SECOND = np.array([7.0, 7.2, 6.7, 6.9, 7.3]), np.array([7.4, 7.1, 6.9, 7.1, 7.0])


def test_the_pairs_of_the_methods_file():
    found = repeatability_of_pairs(FIRST, SECOND)
    assert found.mean_relative_range == pytest.approx(0.0338966, abs=5e-8)
    assert found.relative_sd == pytest.approx(0.0300501, abs=5e-8)
    # d = 0.4 0.1 0.2 0.2 0.3: sum of squares 0.34, over 2 x 5.
    assert found.sd == pytest.approx(np.sqrt(0.34 / 10))
    assert found.n_pairs == 5


@given(st.floats(0.01, 1000.0))
def test_pairs_in_another_unit_have_the_same_relative_repeatability(scale):
    one, other = repeatability_of_pairs(FIRST, SECOND), repeatability_of_pairs(SECOND * scale, FIRST * scale)
    assert other.relative_sd == pytest.approx(one.relative_sd)
    assert other.sd == pytest.approx(one.sd * scale)


@pytest.mark.parametrize(
    "pairs", [(np.array([]), np.array([])), (np.array([np.nan]), np.array([1.0])), (np.array([0.0]), np.array([1.0]))]
)
def test_no_pair_or_a_result_of_nothing_is_refused(pairs):
    with pytest.raises(DataRefused, match="needs pairs of results above zero") as refusal:
        repeatability_of_pairs(*pairs)
    assert refusal.value.code == "HW-D633"


def pair(sample, duplicate):
    return duplicate_findings(table(sample, duplicate | {"parent_sample_name": "S"}), RULES).row(0, named=True)


def test_two_results_by_hand():
    # 9 and 11: 100 x 2 / 10.
    found = pair(row("sample", "S", 9.0), row("duplicate", "D", 11.0))
    assert (found["found"], found["outcome"], found["injections"]) == (pytest.approx(20.0), "pass", [1, 2])


@pytest.mark.parametrize(
    ("first", "second", "outcome"), [(90.0, 110.0, "pass"), (90.0, 110.2, "fail"), (3.4, 4.6, "pass"), (3.4, 4.7, "fail")]
)
def test_near_the_loq_more_is_allowed(first, second, outcome):
    # 3.4 and 4.6 are 30 % apart about 4, which is below five times the LOQ.
    assert pair(row("sample", "S", first), row("duplicate", "D", second))["outcome"] == outcome


def test_both_below_their_limit_say_nothing_and_nothing_is_wrong():
    found = pair(censored("sample", "S"), censored("duplicate", "D"))
    assert (found["outcome"], found["consequence"], found["found"]) == ("not_judged", "note", None)


@pytest.mark.parametrize(
    ("value", "least", "outcome"), [(0.9, 0.0, "pass"), (1.3, 100 * 0.3 / 1.15, "pass"), (1.5, 40.0, "fail")]
)
def test_of_one_below_its_limit_the_least_difference_counts(value, least, outcome):
    for sample, duplicate in (
        (row("sample", "S", value), censored("duplicate", "D")),
        (censored("sample", "S"), row("duplicate", "D", value)),
    ):
        found = pair(sample, duplicate)
        assert (found["found"], found["outcome"]) == (pytest.approx(least), outcome)


def test_a_result_that_was_not_detected_lies_below_the_lod():
    found = pair(row("sample", "S", 1.3), censored("duplicate", "D") | {"detection": "not_detected", "lod": 0.3})
    assert found["outcome"] == "fail"
    assert "at least 125.0 %" in found["reason"]


@pytest.mark.parametrize(
    ("sample", "duplicate", "says"),
    [
        (row("sample", "T"), row("duplicate", "D"), "its sample is not in the batch"),
        (row("sample", "S", detection="above_uloq"), row("duplicate", "D"), "no valid result"),
        (row("sample", "S", None), row("duplicate", "D"), "no valid result"),
        (row("sample", "S"), censored("duplicate", "D", loq=None), "a limit that is not known"),
    ],
)
def test_a_pair_that_cannot_be_judged_says_why(sample, duplicate, says):
    found = pair(sample, duplicate)
    assert found["outcome"] == "not_judged"
    assert says in found["reason"]
