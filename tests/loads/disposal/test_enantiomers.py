"""The disposed share and its interval."""

import datetime as dt

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.loads.builders import sample, table

from headworks.core.errors import DataRefused
from headworks.loads import disposed_share
from headworks.loads.disposal import fractions_of_days
from headworks.tables import EnantiomericFractions, Samples

FRACTIONS = st.floats(0.0, 1.0)


def test_0_60_against_0_65_is_a_third():
    # (0.65 - 0.60) / (0.65 - 0.50) = 0.05 / 0.15.
    share, lower, upper = disposed_share(0.60, 0.65)
    assert (share, lower, upper) == pytest.approx((1 / 3, 1 / 3, 1 / 3))


def test_a_racemate_was_all_poured_away_and_the_fraction_of_use_was_all_used():
    assert disposed_share(0.5, 0.65).share == 1.0
    assert disposed_share(0.65, 0.65) == (0.0, 0.0, 0.0)


def test_beyond_use_or_beyond_the_racemate_the_share_stays_between_0_and_1():
    assert disposed_share(0.80, 0.65).share == 0.0
    assert disposed_share(0.40, 0.65).share == 1.0


def test_the_interval_is_fiellers():
    # x = 0.10, y = 0.15, u = 0.01 and 0.01, z = 1.96: r solves (0.10 - 0.15 r)^2 = 3.8415 x 0.0001 (1 + r^2).
    _, lower, upper = disposed_share(0.60, 0.65, 0.01, 0.01)
    for share in (lower, upper):
        r = 1 - share
        assert (0.10 - 0.15 * r) ** 2 == pytest.approx(1.959964**2 * 0.0001 * (1 + r * r), rel=1e-5)
    assert 0 < lower < 1 / 3 < upper < 1


def test_a_fraction_of_use_that_may_be_a_racemate_tells_nothing():
    assert disposed_share(0.52, 0.55, 0.01, 0.05)[1:] == (0.0, 1.0)


def test_the_interval_covers_the_true_share_at_its_level():
    rng = np.random.default_rng(11)
    n, truth = 40_000, 0.4
    used, found = 0.65, 0.65 - truth * 0.15
    measured = np.clip(rng.normal(found, 0.02, n), 0, 1)
    believed = np.clip(rng.normal(used, 0.02, n), 0, 1)
    _, lower, upper = disposed_share(measured, believed, 0.02, 0.02)
    # Monte Carlo standard error of the coverage: sqrt(0.05 x 0.95 / 40,000) = 0.11 %.
    assert np.mean((lower <= truth) & (truth <= upper)) == pytest.approx(0.95, abs=0.005)


@given(FRACTIONS, st.floats(0.55, 0.95), st.floats(0, 0.2), st.floats(0, 0.2))
def test_the_bounds_lie_about_the_share_and_within_0_and_1(ef, used, u_ef, u_used):
    share, lower, upper = disposed_share(ef, used, u_ef, u_used)
    assert 0 <= lower <= share + 1e-9
    assert share - 1e-9 <= upper <= 1


@given(FRACTIONS, st.floats(0.55, 0.95))
def test_s_in_the_place_of_r_tells_the_same(ef, used):
    assert disposed_share(ef, used).share == pytest.approx(disposed_share(1 - ef, 1 - used).share, abs=1e-9)


@pytest.mark.parametrize("wrong", [(1.2, 0.65), (0.6, -0.1), (0.6, 0.5), (0.6, 0.65, -0.1), (float("nan"), 0.65)])
def test_an_impossible_fraction_is_refused(wrong):
    with pytest.raises(DataRefused, match="disposed share cannot be computed") as refusal:
        disposed_share(*wrong)
    assert refusal.value.code == "HW-D260"


def test_fractions_of_a_day_are_averaged_and_blanks_do_not_count():
    samples = table(Samples, [sample("X1"), sample("X2"), sample("X3", role="field_blank"), sample("X4", matrix="sediment")])
    rows = [{"sample_id": f"X{i}", "analyte": "MDMA", "fraction_r": f, "u_fraction": u}
            for i, f, u in [(1, 0.6, 0.01), (2, 0.7, None), (3, 0.1, None), (4, 0.1, None), (5, 0.1, None)]]  # fmt: skip
    days = fractions_of_days(table(EnantiomericFractions, rows), samples)
    assert days.rows() == [("S1", dt.date(2024, 3, 5), "MDMA", pytest.approx(0.65), 0.01)]
    assert fractions_of_days(table(EnantiomericFractions, []), samples).schema["day"] == pl.Date
