import datetime as dt

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.trends.areas.builders import COUNTY, DAY, PLANTS, day, days, figure, known_spread, network, roll_up

from headworks.core.schema import require_promise
from headworks.core.uncertainty import coverage_factor
from headworks.tables import AreaLoads
from headworks.trends.areas.roll_up import area_loads_of

Z = coverage_factor(0.95)
TWO = [day("a", 10.0, people=20_000.0, batch_id="b1"), day("b", 30.0, people=10_000.0, batch_id="b1")]


@pytest.fixture(scope="module")
def county():
    return network(COUNTY, PLANTS)


def sigma(u):
    return np.sqrt(np.log1p(u**2))


def test_load_and_people_are_summed_never_ratios(county):
    row = figure(roll_up(county, *TWO), "K")
    # 10 x 20 + 30 x 10 = 500 mg/d from 30,000 people; the mean of the ratios would be 20.
    assert (row["load_mg_per_day"], row["population"]) == (500.0, 30_000.0)
    assert row["load_mg_per_1000_per_day"] == pytest.approx(500 / 30)
    assert (row["coverage"], row["n_sites"], row["n_days"]) == (0.75, 2, 2)
    assert row["largest_share"] == pytest.approx(2 / 3)


def test_the_uncertainty_of_each_scope_by_hand(county):
    row = figure(roll_up(county, *TWO), "K")
    # One of seven days each: tau^2 = 6/7 0.4^2 + 1/7 ln(1 + 0.2^2) = 0.142746; R_day = (200^2 + 300^2) (1 - e^-tau2) / 500^2.
    tau2 = 6 / 7 * 0.16 + np.log(1.04) / 7
    r_day = (200**2 + 300**2) * (1 - np.exp(-tau2)) / 500**2
    assert sigma(row["u_day"]) ** 2 == pytest.approx(-np.log(1 - r_day))
    # One batch: 0.06^2 (200 + 300)^2 / 500^2.
    assert row["u_batch"] == pytest.approx(0.06)
    # (20,000 x 0.12)^2 + (10,000 x 0.12)^2 over 30,000^2.
    assert row["u_site"] == pytest.approx(0.12 * np.sqrt(5) / 3)
    s2 = [sigma(row[name]) ** 2 for name in ("u_day", "u_batch", "u_site")]
    shift, half = (s2[0] + s2[1] - s2[2]) / 2, Z * np.sqrt(sum(s2))
    assert row["lower"] == pytest.approx(500 / 30 * np.exp(shift - half))
    assert row["upper"] == pytest.approx(500 / 30 * np.exp(shift + half))


def test_a_single_site_and_day_has_the_spread_of_its_day(county):
    row = figure(roll_up(county, TWO[0]), "Ta")
    assert sigma(row["u_day"]) == pytest.approx(np.sqrt(6 / 7 * 0.16 + np.log(1.04) / 7))
    assert (row["u_batch"], row["u_site"]) == (pytest.approx(0.06), pytest.approx(0.12))


def test_a_period_sampled_whole_leaves_the_noise_of_measuring_only(county):
    week = [day("a", 10.0, DAY + dt.timedelta(days=i - 2)) for i in range(7)]
    # tau^2 = ln(1.04), so each day's R is 1 - 1/1.04, and a seventh of it is left.
    row = figure(roll_up(county, *week), "Ta")
    assert sigma(row["u_day"]) ** 2 == pytest.approx(-np.log(1 - (1 - 1 / 1.04) / 7))


def test_few_degrees_of_freedom_widen_as_student_s_t(county):
    rows = [day("a", 10.0, u_batch=0.0, u_site=0.0)]
    wide, narrow = (figure(roll_up(county, *rows, degrees_of_freedom=df), "Ta") for df in (6.0, 1e9))
    widths = [np.log(row["upper"] / row["lower"]) for row in (wide, narrow)]
    assert widths[0] / widths[1] == pytest.approx(2.446912 / Z, rel=1e-5)


def test_a_batch_shared_by_all_sites_does_not_average_out_while_separate_ones_do(county):
    apart = [day("a", 10.0, people=20_000.0, batch_id="b1"), day("b", 20.0, people=10_000.0, batch_id="b2")]
    together = [one | {"batch_id": "b1"} for one in apart]
    # Two equal loads of 200 mg/d: 0.06 together, 0.06 / sqrt(2) apart.
    assert figure(roll_up(county, *together), "K")["u_batch"] == pytest.approx(0.06)
    assert figure(roll_up(county, *apart), "K")["u_batch"] == pytest.approx(0.06 / np.sqrt(2))


def test_days_without_a_batch_are_taken_as_one_batch(county):
    rows = [one | {"batch_id": None} for one in TWO]
    assert figure(roll_up(county, *rows), "K")["u_batch"] == pytest.approx(0.06)


def test_more_days_average_the_days_and_not_the_register(county):
    rows = [day("a", 10.0, dt.date(2025, 1, 1) + dt.timedelta(days=4 * i)) for i in range(16)]
    one, many = (figure(roll_up(county, *some, log_sd=0.3), "Ta", "2025") for some in (rows[:1], rows))
    assert many["u_day"] == pytest.approx(one["u_day"] / 4, rel=0.1)
    assert (many["u_site"], many["u_batch"]) == (pytest.approx(0.12), pytest.approx(0.06))


def test_every_period_of_a_day_and_no_other_has_a_figure(county):
    table = roll_up(county, day("a"))
    assert sorted(table["period"].unique()) == ["2025", "2025-03", "2025-H1", "2025-Q1", "2025-W10"]
    assert sorted(table["area_id"].unique()) == ["K", "Ta"]
    require_promise(AreaLoads, table, where="test")


def test_some_periods_alone_give_the_bits_of_all(county):
    rng = np.random.default_rng(4)
    rows = [
        day(site, value, dt.date(2025, 1, 1) + dt.timedelta(days=int(d)), batch_id=f"b{d % 5}")
        for site in "ab"
        for d, value in zip(rng.permutation(200)[:60], rng.lognormal(2, 0.5, 60), strict=True)
    ]
    whole = roll_up(county, *rows)
    for label in ("2025-W12", "2025-Q2", "2025"):
        assert roll_up(county, *rows, only=frozenset({label})).equals(whole.filter(period=label))


@pytest.mark.parametrize("rows", [[], [day("unknown")], [day("a", people=None)]])
def test_nothing_that_speaks_for_an_area_makes_no_row(county, rows):
    arrays = days(*rows) if rows else days(day("a")).take(np.zeros(0, dtype=np.int64))
    assert area_loads_of(arrays, known_spread(arrays), county).height == 0


def test_a_province_without_areas_has_no_figures():
    assert roll_up(network([], [("a", None, 10.0, None)]), day("a")).height == 0


def test_coverage_of_107_per_cent_is_shown_as_it_is():
    over = network([("T", None, 4, 10_000.0)], [("a", "T", 10_700.0, None)])
    assert figure(roll_up(over, day("a", people=10_700.0)), "T")["coverage"] == pytest.approx(1.07)


def test_an_area_whose_residents_nobody_knows_has_no_coverage():
    bare = network([("T", None, 4, None)], [("a", "T", 10_000.0, None)])
    assert figure(roll_up(bare, day("a")), "T")["coverage"] is None


loads = st.lists(st.floats(0.01, 1e4), min_size=1, max_size=4)


@given(loads, loads, st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_neither_the_order_of_rows_nor_the_unit_of_load_matters(a, b, random):
    net = network(COUNTY, PLANTS)
    rows = [day("a", y, DAY + dt.timedelta(days=i), batch_id="p") for i, y in enumerate(a)]
    rows += [day("b", y, DAY + dt.timedelta(days=i), batch_id="q") for i, y in enumerate(b)]
    table = roll_up(net, *rows)
    random.shuffle(rows)
    assert roll_up(net, *rows).equals(table)
    twice = roll_up(net, *[row | {"value": 2 * row["value"]} for row in rows])
    for name in ("load_mg_per_day", "load_mg_per_1000_per_day", "lower", "upper"):
        assert twice[name].to_numpy() == pytest.approx(2 * table[name].to_numpy())
    for name in ("u_day", "u_batch", "u_site", "population"):
        assert twice[name].to_numpy() == pytest.approx(table[name].to_numpy())


@given(loads, loads)
@settings(max_examples=40, deadline=None)
def test_bounds_hold_the_figure(a, b):
    rows = [day("a", y, DAY + dt.timedelta(days=i)) for i, y in enumerate(a)]
    rows += [day("b", y, DAY + dt.timedelta(days=i)) for i, y in enumerate(b)]
    table = roll_up(network(COUNTY, PLANTS), *rows)
    value = pl.col("load_mg_per_1000_per_day")
    assert table.filter((pl.col("lower") > value * (1 + 1e-12)) | (pl.col("upper") < value * (1 - 1e-12))).height == 0
