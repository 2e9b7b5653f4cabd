"""A batch from its export to verdicts and rows to be released."""

import datetime as dt

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.workflows.laboratory.builders import (
    SHEET,
    changed,
    evaluated,
    export_lines,
    result_of,
    verdict_of,
)

from headworks.core.errors import DataRefused
from headworks.workflows.laboratory import BatchMethod, open_points, read_sheet, release_rows

OF_SOLIDS = b"sample_name,sample_id,matrix,volume_final_ml,amount\n" + b"".join(
    f"{name},H-{name[1]},pooled_hair,2,50\n".encode() for name in ("S1", "S2", "S3", "S4")
)


@pytest.fixture(scope="module")
def clean():
    return evaluated(sheet=read_sheet(SHEET, "sheet.csv"))


def test_an_exact_line_gives_the_truth_in_ng_per_l(clean):
    # S1 holds 4 ng/mL = 4,000 ng/L.
    assert result_of(clean, "S1")["concentration"] == pytest.approx(4000.0)
    assert result_of(clean, "S1")["unit"] == "ng/L"
    assert result_of(clean, "Low1")["concentration"] == pytest.approx(3.0)


def test_every_state_has_its_limits_and_only_a_quantified_one_a_number(clean):
    found = {name: result_of(clean, name) for name in ("S1", "S3", "S4", "Wash")}
    assert [found[name]["detection"] for name in found] == ["quantified", "not_detected", "above_uloq", None]
    assert [found[name]["concentration"] is None for name in found] == [False, True, True, True]
    # S/N of 30 at the lowest level, 1 ng/mL: detected from 3/30 of it, 0.1 ng/mL, quantified from the level itself.
    assert found["S3"]["lod"] == pytest.approx(100.0)
    assert found["S3"]["loq"] == pytest.approx(1000.0)
    assert (found["S3"]["limit_rule"], found["S3"]["lod_rule"]) == ("lowest accepted level", "signal to noise")
    assert found["Wash"]["verdict"] == "invalid: internal standard"


def test_a_good_batch_is_released_with_its_duplicate_as_a_replicate(clean):
    assert verdict_of(clean)["verdict"] == "released", verdict_of(clean)["reasons"]
    rows = release_rows(clean.results, clean.verdicts, "M1").measurements
    mine = rows.filter(analyte="ketamine").sort("sample_id", "replicate")
    assert mine.select("sample_id", "replicate").rows() == [("G-1", 1), ("G-1", 2), ("G-2", 1), ("G-3", 1)]
    assert mine["concentration_ng_per_l"].to_list()[2] == pytest.approx(30_000.0)


def test_what_is_not_released_says_why(clean):
    held = release_rows(clean.results, clean.verdicts).held.filter(analyte="ketamine")
    assert held.select("sample_name", "held_because").rows() == [("S4", "above the range: dilute and run again")]


def test_a_calibrator_is_left_out_with_a_reason_and_the_curve_is_fitted_anew():
    rows = changed(export_lines(), "Cal1", "area", "9000")
    before, one = evaluated(rows), {"batch_id": "b1", "analyte": "ketamine", "injection": 2, "decided_by": "li"}
    after = evaluated(rows, exclusions=pl.DataFrame([{**one, "reason": "Vial was empty"}]))
    slope = [found.curves.filter(analyte="ketamine")["slope"][0] for found in (before, after)]
    assert slope[0] != pytest.approx(2.0)
    assert slope[1] == pytest.approx(2.0)
    out = after.calibrators.filter(analyte="ketamine", sample_name="Cal1").row(0, named=True)
    assert (out["is_used"], out["not_used_reason"]) == (False, "Vial was empty")
    with pytest.raises(DataRefused, match="with a reason"):
        evaluated(rows, exclusions=pl.DataFrame([{**one, "reason": " "}]))
    with pytest.raises(DataRefused, match="only by its injection"):
        evaluated(rows, exclusions=pl.DataFrame([{**one, "injection": 999, "reason": "no such"}]))


def test_enrichment_and_dilution_come_from_the_sheet_and_limits_follow():
    sheet = read_sheet(b"sample_name,dilution,volume_loaded_ml,volume_final_ml\nS1,5,100,1\n", "s.csv")
    found = result_of(evaluated(sheet=sheet), "S1")
    # 4 ng/mL x 5 / 100 = 0.2 ng/mL = 200 ng/L; the LOQ 1 ng/mL becomes 50 ng/L.
    assert found["concentration"] == pytest.approx(200.0)
    assert found["loq"] == pytest.approx(50.0)
    assert found["lod"] == pytest.approx(5.0)


def test_hair_stays_in_ng_per_mg_and_out_of_the_measurements():
    found = evaluated(sheet=read_sheet(OF_SOLIDS, "s.csv"), method=BatchMethod(matrix="pooled_hair"))
    one = result_of(found, "S1")
    # 4 ng/mL x 2 mL / 50 mg = 0.16 ng/mg.
    assert (one["concentration"], one["unit"]) == (pytest.approx(0.16), "ng/mg")
    rows = release_rows(found.results, found.verdicts.with_columns(verdict=pl.lit("released")))
    assert rows.measurements.is_empty()
    assert rows.others.filter(analyte="ketamine", sample_id="H-1")["unit"].to_list() == ["ng/mg"]


def test_hair_without_its_amount_has_no_result():
    found = result_of(evaluated(method=BatchMethod(matrix="pooled_hair")), "S1")
    assert (found["concentration"], found["verdict"]) == (None, "invalid: preparation")


def test_matrices_of_unlike_units_are_refused_together():
    sheet = read_sheet(b"sample_name,matrix,volume_final_ml,amount\nS1,sediment,1,2\n", "s.csv")
    with pytest.raises(DataRefused, match="unlike units"):
        evaluated(sheet=sheet)


def test_a_unit_that_cannot_be_converted_is_not_released():
    rows = [[cell.replace("ng/mL", "nmol/L") for cell in row] for row in export_lines()]
    found = evaluated(rows, sheet=read_sheet(SHEET, "s.csv"))
    assert result_of(found, "S1")["unit"] == "nmol/L"
    assert any("not turned into ng/L" in reason for reason in verdict_of(found)["reasons"])
    decided = found.verdicts.with_columns(verdict=pl.lit("released"))
    assert release_rows(found.results, decided).measurements.is_empty()


def test_a_dilution_of_the_export_is_asked_about_and_never_applied_unasked():
    from tests.workflows.laboratory.builders import as_bytes

    from headworks.intake.instrument import read_instrument_export

    text = as_bytes(export_lines()).decode().replace("sample_name,", "dilution_factor,sample_name,", 1)
    lines = text.splitlines()
    body = [lines[0], *(("10," if line.startswith("S1,") else "1,") + line for line in lines[1:])]
    export = read_instrument_export("\n".join(body).encode(), file="b1.csv")
    asked = open_points(export.rows, BatchMethod(), "b1.csv")
    assert [question.code for question in asked] == ["HW-D680"]
    assert asked[0].remedy == '[method] "apply_dilution" = "true"'
    assert open_points(export.rows, BatchMethod(apply_dilution=True), "b1.csv") == ()


def test_controls_of_earlier_batches_are_judged_together_and_later_ones_do_not_count():
    one = evaluated().controls
    history = pl.concat(
        one.with_columns(pl.col("concentration") * (1 + 0.01 * (day % 3 - 1)), pl.col("run_at") - dt.timedelta(days=day),
                         batch_id=pl.lit(f"e{day}")) for day in range(1, 13)
    )  # fmt: skip
    bad = export_lines()
    for name in ("Low1", "Low2"):
        bad = changed(bad, name, "area", "7200")
    found = evaluated(bad, controls=history)
    # 7,200 / 1,000 / 2 = 3.6, 20 % above 3: beyond 3 s of a scatter of 1 %.
    assert any("1_3s" in reason for reason in verdict_of(found)["reasons"])
    assert verdict_of(found)["verdict"] == "rejected"
    later = history.with_columns(pl.col("run_at") + dt.timedelta(days=90))
    assert not any("1_3s" in reason for reason in verdict_of(evaluated(bad, controls=later))["reasons"])


@settings(max_examples=3, deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_order_of_the_rows_changes_nothing(shuffler):
    rows = export_lines(0.03)
    mixed = rows.copy()
    shuffler.shuffle(mixed)
    one, other = evaluated(rows), evaluated(mixed)
    key = ["analyte", "injection"]
    assert (
        one.results.sort(key)
        .select(*key, "concentration", "u_batch")
        .equals(other.results.sort(key).select(*key, "concentration", "u_batch"))
    )


def test_the_sample_that_is_another_substance_is_withheld():
    rows = changed(export_lines(), "S2", "area", "90", ion="qualifier")
    found = evaluated(rows, sheet=read_sheet(SHEET, "s.csv"))
    one = result_of(found, "S2")
    assert (one["identification"], one["is_withheld"]) == ("not_identified", True)
    decided = found.verdicts.with_columns(verdict=pl.lit("released"))
    assert "G-2" not in release_rows(found.results, decided).measurements.filter(analyte="ketamine")["sample_id"].to_list()


def test_the_method_and_the_sheet_refuse_slips_by_name():
    from headworks.core.errors import UsageError
    from headworks.workflows.laboratory import method_of

    with pytest.raises(UsageError, match="Did you mean weight"):
        method_of({"weigth": "1/x"})
    for bad in ({"loq": {"ketamine": -1}}, {"matrix": "urine"}, {"apply_dilution": "yes"}, {"u_bias": "x"}, {"name": ""}):
        with pytest.raises(UsageError, match="cannot be used"):
            method_of(bad)
    with pytest.raises(DataRefused, match="did you mean dilution"):
        read_sheet(b"sample_name,dilutoin\nS1,5\n", "s.csv")
    with pytest.raises(DataRefused, match="S1 is there 2 times"):
        read_sheet(b"sample_name,dilution\nS1,5\nS1,6\n", "s.csv")
    with pytest.raises(DataRefused, match="dilution is -5"):
        read_sheet(b"sample_name,dilution\nS1,-5\n", "s.csv")


def test_a_sheet_may_be_toml():
    rows = read_sheet(b'[samples."S1"]\nsample_id = "G-1"\ndilution = 2.5\n', "s.toml")
    assert rows.select("sample_name", "sample_id", "dilution").row(0) == ("S1", "G-1", 2.5)


def test_a_spike_after_extraction_is_judged_as_a_matrix_effect_and_not_released():
    # 50 ng/mL with 46 added to the 4 of S1: (50 - 4) / 46 = 1, beside a standard as large as in the calibrators.
    sheet = SHEET.replace(b"S2 spike,,matrix_spike,S2,20000", b"S2 spike,,post_extraction_spike,S1,46000")
    found = evaluated(sheet=read_sheet(sheet, "sheet.csv"))
    effect = found.findings.filter(check="matrix_effect", analyte="ketamine")
    assert effect.select("rule", "outcome").rows() == [("normalised", "pass")]
    assert effect["found"].item() == pytest.approx(1.0)
    released = release_rows(found.results, found.verdicts)
    assert "S2 spike" not in released.held["sample_name"].to_list()


def test_a_time_that_cannot_be_read_does_not_make_an_empty_area_a_refused_one():
    found = evaluated(changed(export_lines(), "Blank", "acquired_at", "2199-01-01 00:00"))
    assert result_of(found, "Blank")["detection"] == "not_detected"
    assert found.findings.filter(check="export", rule="refused").is_empty()
