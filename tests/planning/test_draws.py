from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headworks.planning.draws import Purpose, mean_one, stream


def test_a_stream_is_found_without_drawing_those_before_it():
    assert stream(7, Purpose.USE, week=52).random(3).tolist() == stream(7, Purpose.USE, week=52).random(3).tolist()


@pytest.mark.parametrize(
    "other",
    [
        stream(8, Purpose.USE, 3, 2),
        stream(7, Purpose.DRIFT, 3, 2),
        stream(7, Purpose.USE, 4, 2),
        stream(7, Purpose.USE, 3, 1),
        stream(7, Purpose.USE, 2, 3),
    ],
    ids=["seed", "purpose", "week", "analyte", "week and analyte exchanged"],
)
def test_another_seed_purpose_week_or_analyte_draws_other_numbers(other):
    assert not np.intersect1d(other.random(1_000), stream(7, Purpose.USE, 3, 2).random(1_000)).size


def test_the_numbers_of_a_purpose_are_part_of_the_result():
    assert [purpose.value for purpose in Purpose] == list(range(1, 14))


@given(st.floats(0.0, 0.6))
def test_errors_have_mean_one_and_the_standard_deviation_that_is_said(u):
    drawn = mean_one(stream(1, Purpose.SAMPLING), u, 100_000)
    # Four standard errors of a mean and, roughly, of a standard deviation.
    assert drawn.mean() == pytest.approx(1.0, abs=4 * u / 316 + 1e-12)
    assert drawn.std() == pytest.approx(u, abs=0.05 * u + 1e-12)
    assert (drawn > 0).all()


def test_every_place_may_have_its_own_standard_deviation():
    drawn = mean_one(stream(1, Purpose.SAMPLING), np.array([0.0, 0.3]), (50_000, 2))
    assert drawn.std(axis=0).round(2).tolist() == [0.0, 0.3]
