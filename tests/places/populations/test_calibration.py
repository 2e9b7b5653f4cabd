"""A site's own per-capita load, from days with a counted population."""

import datetime as dt

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headworks.core.errors import DataRefused
from headworks.core.uncertainty import combine, interval, relative, sigma_log
from headworks.places.populations import calibrate_marker, calibrated_per_capita, population_from_marker

DAY = dt.date(2020, 11, 1)


def test_one_census_day_has_the_error_of_its_load_and_of_the_count():
    found = calibrate_marker(8e8, 1e5, u_load=0.27, u_census=0.02)
    assert found.per_capita_mg_per_day == pytest.approx(8_000.0)
    assert found.u_per_capita == pytest.approx(combine([0.27, 0.02]))
    assert (found.lower, found.upper) == pytest.approx(interval(8_000.0, sigma_log(combine([0.27, 0.02]))))


def test_three_days_use_students_t():
    # ln 7, 8, 9: mean 2.07419, standard deviation 0.12574; t(2) = 4.302653; 0.12574 / sqrt(3) x 4.302653 = 0.31235.
    found = calibrate_marker([7e8, 8e8, 9e8], 1e5)
    assert found.per_capita_mg_per_day == pytest.approx(1_000 * 504 ** (1 / 3))
    assert np.log(found.upper / found.per_capita_mg_per_day) == pytest.approx(0.31235, abs=5e-5)
    assert found.n_days == 3
    assert interval(found.per_capita_mg_per_day, sigma_log(found.u_per_capita))[1] == pytest.approx(found.upper)


def test_days_that_agree_by_chance_are_no_better_than_they_were_measured():
    found = calibrate_marker([8e8, 8e8, 8e8, 8e8], 1e5, u_load=0.2)
    assert found.u_per_capita == pytest.approx(relative(sigma_log(0.2) / 2))


@given(st.floats(1.0, 1e9), st.floats(1.0, 1e7))
def test_the_calibration_day_gives_its_people_back(load, people):
    found = calibrate_marker(load, people, u_load=0.2)
    assert population_from_marker(load, found.per_capita_mg_per_day) == pytest.approx(people)


def test_a_table_of_census_days_gives_rows_of_the_reference_s_form():
    markers = pl.DataFrame(
        {
            "site_id": ["S1", "S1", "S2", "S1"], "day": [DAY, DAY, DAY, DAY + dt.timedelta(days=1)],
            "analyte": ["ammonium", "cotinine", "ammonium", "ammonium"], "load_mg_per_day": [8e8, None, 5e8, 1.0],
            "detection": ["quantified", "below_loq", "quantified", "quantified"], "u_day": [0.27, 0.27, 0.27, 0.27],
        }
    )  # fmt: skip
    census = pl.DataFrame({"site_id": ["S1", "S2"], "day": [DAY, DAY], "population": [1e5, 1e5]})
    found = calibrated_per_capita(markers, census)
    assert found.select("site_id", "marker", "load_central_mg_per_person_per_day", "status").rows() == [
        ("S1", "ammonium", pytest.approx(8_000.0), "calibrated"),
        ("S2", "ammonium", pytest.approx(5_000.0), "calibrated"),
    ]
    low, high = found.row(0)[2], found.row(0)[4]
    assert (low, high) == pytest.approx(interval(8_000.0, sigma_log(0.27)))
    assert calibrated_per_capita(markers, census.clear()).is_empty()


@pytest.mark.parametrize(
    ("load", "people", "message"),
    [
        ([], 1.0, "loads and people above zero"),
        ([1.0, 0.0], 1.0, "loads and people above zero"),
        ([1.0, np.nan], 1.0, "loads and people above zero"),
        ([1.0, 2.0], [1.0, 2.0, 3.0], "loads and people above zero"),
        (1.0, 0.0, "loads and people above zero"),
        (1.0, 1.0, "says nothing about its own error"),
    ],
)
def test_what_cannot_calibrate_is_refused(load, people, message):
    with pytest.raises(DataRefused, match=message):
        calibrate_marker(load, people)
