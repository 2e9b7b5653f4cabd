"""A real MassHunter batch of corticosterone: the blank without its standard, and peaks against the calibrators of the batch."""

import csv
from pathlib import Path

import polars as pl
import pytest
from tests.lab.quality.builders import row, table

from headworks.lab.identification import derive_reference, identify_peaks
from headworks.lab.quality.internal_standards import internal_standard_percent
from headworks.reference.laboratory_rules import identification_rules

FILE = Path(__file__).parents[4] / "shared" / "data" / "vendor-exports" / "masshunter_wide_quant_corticosteroids.csv"
pytestmark = [pytest.mark.shared, pytest.mark.skipif(not FILE.exists(), reason="the shared data is not beside the project")]


@pytest.fixture(scope="module")
def batch() -> list[dict]:
    """Name, and retention time and area of quantifier, qualifier and standard, of each injection."""
    with FILE.open(encoding="utf-8-sig", newline="") as stream:
        groups, columns, *lines = csv.reader(stream)
    group, places = "", {}
    for place, (over, name) in enumerate(zip(groups, columns, strict=True)):
        group = over or group
        places.setdefault((group, name), place)

    def number(line, over, name):
        text = line[places[over, name]]
        return float(text) if text else None

    kinds = {
        "Corticosterone Results": "",
        "Qualifier (347.3 -> 329.3) Results": "qualifier_",
        "Corticosterone 13C3 (ISTD) Results": "standard_",
    }
    return [
        {"name": line[places["Sample", "Name"]], "type": line[places["Sample", "Type"]]}
        | {
            f"{prefix}{key}": number(line, over, column)
            for over, prefix in kinds.items()
            for key, column in (("rt", "RT"), ("area", "Area"))
        }
        for line in lines
        if line[places["Sample", "Name"]]
    ]


def test_the_instrument_blank_has_no_internal_standard_to_speak_of(batch):
    kinds = {"Cal": "calibrator", "QC": "qc"}
    rows = [
        row(
            kinds.get(one["type"], "sample"),
            one["name"],
            expected_concentration=1.0,
            internal_standard_area=one["standard_area"],
        )
        for one in batch
    ]
    percent = internal_standard_percent(table(*rows))
    blank = percent.filter(sample_name="InstBLK")
    assert blank["internal_standard_area"][0] == 138.0
    assert blank["of_calibrators_percent"][0] < 0.2
    kept = percent.filter(pl.col("sample_type").is_in(["calibrator", "qc"]))["of_calibrators_percent"]
    assert kept.min() > 50
    assert kept.max() < 150


def test_calibrators_and_controls_are_identified_and_solvent_blanks_are_not(batch):
    key = {
        "batch_id": ["b"] * len(batch),
        "injection": list(range(1, len(batch) + 1)),
        "analyte": ["corticosterone"] * len(batch),
    }
    numbers = {"retention_time_min": "rt", "area": "area", "internal_standard_retention_time_min": "standard_rt"}
    peaks = pl.DataFrame(key | {name: [one[of] for one in batch] for name, of in numbers.items()}, strict=False)
    peaks = peaks.with_columns(sample_type=pl.Series(["calibrator" if one["type"] == "Cal" else "sample" for one in batch]))
    ions = pl.DataFrame(
        key | {"qualifier": ["347.3 -> 329.3"] * len(batch), "qualifier_area": [one["qualifier_area"] for one in batch]},
        strict=False,
    )
    found = identify_peaks(peaks, ions, derive_reference(peaks, ions), identification_rules("eu-2021-808")).verdicts
    verdict = dict(zip([one["name"] for one in batch], found["verdict"], strict=True))
    assert verdict["SBLK1"] == verdict["SBLK2"] == "not_identified"
    assert {verdict[one["name"]] for one in batch if one["name"].startswith("QC")} == {"identified"}
