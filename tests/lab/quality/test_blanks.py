"""Blanks and carry-over."""

import pytest
from tests.lab.quality.builders import RULES, calibrators, censored, row, rules_without, table

from headworks.lab.quality.blanks import blank_findings, carry_over_findings


def one_blank(**more):
    return blank_findings(table(row("blank", "PB", **more)), RULES).row(0, named=True)


@pytest.mark.parametrize(("value", "outcome"), [(0.999, "pass"), (1.0, "fail"), (2.0, "fail")])
def test_a_blank_stays_below_the_loq_and_the_loq_itself_is_not_below(value, outcome):
    assert one_blank(concentration=value)["outcome"] == outcome


def test_a_blank_below_a_third_of_the_reporting_limit_is_kept_though_it_is_quantified():
    assert one_blank(concentration=1.9, reporting_limit=6.0)["outcome"] == "pass"
    assert one_blank(concentration=2.0, reporting_limit=6.0)["outcome"] == "fail"


def test_a_blank_below_its_loq_is_kept():
    found = blank_findings(table(censored("blank", "PB")), RULES)
    assert found.select("outcome", "consequence", "found").row(0) == ("pass", "none", None)


def test_a_blank_whose_result_is_invalid_is_not_judged_and_looked_at():
    found = one_blank(concentration=4.28, detection=None)
    assert (found["outcome"], found["consequence"], found["reason"]) == ("not_judged", "look", "Blank PB has no valid result.")


def test_a_blank_without_a_limit_is_not_judged():
    assert "no LOQ" in one_blank(loq=None)["reason"]


def test_touched_are_quantified_samples_less_than_ten_times_the_blank():
    rows = [row("field_blank", "FB", 2.0), row("sample", "a", 19.9), row("sample", "b", 20.0), censored("sample", "c"), row("qc", "d", 3.0),
            row("sample", "e", 5.0, analyte="MDMA"), row("sample", "f", 5.0, batch_id="c")]  # fmt: skip
    found = blank_findings(table(*rows), RULES).row(0, named=True)
    assert (found["consequence"], found["touches"]) == ("reject", [2])
    assert found["reason"] == "Blank FB holds 2.0, to stay below 1.0."


def test_a_profile_by_the_share_alone_goes_by_the_share():
    rules = rules_without(("blank", "at_loq"))
    found = blank_findings(table(row("blank", "PB", 0.5)), rules)
    assert found.select("rule", "outcome", "consequence").row(0) == ("share_of_reporting_limit", "fail", "look")
    assert blank_findings(table(row("blank", "PB", 0.5)), {}).is_empty()


def carried(area, standard=0.0, *after):
    blank = row("solvent_blank", "SB", None, area=area, internal_standard_area=standard)
    return carry_over_findings(table(*calibrators(1, 100), blank, *after), RULES)


@pytest.mark.parametrize(("area", "outcome"), [(20.0, "pass"), (20.1, "fail"), (None, "pass"), (-5.0, "pass")])
def test_a_fifth_of_the_lowest_calibrator_is_the_most_that_may_be_carried(area, outcome):
    # The lowest calibrator has an area of 100.
    assert carried(area).filter(rule="analyte")["outcome"].to_list() == [outcome]


@pytest.mark.parametrize(("standard", "outcome"), [(50.0, "pass"), (50.1, "fail")])
def test_a_twentieth_of_the_internal_standard_is_the_most_that_may_be_carried(standard, outcome):
    assert carried(0.0, standard).filter(rule="internal_standard")["outcome"].to_list() == [outcome]


def test_touched_are_samples_right_after_so_large_a_peak_that_the_same_fraction_matters():
    # 50 of 10,000 are carried: 0.5 %. After 5,000 that is 25, more than a fifth of 100; after 3,000 it is 15.
    after = [
        row("sample", "a", 50.0),
        row("sample", "b", 30.0),
        row("sample", "c", 2.0),
        row("sample", "d", 90.0),
        censored("sample", "e", area=1.0),
    ]
    found = carried(50.0, 0.0, *after).filter(rule="analyte").row(0, named=True)
    assert (found["found"], found["touches"]) == (50.0, [5])


def test_a_blank_elsewhere_shows_no_carry_over_of_the_highest_calibrator():
    rows = [*calibrators(1, 100), row("sample", "S"), row("solvent_blank", "SB", None, area=900.0)]
    assert carry_over_findings(table(*rows), RULES).is_empty()


def test_without_the_area_of_a_lowest_calibrator_nothing_is_judged():
    rows = [*(one | {"area": None} for one in calibrators(1, 100)), row("solvent_blank", "SB", None, area=900.0)]
    found = carry_over_findings(table(*rows), RULES).filter(rule="analyte")
    assert found.select("outcome", "reason").row(0) == ("not_judged", "Carry-over not judged: no calibrator has a peak.")
