import datetime as dt

import numpy as np
import polars as pl
import pytest

from headworks.core.errors import DataRefused
from headworks.trends.censored_mean import censored_mean
from headworks.trends.day_arrays import day_arrays, group_by_period
from headworks.trends.day_groups import group_days
from headworks.trends.day_spread import DaySpread, day_spread


def years_of(days: pl.DataFrame, log_sd: float | None = None) -> pl.DataFrame:
    """Moments of every series and year; with a spread of one's own when said."""
    arrays = day_arrays(days)
    spread = day_spread(arrays)
    if log_sd is not None:
        spread = DaySpread(np.full(days.height, log_sd), spread.degrees_of_freedom, spread.smallest)
    return group_days(arrays, group_by_period(arrays, "year"), spread)


def test_groups_agree_with_the_mean_of_one_group(build):
    found = years_of(build.week_of([4.0, 8.0, None, None]), log_sd=0.5).row(0, named=True)
    one = censored_mean([4.0, 8.0], [np.nan, np.nan], 0.5)
    assert (found["mean"], found["mean_zero"], found["mean_limit"]) == pytest.approx(tuple(one))


def test_moments_are_those_of_the_days(build):
    values = [3.0, 9.0, 4.0]
    found = years_of(build.week_of(values)).row(0, named=True)
    assert (found["mean"], found["sd"], found["n_days"]) == pytest.approx((np.mean(values), np.std(values, ddof=1), 3))


def test_an_unknown_limit_without_a_value_looks_to_the_days_of_the_year_before(build):
    silent = build.week_of([None, None], year=2020)
    found = years_of(build.week_of([5.0, 3.0], year=2019).vstack(silent))
    assert found["mean"].to_list() == [4.0, None]
    assert found["mean_limit"].to_list() == [4.0, 3.0]


def test_a_limit_nobody_knows_stays_unknown(build):
    found = years_of(build.week_of([None, None], year=2018).vstack(build.week_of([5.0, 3.0], year=2020)))
    assert found.filter(label="2018").select("mean", "mean_limit", "mean_zero").row(0) == (None, None, 0.0)


def test_two_batches_share_half_the_variance_each(build):
    # Batches of 2 and 2 days: sigma^2 (4 + 4) / 16 = sigma^2 / 2.
    batches = [build.one_day(1.0, weekday=i, batch_id=name) for i, name in enumerate("aabb", start=1)]
    found = years_of(build.frame(batches))["sigma_batch"].item()
    assert found == pytest.approx(np.sqrt(np.log1p(0.1**2) / 2))


def test_days_without_a_batch_share_one(build):
    found = years_of(build.week_of([1.0, 2.0]))["sigma_batch"].item()
    assert found == pytest.approx(np.sqrt(np.log1p(0.1**2)))


def test_a_published_zero_that_counts_as_quantified_does_no_harm(build):
    found = years_of(build.week_of([0.0, None, 0.0])).row(0, named=True)
    assert found["mean"] == 0.0


def test_a_scatter_of_zero_is_refused(build):
    with pytest.raises(DataRefused, match="scatter between days must be above 0"):
        day_spread(day_arrays(build.week_of([1.0])), 0.0)


def by_hand(days: pl.DataFrame) -> dict[str, object]:
    """Moments of one group without censored days, written out."""
    value = days["value"].to_numpy()
    batches = days.group_by("batch_id").agg(n=pl.len(), variance=(pl.col("u_batch") ** 2).log1p().mean())
    return {
        "n_days": len(value),
        "n_not_detected": 0,
        "n_months": days["day"].dt.month().n_unique(),
        "mean_zero": value.mean(),
        "mean_limit": value.mean(),
        "sd": value.std(ddof=1) if len(value) > 1 else None,
        "u_day": np.sqrt((days["u_day"] ** 2).mean()),
        "u_site": np.sqrt((days["u_site"] ** 2).mean()),
        "sigma_site": np.sqrt((days["u_site"] ** 2).log1p().mean()),
        "sigma_batch": np.sqrt((batches["n"] ** 2 * batches["variance"]).sum()) / len(value),
    }


def test_every_group_has_the_moments_of_its_own_days(build):
    rng = np.random.default_rng(11)
    first, named = dt.date(2023, 11, 1), np.array(["a", "b", None])
    rows = [
        build.dated(
            first + dt.timedelta(days=int(day)), float(rng.lognormal()), site_id=site, u_day=float(rng.uniform(0.05, 0.3)),
            u_batch=float(rng.uniform(0.05, 0.3)), u_site=float(rng.uniform(0.05, 0.3)), batch_id=named[rng.integers(3)],
        )
        for site in "pqr"
        for day in rng.choice(150, 12, replace=False)
    ]  # fmt: skip
    days = build.frame(rows).with_columns(label=pl.col("day").dt.year().cast(pl.String))
    arrays = day_arrays(days)
    found = group_days(arrays, group_by_period(arrays, "year"), day_spread(arrays)).rows(named=True)
    assert len(found) == 6
    for row in found:
        mine = days.filter(site_id=row["site_id"], label=row["label"])
        expected = by_hand(mine)
        assert {name: row[name] for name in expected} == pytest.approx(expected, rel=1e-12)


def test_a_group_has_the_same_bits_alone_and_among_others(build):
    rng = np.random.default_rng(3)
    values = [[None if rng.random() < 0.3 else float(rng.lognormal()) for _ in range(6)] for _ in range(4)]
    days = pl.concat([build.week_of(row, site_id=f"s{place}", limit=0.4) for place, row in enumerate(values)])
    together = years_of(days, log_sd=0.6)
    alone = [years_of(days.filter(site_id=f"s{place}"), log_sd=0.6) for place in range(4)]
    assert together.equals(pl.concat(alone))
