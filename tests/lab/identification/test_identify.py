"""Peaks against profiles: the boundary cases of the methods file, directions of a ratio, and what cannot be judged."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headworks.core.errors import DataRefused
from headworks.lab.identification import derive_reference, identify_peaks
from headworks.reference.laboratory_rules import identification_rules

EU, SANTE, CLASSES, WADA, OURS = (
    "eu-2021-808", "sante-11312-2021", "2002-657-ec", "wada-td2023idcr", "headworks-default",
)  # fmt: skip


def peaks_of(sample: dict, calibrator: dict | None = None) -> pl.DataFrame:
    """A calibrator at 5.00 min and a sample, both with an area of 1000 where nothing else is said."""
    common = {"batch_id": "b", "analyte": "ketamine", "retention_time_min": 5.0, "area": 1000.0}
    rows = [
        common | {"injection": 1, "sample_type": "calibrator"} | (calibrator or {}),
        common | {"injection": 2, "sample_type": "sample"} | sample,
    ]
    return pl.DataFrame(rows, infer_schema_length=None, orient="row")


def ions_of(percent: float | None, of_calibrator: float | None = 40.0) -> pl.DataFrame:
    areas = [None if one is None else one * 10.0 for one in (of_calibrator, percent)]
    key = {"batch_id": ["b", "b"], "injection": [1, 2], "analyte": ["ketamine"] * 2, "qualifier": ["238 > 179"] * 2}
    return pl.DataFrame(key | {"qualifier_area": areas}, schema_overrides={"qualifier_area": pl.Float64})


def judged(profile: str, *, percent: float | None = 40.0, of_calibrator: float = 40.0, calibrator=None, **sample):
    peaks, ions = peaks_of(sample, calibrator), ions_of(percent, of_calibrator)
    return identify_peaks(peaks, ions, derive_reference(peaks, ions), identification_rules(profile))


def verdict(profile: str, **given) -> str:
    return judged(profile, **given).verdicts["verdict"][1]


@pytest.mark.parametrize(("profile", "passes_501"), [(EU, True), (SANTE, True), (CLASSES, False)])
def test_a_ratio_of_50_against_40_passes_all_and_one_of_50_1_fails_the_classes_alone(profile, passes_501):
    # +25 % exactly is the limit of the class 20 to 50, and inclusive.
    assert verdict(profile, percent=50.0) == "identified"
    assert verdict(profile, percent=50.1) == ("identified" if passes_501 else "not_identified")


@pytest.mark.parametrize(("profile", "expected"), [(EU, "not_identified"), (SANTE, "identified"), (CLASSES, "identified")])
def test_5_06_against_5_00_minutes_fails_one_percent_alone(profile, expected):
    assert verdict(profile, retention_time_min=5.06) == expected


@pytest.mark.parametrize(("profile", "tolerance"), [(EU, 0.05), (SANTE, 0.1), (CLASSES, 0.125), (WADA, 0.1), (OURS, 0.05)])
@pytest.mark.parametrize("side", [-1, 1])
def test_a_time_at_its_limit_passes_and_one_beyond_does_not(profile, tolerance, side):
    assert verdict(profile, retention_time_min=5.0 + side * tolerance) == "identified"
    assert verdict(profile, retention_time_min=5.0 + side * (tolerance + 1e-4)) == "not_identified"


def test_wada_takes_the_wider_of_one_percent_and_a_tenth_of_a_minute():
    late = {"retention_time_min": 20.0}
    assert verdict(WADA, retention_time_min=20.2, calibrator=late) == "identified"
    assert verdict(SANTE, retention_time_min=20.2, calibrator=late) == "not_identified"


@pytest.mark.parametrize(
    ("reference", "limit"), [(80.0, 20.0), (51.0, 20.0), (50.0, 25.0), (20.5, 25.0), (20.0, 30.0), (10.0, 50.0), (3.0, 50.0)]
)
def test_the_class_is_that_of_the_reference_and_its_upper_bound_belongs_to_it(reference, limit):
    inside = reference * (1 + limit / 100)
    assert verdict(CLASSES, of_calibrator=reference, percent=inside) == "identified"
    assert verdict(CLASSES, of_calibrator=reference, percent=inside * 1.0001) == "not_identified"


def test_a_class_in_percent_points_is_that_wide_whatever_the_reference():
    assert verdict(WADA, of_calibrator=60.0, percent=70.0) == "identified"
    assert verdict(WADA, of_calibrator=60.0, percent=70.1) == "not_identified"


def test_the_weaker_ion_is_over_the_stronger_where_the_profile_says_so():
    # Qualifier at 250 % of the quantifier: the other way round 40 %, of class 20 to 50, and 50 % back is 200 %.
    found = judged(CLASSES, of_calibrator=250.0, percent=200.0)
    row = found.criteria.filter(criterion="ion_ratio", injection=2).row(0, named=True)
    assert row["direction"] == "quantifier over qualifier"
    assert (row["found"], row["expected"], row["outcome"]) == pytest.approx((50.0, 40.0, "pass"))
    assert "quantifier over qualifier 50.0 %, expected 40.0 %" in row["reason"]
    assert (
        judged(EU, of_calibrator=250.0, percent=200.0).criteria.filter(criterion="ion_ratio")["direction"].to_list()
        == ["qualifier over quantifier"] * 2
    )


def test_a_printed_ratio_counts_the_same_whichever_way_it_was_printed():
    peaks = peaks_of({})
    printed = ions_of(55.0).drop("qualifier_area")
    one = printed.with_columns(ion_ratio_percent=pl.Series([40.0, 55.0]), ratio_direction=pl.lit("qualifier_over_quantifier"))
    other = printed.with_columns(
        ion_ratio_percent=pl.Series([250.0, 1e4 / 55]), ratio_direction=pl.lit("quantifier_over_qualifier")
    )
    rules = identification_rules(SANTE)
    first, second = (identify_peaks(peaks, ions, derive_reference(peaks, ions), rules) for ions in (one, other))
    assert first.verdicts.equals(second.verdicts)
    assert first.verdicts["verdict"].to_list() == ["identified", "not_identified"]


@pytest.mark.parametrize(
    ("sample", "says"),
    [
        ({"area": None}, "No peak."),
        ({"area": 0.0}, "No peak."),
        ({"area": -12.0}, "below zero"),
        ({"area": float("nan")}, "No peak."),
        ({"retention_time_min": None}, "without a retention time"),
    ],
)
def test_without_a_peak_nothing_is_identified_and_nothing_else_is_judged(sample, says):
    found = judged(EU, **sample)
    assert found.verdicts["verdict"][1] == "not_identified"
    assert len(found.verdicts["reasons"][1]) == 1
    assert says in found.verdicts["reasons"][1][0]


def test_a_qualifier_nobody_measured_leaves_an_indication():
    peaks, ions = peaks_of({}), ions_of(40.0).filter(pl.col("injection") == 1)
    found = identify_peaks(peaks, ions, derive_reference(peaks, ions), identification_rules(OURS)).verdicts
    assert found["verdict"].to_list() == ["identified", "indicated"]
    assert "Ion ratio not judged: no qualifier was measured." in found["reasons"][1].to_list()


def test_a_missing_qualifier_speaks_against_a_strong_peak_and_not_against_a_weak_one():
    # The calibrator's qualifier had 400; 0.4 x 1000 would have been seen again, 0.4 x 50 = 20 need not.
    strong, weak = judged(OURS, percent=None), judged(OURS, percent=None, area=50.0)
    assert strong.verdicts["verdict"][1] == "not_identified"
    assert "no peak, where the reference ratio gives one" in strong.verdicts["reasons"][1][-1]
    assert weak.verdicts["verdict"][1] == "indicated"
    assert "too weak a signal" in weak.verdicts["reasons"][1][-1]


def test_without_a_calibrator_there_is_an_indication_at_most():
    peaks, ions = peaks_of({}, {"sample_type": "sample"}), ions_of(40.0)
    found = identify_peaks(peaks, ions, derive_reference(peaks, ions), identification_rules(OURS)).verdicts
    assert found["verdict"].to_list() == ["indicated", "indicated"]
    assert found["reference_source"].to_list() == [None, None]
    assert any("no calibrator and no stored reference" in reason for reason in found["reasons"][0])


def test_noise_is_judged_where_the_export_has_it():
    assert verdict(SANTE, signal_to_noise=3.0, calibrator={"signal_to_noise": 90.0}) == "identified"
    assert verdict(SANTE, signal_to_noise=2.9, calibrator={"signal_to_noise": 90.0}) == "not_identified"
    assert verdict(EU, signal_to_noise=2.9, calibrator={"signal_to_noise": 90.0}) == "identified"


def test_a_relative_time_forgives_a_shift_that_the_internal_standard_shares():
    # Both 10 % late: 5.5 / 5.39 = 5.0 / 4.9.
    standards = {"internal_standard_retention_time_min": 5.39, "calibrator": {"internal_standard_retention_time_min": 4.9}}
    found = judged(CLASSES, retention_time_min=5.5, **standards)
    assert found.verdicts["verdict"][1] == "identified"
    assert found.verdicts["reasons"][1][1].startswith("Relative retention time")
    assert verdict(EU, retention_time_min=5.5, **standards) == "not_identified"


def test_a_peak_that_leaves_its_labelled_standard_is_not_identified_by_our_profile():
    def at(own: float) -> str:
        calibrator = {"internal_standard_retention_time_min": 4.98}
        return verdict(OURS, internal_standard_retention_time_min=own, calibrator=calibrator)

    assert at(4.93) == "identified"  # offset 0.07 against 0.02: 0.05, the limit
    assert at(4.92) == "not_identified"


def test_points_count_the_quantifier_and_each_qualifier_that_agrees():
    # 1 + 1 + 2 x 1.5 = 5 with one qualifier, 3.5 without.
    assert judged(EU).verdicts["points"].to_list() == [5.0, 5.0]
    peaks, none = peaks_of({}), ions_of(40.0).clear()
    found = identify_peaks(peaks, none, derive_reference(peaks, none), identification_rules(EU)).verdicts
    assert found["points"].to_list() == [3.5, 3.5]
    assert found["verdict"].to_list() == ["indicated", "indicated"]


@settings(max_examples=25, deadline=None)
@given(st.floats(0.01, 100.0), st.floats(5.0, 95.0), st.floats(5.0, 95.0), st.floats(4.8, 5.2))
def test_a_verdict_does_not_hang_on_the_scale_of_areas_or_the_order_of_rows(scale, percent, reference, time):
    peaks, ions = peaks_of({"retention_time_min": time}), ions_of(percent, reference)
    rules = identification_rules(CLASSES)
    first = identify_peaks(peaks, ions, derive_reference(peaks, ions), rules).verdicts
    scaled = (
        peaks.with_columns(pl.col("area") * scale).reverse(),
        ions.with_columns(pl.col("qualifier_area") * scale).reverse(),
    )
    second = identify_peaks(*scaled, derive_reference(*scaled), rules).verdicts
    assert first["verdict"].to_list() == second["verdict"].to_list()[::-1]


def test_many_batches_are_judged_each_against_its_own_calibrators():
    one, other = peaks_of({"retention_time_min": 5.2}), peaks_of({"retention_time_min": 5.2}, {"retention_time_min": 5.2})
    peaks = pl.concat([one, other.with_columns(batch_id=pl.lit("c"))])
    ions = pl.concat([ions_of(40.0), ions_of(40.0).with_columns(batch_id=pl.lit("c"))])
    found = identify_peaks(peaks, ions, derive_reference(peaks, ions), identification_rules(EU)).verdicts
    assert found["verdict"].to_list() == ["identified", "not_identified", "identified", "identified"]


@pytest.mark.parametrize(
    ("rules", "separation"),
    [
        (pl.concat([identification_rules(EU), identification_rules(SANTE)]), "LC"),
        (identification_rules(EU).clear(), "LC"),
        (identification_rules(EU), "CE"),
    ],
)
def test_one_profile_with_a_rule_for_the_separation_is_needed(rules, separation):
    peaks, ions = peaks_of({}), ions_of(40.0)
    with pytest.raises(DataRefused, match="one profile that has a rule for the retention time") as refusal:
        identify_peaks(peaks, ions, derive_reference(peaks, ions), rules, separation=separation)
    assert refusal.value.code == "HW-D626"
