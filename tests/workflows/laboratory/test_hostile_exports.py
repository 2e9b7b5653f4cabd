"""Exports that are wrong in one way each, through the whole workflow: a clear verdict, and no number where none is due."""

import pytest
from tests.workflows.laboratory.builders import (
    LEVELS,
    SHEET,
    as_bytes,
    changed,
    evaluated,
    export_lines,
    result_of,
    verdict_of,
)

from headworks.intake.instrument import Profile, read_instrument_export
from headworks.workflows.laboratory import BatchMethod, read_sheet, release_rows


def reasons(found, analyte="ketamine"):
    return " ".join(verdict_of(found, analyte)["reasons"])


def numbers(found, analyte="ketamine"):
    return found.results.filter(analyte=analyte)["concentration"].drop_nulls().len()


def test_no_calibrators():
    found = evaluated([row for row in export_lines() if row[1] != "calibrator"])
    assert numbers(found) == 0
    assert verdict_of(found)["verdict"] == "rejected"
    assert "no usable calibrator" in reasons(found)
    assert result_of(found, "S1")["verdict"] == "invalid: calibration"


def test_a_file_that_was_cut_off():
    text = as_bytes(export_lines())
    export = read_instrument_export(text[: text.rindex(b"S2 spike,sample,,cocaine,target") - 40], file="b1.csv")
    from headworks.workflows.laboratory import evaluate_batch

    found = evaluate_batch(export.rows, faults=export.faults)
    assert "no row of the analyte for S2 spike" in reasons(found, "cocaine")
    assert verdict_of(found, "cocaine")["verdict"] == "needs_a_look"


def test_two_samples_with_one_name():
    rows = [["S1", *row[1:]] if row[0] == "S2" else row for row in export_lines()]
    found = evaluated(rows, sheet=read_sheet(b"sample_name,sample_id\nS1,G-1\n", "s.csv"))
    assert "named S1" in reasons(found)
    decided = found.verdicts.with_columns(
        verdict=found.verdicts["verdict"].replace(dict.fromkeys(("needs_a_look", "rejected"), "released"))
    )
    assert release_rows(found.results, decided).measurements.is_empty()
    told = evaluated(
        rows, sheet=read_sheet(b"sample_name,sample_id\nS1,G-1\n", "s.csv"), method=BatchMethod(repeat_injections=True)
    )
    assert release_rows(told.results, decided).measurements.filter(analyte="ketamine")["replicate"].to_list() == [1, 2]


def test_day_and_month_in_doubt_leave_no_time_and_no_chart():
    rows = [[*row[:-1], row[-1].replace("2026-03-02", "02/03/2026")] for row in export_lines()]
    found = evaluated(rows)
    assert found.chart.is_empty()
    assert found.results["acquired_at"].null_count() == found.results.height
    swapped = evaluated(rows, Profile(date_order="mdy"))
    assert swapped.controls["run_at"][0].month == 2


@pytest.mark.parametrize("standard", ["", "0", "-5"])
def test_a_missing_internal_standard(standard):
    rows = changed(export_lines(), "S1", "area", standard, analyte="ketamine-d")
    found = evaluated(rows)
    one = result_of(found, "S1")
    assert (one["concentration"], one["verdict"]) == (None, "invalid: internal standard")
    assert one["detection"] is None
    assert result_of(found, "S2")["concentration"] == pytest.approx(30_000.0)


def test_no_internal_standard_at_all_is_no_external_calibration():
    rows = [[*row[:7], "", *row[8:]] for row in export_lines() if row[4] == "target"]
    found = evaluated(rows)
    assert numbers(found) == 0
    assert "no internal standard is named" in result_of(found, "S1")["reason"]
    external = evaluated(rows, method=BatchMethod(without_internal_standard=("ketamine",)))
    assert result_of(external, "S1")["concentration"] == pytest.approx(4000.0)
    assert numbers(external, "cocaine") == 0


def test_a_negative_area_is_no_result_and_no_not_detected():
    rows = changed(changed(export_lines(), "S1", "area", "-300"), "Cal3", "area", "-1")
    found = evaluated(rows)
    one = result_of(found, "S1")
    assert (one["concentration"], one["detection"], one["verdict"]) == (None, None, "invalid: response")
    assert "refused" in one["reason"]
    assert "Areas were refused in" in reasons(found)
    assert "refused in the export" in found.calibrators.filter(analyte="ketamine", sample_name="Cal3")["not_used_reason"][0]


def test_a_level_that_stands_for_two_concentrations_is_used_for_neither():
    rows = [[*row[:2], "1", *row[3:]] if row[0] == "Cal2" else row for row in export_lines()]
    found = evaluated(rows)
    out = found.calibrators.filter(analyte="ketamine").filter(found.calibrators.filter(analyte="ketamine")["is_used"].not_())
    assert sorted(out["sample_name"]) == ["Cal1", "Cal2"]
    assert verdict_of(found)["verdict"] == "rejected"
    assert numbers(found) == 0
    # Four levels are left of six, and the profile asks for five.
    assert found.curves.filter(analyte="ketamine")["n_passed"][0] == len(LEVELS) - 2


def test_a_calibrator_measured_twice_is_one_level():
    twice = [["Cal3 again", *row[1:-1], "2026-03-02 12:00"] for row in export_lines() if row[0] == "Cal3"]
    found = evaluated([*export_lines(), *twice])
    assert found.curves["n_levels"].to_list() == [6, 6]
    assert result_of(found, "S1")["concentration"] == pytest.approx(4000.0)


def test_decimal_commas_give_the_same_numbers():
    rows = [
        [cell.replace(".", ",") if place in (8, 10, 11, 12) else cell for place, cell in enumerate(row)]
        for row in export_lines()
    ]
    export = read_instrument_export(as_bytes(rows, ";"), Profile(decimal=","), file="b1.csv")
    from headworks.workflows.laboratory import evaluate_batch

    assert result_of(evaluate_batch(export.rows, faults=export.faults), "S1")["concentration"] == pytest.approx(4000.0)


def test_a_batch_of_standards_only_is_refused_by_name():
    from headworks.core.errors import DataRefused

    with pytest.raises(DataRefused, match="no peak of a target"):
        evaluated([row for row in export_lines() if row[4] == "internal_standard"])


def test_a_released_sheet_is_the_same_batch(tmp_path):
    clean = evaluated(sheet=read_sheet(SHEET, "s.csv"))
    assert (
        clean.findings.filter(outcome="fail")
        .filter(clean.findings.filter(outcome="fail")["consequence"] == "reject")
        .is_empty()
    )
