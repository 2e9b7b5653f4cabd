"""Median and spread of the days before."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from headworks.loads.disposal.past_days import past_days


def ask(series, day, value, asked_series, asked_day, **more):
    arrays = (np.array(series), np.array(day), np.array(value, dtype=float), np.array(asked_series), np.array(asked_day))
    return past_days(*arrays, **({"history_days": 365, "least_days": 1} | more))


def test_only_earlier_days_within_the_past_count():
    # Asked on day 10 with five days of past: days 5 and 9 count, day 4 is too old, day 10 is the day itself.
    past = ask([0] * 5, [4, 5, 9, 10, 11], [100, 1, 3, 100, 100], [0], [10], history_days=5)
    assert (past.n.item(), past.centre.item()) == (2, 2.0)
    assert past.spread.item() == 1.0 / 0.6744897501960817


def test_a_series_never_sees_another():
    past = ask([0, 1], [1, 1], [1, 7], [0, 1, 2], [2, 2, 2])
    assert past.n.tolist() == [1, 1, 0]
    assert past.centre.tolist()[:2] == [1.0, 7.0]
    assert np.isnan(past.centre[2])


def test_too_few_days_have_no_centre():
    past = ask([0, 0], [1, 2], [1, 2], [0], [3], least_days=3)
    assert (past.n.item(), np.isnan(past.centre.item()), np.isnan(past.spread.item())) == (2, True, True)


def test_days_before_1970_are_days():
    assert ask([0, 1], [-400, -3], [5, 9], [1], [-2]).centre.item() == 9.0


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(-5, 30), st.floats(-9, 9)), max_size=40), st.integers(1, 12))
def test_the_batches_agree_with_one_day_at_a_time(rows, history_days):
    known = sorted({(series, day): value for series, day, value in rows}.items())
    series, day = (np.array([key[i] for key, _ in known], dtype=np.int64) for i in (0, 1))
    value = np.array([v for _, v in known])
    past = past_days(series, day, value, series, day, history_days=history_days, least_days=2)
    for i in range(len(known)):
        before = value[(series == series[i]) & (day < day[i]) & (day >= day[i] - history_days)]
        assert past.n[i] == len(before)
        if len(before) >= 2:
            centre = np.median(before)
            assert past.centre[i] == centre
            assert np.isclose(past.spread[i], 1.482602218505602 * np.median(abs(before - centre)))
        else:
            assert np.isnan(past.centre[i])
