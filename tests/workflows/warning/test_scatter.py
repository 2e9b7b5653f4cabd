"""What places are held against: the weeks before, without those in which a level was still being learnt."""

import numpy as np

from headworks.warning.evidence.recalibrate import FEWEST, WEEKS_TO_SETTLE
from headworks.workflows.warning.scatter import recalibrated

SERIES, WEEKS = 100, WEEKS_TO_SETTLE + 40


def history(seed, *, late=0):
    """Twice as wild in the two years in which the level is learnt; series begin ``late`` weeks late."""
    z = np.random.default_rng(seed).standard_normal((SERIES, WEEKS + 1))
    z[:, : late + WEEKS_TO_SETTLE] *= 2.0
    z[:, :late] = np.nan
    return z


def test_wild_first_years_do_not_make_later_weeks_shy():
    z = history(1)
    z[0, -1] = 3.0
    found = recalibrated(z, WEEKS)[0, -1]
    # 4,000 settled weeks: the tail beyond 3 is 5 of them, so its normal is known to about 0.3.
    assert 2.5 < found <= 3.0
    # Against all weeks as they come it would be that of a 3 among those twice as wild: about 1.7.
    assert recalibrated(z[:, : WEEKS_TO_SETTLE + 1], WEEKS_TO_SETTLE)[0, -1] < 2.5


def test_the_first_years_are_each_series_own():
    z = history(2, late=10)
    z[0, -1] = 3.0
    # 30 settled weeks of 100 series remain.
    assert 2.4 < recalibrated(z, WEEKS)[0, -1] <= 3.0


def test_where_too_few_would_remain_all_are_held_against():
    z = history(3)[:, : WEEKS_TO_SETTLE + FEWEST // SERIES - 1]
    z[0, -1] = 3.0
    assert recalibrated(z, z.shape[1] - 1)[0, -1] < 2.3


def test_places_stay_as_they_are_without_a_past():
    z = np.array([[0.5, np.nan, 3.0]])
    assert np.array_equal(recalibrated(z, 0), z, equal_nan=True)
    assert np.array_equal(recalibrated(z, 2), z, equal_nan=True)


def test_recalibration_is_never_bolder_than_the_law():
    z = history(4) * 0.5
    found = recalibrated(z, WEEKS)
    assert (np.abs(found) <= np.abs(z) + 1e-9).all()
