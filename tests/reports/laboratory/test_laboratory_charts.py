"""Charts of the laboratory: what they say to those who do not see them, and where a mark stands."""

import datetime as dt
import re
import xml.etree.ElementTree as ET

import polars as pl
import pytest

from headworks.reports.laboratory import calibration_chart, levey_jennings
from headworks.reports.laboratory.frame import Scale

CURVE = {"analyte": "ketamine", "weight": "1/x", "is_accepted": True, "reasons": [], "concentration_unit": "ng/mL", "slope": 2.0,
         "intercept": 0.0, "curvature": 0.0, "lowest": 1.0, "highest": 100.0}  # fmt: skip


def calibrators(**more):
    rows = {"sample_name": ["a<b", "c", "d"], "expected_concentration": [1.0, 10.0, 100.0], "response": [2.0, 30.0, 200.0],
            "deviation_percent": [0.0, 50.0, None], "is_used": [True, True, False], "is_beyond": [False, True, False],
            "not_used_reason": [None, None, "Vial was empty"]}  # fmt: skip
    return pl.DataFrame(rows | more)


def controls(n=4, **more):
    rows = {"laboratory_id": "", "instrument": "", "analyte": "ketamine", "level": "low", "lot": "A", "target": 3.0, "sd": 0.1,
            "z": 0.5, "is_provisional": False, "concentration": 3.05}  # fmt: skip
    return pl.DataFrame([
        rows | {"batch_id": f"b{k}", "run_at": dt.datetime(2026, 3, k, tzinfo=dt.UTC), "injection": k, "rules": ["1_3s"] if k == n else []} | more
        for k in range(1, n + 1)
    ])  # fmt: skip


def test_a_scale_of_three_decades_has_its_middle_at_the_middle():
    assert Scale(1.0, 100.0, 0.0, 200.0, is_log=True).at(10.0) == pytest.approx(100.0)
    assert Scale(-10.0, 10.0, 0.0, 200.0).ticks() == [-10.0, -5.0, 0.0, 5.0, 10.0]


def test_a_calibration_is_told_with_what_lies_beyond_and_why_one_is_not_used():
    text = calibration_chart(CURVE, calibrators(), "c1")
    assert "Beyond the limit: c." in text
    assert "not used: Vial was empty" in text
    assert "a&lt;b" in text
    root = ET.fromstring(text)  # noqa: S314  written by us
    # The diamond stands above and below; the ring only where there is a deviation.
    assert len(root.findall("{http://www.w3.org/2000/svg}polygon")) == 2


def test_a_calibration_without_points_says_so():
    assert "No calibrator" in calibration_chart(CURVE | {"slope": None}, calibrators(response=[None] * 3), "c1")


def test_a_broken_rule_stands_beside_its_control_and_a_new_lot_is_marked():
    chart = controls().with_columns(lot=pl.Series(["A", "A", "B", "B"]))
    text = levey_jennings(chart, "ketamine", "l1")
    assert "Rules broken: b4 level low: 1_3s." in text
    assert "lot B" in text
    assert "lot A" not in text


def test_controls_without_limits_are_empty_rings():
    chart = controls(2).with_columns(z=pl.lit(None, pl.Float64), target=pl.lit(None, pl.Float64), sd=pl.lit(None, pl.Float64))
    assert "no limits yet" in levey_jennings(chart, "ketamine", "l1")
    assert "No control with a time." in levey_jennings(chart, "heroin", "l1")


def test_without_limits_there_is_no_line_of_a_standard_deviation_and_controls_stand_at_their_values():
    chart = controls(2).with_columns(
        z=pl.lit(None, pl.Float64), target=pl.lit(None, pl.Float64), sd=pl.lit(None, pl.Float64),
        concentration=pl.Series([10.0, 20.0]),
    )  # fmt: skip
    text = levey_jennings(chart, "ketamine", "l1")
    assert ">target<" not in text
    assert ">15<" in text
    rings = re.findall(r'<circle[^>]*cy="([\d.]+)"', text)
    assert len(set(rings)) == 2
