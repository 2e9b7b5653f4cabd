import datetime as dt

import numpy as np
import pytest
from tests.trends.areas.builders import COUNTY, DAY, PLANTS, day, days, figure, known_spread, network, roll_up

from headworks.trends.areas.cells import site_cells
from headworks.trends.day_spread import DaySpread


@pytest.fixture(scope="module")
def county():
    return network(COUNTY, PLANTS)


def test_a_member_is_the_mean_of_its_days_in_mg_a_day(county):
    arrays = days(day("a", 10.0), day("a", 20.0, DAY + dt.timedelta(days=1)), day("b", 5.0))
    cells, periods = site_cells(arrays, known_spread(arrays), county, ["x"], {"week": None})
    assert periods == ["2025-W10"]
    # (10 + 20) / 2 x 10 thousand people; 5 x 10.
    assert cells.middle.tolist() == [150.0, 50.0]
    assert cells.people.tolist() == [10_000.0, 10_000.0]


def test_the_variance_of_a_member_by_hand(county):
    arrays = days(day("a", 10.0), day("a", 20.0, DAY + dt.timedelta(days=1)))
    cells, _ = site_cells(arrays, known_spread(arrays, 0.4), county, ["x"], {"week": None})
    # tau^2 = 5/7 0.16 + 2/7 ln 1.04; v = ((100/2)^2 + (200/2)^2) (1 - exp(-tau^2)).
    tau2 = 5 / 7 * 0.16 + 2 / 7 * np.log(1.04)
    assert cells.variance.item() == pytest.approx((50**2 + 100**2) * (1 - np.exp(-tau2)))


def test_the_variance_is_unbiased_however_few_days_and_however_wide_their_spread(county):
    # 7,000 members of one day of a year, log-normal of mean 100 mg/d with sigma 0.6: Var y = 100^2 (e^0.36 - 1).
    rng = np.random.default_rng(8)
    values = rng.lognormal(np.log(10) - 0.18, 0.6, 7_000)
    arrays = days(day("a", 1.0, u_day=0.0)).take(np.zeros(values.size, dtype=np.int64))
    arrays = arrays._replace(value=values, ordinal=365 * np.arange(values.size))
    cells, _ = site_cells(arrays, known_spread(arrays, 0.6), county, ["x"], {"year": None})
    assert cells.variance.mean() == pytest.approx(100**2 * np.expm1(0.36), rel=0.05)


# --- below the limit ------------------------------------------------------------------------------------------------


def test_a_censored_member_is_carried_as_bounds(county):
    rows = [day("a", 10.0, people=20_000.0), day("b", None, people=10_000.0, limit=5.0)]
    row = figure(roll_up(county, *rows), "K")
    assert (row["least_mg_per_day"], row["most_mg_per_day"], row["load_mg_per_day"]) == (200.0, 250.0, 225.0)
    assert row["share_censored"] == pytest.approx(0.2)
    assert (row["detection"], row["population"]) == ("quantified", 30_000.0)
    assert row["lower"] < 200 / 30 < 250 / 30 < row["upper"]


def test_bounds_start_from_the_least_and_the_most(county):
    rows = [day("a", 10.0, people=20_000.0), day("b", None, people=10_000.0, limit=5.0)]
    row = figure(roll_up(county, *rows), "K")
    s2 = [np.log1p(row[name] ** 2) for name in ("u_day", "u_batch", "u_site")]
    shift, half = (s2[0] + s2[1] - s2[2]) / 2, 1.959964 * np.sqrt(sum(s2))
    assert row["lower"] == pytest.approx(200 / 30 * np.exp(shift - half), rel=1e-6)
    assert row["upper"] == pytest.approx(250 / 30 * np.exp(shift + half), rel=1e-6)


@pytest.mark.parametrize(("limit", "has_value"), [(19.0, True), (21.0, False)])
def test_above_one_half_of_censored_load_only_the_bounds_are_told(county, limit, has_value):
    rows = [day("a", 10.0, people=20_000.0), day("b", None, people=10_000.0, limit=limit)]
    row = figure(roll_up(county, *rows), "K")
    assert (row["load_mg_per_day"] is not None) == has_value
    assert (row["load_mg_per_1000_per_day"] is not None) == has_value
    assert row["detection"] == "quantified"
    assert row["lower"] > 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("not_detected", "not_detected"), "not_detected"),
        (("not_detected", "below_loq"), "below_loq"),
        (("below_loq", "below_loq"), "below_loq"),
    ],
)
def test_where_nothing_was_quantified_the_word_is_the_strongest_that_all_members_bear(county, words, said):
    rows = [day(site, None, limit=2.0, detection=word) for site, word in zip("ab", words, strict=True)]
    row = figure(roll_up(county, *rows), "K")
    assert (row["detection"], row["load_mg_per_day"], row["lower"]) == (said, None, 0.0)
    assert (row["least_mg_per_day"], row["most_mg_per_day"], row["share_censored"]) == (0.0, 40.0, 1.0)
    assert row["upper"] > 2.0


def test_a_member_whose_limit_nobody_knows_is_left_out(county):
    row = figure(roll_up(county, day("a", 10.0, people=20_000.0), day("b", None)), "K")
    assert (row["n_sites"], row["population"]) == (1, 20_000.0)
    assert roll_up(county, day("b", None)).height == 0


def test_an_unknown_limit_is_at_most_the_smallest_load_beside_it(county):
    row = figure(roll_up(county, day("a", 10.0), day("a", None, DAY + dt.timedelta(days=1))), "Ta")
    assert (row["least_mg_per_day"], row["most_mg_per_day"]) == (50.0, 100.0)


def test_an_unknown_limit_is_at_most_the_smallest_load_of_the_days_before(county):
    arrays = days(day("a", None))
    spread = DaySpread(np.full(1, 0.4), np.full(1, 10.0), np.full(1, 7.0))
    cells, _ = site_cells(arrays, spread, county, ["x"], {"week": None})
    assert (cells.least.item(), cells.most.item()) == (0.0, 70.0)


def test_a_published_zero_that_counts_as_quantified_is_zero(county):
    row = figure(roll_up(county, day("a", 0.0)), "Ta")
    assert (row["load_mg_per_day"], row["lower"], row["upper"], row["share_censored"]) == (0.0, 0.0, 0.0, 0.0)
