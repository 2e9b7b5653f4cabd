"""Worked numbers of calibrations, limits, uncertainty and rounds between laboratories.

NIST StRD Norris (certified values, 36 points); weighted fits computed once with another program; corticosterone of a real MassHunter
batch with its reference answer (shared data beside the project, ``vendor-exports``, BSD-3 by B. Burla, National University of
Singapore); AMC copper in wholemeal flour with ``MASS::hubers`` of R 4.2. Tolerance 1e-6 relative, or half the last digit printed.
Written 2026-11, numpy 2.4.
"""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from headworks.lab import fit_calibration, quantify, response_ratio
from headworks.lab.limits import limit_from_blanks, limit_from_iso_11843, limit_from_line, limit_from_spikes
from headworks.lab.proficiency import algorithm_a, huber_proposal_2
from headworks.lab.uncertainty import bias_from_rounds, duplicate_relative_sd, horwitz_rsd, top_down

EXPORTS = Path(__file__).parents[3] / "shared" / "data" / "vendor-exports"
NORRIS = (
    "0.1 0.2; 338.8 337.4; 118.1 118.2; 888.0 884.6; 9.2 10.1; 228.1 226.5; 668.5 666.3; 998.5 996.3; 449.1 448.6; 778.9 777.0; "
    "559.2 558.2; 0.3 0.4; 0.1 0.6; 778.1 775.5; 668.8 666.9; 339.3 338.0; 448.9 447.5; 10.8 11.6; 557.7 556.0; 228.3 228.1; "
    "998.0 995.8; 888.8 887.6; 119.6 120.2; 0.3 0.3; 0.6 0.3; 557.6 556.8; 339.3 339.1; 888.0 887.2; 998.5 999.0; 778.9 779.0; "
    "10.2 11.1; 117.6 118.3; 228.9 229.2; 668.4 669.1; 449.2 448.9; 0.2 0.5"
)
LEVELS = [1, 2, 5, 10, 50, 100, 500, 1000]
RESPONSES = [0.0123, 0.0219, 0.0545, 0.1042, 0.5230, 1.0110, 5.1200, 10.0300]
COPPER = [
    2.9, 3.1, 3.4, 3.4, 3.7, 3.7, 2.8, 2.5, 2.4, 2.4, 2.7, 2.2, 5.28, 3.37, 3.03, 3.03, 28.95, 3.77, 3.4, 2.2, 3.5, 3.6, 3.7, 3.7,
]  # fmt: skip
LINE = (list(range(10)), [0.2, 1.9, 4.1, 6.2, 7.8, 10.1, 12.2, 13.8, 16.1, 17.9])


def test_norris_agrees_with_its_certified_values():
    y, x = np.array([pair.split() for pair in NORRIS.split(";")], dtype=float).T
    fit = fit_calibration(x, y, "1")
    assert fit.intercept == pytest.approx(-0.262323073774029, rel=1e-11)
    assert fit.slope == pytest.approx(1.00211681802045, rel=1e-13)
    assert fit.intercept_error == pytest.approx(0.232818234301152, rel=1e-12)
    assert fit.slope_error == pytest.approx(0.000429796848199937, rel=1e-12)
    assert fit.s == pytest.approx(0.884796396144373, rel=1e-12)
    assert fit.r2 == pytest.approx(0.999993745883712, rel=1e-14)


@pytest.mark.parametrize(
    ("weight", "intercept", "slope", "s", "misfit"),
    [
        ("1", 0.01292846906, 0.01005603852, 0.037143113, 192.354),
        ("1/x", 0.002488331166, 0.01010611112, 0.0018277422, 15.719),
        ("1/x2", 0.002008183811, 0.01021612488, 0.00020478811, 11.444),
    ],
)
def test_the_weighted_lines_of_eight_levels(weight, intercept, slope, s, misfit):
    fit = fit_calibration(LEVELS, RESPONSES, weight)
    assert (fit.intercept, fit.slope, fit.s) == pytest.approx((intercept, slope, s), rel=2e-8)
    assert 100 * np.abs(fit.deviations).sum() == pytest.approx(misfit, abs=5e-4)


def test_the_weight_is_chosen_by_back_calculation():
    assert fit_calibration(LEVELS, RESPONSES).weight == "1/x2"
    assert round(100 * fit_calibration(LEVELS, RESPONSES, "1").deviations[0]) == -106


def batch(analyte: str) -> dict[str, np.ndarray]:
    """Name, type, nominal concentration, area and area of the internal standard of every injection of one analyte."""
    path = EXPORTS / "masshunter_wide_quant_corticosteroids.csv"
    if not path.exists():
        pytest.skip("no vendor-exports in the shared data folder beside the repository (owner: lab)")
    groups, names, *rows = csv.reader(path.read_text(encoding="utf-8-sig").splitlines())
    filled: list[str] = []
    for group in groups:
        filled.append(group or (filled[-1] if filled else ""))
    place = {key: i for i, key in reversed(list(enumerate(zip(filled, names, strict=True))))}
    standard = next(group for group in filled if group.startswith(f"{analyte} ") and group.endswith("(ISTD) Results"))

    def numbers(group: str, name: str) -> np.ndarray:
        return np.array([float(row[place[group, name]] or "nan") for row in rows])

    return {
        "name": np.array([row[place["Sample", "Name"]] for row in rows]),
        "type": np.array([row[place["Sample", "Type"]] for row in rows]),
        "nominal": numbers(f"{analyte} Method", "Exp. Conc."),
        "area": numbers(f"{analyte} Results", "Area"),
        "standard": numbers(standard, "Area"),
    }


def fitted(analyte: str, weight="auto", **options):
    rows = batch(analyte)
    y, is_cal = response_ratio(rows["area"], rows["standard"]), rows["type"] == "Cal"
    fit = fit_calibration(rows["nominal"][is_cal], y[is_cal], weight, standard_area=rows["standard"][is_cal], **options)
    return rows, y, fit


@pytest.mark.shared
@pytest.mark.parametrize(("weight", "key"), [("1", "w1/x^0"), ("1/x", "w1/x^1"), ("1/x2", "w1/x^2")])
def test_corticosterone_agrees_with_its_reference(weight, key):
    _, _, fit = fitted("Corticosterone", weight)
    expected = json.loads((EXPORTS / "expected_corticosterone.json").read_text())[key]
    found = (fit.intercept, fit.slope, fit.r2, fit.s)
    assert found == pytest.approx([expected[name] for name in ("intercept", "slope", "r2", "sigma")], rel=1e-12)
    assert 100 * fit.deviations == pytest.approx(list(expected["backcalc_dev_pct"].values()), abs=5.1e-5)
    # Only weight 1 puts a calibrator beyond 20 %: CalA, +48.8 %.
    assert np.flatnonzero(fit.is_beyond).tolist() == ([0] if weight == "1" else [])


@pytest.mark.shared
def test_every_concentration_of_the_batch_is_that_of_the_reference_but_the_one_without_an_internal_standard():
    rows, y, fit = fitted("Corticosterone")
    assert (fit.weight, fit.is_accepted, fit.lowest, fit.highest) == ("1/x2", True, 0.3, 38.5)
    expected = json.loads((EXPORTS / "expected_corticosterone.json").read_text())["conc_1/x2"]
    found = quantify(fit, y, standard_area=rows["standard"])
    verdict = dict(zip(rows["name"], found.verdict, strict=True))
    assert verdict["InstBLK"] == "invalid: internal standard"
    assert {name: verdict[name] for name in ("UBLK", "Cal0", "SBLK1")} == {
        "UBLK": "below_loq",
        "Cal0": "below_loq",
        "SBLK1": "invalid: internal standard",
    }
    estimate = dict(zip(rows["name"], found.estimate, strict=True))
    number = dict(zip(rows["name"], found.concentration, strict=True))
    for name, value in expected.items():
        if name == "InstBLK":
            # A naive ratio reads 4.28 here.
            place = rows["name"] == name
            assert fit.back_calculated(y[place]).item() == pytest.approx(value, abs=5.1e-7)
            assert np.isnan(number[name])
            assert np.isnan(estimate[name])
            continue
        assert estimate[name] == pytest.approx(value, abs=5.1e-7)
        assert np.isnan(number[name]) == (value < 0.3)


@pytest.mark.shared
@pytest.mark.parametrize(
    ("analyte", "weight", "beyond", "accepted"),
    [
        ("Aldosterone", "1", [0, 1, 2], False), ("Aldosterone", "1/x", [1, 2], False), ("Aldosterone", "1/x2", [1, 2], False),
        ("Cortisone", "1", [0, 1], False), ("Cortisone", "1/x", [], True), ("Cortisone", "1/x2", [], True),
        ("Cortisol", "1", [1, 2, 3], False), ("Cortisol", "1/x", [1, 2, 3], False), ("Cortisol", "1/x2", [1, 2], False),
    ],
)  # fmt: skip
def test_the_other_analytes_of_the_batch_show_their_calibrators_beyond_20_percent(analyte, weight, beyond, accepted):
    rows, y, fit = fitted(analyte, weight)
    # Twin: the line by numpy, whose weights multiply the residual.
    is_cal = rows["type"] == "Cal"
    x, power = rows["nominal"][is_cal], {"1": 0, "1/x": 1, "1/x2": 2}[weight]
    slope, intercept = np.polyfit(x, y[is_cal], 1, w=x ** (-power / 2))
    assert (fit.slope, fit.intercept) == pytest.approx((slope, intercept), rel=1e-9)
    assert fit.deviations == pytest.approx((y[is_cal] - intercept) / slope / x - 1, rel=1e-8)
    assert np.flatnonzero(fit.is_beyond).tolist() == np.flatnonzero(np.abs(fit.deviations) > 0.2).tolist() == beyond
    assert fit.is_accepted == accepted
    found = quantify(fit, y, standard_area=rows["standard"])
    assert found.verdict[rows["name"] == "InstBLK"].tolist() == ["invalid: internal standard"]
    assert np.isfinite(found.concentration).any() == accepted


def test_limits_of_detection_by_every_rule():
    blanks = limit_from_blanks([0.8, 1.1, 0.9, 1.3, 1.0, 0.7, 1.2, 1.0, 0.9, 1.1])
    assert (blanks.critical, blanks.lod, blanks.loq) == pytest.approx((1.351014, 1.702029, 2.825742), abs=5.1e-7)
    assert limit_from_spikes([1.9, 2.2, 2.0, 2.4, 1.8, 2.1, 2.3]).lod == pytest.approx(0.6788940, abs=5.1e-8)
    line = fit_calibration(*LINE, "1")
    assert (line.slope, line.intercept, line.s) == pytest.approx((1.984848485, 0.098181818, 0.166606050), abs=5.1e-10)
    ich, iso = limit_from_line(*LINE), limit_from_iso_11843(*LINE)
    assert (ich.lod, ich.loq, iso.critical) == pytest.approx((0.276998455, 0.839389257, 0.181052833), abs=5.1e-10)


def test_the_top_down_example_and_the_duplicates_and_horwitz():
    bias = bias_from_rounds([2, -4, 3, 1, -2, 3], 1.5)
    total = top_down(5.0, bias)
    assert (bias, total.combined) == pytest.approx((3.0687, 5.8666), abs=5.1e-5)
    assert total.expanded == pytest.approx(11.733, abs=5.1e-4)
    assert bias_from_rounds([2, -4, 3, 1, -2, 3], 0.0) == pytest.approx(2.6771, abs=5.1e-5)
    found = duplicate_relative_sd([7.0, 7.2, 6.7, 6.9, 7.3], [7.4, 7.1, 6.9, 7.1, 7.0])
    assert (found, 1.128 * found) == pytest.approx((0.0300501, 0.0338966), abs=5.1e-8)
    rsd = 100 * horwitz_rsd([1e-9, 1e-8, 1e-7, 1e-6], with_cap=False)
    assert rsd == pytest.approx([45.24, 31.99, 22.62, 16.00], abs=5.1e-3)
    assert horwitz_rsd([1e-9, 1e-6]) == pytest.approx([0.22, 0.16], abs=5e-5)


def test_copper_in_wholemeal_flour():
    assert (np.mean(COPPER), np.std(COPPER, ddof=1)) == pytest.approx((4.280417, 5.297396), abs=5.1e-7)
    ours, theirs = algorithm_a(COPPER), huber_proposal_2(COPPER)
    assert (ours.mean, ours.sd) == pytest.approx((3.205566, 0.674150), abs=5.1e-7)
    # R stops when a step falls below 1e-6, so its last digit is not settled.
    assert (theirs.mean, theirs.sd) == pytest.approx((3.205498, 0.673652), abs=1e-6)
