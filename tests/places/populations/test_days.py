"""A quarter's days of a marker, summed up."""

import datetime as dt
import math

import polars as pl
import pytest
from tests.places.populations.builders import load, loads

from headworks.core.uncertainty import sigma_log
from headworks.places.populations import sampled_quarters
from headworks.places.populations.days import marker_quarters

DAYS = [dt.date(2026, 11, 3) + dt.timedelta(days=i) for i in range(4)]


def summed(*rows):
    table = loads(*rows)
    return marker_quarters(sampled_quarters(table), table, ["ammonium"])


def test_the_mean_is_geometric_and_its_variance_that_of_the_days():
    # ln of 100 and 400: mean ln 200, variance (ln 4)^2 / 2 = 0.96091, over two days 0.48045; the known error is smaller.
    row = summed(load(100.0, day=DAYS[0]), load(400.0, day=DAYS[1])).row(0, named=True)
    assert math.exp(row["mean_ln"]) == pytest.approx(200.0)
    assert row["variance"] == pytest.approx(math.log(4) ** 2 / 4)
    assert row["n_days"] == 2


def test_days_that_agree_keep_the_error_of_measuring_and_so_does_a_single_day():
    row = summed(*(load(100.0, day=day, u_day=0.2) for day in DAYS)).row(0, named=True)
    assert row["variance"] == pytest.approx(sigma_log(0.2) ** 2 / 4)
    assert summed(load(100.0)).row(0, named=True)["variance"] == pytest.approx(sigma_log(0.2) ** 2)


def test_a_batch_is_shared_by_its_days_and_batches_average():
    one = [load(100.0, day=day, u_batch=0.1, batch="b") for day in DAYS]
    two = [load(100.0, day=day, u_batch=0.1, batch=f"b{i // 2}") for i, day in enumerate(DAYS)]
    of_days = sigma_log(0.2) ** 2 / 4
    assert summed(*one)["variance"].item() - of_days == pytest.approx(sigma_log(0.1) ** 2)
    assert summed(*two)["variance"].item() - of_days == pytest.approx(sigma_log(0.1) ** 2 / 2)
    unnamed = summed(*(load(100.0, day=day, u_batch=0.1) for day in DAYS))
    assert unnamed["variance"].item() == pytest.approx(summed(*one)["variance"].item())


def test_censored_days_are_counted_and_too_many_of_them_leave_nothing():
    censored = [load(None, day=day, detection="below_loq") for day in DAYS]
    row = summed(load(100.0, day=DAYS[3]), censored[0]).row(0, named=True)
    assert (row["n_days"], row["n_censored"]) == (1, 1)
    assert summed(load(100.0, day=DAYS[3]), *censored[:2]).is_empty()


def test_quarters_and_other_analytes_stay_apart():
    rows = [load(100.0, day=dt.date(2026, 9, 30)), load(100.0, day=dt.date(2026, 10, 1)), load(1.0, analyte="MDMA")]
    assert summed(*rows)["quarter"].to_list() == ["2026-Q3", "2026-Q4"]
    assert sampled_quarters(loads(*rows)).rows() == [("S1", "2026-Q3"), ("S1", "2026-Q4")]


def test_the_order_of_the_rows_and_a_missing_batch_column_do_not_matter():
    rows = [load(100.0 + i, day=day, u_batch=0.1) for i, day in enumerate(DAYS)]
    assert summed(*rows[::-1]).equals(summed(*rows))
    bare = loads(*rows).drop("batch_id")
    assert marker_quarters(sampled_quarters(bare), bare, ["ammonium"]).equals(summed(*rows))


def test_no_days_give_an_empty_table():
    assert summed().is_empty()
    assert summed().schema["variance"] == pl.Float64
