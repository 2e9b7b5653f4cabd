"""All checks together: a sound batch, one thing wrong at a time, and tables that cannot be read."""

import polars as pl
import pytest
from tests.lab.quality.builders import good_batch, row, table

from headworks.core.errors import DataRefused
from headworks.lab.quality import check_batches
from headworks.lab.quality.findings import FINDING_SCHEMA
from headworks.reference.laboratory_rules import quality_rules

RULES = quality_rules()


def with_change(name: str, **change) -> pl.DataFrame:
    return table(*(one | (change if one["sample_name"] == name else {}) for one in good_batch()))


def verdict_of(results: pl.DataFrame) -> dict:
    return check_batches(results, RULES).verdicts.row(0, named=True)


def test_a_sound_batch_is_released_and_all_that_was_checked_is_told():
    found = check_batches(table(*good_batch()), RULES)
    one = found.verdicts.row(0, named=True)
    assert (one["verdict"], one["reasons"], one["withheld_injections"]) == ("released", [], [])
    assert found.findings["check"].n_unique() == 8
    assert found.findings["outcome"].unique().to_list() == ["pass"]
    assert found.chart is None


@pytest.mark.parametrize(
    ("name", "change", "verdict", "says"),
    [
        ("PB", {"concentration": 1.5, "detection": "quantified"}, "rejected", "Blank PB holds 1.5"),
        ("PB", {"sample_type": "other"}, "needs_a_look", "Procedural blanks: 0, 1 asked for 3 samples."),
        ("SB", {"area": 30.0}, "needs_a_look", "SB after the highest calibrator: 30.0 %"),
        ("SB", {"sample_type": "other"}, "needs_a_look", "Blanks right after the highest calibrator: 0.0, 1.0 asked."),
        ("V", {"concentration": 13.0}, "rejected", "Continuing calibration V: 30.0 % off"),
        ("QC low", {"concentration": 5.0}, "rejected", "Controls low: 0.0 % of 2"),
        ("QC low", {"level": "high"}, "needs_a_look", "Levels of controls: 1.0, 2.0 asked."),
        ("S1 D", {"concentration": 14.0}, "needs_a_look", "Duplicate S1 D: the two differ by 33.33 %"),
        ("S1 D", {"sample_type": "sample"}, "needs_a_look", "Duplicates: 0, 1 asked for 4 samples."),
        ("S2 M", {"concentration": 60.0}, "needs_a_look", "Spike S2 M: recovery 40.0 %"),
        ("S2", {"internal_standard_area": 10.0}, "needs_a_look", "S2: internal standard 1.0 % of the mean of the calibrators"),
    ],
)
def test_one_thing_wrong_is_told_in_words(name, change, verdict, says):
    found = verdict_of(with_change(name, **change))
    assert found["verdict"] == verdict
    assert any(says in reason for reason in found["reasons"]), found["reasons"]


def test_a_batch_of_samples_alone_is_not_released_by_its_silence():
    assert verdict_of(table(row("sample", "S")))["verdict"] == "needs_a_look"


def test_one_spoilt_analyte_does_not_hold_up_another():
    other = [one | {"analyte": "MDMA", "injection": place} for place, one in enumerate(good_batch(), start=1)]
    other[7] |= {"concentration": 5.0, "detection": "quantified"}
    found = check_batches(table(*good_batch(), *other), RULES).verdicts
    assert dict(found.select("analyte", "verdict").rows()) == {"MDMA": "rejected", "ketamine": "released"}


def test_many_batches_are_judged_as_each_alone_and_in_any_order_of_rows():
    spoilt = with_change("V", concentration=13.0).with_columns(batch_id=pl.lit("c"))
    both = pl.concat([table(*good_batch()), spoilt])
    together = check_batches(both.sample(fraction=1.0, shuffle=True, seed=1), RULES)
    alone = [check_batches(one, RULES) for one in (table(*good_batch()), spoilt)]
    assert together.verdicts.equals(pl.concat([one.verdicts for one in alone]))
    for place, batch in enumerate(("b", "c")):
        order = ["check", "rule", "injections", "reason"]
        assert together.findings.filter(batch_id=batch).sort(order).equals(alone[place].findings.sort(order))


def test_controls_effects_and_findings_of_others_count():
    results = table(*good_batch())
    controls = results.filter(sample_type="qc").with_columns(
        run_at=pl.lit(1), target=pl.col("expected_concentration"), sd=0.01
    )
    effects = pl.DataFrame({"batch_id": "b", "analyte": "ketamine", "matrix_effect_percent": 50.0, "normalised": None})
    further = pl.DataFrame(
        [{"batch_id": "b", "analyte": "ketamine", "consequence": "look", "reason": "The curve bends."}], schema=FINDING_SCHEMA
    )
    found = check_batches(results, RULES, controls=controls, effects=effects, further=further)
    one = found.verdicts.row(0, named=True)
    assert one["verdict"] == "rejected"
    assert any("1_3s" in reason for reason in one["reasons"])
    assert any(reason.startswith("Matrix effect 50.0 %") for reason in one["reasons"])
    assert "The curve bends." in one["reasons"]
    assert found.chart.height == 4


def test_no_results_have_no_verdicts():
    found = check_batches(table(), RULES)
    assert found.verdicts.is_empty()
    assert found.findings.is_empty()


RESULTS = table(*good_batch())


@pytest.mark.parametrize(
    ("results", "rules", "code", "says"),
    [
        (RESULTS, RULES.clear(), "HW-D630", "goes by one profile"),
        (RESULTS, pl.concat([RULES, quality_rules("ich-m10")]), "HW-D630", "goes by one profile"),
        (RESULTS.drop("loq"), RULES, "HW-D631", "lack a column"),
        (RESULTS.with_columns(area=pl.lit("12,5")), RULES, "HW-D631", "holds no numbers"),
        (RESULTS.with_columns(detection=pl.lit("perhaps")), RULES, "HW-D631", "a state that is not known"),
        (pl.concat([RESULTS, RESULTS]), RULES, "HW-D632", "an analyte twice"),
    ],
)
def test_tables_that_cannot_be_read_are_refused(results, rules, code, says):
    with pytest.raises(DataRefused, match=says) as refusal:
        check_batches(results, rules)
    assert refusal.value.code == code


def test_findings_of_another_form_are_refused():
    with pytest.raises(DataRefused, match="of another form"):
        check_batches(RESULTS, RULES, further=pl.DataFrame({"reason": ["x"]}))
