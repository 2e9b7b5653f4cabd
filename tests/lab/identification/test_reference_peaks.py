"""What a substance looks like in a batch, and the refusals of both tables."""

import polars as pl
import pytest

from headworks.core.errors import DataRefused
from headworks.lab.identification import derive_reference, identify_peaks, split_injections, with_stored_reference
from headworks.reference.laboratory_rules import identification_rules

KEY = {"batch_id": ["b"] * 3, "injection": [1, 2, 3], "analyte": ["ketamine"] * 3}
PEAKS = pl.DataFrame(
    KEY
    | {
        "sample_type": ["calibrator", "calibrator", "sample"],
        "retention_time_min": [4.9, 5.1, 5.0],
        "area": [100.0, 300.0, 50.0],
    }
)
IONS = pl.DataFrame(KEY | {"qualifier": ["q"] * 3, "qualifier_area": [38.0, 126.0, 20.0]})
STORED = pl.DataFrame({"analyte": ["MDMA"], "qualifier": ["q"], "retention_time_min": [4.0], "ratio": [0.5]})


def test_the_reference_is_the_mean_of_the_calibrators_and_not_of_samples():
    times, ratios = derive_reference(PEAKS, IONS).rows(named=True)
    assert times["retention_time_min"] == pytest.approx(5.0)
    assert times["n_calibrators"] == 2
    # 38/100 and 126/300: 0.40, the mean of ratios, not the ratio of means (164/400 = 0.41).
    assert ratios["ratio"] == pytest.approx(0.40)
    assert ratios["least_qualifier_area"] == 38.0
    assert ratios["source"] == "calibrators of the batch"


def test_a_calibrator_without_a_peak_adds_nothing():
    peaks = PEAKS.with_columns(area=pl.Series([100.0, None, 50.0]))
    times, ratios = derive_reference(peaks, IONS).rows(named=True)
    assert (times["retention_time_min"], ratios["ratio"]) == pytest.approx((4.9, 0.38))


def test_a_stored_reference_stands_in_where_a_batch_has_none_and_is_named():
    stored = pl.concat([STORED, STORED.with_columns(analyte=pl.lit("ketamine"), ratio=pl.lit(0.9))])
    found = with_stored_reference(derive_reference(PEAKS, IONS), stored, ["b"])
    assert found.filter(analyte="ketamine")["source"].unique().to_list() == ["calibrators of the batch"]
    assert found.filter(analyte="MDMA").select("batch_id", "ratio", "source").row(0) == ("b", 0.5, "stored")
    peaks = PEAKS.with_columns(analyte=pl.lit("MDMA"), sample_type=pl.lit("sample"), retention_time_min=pl.lit(4.0))
    ions = IONS.with_columns(analyte=pl.lit("MDMA"), qualifier_area=PEAKS["area"] * 0.5)
    verdicts = identify_peaks(peaks, ions, found, identification_rules("eu-2021-808")).verdicts
    assert verdicts["verdict"].to_list() == ["identified"] * 3
    assert verdicts["reference_source"].to_list() == ["stored"] * 3


@pytest.mark.parametrize(
    ("peaks", "ions", "code", "says"),
    [
        (PEAKS.drop("area"), IONS, "HW-D620", "lacks a column"),
        (PEAKS.with_columns(area=pl.lit("12,5")), IONS, "HW-D620", "holds no numbers"),
        (PEAKS, IONS.drop("qualifier_area"), "HW-D620", "lacks a column"),
        (pl.concat([PEAKS, PEAKS]), IONS, "HW-D622", "there twice"),
        (PEAKS, pl.concat([IONS, IONS]), "HW-D622", "there twice"),
        (PEAKS, IONS.with_columns(ion_ratio_percent=40.0, ratio_direction=pl.lit("up")), "HW-D623", "not said which ion is over which"),
        (PEAKS, IONS.with_columns(ion_ratio_percent=40.0, ratio_direction=pl.lit(None, pl.String)), "HW-D623", "not said which"),
        (PEAKS.head(2), IONS, "HW-D624", "has no quantifier"),
    ],
)  # fmt: skip
def test_tables_that_cannot_be_read_are_refused(peaks, ions, code, says):
    with pytest.raises(DataRefused, match=says) as refusal:
        derive_reference(peaks, ions)
    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("stored", "code", "says"),
    [
        (STORED.drop("ratio"), "HW-D620", "lacks a column"),
        (pl.concat([STORED, STORED]), "HW-D622", "there twice"),
        (STORED.with_columns(ratio=0.0), "HW-D625", "not above zero"),
        (STORED.with_columns(retention_time_min=-1.0), "HW-D625", "not above zero"),
    ],
)
def test_a_stored_reference_that_cannot_be_is_refused(stored, code, says):
    with pytest.raises(DataRefused, match=says) as refusal:
        with_stored_reference(derive_reference(PEAKS, IONS), stored, ["b"])
    assert refusal.value.code == code


def injections(**of_all) -> pl.DataFrame:
    """Two ions and a labelled standard of one analyte in one injection, as the shelf has them."""
    rows = {
        "batch_id": ["b"] * 3, "injection": [1] * 3, "analyte": ["ketamine", "ketamine", "ketamine-d4"], "transition": ["238 > 125", "238 > 179", "242 > 129"],
        "sample_type": ["sample"] * 3, "role": ["target", "target", "internal_standard"], "ion": ["quantifier", "qualifier", "quantifier"],
        "internal_standard": ["ketamine-d4", "ketamine-d4", None], "area": [100.0, 40.0, 900.0], "retention_time_min": [5.0, 5.0, 4.98],
    }  # fmt: skip
    return pl.DataFrame(rows | of_all)


def test_an_export_is_split_into_peaks_and_qualifiers_with_the_time_of_the_standard():
    peaks, ions = split_injections(injections())
    assert peaks.select("analyte", "area", "internal_standard_retention_time_min", "internal_standard_area").rows() == [
        ("ketamine", 100.0, 4.98, 900.0)
    ]
    assert ions.select("qualifier", "qualifier_area").rows() == [("238 > 179", 40.0)]
    derive_reference(peaks, ions)


def test_an_ion_of_which_nobody_has_said_what_it_is_is_in_neither_table():
    peaks, ions = split_injections(injections(ion=[None, "qualifier", "quantifier"]))
    assert peaks.is_empty()
    with pytest.raises(DataRefused, match="has no quantifier"):
        derive_reference(peaks, ions)
    with pytest.raises(DataRefused, match="lacks a column"):
        split_injections(injections().drop("role"))
