"""Real exports, read cell by cell with the plain csv reader and compared; origin and licence in the README beside them."""

from __future__ import annotations

import csv
import datetime as dt
import json
from pathlib import Path

import polars as pl
import pytest

from headworks.intake.instrument import Profile, propose_profile, read_instrument_export

REAL = Path(__file__).parents[4] / "shared" / "data" / "vendor-exports"
pytestmark = [pytest.mark.shared, pytest.mark.skipif(not REAL.exists(), reason="the real exports are not beside the project")]


def raw(name):
    return list(csv.reader((REAL / name).read_text(encoding="utf-8-sig").splitlines()))


def number(text):
    return float(text) if text else None


def by_key(export, *key):
    rows = {}
    for row in export.rows.iter_rows(named=True):
        assert tuple(row[k] for k in key) not in rows
        rows[tuple(row[k] for k in key)] = row
    return rows


def filled(cells):
    last, out = "", []
    for cell in cells:
        last = cell or last
        out.append(last)
    return out


# Our field of each of MassHunter's columns of numbers.
PEAK = {"RT": "retention_time_min", "Area": "area", "FWHM": "peak_width_min", "Height": "height", "Symmetry": "symmetry",
        "S/N": "signal_to_noise", "Exp. Conc.": "expected_concentration", "Precursor Ion": "precursor_mz", "Product Ion": "product_mz",
        "Final Conc.": "vendor_concentration", "Accuracy": "vendor_accuracy_percent", "ISTD Resp. Ratio": "vendor_response",
        "Ratio": "vendor_ion_ratio_percent"}  # fmt: skip


def test_masshunter_wide_every_cell_of_every_peak():
    name = "masshunter_wide_quant_corticosteroids.csv"
    export = read_instrument_export(REAL / name)
    rows = by_key(export, "sample_name", "compound_as_written", "transition")
    groups, heads, *lines = raw(name)
    groups = filled(groups)
    assert (export.format, len(rows)) == ("masshunter", 25 * 16)
    checked = 0
    for place, line in enumerate(lines, 1):
        compound, mine = "", {}
        for group, head, cell in zip(groups, heads, line, strict=True):
            if not group.endswith(("Method", "Results")):
                continue
            label = group.removesuffix(" Method").removesuffix(" Results")
            compound = compound if label.startswith("Qualifier") else label
            transition = label[11:-1] if label.startswith("Qualifier") else None
            mine = next(
                r
                for k, r in rows.items()
                if k[:2] == (line[2], compound) and (k[2] == transition or (transition is None and r["ion"] == "quantifier"))
            )
            assert (mine["injection"], mine["source_row"], mine["data_file"], mine["level"]) == (
                place,
                place + 2,
                line[3],
                line[5] or None,
            )
            if head in PEAK:
                assert mine[PEAK[head]] == number(cell), (place, group, head)
                checked += 1
            elif head == "MI":
                assert mine["is_manual_integration"] is {"TRUE": True, "FALSE": False}[cell]
        assert mine["acquired_at"] == dt.datetime.strptime(line[6].upper(), "%d/%m/%Y %I:%M %p")  # noqa: DTZ007
        assert (mine["sample_type_as_written"], mine["injection_volume_ul"], mine["vial"]) == (line[4], 10.0, line[8])
    assert checked > 3_000


def test_masshunter_wide_gives_the_calibration_of_the_reference_answer():
    profile = propose_profile(REAL / "masshunter_wide_quant_corticosteroids.csv", Profile(concentration_unit="nmol/L")).profile
    export = read_instrument_export(REAL / "masshunter_wide_quant_corticosteroids.csv", profile)
    assert export.is_ready
    areas = {
        (r["sample_name"], r["analyte"]): r for r in export.rows.filter(pl.col("ion") == "quantifier").iter_rows(named=True)
    }
    cals = [r for r in areas.values() if r["sample_type"] == "calibrator" and r["analyte"] == "Corticosterone"]
    assert {r["internal_standard"] for r in cals} == {"Corticosterone 13C3"}
    x = [r["expected_concentration"] for r in cals]
    y = [r["area"] / areas[r["sample_name"], r["internal_standard"]]["area"] for r in cals]
    mx, my = sum(x) / 6, sum(y) / 6
    slope = sum((a - mx) * (b - my) for a, b in zip(x, y, strict=True)) / sum((a - mx) ** 2 for a in x)
    expected = json.loads((REAL / "expected_corticosterone.json").read_text(encoding="utf-8"))["w1/x^0"]
    assert slope == pytest.approx(expected["slope"], rel=1e-10)
    assert my - slope * mx == pytest.approx(expected["intercept"], rel=1e-10)
    # The blank whose internal standard failed: its area is kept as it is, for the laboratory to judge.
    assert areas["InstBLK", "Corticosterone 13C3"]["area"] == 138.0


def test_masshunter_wide_with_other_columns():
    name = "masshunter_wide_finalconc_qualifier_ratio.csv"
    export = read_instrument_export(REAL / name)
    groups, heads, *lines = raw(name)
    groups = filled(groups)
    assert export.rows.height == 25 * 11
    rows = by_key(export, "sample_name", "analyte", "transition")
    for line in lines:
        sample, compound = line[1].removesuffix(".d"), ""
        for group, head, cell in zip(groups[4:], heads[4:], line[4:], strict=True):
            label = group.removesuffix(" Results")
            compound = compound if label.startswith("Qualifier") else label
            row = rows[sample, compound, label[11:-1] if label.startswith("Qualifier") else ""]
            if head in PEAK:
                assert row[PEAK[head]] == number(cell), (sample, group, head)
            elif head == "MI":
                assert row["is_manual_integration"] is (cell == "TRUE")
        assert row["acquired_at"] == dt.datetime.strptime(line[0], "%m/%d/%y %H:%M")  # noqa: DTZ007
    # The vendor's result stands in its own column; no expected concentration was exported, and that is said.
    assert export.rows["expected_concentration"].null_count() == export.rows.height
    assert {"HW-D655", "HW-D656"} <= set(export.faults["code"])
    asked = [question.found for question in export.questions if question.code == "HW-D659"]
    assert asked == ["Corticosterone: 350.2 -> 332.2", "Cortisol: 367.2 -> 77.1", "Cortisone: 364.1 -> 105.1"]
    moved = read_instrument_export(REAL / name, Profile(qualifiers={asked[0]: "Corticosterone 13C3"}))
    assert "Corticosterone 13C3" in moved.rows["analyte"].to_list()


def test_masshunter_compound_table():
    name = "masshunter_compound_table_transposed.csv"
    export = read_instrument_export(REAL / name)
    samples, heads, *lines = raw(name)
    samples = filled(samples)
    rows = by_key(export, "sample_name", "compound_as_written")
    assert (export.format, len(rows)) == ("masshunter_compounds", 27 * 8)
    for line in lines:
        for sample, head, cell in zip(samples[2:], heads[2:], line[2:], strict=True):
            row = rows[sample, line[0]]
            assert row[PEAK[head]] == number(cell)
            assert row["transition"] == line[1]
    standards = export.rows.filter(pl.col("role") == "internal_standard")["analyte"].unique().to_list()
    assert standards == ["S1P d18:1 13C2D2 [M>60]"]
    assert export.rows.unique("injection").sort("injection")["sample_name"].to_list() == list(dict.fromkeys(samples[2:]))


def test_skyline_transitions():
    name = "skyline_molecule_transition_results.csv"
    export = read_instrument_export(REAL / name)
    header, *lines = raw(name)
    assert (export.format, export.rows.height) == ("skyline", len(lines))
    rows = by_key(export, "sample_name", "analyte", "precursor_mz", "product_mz")
    for line in lines:
        cell = dict(zip(header, line, strict=True))
        row = rows[cell["Replicate Name"], cell["Molecule Name"], float(cell["Precursor Mz"]), float(cell["Product Mz"])]
        assert (row["area"], row["retention_time_min"]) == (float(cell["Area"]), float(cell["Retention Time"]))
    assert {question.code for question in export.questions} == {"HW-D651", "HW-D652", "HW-D659"}
    assert propose_profile(REAL / name).export.is_ready


def test_generic_long():
    name = "generic_long.csv"
    export = read_instrument_export(REAL / name)
    header, *lines = raw(name)
    rows = by_key(export, "data_file", "compound_as_written")
    assert (export.format, len(rows)) == ("generic", len(lines))
    for line in lines:
        cell = dict(zip(header, line, strict=True))
        row = rows[cell["raw_data_filename"], cell["feature_id"]]
        assert (row["area"], row["height"], row["vendor_response"]) == tuple(
            float(cell[c]) for c in ("area", "height", "area_normalized")
        )
        assert (row["vendor_concentration"], row["utc_offset_min"], row["batch_id"]) == (float(cell["concentration"]), 0, "1")
        assert row["acquired_at"].isoformat() + "Z" == cell["time_stamp"]
        is_standard = "ISTD" in cell["feature_id"]
        assert row["role"] == ("internal_standard" if is_standard else "target")
        assert row["internal_standard"] == (None if is_standard else cell["internal_standard"].removesuffix(" (ISTD)"))


@pytest.mark.parametrize("name", sorted(path.name for path in REAL.glob("*.csv")))
def test_a_real_export_comes_out_the_same_twice_and_none_of_its_cells_is_at_fault(name):
    first, second = (read_instrument_export(REAL / name) for _ in range(2))
    assert first.rows.equals(second.rows)
    assert (first.content_hash, first.questions) == (second.content_hash, second.questions)
    assert "refused" not in first.faults["severity"].to_list()
    assert first.rows["fault_code"].null_count() == first.rows.height
