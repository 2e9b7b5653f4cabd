from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from headworks.core.errors import UsageError
from headworks.planning import SimulationPlan, known_analytes, reference_errors
from headworks.planning.plan import require_plan
from headworks.reference import resolve_analyte

PLAN = SimulationPlan()


def test_every_residue_is_known_to_the_reference_under_its_own_name():
    assert [resolve_analyte(name) for name in known_analytes()] == list(known_analytes())
    assert len(known_analytes()) >= 12


def test_the_first_residues_are_taken_and_stand_in_the_order_of_the_alphabet():
    assert replace(PLAN, n_analytes=3).residues == ("amphetamine", "ketamine", "methamphetamine")
    assert replace(PLAN, analytes=("morphine",)).residues == ("morphine",)


def test_the_first_week_is_sampled_and_then_every_second():
    assert [replace(PLAN, every_weeks=2).is_sampled(week) for week in range(4)] == [True, False, True, False]
    assert PLAN.monday(1) == dt.date(2025, 1, 13)


@pytest.mark.parametrize(
    ("wrong", "code", "says"),
    [
        ({"province": "11"}, "HW-U061", "44 .Guangdong. or 52 .Guizhou."),
        ({"n_weeks": 0}, "HW-U063", "Found: start 2025-01-06 .Monday., 0 weeks, every 1"),
        ({"every_weeks": 0}, "HW-U063", "every 0"),
        ({"start": dt.date(2025, 1, 1)}, "HW-U063", "Wednesday"),
        ({"n_analytes": 0}, "HW-U064", "Found: 0"),
        ({"n_analytes": 99}, "HW-U064", "knows 18 residues, each once. Found: 99. Remedy: Take the first so many of meth"),
        ({"analytes": ("MDMA", "glue")}, "HW-U064", "Found: glue"),
        ({"analytes": ("MDMA", "MDMA")}, "HW-U064", "Found: MDMA, MDMA"),
        ({"seed": -1}, "HW-U067", "seed -1"),
        ({"errors": replace(reference_errors(), flow=(0.1, 1.5))}, "HW-U067", "flow=.0.1, 1.5."),
    ],
)
def test_a_plan_that_cannot_be_is_refused(wrong, code, says):
    with pytest.raises(UsageError, match=says) as refused:
        require_plan(replace(PLAN, **wrong))
    assert refused.value.code == code
