"""Internal standards of each injection."""

import pytest
from tests.lab.quality.builders import RULES, calibrators, row, table

from headworks.lab.quality.internal_standards import internal_standard_findings, internal_standard_percent


def found(*rows, name="of_calibrators"):
    return internal_standard_findings(table(*calibrators(), *rows), RULES).filter(rule=name)


@pytest.mark.parametrize(("area", "n"), [(500.0, 0), (499.0, 1), (1500.0, 0), (1501.0, 1), (None, 1), (0.0, 1), (-40.0, 1)])
def test_an_area_within_half_and_one_and_a_half_of_the_calibrators_is_kept(area, n):
    assert found(row("sample", "S", internal_standard_area=area)).height == n


def test_a_sample_without_its_standard_is_withheld_and_nothing_else():
    one = found(row("sample", "S", internal_standard_area=138.0), row("sample", "T")).row(0, named=True)
    assert (one["consequence"], one["injections"], one["touches"]) == ("withhold", [7], [7])
    assert one["reason"] == "S: internal standard 13.8 % of the mean of the calibrators, 50.0 to 150.0 % allowed."


def test_a_solvent_blank_has_no_standard_by_rights_and_a_procedural_blank_has():
    assert found(row("solvent_blank", "SB", internal_standard_area=0.0)).is_empty()
    assert found(row("double_blank", "DB", internal_standard_area=0.0)).is_empty()
    one = found(row("blank", "PB", internal_standard_area=0.0)).row(0, named=True)
    assert one["touches"] == []


def test_a_matrix_that_moves_all_samples_leaves_the_one_that_differs():
    # All samples at 60 % of the calibrators but one at 20 %: a third of their median.
    samples = [row("sample", f"S{one}", internal_standard_area=600.0) for one in range(4)] + [
        row("sample", "X", internal_standard_area=200.0)
    ]
    of_samples = found(*samples, name="of_samples")
    assert of_samples["injections"].to_list() == [[11]]
    assert of_samples["found"][0] == pytest.approx(100 / 3)


def test_percents_stand_beside_every_injection():
    percent = internal_standard_percent(table(*calibrators(1, 2), row("sample", "S", internal_standard_area=800.0)))
    assert percent["of_calibrators_percent"].to_list() == [100.0, 100.0, 80.0]
    assert percent["of_samples_percent"].to_list() == [125.0, 125.0, 100.0]


def test_an_export_without_standards_is_not_held_to_them():
    rows = [one | {"internal_standard_area": None} for one in (*calibrators(), row("sample", "S"))]
    assert internal_standard_findings(table(*rows), RULES).is_empty()


def test_calibrators_without_a_standard_leave_nothing_to_judge_by_and_say_so():
    rows = [*(one | {"internal_standard_area": 0.0} for one in calibrators()), row("sample", "S")]
    one = internal_standard_findings(table(*rows), RULES).filter(rule="of_calibrators").row(0, named=True)
    assert (one["outcome"], one["consequence"]) == ("not_judged", "look")
    assert internal_standard_findings(table(*rows), {}).is_empty()
