"""People from the load of a marker and what one of them adds to it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headworks.core.errors import DataRefused
from headworks.places.populations import population_from_ammonium, population_from_marker

amounts = st.floats(0.1, 1e6)


@given(amounts, amounts, st.floats(0.1, 10.0))
def test_twice_the_load_is_twice_the_people(load, per_capita, factor):
    assert population_from_marker(factor * load, per_capita) == pytest.approx(
        factor * population_from_marker(load, per_capita)
    )


def test_ammonium_in_milligrams_per_litre_is_a_million_nanograms():
    # 40 mg/L x 20,000 m3/d = 800 kg/d; 8 g of a person.
    assert population_from_ammonium(40e6, 20_000.0, 8_000.0) == pytest.approx(100_000.0)


def test_a_marker_without_load_means_nobody():
    assert population_from_marker(0.0, 5.0) == 0.0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: population_from_marker(-1.0, 5.0), "A load is below zero"),
        (lambda: population_from_marker(np.array([1.0, np.nan]), 5.0), "A load is below zero"),
        (lambda: population_from_marker(1.0, 0.0), "must be above zero"),
        (lambda: population_from_ammonium(1.0, 1.0, -8_000.0), "must be above zero"),
    ],
)
def test_what_cannot_be_is_refused(call, message):
    with pytest.raises(DataRefused, match=message):
        call()
