"""Continuing calibrations, controls of the batch, drift."""

import numpy as np
import pytest
from tests.lab.quality.builders import RULES, calibrators, control, row, table

from headworks.lab.quality.calibration_checks import continuing_calibration_findings, drift_findings, quality_control_findings


def check(value, name="V"):
    return row("continuing_calibration", name, value, expected_concentration=10.0)


def deviations(*rows):
    return continuing_calibration_findings(table(*rows), RULES).filter(rule="deviation").rows(named=True)


@pytest.mark.parametrize(("value", "outcome"), [(12.0, "pass"), (8.0, "pass"), (12.01, "fail"), (7.99, "fail")])
def test_a_continuing_calibration_is_within_a_fifth(value, outcome):
    (found,) = deviations(check(value))
    assert (found["found"], found["outcome"]) == (pytest.approx(10 * value - 100), outcome)


def test_one_that_fails_touches_the_samples_on_both_sides_up_to_those_that_hold():
    rows = [
        row("sample", "1"),
        check(10.0),
        row("sample", "3"),
        check(15.0),
        row("sample", "5"),
        check(14.0),
        row("sample", "7"),
        check(9.0),
        row("sample", "9"),
    ]
    held, first, second, last = deviations(*rows)
    assert (held["touches"], last["touches"]) == ([], [])
    assert first["touches"] == second["touches"] == [3, 5, 7]
    assert first["consequence"] == "reject"


def test_one_at_the_end_that_fails_touches_all_since_the_last_that_held():
    _, last = deviations(check(10.0), row("sample", "2"), row("duplicate", "3"), row("blank", "4"), check(None))
    assert (last["outcome"], last["consequence"], last["touches"]) == ("not_judged", "look", [2, 3])


def test_the_longest_stretch_without_a_check_counts():
    samples = [row("sample", f"S{one}") for one in range(21)]
    found = continuing_calibration_findings(table(*calibrators(), *samples[:5], check(10.0), *samples), RULES).filter(
        rule="interval"
    )
    assert found.select("found", "outcome").row(0) == (21.0, "fail")
    assert found["touches"][0].to_list() == list(range(13, 34))
    fewer = continuing_calibration_findings(table(*calibrators(), *samples[:20]), RULES).filter(rule="interval")
    assert fewer["outcome"].to_list() == ["pass"]


def shares(*rows, name):
    return quality_control_findings(table(*rows), RULES).filter(rule=name).select("level", "found", "outcome").rows()


def test_four_of_six_controls_are_two_thirds_and_enough():
    low, high = (
        [control("low", 3.0)] * 2 + [control("low", 3.0, 4.0)],
        [control("high", 80.0)] * 2 + [control("high", 80.0, 100.0)],
    )
    assert shares(*low, *high, name="share_of_all") == [(None, pytest.approx(200 / 3), "pass")]
    assert shares(*low, *high, name="share_of_level") == [
        ("low", pytest.approx(200 / 3), "pass"),
        ("high", pytest.approx(200 / 3), "pass"),
    ]


def test_a_level_of_which_less_than_half_pass_rejects_though_the_whole_passes():
    low, high = [control("low", 3.0, 4.0)] * 2 + [control("low", 3.0)], [control("high", 80.0)] * 6
    assert shares(*low, *high, name="share_of_all")[0][2] == "pass"
    assert [outcome for _, _, outcome in shares(*low, *high, name="share_of_level")] == ["fail", "pass"]


def test_a_control_without_a_result_does_not_pass():
    assert shares(control("low", 3.0), control("low", 3.0) | {"concentration": None}, name="share_of_all") == [
        (None, 50.0, "fail")
    ]


def run_of(changes, expected=10.0, every=5):
    """Controls every fifth injection, with samples between."""
    rows = []
    for change in changes:
        rows += [control("low", expected, expected * change), *[row("sample", "S")] * (every - 1)]
    return drift_findings(table(*rows), RULES)


def test_a_line_of_logarithms_is_found_again():
    # 1 % more each injection over 30: controls at 0, 5, … 25; 100 (1.01^29 - 1) to the last injection.
    noise = np.exp(np.random.default_rng(1).normal(0, 0.002, 6))
    found = run_of(1.01 ** (5.0 * np.arange(6)) * noise).row(0, named=True)
    assert found["found"] == pytest.approx(100 * (1.01**29 - 1), rel=0.03)
    assert (found["outcome"], found["consequence"]) == ("fail", "look")


def test_a_large_change_that_chance_may_give_is_kept():
    found = run_of([0.8, 1.3, 0.7, 1.2, 1.1, 1.3]).row(0, named=True)
    assert abs(found["found"]) > 20
    assert found["outcome"] == "pass"


def test_levels_that_are_off_throughout_are_no_drift():
    rows = [control("low", 3.0, 2.0)] * 3 + [control("high", 80.0, 100.0)] * 3
    found = drift_findings(table(*rows), RULES).row(0, named=True)
    assert (found["found"], found["outcome"]) == (pytest.approx(0.0, abs=1e-9), "pass")


def test_drift_of_few_controls_is_not_judged():
    assert run_of([1.0, 1.5, 2.0])["outcome"].to_list() == ["not_judged"]


def test_a_perfect_line_is_no_accident():
    assert run_of(1.02 ** (5.0 * np.arange(5)))["outcome"].to_list() == ["fail"]


def test_a_profile_without_these_rules_finds_nothing():
    rows = table(check(99.0), control("low", 3.0, 9.0))
    assert all(
        find(rows, {}).is_empty() for find in (continuing_calibration_findings, quality_control_findings, drift_findings)
    )
