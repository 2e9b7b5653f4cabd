"""The real exports through the whole laboratory: the reference answer of one analyte, and what must be said of the others."""

import json
from pathlib import Path

import polars as pl
import pytest

from headworks.intake.instrument import Profile
from headworks.jobs.laboratory import EvaluationOrder, LabProfile, evaluate
from headworks.store import Workspace
from headworks.workflows.laboratory import BatchMethod

REAL = Path(__file__).parents[4] / "shared" / "data" / "vendor-exports"
FILE = REAL / "masshunter_wide_quant_corticosteroids.csv"
pytestmark = [pytest.mark.shared, pytest.mark.skipif(not REAL.exists(), reason="the real exports are not beside the project")]


def evaluated(folder, weight="auto", file=FILE):
    order = EvaluationOrder(
        LabProfile(Profile(concentration_unit="ng/mL"), BatchMethod(weight=weight)), by="li", accept_guesses=True
    )
    return evaluate(Workspace.create(folder / "ws"), file, order)


@pytest.fixture(scope="module")
def batch(tmp_path_factory):
    return evaluated(tmp_path_factory.mktemp("real")).stored


@pytest.mark.parametrize(("weight", "power"), [("1", 0), ("1/x", 1), ("1/x2", 2)])
def test_the_reference_answer_of_corticosterone_for_every_weight(tmp_path, weight, power):
    expected = json.loads((REAL / "expected_corticosterone.json").read_text(encoding="utf-8"))[f"w1/x^{power}"]
    stored = evaluated(tmp_path, weight).stored
    curve = stored.table("curves").filter(analyte="Corticosterone").row(0, named=True)
    assert curve["slope"] == pytest.approx(expected["slope"], rel=1e-9)
    assert curve["intercept"] == pytest.approx(expected["intercept"], rel=1e-9)
    assert curve["r2"] == pytest.approx(expected["r2"], rel=1e-9)
    rows = stored.table("calibrators").filter(analyte="Corticosterone")
    assert dict(rows.select("sample_name", "deviation_percent").rows()) == pytest.approx(
        expected["backcalc_dev_pct"], abs=6e-5
    )


def test_controls_and_samples_come_out_as_in_the_reference_and_the_blank_has_no_number(batch):
    expected = json.loads((REAL / "expected_corticosterone.json").read_text(encoding="utf-8"))["conc_1/x2"]
    rows = batch.table("results").filter(analyte="Corticosterone", detection="quantified")
    mine = rows.filter(pl.col("sample_name").str.contains("QC|SPL")).with_columns(
        # Samples are in ng/L, the reference in the unit of the calibrators.
        one=pl.when(pl.col("unit") == "ng/L").then(pl.col("concentration") / 1e3).otherwise("concentration")
    )
    assert mine.height == 14
    assert dict(mine.select("sample_name", "one").rows()) == pytest.approx(
        {k: expected[k] for k in mine["sample_name"]}, abs=1e-6
    )
    blank = batch.table("results").filter(sample_name="InstBLK")
    assert blank["verdict"].to_list()[1] == "invalid: internal standard"
    assert blank["concentration"].null_count() == blank["estimate"].null_count() == 4 - blank["estimate"].drop_nulls().len()
    assert blank.filter(analyte="Corticosterone")["estimate"].to_list() == [None]


def test_calibrators_beyond_twenty_percent_are_flagged_and_their_curves_give_no_number(batch):
    beyond = batch.table("calibrators").filter("is_beyond")
    assert beyond.select("analyte", "sample_name").rows() == [
        ("Aldosterone", "CalB"), ("Aldosterone", "CalC"), ("Cortisol", "CalB"), ("Cortisol", "CalC"), ("Cortisol", "CalD"),
    ]  # fmt: skip
    assert beyond["deviation_percent"].abs().min() > 20
    verdicts = dict(batch.verdicts.select("analyte", "verdict").rows())
    assert verdicts == {
        "Aldosterone": "rejected",
        "Cortisol": "rejected",
        "Corticosterone": "needs_a_look",
        "Cortisone": "needs_a_look",
    }
    results = batch.table("results").filter(pl.col("analyte").is_in(["Aldosterone", "Cortisol"]))
    assert results["concentration"].null_count() == results.height


@pytest.mark.parametrize("file", sorted(REAL.glob("*.csv")), ids=lambda path: path.stem)
def test_every_real_export_has_a_verdict_and_none_without_calibrators_a_number(tmp_path, file):
    stored = evaluated(tmp_path, file=file).stored
    assert stored.verdicts.height
    for row in stored.table("curves").filter(~pl.col("is_accepted")).iter_rows(named=True):
        mine = stored.table("results").filter(analyte=row["analyte"])
        assert mine["concentration"].null_count() == mine.height
