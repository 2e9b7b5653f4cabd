"""What a method needs is asked when the plan is registered."""

import datetime as dt

import pytest
from tests.workflows.assessment.evaluations.builders import AFTER, BEFORE, OTHERS

from headworks.assessment.evaluation import EvaluationPlan, Window
from headworks.core.errors import DataRefused, UsageError
from headworks.workflows.assessment.evaluations import effect_of_fall, plan_of_counts, plan_of_loads, read_window
from headworks.workflows.assessment.evaluations.plans import whole_periods


def of_loads(method, others=OTHERS, before=BEFORE, after=AFTER):
    """A plan of ketamine in area a."""
    return plan_of_loads("Does it fall?", "ketamine", ("a",), before, after, 0.8, others, method)


@pytest.mark.parametrize("method", ["before_after", "synthetic_control"])
def test_too_few_areas_or_months_are_refused_with_how_many_would_do(method):
    short = Window(dt.date(2024, 1, 2), dt.date(2024, 3, 31))
    for plan in ({"others": OTHERS[:8]}, {"before": short}):
        with pytest.raises(DataRefused, match="needs more areas") as refused:
            of_loads(method, **plan)
        assert refused.value.code == "HW-D875"
    assert "12 areas, 2 and 12 whole periods (month)" in str(refused.value)
    assert of_loads(method).figure.endswith("ketamine, month")


def test_counts_need_ten_areas_and_a_quarter_each():
    with pytest.raises(DataRefused, match="At least 10 areas, 1 and 1 whole periods"):
        plan_of_counts("Do deaths fall?", "deaths", ("a",), BEFORE, AFTER, 0.8, OTHERS[:9])


def test_there_are_three_methods():
    with pytest.raises(UsageError, match="no such method") as refused:
        of_loads("wishing")
    assert refused.value.code == "HW-U335"


def test_windows_and_falls_as_they_are_typed():
    assert read_window("2024") == BEFORE
    assert len(whole_periods(read_window("2024-02/2024-05"), "month")) == 4
    for said in ("2025/2024", "soon"):
        with pytest.raises(UsageError):
            read_window(said)
    for percent in (0.0, 100.0, float("nan")):
        with pytest.raises(UsageError, match="fall"):
            effect_of_fall(percent)


def test_a_plan_reads_back_as_it_was_written():
    for plan in (of_loads("interrupted_series"), of_loads("synthetic_control")):
        assert EvaluationPlan.from_dict(plan.as_dict()) == plan
