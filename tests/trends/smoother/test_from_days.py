import datetime as dt

import numpy as np
import pytest

from headworks.trends.day_arrays import day_arrays
from headworks.trends.smoother import observations_of

MONDAY = dt.date(2024, 1, 1)
ERROR = (np.log1p(0.2**2) + np.log1p(0.1**2)) / 2


def days(build, rows):
    return day_arrays(
        build.frame([build.dated(MONDAY + dt.timedelta(days=i), value, **more) for i, (value, more) in enumerate(rows)])
    )


def test_values_and_limits_are_raised_by_half_the_variance_of_errors_of_mean_one(build):
    read = observations_of(days(build, [(8.0, {}), (None, {"limit": 2.0, "detection": "not_detected"})]))
    assert read.seen.upper == pytest.approx(np.log([8.0, 2.0]) + ERROR)
    assert read.seen.lower == pytest.approx([np.log(8.0) + ERROR, -np.inf])
    assert read.seen.variance == pytest.approx(np.log1p(0.04))


def test_detected_and_not_quantified_lies_between_the_limits(build):
    arrays = days(build, [(None, {"limit": 3.0}), (None, {"limit": 3.0, "detection": "not_detected"})])
    read = observations_of(arrays, np.array([1.0, 1.0]))
    assert read.seen.lower == pytest.approx([ERROR, -np.inf])


def test_days_without_a_limit_or_a_date_are_left_out_and_counted(build):
    rows = [build.dated(MONDAY, None), build.dated(MONDAY + dt.timedelta(days=1), 1.0), build.one_day(2.0)]
    read = observations_of(day_arrays(build.frame(rows)))
    assert (read.n_undated, read.n_without_limit, read.seen.day.size) == (1, 1, 1)
    assert read.seen.start.tolist() == [0, 1]


def test_days_without_a_batch_share_one_with_their_week(build):
    read = observations_of(days(build, [(1.0, {})] * 8 + [(1.0, {"batch_id": "b"})]))
    batch = read.seen.batch
    assert len(set(batch[:7].tolist())) == 1
    assert len(set(batch.tolist())) == 3
