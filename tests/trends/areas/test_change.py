import datetime as dt

import numpy as np
import polars as pl
import pytest
from scipy.stats import norm
from tests.trends.areas.builders import COUNTY, PLANTS, change_of, day, figure, network, roll_up

from headworks.core.schema import require_promise
from headworks.core.uncertainty import coverage_factor
from headworks.tables import AreaChanges

THEN, NOW = dt.date(2024, 3, 6), dt.date(2025, 3, 5)
Z = coverage_factor(0.95)


@pytest.fixture(scope="module")
def county():
    return network(COUNTY, PLANTS)


def year_pair(then, now, site="a", **more):
    return [day(site, then, THEN, batch_id="b24", **more), day(site, now, NOW, batch_id="b25", **more)]


def log_sd_of_year(n_days_of_year):
    return np.sqrt((1 - 1 / n_days_of_year) * 0.16 + np.log(1.04) / n_days_of_year)


def test_the_ratio_of_matched_sites_by_hand(county):
    rows = year_pair(10.0, 15.0, people=20_000.0) + year_pair(30.0, 20.0, "b", people=10_000.0)
    row = figure(change_of(county, *rows), "K", "2025")
    # (15 x 20 + 20 x 10) / (10 x 20 + 30 x 10) = 500 / 500.
    assert (row["ratio"], row["previous_period"], row["n_sites"]) == (pytest.approx(1.0), "2024", 2)
    assert (row["previous_load"], row["load"]) == (pytest.approx(500 / 30), pytest.approx(500 / 30))
    assert row["coverage"] == 0.75


def test_a_site_sampled_in_one_of_the_years_is_no_change(county):
    rows = [*year_pair(10.0, 20.0, people=20_000.0), day("b", 900.0, NOW)]
    row = figure(change_of(county, *rows), "K", "2025")
    assert (row["ratio"], row["n_sites"], row["coverage"]) == (pytest.approx(2.0), 1, 0.5)
    assert change_of(county, *rows).filter(area_id="Tb").height == 0


def test_bounds_and_probability_of_one_site_by_hand(county):
    row = figure(change_of(county, *year_pair(10.0, 20.0)), "Ta", "2025")
    # Days of both years, batches of both years; the register cancels.
    days_of = [log_sd_of_year(n) ** 2 for n in (366, 365)]
    s = np.sqrt(sum(days_of) + 2 * np.log1p(0.06**2))
    shift = (days_of[1] - days_of[0]) / 2
    assert row["ratio_lower"] == pytest.approx(2 * np.exp(shift - Z * s), rel=1e-6)
    assert row["ratio_upper"] == pytest.approx(2 * np.exp(shift + Z * s), rel=1e-6)
    assert row["p_rose"] == pytest.approx(norm.cdf((np.log(2) + shift) / s), rel=1e-6)


def test_the_error_of_a_register_cancels_in_a_change_but_not_in_a_level(county):
    sure, doubtful = (
        year_pair(10.0, 15.0, people=20_000.0, u_site=u) + year_pair(30.0, 20.0, "b", people=10_000.0, u_site=u)
        for u in (0.0, 0.5)
    )
    one, other = (figure(change_of(county, *rows), "K", "2025") for rows in (sure, doubtful))
    assert one == pytest.approx(other)
    levels = [figure(roll_up(county, *rows), "K", "2025") for rows in (sure, doubtful)]
    assert levels[1]["upper"] > 1.2 * levels[0]["upper"]


def test_a_register_that_was_redone_does_not_cancel(county):
    def rows(people_of_a_now):
        return [
            day("a", 10.0, THEN, people=20_000.0), day("a", 10.0, NOW, people=people_of_a_now),
            day("b", 10.0, THEN, people=10_000.0), day("b", 10.0, NOW, people=10_000.0),
        ]  # fmt: skip

    same, redone = (figure(change_of(county, *rows(people), log_sd=0.01), "K", "2025") for people in (20_000.0, 60_000.0))
    assert redone["ratio_upper"] / redone["ratio_lower"] > 1.01 * same["ratio_upper"] / same["ratio_lower"]


def test_years_the_other_way_round_turn_the_answer_round(county):
    # Quarters of equal length in both years, so that nothing but the order differs.
    def rows(first, second):
        return [day("a", first, dt.date(2025, 4, 9)), day("a", second, dt.date(2026, 4, 8))]

    up = figure(change_of(county, *rows(10.0, 14.0), periods=["2026-Q2"]), "Ta", "2026-Q2")
    down = figure(change_of(county, *rows(14.0, 10.0), periods=["2026-Q2"]), "Ta", "2026-Q2")
    assert up["p_rose"] == pytest.approx(1 - down["p_rose"])
    assert up["ratio"] == pytest.approx(1 / down["ratio"])
    assert up["ratio_lower"] == pytest.approx(1 / down["ratio_upper"])
    assert up["ratio_upper"] == pytest.approx(1 / down["ratio_lower"])


def test_equal_years_may_have_risen_as_well_as_fallen(county):
    rows = [day("a", 10.0, dt.date(2025, 4, 9)), day("a", 10.0, dt.date(2026, 4, 8))]
    row = figure(change_of(county, *rows, periods=["2026-Q2"]), "Ta", "2026-Q2")
    assert (row["ratio"], row["p_rose"]) == (1.0, pytest.approx(0.5))


def test_below_the_limit_in_one_year_there_is_no_ratio(county):
    rows = [day("a", None, THEN, limit=5.0), day("a", 10.0, NOW)]
    row = figure(change_of(county, *rows), "Ta", "2025")
    assert (row["ratio"], row["ratio_lower"], row["ratio_upper"], row["p_rose"]) == (None, None, None, None)
    assert (row["previous_load"], row["load"]) == (None, 10.0)


def test_censored_members_widen_the_bounds_by_what_they_can_have_been(county):
    rows = [*year_pair(10.0, 10.0), day("b", None, THEN, limit=10.0), day("b", None, NOW, limit=10.0)]
    row = figure(change_of(county, *rows, log_sd=0.001), "K", "2025")
    # From (least now) / (most then) = 100 / 200 to 200 / 100.
    assert row["ratio_lower"] < 0.5 < 2.0 < row["ratio_upper"]
    assert row["ratio"] == pytest.approx(1.0)


def test_weeks_and_periods_without_a_year_before_are_passed_over(county):
    rows = year_pair(10.0, 15.0)
    assert change_of(county, *rows, periods=["2025-W10", "2024", "2026"]).height == 0
    table = change_of(county, *rows, periods=["2025", "2025-H1", "2025-Q1", "2025-03", "2025-W10"])
    assert sorted(table["period"].unique()) == ["2025", "2025-03", "2025-H1", "2025-Q1"]
    require_promise(AreaChanges, table, where="test")


def test_a_village_behind_its_plant_is_in_no_change_of_the_town():
    tree = [("T", None, 4, 10_000.0), ("V", "T", 5, 800.0)]
    net = network(tree, [("plant", "T", 9_000.0, None), ("village", "V", 800.0, "plant")])
    rows = year_pair(10.0, 20.0, "plant", people=9_000.0) + year_pair(10.0, 90.0, "village", people=800.0)
    table = change_of(net, *rows)
    assert figure(table, "T", "2025")["ratio"] == pytest.approx(2.0)
    assert figure(table, "V", "2025")["ratio"] == pytest.approx(9.0)


def test_the_order_of_rows_does_not_matter(county):
    rows = year_pair(10.0, 15.0) + year_pair(30.0, 20.0, "b")
    assert change_of(county, *rows[::-1]).equals(change_of(county, *rows))


def test_bounds_of_a_change_hold_the_truth_95_times_in_100():
    # 1,200 towns of one site, six days in each of two years; true ratio 1.3; the register is wrong by the same factor in both.
    rng = np.random.default_rng(21)
    n = 1_200
    tree = [(f"{t:04d}", None, 4, None) for t in range(n)]
    net = network(tree, [(f"s{t:04d}", f"{t:04d}", 10_000.0, None) for t in range(n)])
    register = rng.lognormal(0, 0.3, n)
    rows = []
    for year, true in ((2024, 10.0), (2025, 13.0)):
        for i in range(6):
            on = dt.date(year, 1, 15) + dt.timedelta(days=60 * i)
            batch = rng.lognormal(-(0.1**2) / 2, 0.1, n)
            noise = rng.lognormal(-0.08, 0.4, n)
            values = true * register * batch * noise
            rows += [
                day(f"s{t:04d}", float(value), on, batch_id=f"{t}-{year}-{i}", u_batch=0.1003, u_day=0.0)
                for t, value in enumerate(values)
            ]
    table = change_of(net, *rows)
    held = table.select(pl.lit(1.3).is_between(pl.col("ratio_lower"), pl.col("ratio_upper"))).to_series().mean()
    assert held == pytest.approx(0.95, abs=3 * np.sqrt(0.95 * 0.05 / n))
