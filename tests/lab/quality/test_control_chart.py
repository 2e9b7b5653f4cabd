"""Charts as data, and what the rules on them say of a batch."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.lab.quality.builders import RULES, row, table

from headworks.core.errors import DataRefused
from headworks.lab.quality.control_chart import CHART_COLUMNS, control_chart, westgard_findings


def controls(values, **more) -> pl.DataFrame:
    """One control of one level a batch, in batches 0, 1, …"""
    n = len(values)
    common = {
        "analyte": ["ketamine"] * n,
        "level": ["low"] * n,
        "batch_id": [f"{one:03d}" for one in range(n)],
        "run_at": list(range(n)),
    }
    return pl.DataFrame(common | {"injection": [9] * n, "concentration": values} | more, strict=False)


ASSIGNED = {"target": 10.0, "sd": 1.0}


def assigned(values, **more):
    return controls(values, **more).with_columns(**{name: pl.lit(value) for name, value in ASSIGNED.items()})


def test_a_chart_has_its_lines_at_target_and_multiples_of_s():
    chart = control_chart(assigned([10.5]), RULES)
    assert tuple(chart.columns) == CHART_COLUMNS
    one = chart.row(0, named=True)
    assert [one[name] for name in ("lower_3s", "lower_2s", "lower_1s", "target", "upper_1s", "upper_2s", "upper_3s")] == [
        7,
        8,
        9,
        10,
        11,
        12,
        13,
    ]
    assert (one["z"], one["rules"], one["is_provisional"], one["n_points"]) == (0.5, [], False, None)


def test_the_sequence_of_the_methods_file_is_rejected_at_its_third_control():
    chart = control_chart(assigned([10.5, 12.1, 12.2]), RULES)
    assert chart["rules"].to_list() == [[], ["1_2s"], ["1_2s", "2_2s"]]


def test_limits_learnt_from_five_are_provisional_and_call_for_a_look_only():
    chart = control_chart(controls([10.0, 11.0, 9.0, 10.5, 9.5, 30.0]), RULES)
    assert chart["z"].is_null().to_list() == [True] * 5 + [False]
    found = westgard_findings(chart, table(row("sample", "S", batch_id="005")), RULES)
    assert found.filter(rule="1_3s").select("outcome", "consequence").row(0) == ("fail", "look")
    assert "provisional, from 5 controls" in found.filter(rule="1_3s")["reason"][0]


def test_assigned_limits_reject_and_touch_every_sample_of_the_batch():
    results = table(
        row("calibrator", "C", batch_id="001"), row("sample", "S", batch_id="001"), row("duplicate", "D", batch_id="001")
    )
    found = westgard_findings(control_chart(assigned([10.0, 13.01]), RULES), results, RULES)
    rejected = found.filter(consequence="reject").row(0, named=True)
    assert (rejected["rule"], rejected["touches"], rejected["injections"]) == ("1_3s", [2, 3], [9])
    assert rejected["reason"] == "Control low (z = 3.01): 1_3s: beyond 3 s."
    assert found.filter(rule="1_2s")["consequence"].to_list() == ["note"]


def test_a_control_without_limits_or_without_a_result_says_so():
    results = table(row("sample", "S", batch_id="000"), row("sample", "S", batch_id="001"))
    found = westgard_findings(control_chart(controls([10.0, None]), RULES), results, RULES)
    assert found["outcome"].to_list() == ["not_judged"] * 2
    assert [reason.split(":")[0] for reason in found["reason"]] == ["Control low", "Control low has no valid result."]


def test_a_new_lot_has_limits_of_its_own_and_patterns_go_on():
    lots = {"lot": ["A"] * 25 + ["B"] * 6}
    rng = np.random.default_rng(8)
    values = [*rng.normal(10, 1, 25), *rng.normal(14, 1, 6)]
    chart = control_chart(controls(values, **lots), RULES)
    assert chart["z"].is_null().to_list() == [True] * 5 + [False] * 20 + [True] * 5 + [False]
    assert chart["target"][-1] == pytest.approx(np.median(values[25:30]))


def test_laboratories_and_instruments_are_series_of_their_own():
    one = assigned([12.1, 12.2]).with_columns(laboratory_id=pl.Series(["x", "y"]))
    assert [list(rules) for rules in control_chart(one, RULES)["rules"]] == [["1_2s"], ["1_2s"]]


@settings(max_examples=20, deadline=None)
@given(st.lists(st.floats(5, 15), min_size=6, max_size=40), st.floats(9.9, 10.1))
def test_a_further_run_in_control_rejects_no_earlier_run(values, further):
    before, after = (control_chart(controls(one), RULES) for one in (values, [*values, further]))
    assert after.head(len(values)).equals(before)


def test_rows_in_any_order_make_the_same_chart():
    mine = controls(list(np.random.default_rng(2).normal(10, 1, 30)))
    assert control_chart(mine, RULES).equals(control_chart(mine.sample(fraction=1.0, shuffle=True, seed=1), RULES))


def test_a_profile_without_multi_rules_has_a_chart_and_no_findings():
    chart = control_chart(assigned([14.0]), {})
    assert chart["rules"].to_list() == [[]]
    assert westgard_findings(chart, table(row("sample", "S", batch_id="000")), {}).is_empty()


def test_controls_that_cannot_be_charted_are_refused():
    with pytest.raises(DataRefused, match="Controls lack a column") as refusal:
        control_chart(controls([1.0]).drop("run_at"), RULES)
    assert refusal.value.code == "HW-D635"
    twice = controls([1.0, 2.0]).with_columns(batch_id=pl.lit("b"))
    with pytest.raises(DataRefused, match="runs at one time") as refusal:
        control_chart(twice, RULES)
    assert refusal.value.code == "HW-D636"
    with pytest.raises(DataRefused, match="runs at one time"):
        control_chart(controls([1.0]).with_columns(run_at=pl.lit(None, pl.Int64)), RULES)
