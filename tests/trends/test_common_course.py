import datetime as dt

import numpy as np
import pytest
from tests.trends.areas.builders import day, days

from headworks.trends.common_course import LEAST_SITES, common_course
from headworks.trends.site_trends import QUARTER_WEEKS, site_trends, week_end
from headworks.trends.smoother import observations_of

MONDAY = dt.date(2025, 1, 6)
N_WEEKS = 52
FIRST = int(week_end(20094))  # 2025-01-06 is day 20094


def province(moves, n_sites=160, seed=1, sd=0.4, limit=None):
    """Sites whose week ``w`` is ``moves[w]`` times their own level; every eighth of them has a laboratory of its own."""
    rng = np.random.default_rng(seed)
    rows = []
    for n in range(n_sites):
        own = np.exp(rng.normal(2.5, 0.8))
        for week in range(N_WEEKS):
            value = own * moves[week] * np.exp(rng.normal(-(sd**2) / 2, sd))
            below = limit is not None and value < limit
            when = MONDAY + dt.timedelta(days=7 * week + n % 7)
            rows.append(
                day(f"s{n:03}", None if below else value, when, limit=limit if below else None, batch_id=f"{n % 8}-{week}")
            )
    return days(*rows)


def festival(height=1.4, first=4, last=7):
    return np.where((np.arange(N_WEEKS) >= first) & (np.arange(N_WEEKS) <= last), height, 1.0)


def course_of(arrays, groups):
    return common_course(observations_of(arrays).seen, groups, FIRST, N_WEEKS, QUARTER_WEEKS)


def test_what_all_sites_do_together_is_seen_although_none_shows_it_alone():
    arrays = province(festival())
    together = np.zeros(160, np.int64)
    value = course_of(arrays, [together]).levels[0].value[0]
    assert value[4:8].mean() - value[15:40].mean() == pytest.approx(np.log(1.4), abs=0.12)
    alone, shared = site_trends(arrays), site_trends(arrays, [together])
    weeks = (alone.week >= 4) & (alone.week < 8)

    def seen(trends):
        level = trends.log_level + trends.course.of("value", trends.of_series, trends.week)
        return level[weeks].mean() - level[(trends.week >= 15) & (trends.week < 40)].mean()

    assert seen(shared) == pytest.approx(np.log(1.4), abs=0.12)
    assert seen(alone) < 0.6 * seen(shared)


def test_where_nothing_is_shared_the_course_is_flat_and_says_how_sure():
    level = course_of(province(np.ones(N_WEEKS)), [np.zeros(160, np.int64)]).levels[0]
    value, variance = level.value[0], level.variance[0]
    assert np.abs(value).max() < 0.15
    assert (np.abs(value - value.mean()) < 3 * np.sqrt(variance)).mean() > 0.95


def test_censored_days_say_what_they_can():
    plain = course_of(province(festival(1.8)), [np.zeros(160, np.int64)]).levels[0].value[0]
    limited = course_of(province(festival(1.8), limit=8.0), [np.zeros(160, np.int64)]).levels[0].value[0]
    assert limited[5] - limited[20] == pytest.approx(plain[5] - plain[20], abs=0.2)
    assert limited[5] - limited[20] > 0.35


def test_counties_that_move_apart_have_courses_of_their_own():
    up, down = province(festival(1.5), 80), province(festival(1 / 1.5), 80, seed=2)
    rows = up.series.height + down.series.height
    joined = up._replace(
        series=up.series.vstack(down.series.with_columns(site_id="t" + down.series["site_id"])),
        of_series=np.concatenate([up.of_series, down.of_series + up.series.height]),
        **{
            name: np.concatenate([getattr(up, name), getattr(down, name)])
            for name in up._fields
            if name not in {"series", "of_series"}
        },
    )
    county = np.repeat([0, 1], rows // 2)
    course = course_of(joined, [np.zeros(rows, np.int64), county])
    assert len(course.levels) == 2
    both = [course.of("value", np.array([place]), np.array([week])).item() for place in (0, rows - 1) for week in (5, 25)]
    assert both[0] - both[1] == pytest.approx(np.log(1.5), abs=0.2)
    assert both[2] - both[3] == pytest.approx(-np.log(1.5), abs=0.2)


def test_a_handful_of_sites_has_no_course():
    arrays = province(festival(), LEAST_SITES - 1)
    course = course_of(arrays, [np.zeros(LEAST_SITES - 1, np.int64)])
    assert course.levels == ()
    assert course.of("value", np.arange(3), np.arange(3)).tolist() == [0.0, 0.0, 0.0]


def test_a_site_that_no_area_knows_follows_none():
    group = np.zeros(160, np.int64)
    group[7] = -1
    course = course_of(province(festival()), [group])
    assert course.of("value", np.array([7]), np.array([5])).item() == 0.0
    assert course.of("value", np.array([8]), np.array([5])).item() != 0.0
