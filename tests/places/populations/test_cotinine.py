"""People from cotinine by the provincial rule, and the switch of the domestic share."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headworks.core.errors import DataRefused
from headworks.places.populations import (
    cotinine_per_1000,
    load_per_1000_by_cotinine,
    population_from_cotinine,
)
from headworks.places.populations.cotinine import cotinine_mg_per_cigarette, population_rules
from headworks.reference import population_markers
from headworks.reference.parameter_files import STATUSES

amounts = st.floats(0.1, 1e6)
shares = st.floats(0.05, 1.0)


def test_the_provincial_rule_at_four_cigarettes():
    # 4 x 0.14 x 1,000 = 560 mg per 1,000 people; 2,500 x 8e4 x 1e-3 x 0.85 = 170,000 mg/d; 170,000 / 0.56 = 303,571.43.
    assert cotinine_per_1000(4.0) == pytest.approx(560.0)
    people = population_from_cotinine(2_500.0, 8e4, 4.0, domestic_share=0.85)
    assert people / 1_000 == pytest.approx(303.571, abs=5e-4)
    # 60 x 8e4 x 1e-3 = 4,800 mg/d over 303.571 thousand people.
    assert load_per_1000_by_cotinine(60.0, 8e4, people, 0.85).load_mg_per_1000_per_day == pytest.approx(15.8118, abs=5e-5)


def test_the_provincial_rule_at_six_cigarettes():
    assert cotinine_per_1000(6.0) == pytest.approx(840.0)
    people = population_from_cotinine(2_500.0, 12e4, 6.0, 0.8)
    assert people / 1_000 == pytest.approx(285.714, abs=5e-4)
    assert load_per_1000_by_cotinine(60.0, 12e4, people, 0.8).load_mg_per_1000_per_day == pytest.approx(25.2)


@given(amounts, amounts, amounts, st.floats(0.1, 20.0), shares)
def test_scaled_on_both_sides_the_domestic_share_and_the_flow_cancel(drug, cotinine, flow, cigarettes, share):
    people = population_from_cotinine(cotinine, flow, cigarettes, share)
    found = load_per_1000_by_cotinine(drug, flow, people, share, scale_load_by_domestic_share=True)
    assert found.load_mg_per_1000_per_day == pytest.approx(drug / cotinine * cotinine_per_1000(cigarettes))


def test_the_switch_says_what_it_did():
    people = population_from_cotinine(2_500.0, 8e4, 4.0, 0.85)
    unscaled = load_per_1000_by_cotinine(60.0, 8e4, people, 0.85)
    scaled = load_per_1000_by_cotinine(60.0, 8e4, people, 0.85, scale_load_by_domestic_share=True)
    assert "the load of the drug was not" in unscaled.warning
    assert "not the provincial rule" in scaled.warning
    assert scaled.load_mg_per_1000_per_day == pytest.approx(0.85 * unscaled.load_mg_per_1000_per_day)
    assert load_per_1000_by_cotinine(60.0, 8e4, people).warning == ""


def test_arrays_give_what_their_numbers_give():
    cotinine, cigarettes = np.array([2_500.0, 1_000.0]), np.array([4.0, 6.0])
    together = population_from_cotinine(cotinine, 8e4, cigarettes, np.array([0.85, 1.0]))
    alone = [population_from_cotinine(2_500.0, 8e4, 4.0, 0.85), population_from_cotinine(1_000.0, 8e4, 6.0)]
    assert together.tolist() == alone


def test_the_cotinine_of_a_cigarette_is_that_of_the_reference():
    note = population_markers().filter(marker="cotinine")["note"].item()
    assert f"cigarettes_per_person_per_day*{cotinine_mg_per_cigarette():g} mg" in note
    assert set(population_rules()["status"]) <= set(STATUSES)
    assert population_rules()["citation"].null_count() == 0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: population_from_cotinine(-1.0, 1.0, 4.0), "A load is below zero"),
        (lambda: cotinine_per_1000(0.0), "needs people who smoke"),
        (lambda: population_from_cotinine(1.0, 1.0, -4.0), "needs people who smoke"),
        (lambda: population_from_cotinine(1.0, 1.0, 4.0, 85.0), "Give 0.85 for 85 %"),
        (lambda: population_from_cotinine(1.0, 1.0, 4.0, 0.0), "above 0 and is at most 1"),
        (lambda: load_per_1000_by_cotinine(1.0, 1.0, 0.0), "A load per head needs people"),
        (lambda: load_per_1000_by_cotinine(1.0, 1.0, 10.0, 1.2), "above 0 and is at most 1"),
    ],
)
def test_what_cannot_be_is_refused(call, message):
    with pytest.raises(DataRefused, match=message):
        call()
