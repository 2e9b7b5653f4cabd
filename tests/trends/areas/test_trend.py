import datetime as dt

import numpy as np
import pytest
from tests.trends.areas.builders import COUNTY, PLANTS, day, days, network

from headworks.trends.areas.trend import area_trends_of, course_groups, laboratories
from headworks.trends.site_trends import QUARTER_WEEKS, site_trends, week_end

MONDAY = dt.date(2025, 1, 6)
N_WEEKS = 40
SUNDAYS = int(week_end(20094)) + 7 * np.arange(QUARTER_WEEKS, N_WEEKS)


def course(site, level, people, seed, skip=(), **more):
    noise = np.random.default_rng(seed).normal(-0.045, 0.3, N_WEEKS)
    return [
        day(site, level * float(np.exp(noise[week])), MONDAY + dt.timedelta(weeks=week), people=people, **more)
        for week in range(N_WEEKS)
        if week not in skip
    ]


def trends_of(net, *rows):
    arrays = days(*rows)
    trends = site_trends(arrays, course_groups(arrays, net))
    return area_trends_of(arrays, trends, net, SUNDAYS, laboratories(arrays, net)), trends


def of_area(net, found, code):
    place = net.areas["area_id"].to_list().index(code)
    chosen = found.area == place
    return type(found)(*(field[chosen] for field in found))


@pytest.fixture(scope="module")
def county():
    return network(COUNTY, PLANTS)


A, B = course("a", 10.0, 20_000.0, 1), course("b", 30.0, 10_000.0, 2)


def test_the_levels_of_the_towns_add_up_to_that_of_the_county(county):
    found, _ = trends_of(county, *A, *B)
    whole, a, b = (of_area(county, found, code) for code in ("K", "Ta", "Tb"))
    np.testing.assert_allclose(whole.level * 30, a.level * 20 + b.level * 10, rtol=1e-12)
    np.testing.assert_allclose(whole.online * 30, a.online * 20 + b.online * 10, rtol=1e-12)
    assert set(whole.n_sites) == {2.0}
    assert whole.sunday.tolist() == SUNDAYS.tolist()


def test_independent_sites_average_out_and_those_of_one_laboratory_less(county):
    apart, _ = trends_of(county, *A, *B)
    batches = [[row | {"batch_id": f"lab-{week}", "u_batch": 0.3} for week, row in enumerate(rows)] for rows in (A, B)]
    together, _ = trends_of(county, *batches[0], *batches[1])
    own = [
        [row | {"batch_id": f"{row['site_id']}-{week}", "u_batch": 0.3} for week, row in enumerate(rows)] for rows in (A, B)
    ]
    separate, _ = trends_of(county, *own[0], *own[1])
    mean = [of_area(county, found, "K").variance.mean() for found in (apart, separate, together)]
    assert mean[2] > 1.05 * mean[1]


def test_the_variance_of_a_sum_by_hand(county):
    found, trends = trends_of(county, *A, *B)
    whole, week = of_area(county, found, "K"), -1
    last = [trends.start[1] - 1, trends.start[2] - 1]
    load = np.array([20.0, 10.0]) * np.exp(trends.log_level[last] + trends.variance[last] / 2)
    # No batch and no course: each site's own relative variance, weighted by its load.
    expected = np.log1p((load**2 * np.expm1(trends.variance[last])).sum() / load.sum() ** 2)
    assert whole.variance[week] == pytest.approx(expected)
    assert whole.level[week] == pytest.approx(load.sum() / 30)


def test_a_missed_week_changes_no_composition(county):
    gappy = course("b", 30.0, 10_000.0, 2, skip={20, 21})
    found, _ = trends_of(county, *A, *gappy)
    whole = of_area(county, found, "K")
    assert set(whole.n_sites) == {2.0}
    assert whole.n_days[20 - QUARTER_WEEKS] == 1.0
    steps = np.abs(np.diff(np.log(whole.level)))
    assert steps.max() < 0.1


def test_a_site_that_ends_leaves_the_ratio_to_the_sites_of_both_weeks(county):
    ended = course("b", 30.0, 10_000.0, 2, skip=set(range(25, N_WEEKS)))
    found, _ = trends_of(county, *A, *ended)
    whole, a = of_area(county, found, "K"), of_area(county, found, "Ta")
    assert (whole.n_sites[-1], whole.n_matched[-1]) == (1.0, 1.0)
    assert whole.change[-1] == pytest.approx(a.change[-1])


def test_a_nested_site_is_left_out_while_the_plant_is_sampled():
    net = network(COUNTY, [("a", "K", 40_000.0, None), ("b", "Tb", 10_000.0, "a")])
    found, _ = trends_of(net, *A, *B)
    whole = of_area(net, found, "K")
    assert set(whole.n_sites) == {1.0}


def test_members_below_every_limit_count_as_half_of_it_and_alone_make_no_level(county):
    none = [day("b", None, MONDAY + dt.timedelta(weeks=week), people=10_000.0, limit=4.0) for week in range(N_WEEKS)]
    found, _ = trends_of(county, *A, *none)
    whole, a, b = (of_area(county, found, code) for code in ("K", "Ta", "Tb"))
    assert np.isnan(b.level).all()
    np.testing.assert_allclose(b.most, 4.0)
    np.testing.assert_allclose(whole.level * 30, a.level * 20 + 2.0 * 10, rtol=1e-12)


def test_the_people_of_the_register_are_uncertain_together_with_nobody(county):
    found, _ = trends_of(county, *A, *B)
    whole = of_area(county, found, "K")
    assert whole.u2_site[0] == pytest.approx(np.log1p(0.12**2 * (20**2 + 10**2) / 30**2), rel=0.02)


def test_laboratories_are_those_that_ever_shared_a_batch(county):
    rows = [row | {"batch_id": "one"} for row in A[:1]] + [row | {"batch_id": "one"} for row in B[:1]]
    arrays = days(*rows)
    assert len(set(laboratories(arrays, county).tolist())) == 1
    arrays = days(*[row | {"batch_id": "one"} for row in A[:1]], *[row | {"batch_id": "two"} for row in B[:1]])
    assert len(set(laboratories(arrays, county).tolist())) == 2


def test_a_site_follows_the_areas_it_lies_in(county):
    arrays = days(*A, *B)
    province, city, of_county = course_groups(arrays, county)
    assert (province.tolist(), city.tolist()) == ([-1, -1], [-1, -1])
    assert len(set(of_county.tolist())) == 1
    assert of_county[0] >= 0
