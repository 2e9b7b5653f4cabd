"""Matrix effects from areas and from slopes."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.lab.quality.builders import RULES

from headworks.core.errors import DataRefused
from headworks.lab.quality.findings import results_of
from headworks.lab.quality.matrix_effect import (
    effects_of_spikes,
    matrix_effect,
    matrix_effect_findings,
    matrix_effect_from_slopes,
)

ONE = np.array([1000.0])


def test_three_numbers_by_hand():
    # ME 100 x 600/1000, RE 100 x 450/600, PE 100 x 450/1000.
    found = matrix_effect(ONE, np.array([600.0]), np.array([450.0]))
    assert [float(one[0]) for one in found[:3]] == pytest.approx([60.0, 75.0, 45.0])
    assert np.isnan(found.normalised[0])


@given(st.floats(1.0, 1e6), st.floats(0.1, 3.0), st.floats(0.1, 3.0), st.floats(0.0, 1e6))
def test_the_process_is_matrix_times_extraction_and_native_content_changes_nothing(neat, effect, recovery, native):
    after, before = neat * effect + native, neat * effect * recovery + native
    found = matrix_effect(np.array([neat]), np.array([after]), np.array([before]), native=np.array([native]))
    assert found.process_efficiency_percent[0] == pytest.approx(100 * effect * recovery, rel=1e-4, abs=1e-4 * native / neat)
    assert found.matrix_effect_percent[0] * found.extraction_recovery_percent[0] / 100 == pytest.approx(
        found.process_efficiency_percent[0]
    )


def test_a_standard_that_shares_the_effect_normalises_it_away():
    found = matrix_effect(ONE, 0.6 * ONE, 0.5 * ONE, standard_neat=np.array([200.0]), standard_after=np.array([120.0]))
    assert found.normalised[0] == pytest.approx(1.0)


def test_slopes_by_hand():
    # 0.9/1.2 = 75 %; relative errors 3 % and 4 % add to 5 %.
    effect, error = matrix_effect_from_slopes(np.array([0.9]), np.array([1.2]), np.array([0.027]), np.array([0.048]))
    assert (effect[0], error[0]) == pytest.approx((75.0, 3.75))


def test_without_a_neat_peak_or_a_rising_curve_there_is_no_effect():
    with pytest.raises(DataRefused, match="neat standard with a peak") as refusal:
        matrix_effect(np.array([1.0, 0.0]), ONE, ONE)
    assert refusal.value.code == "HW-D637"
    with pytest.raises(DataRefused, match="curve in solvent that rises"):
        matrix_effect_from_slopes(ONE, np.array([0.0]))


@pytest.mark.parametrize(
    ("percent", "normalised", "rule", "outcome"),
    [
        (80.0, None, "percent", "pass"), (79.9, None, "percent", "fail"), (120.1, None, "percent", "fail"),
        (40.0, 1.15, "normalised", "pass"), (100.0, 1.16, "normalised", "fail"), (100.0, 0.85, "normalised", "pass"),
    ],
)  # fmt: skip
def test_the_normalised_effect_is_judged_where_there_is_one(percent, normalised, rule, outcome):
    effects = pl.DataFrame(
        {"batch_id": "b", "analyte": "ketamine", "matrix_effect_percent": percent, "normalised": normalised}
    )
    assert matrix_effect_findings(effects, RULES).select("rule", "outcome").rows() == [(rule, outcome)]
    assert matrix_effect_findings(effects, {}).is_empty()


def spiked(spiked=14.0, native=4.0, added=10.0, *, standard=500.0, detection="quantified"):
    """A calibrator with a standard of 1000, a sample, and the same with something added after extraction."""
    rows = [
        ("Cal", "calibrator", 5.0, "quantified", 1000.0, None, None),
        ("S1", "sample", native, detection, standard, None, None),
        ("S1 after", "post_extraction_spike", spiked, "quantified", standard, "S1", added),
    ]
    names = ["sample_name", "sample_type", "concentration", "detection", "internal_standard_area", "parent_sample_name",
             "added_concentration"]  # fmt: skip
    table = pl.DataFrame(rows, schema=names, orient="row").with_row_index("injection", 1)
    table = table.with_columns(batch_id=pl.lit("b"), analyte=pl.lit("ketamine"), area=pl.lit(1.0), loq=pl.lit(2.0))
    if detection != "quantified":
        table = table.with_columns(pl.when(pl.col("sample_name") != "S1").then("concentration"))
    return results_of(table.with_columns(pl.col("internal_standard_area").cast(pl.Float64)))


def test_half_the_signal_is_no_harm_where_the_standard_loses_as_much():
    # (14 - 4) / 10 = 1 beside the standard, of which half is seen: 50 % of the signal.
    effects = effects_of_spikes(spiked())
    assert effects.select("normalised", "matrix_effect_percent").row(0) == (1.0, 50.0)
    found = matrix_effect_findings(effects, RULES)
    assert found.select("rule", "outcome", "injections", "touches").rows() == [("normalised", "pass", [2, 3], [])]
    lost = matrix_effect_findings(effects_of_spikes(spiked(spiked=12.0)), RULES)
    assert lost.select("outcome", "consequence", "found", "touches").rows() == [("fail", "look", 0.8, [2])]


def test_without_a_standard_the_signal_itself_is_judged():
    effects = effects_of_spikes(spiked(spiked=10.0, standard=None))
    assert effects.select("normalised", "matrix_effect_percent").row(0) == (None, 60.0)
    assert matrix_effect_findings(effects, RULES).select("rule", "outcome").rows() == [("percent", "fail")]


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        (spiked(added=None), "matrix_effect.no_pair"),
        (spiked(native=11.0, spiked=21.0), "matrix_effect.too_small"),
        # Nothing to 2 was there before: (10.5 - 2) / 10 to (10.5 - 0) / 10, that is 0.85 to 1.05, is within the limits.
        (spiked(spiked=10.5, detection="below_loq"), "matrix_effect.normalised"),
        (spiked(spiked=10.0, detection="below_loq"), "matrix_effect.open"),
    ],
)
def test_what_cannot_be_told_is_said(rows, code):
    assert matrix_effect_findings(effects_of_spikes(rows), RULES)["code"].to_list() == [code]
