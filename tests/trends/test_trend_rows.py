import datetime as dt

import numpy as np
import pytest
from tests.trends.areas.builders import COUNTY, PLANTS, day, days, network

from headworks.core.schema import require_promise
from headworks.tables import OutlyingDays, Trends
from headworks.trends.areas.trend import area_trends_of, laboratories
from headworks.trends.site_trends import QUARTER_WEEKS, site_trends
from headworks.trends.trend_rows import area_trend_rows, outlying_rows, site_trend_rows

MONDAY = dt.date(2025, 1, 6)
Z = 1.959963984540054


def rows_of(values, site="a", **more):
    return [
        day(site, value, MONDAY + dt.timedelta(weeks=n), **({"limit": 3.0} if value is None else {}), **more)
        for n, value in enumerate(values)
    ]


def steady(n=40, level=10.0, seed=1):
    return list(level * np.exp(np.random.default_rng(seed).normal(-0.02, 0.2, n)))


def table(*rows):
    arrays = days(*rows)
    trends = site_trends(arrays)
    return site_trend_rows(arrays, trends, np.unique(trends.sunday)), arrays, trends


def test_rows_keep_the_promise_and_bounds_follow_from_level_and_variance():
    found, _, trends = table(*rows_of(steady()))
    require_promise(Trends, found, where="trends")
    row, v = found.row(20, named=True), trends.variance[20]
    assert row["level"] == pytest.approx(np.exp(trends.log_level[20] + v / 2))
    assert row["lower"] == pytest.approx(np.exp(trends.log_level[20] - Z * np.sqrt(v)))
    total = v + np.log1p(0.12**2)
    assert row["upper_total"] == pytest.approx(row["level"] * np.exp(-total / 2 + Z * np.sqrt(total)))
    assert (row["period"], row["n_days"], row["share_censored"], row["n_sites"]) == ("2025-W22", 1, 0.0, 1)


def test_a_quarter_is_told_once_it_is_there():
    found, _, _ = table(*rows_of(steady()))
    assert found["quarter_ratio"].is_null().to_list() == [True] * QUARTER_WEEKS + [False] * (40 - QUARTER_WEEKS)
    assert found["n_matched"].to_list() == [0] * QUARTER_WEEKS + [1] * (40 - QUARTER_WEEKS)
    late = found.row(30, named=True)
    assert late["quarter_ratio_lower"] < late["quarter_ratio"] < late["quarter_ratio_upper"]
    assert 0 <= late["p_rose"] <= 1


def test_a_site_without_a_value_has_no_level_and_its_limit_above():
    found, _, _ = table(*rows_of([None] * 20), *rows_of(steady(20), site="b"))
    row = found.filter(unit_id="a").row(5, named=True)
    assert (row["level"], row["lower"], row["upper"]) == (None, 0.0, 3.0)
    assert (row["p_rising"], row["quarter_ratio"], row["share_censored"]) == (None, None, 1.0)


def test_a_week_without_a_day_has_no_share():
    values = rows_of(steady())
    found, _, _ = table(*[row for n, row in enumerate(values) if n != 10])
    assert found.row(10, named=True)["share_censored"] is None
    assert found.row(10, named=True)["n_days"] == 0


def test_a_dumping_event_stands_out_and_does_not_move_the_level():
    values = steady()
    poured = [*values[:20], 400.0, *values[21:]]
    found, arrays, trends = table(*rows_of(poured))
    outlying = outlying_rows(arrays, trends, int(arrays.ordinal.min()), int(arrays.ordinal.max()))
    require_promise(OutlyingDays, outlying, where="outlying days")
    assert outlying["day"].to_list() == [MONDAY + dt.timedelta(weeks=20)]
    assert outlying["load_mg_per_1000_per_day"].item() == 400.0
    assert outlying["usual_mg_per_1000_per_day"].item() == pytest.approx(10.0, rel=0.4)
    assert found.row(20, named=True)["upper"] < 20
    assert outlying_rows(arrays, trends, 0, 1).is_empty()


def test_areas_have_the_same_columns_and_their_people_in_the_total_alone():
    net = network(COUNTY, PLANTS)
    arrays = days(*rows_of(steady(), people=20_000.0), *rows_of(steady(seed=2), site="b", people=10_000.0))
    trends = site_trends(arrays)
    weeks = np.unique(trends.sunday)[QUARTER_WEEKS:]
    of_areas = area_trends_of(arrays, trends, net, weeks, laboratories(arrays, net))
    found = area_trend_rows(of_areas, net, "x", "X", weeks)
    require_promise(Trends, found, where="trends")
    row = found.filter(unit_id="K").row(0, named=True)
    assert row["lower_total"] < row["lower"] < row["level"] < row["upper"] < row["upper_total"]
    assert (row["unit_kind"], row["n_sites"], row["n_days"]) == ("area", 2, 2)
