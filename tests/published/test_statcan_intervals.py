"""Statistics Canada, table 13-10-0871-01 (Canadian Wastewater Survey, 2022): its interval is ours without correction.

ci = mean +- t(0.975, 6) se, clipped at 0, for city rows without imputed days: seven consecutive days a month.

Every number of the stored copy (monthly_2022.csv) is a multiple of 0.02. Were all rounded to the nearest, mean and bound would
each be off by at most 0.01 and the standard error by 0.01, together 0.01 + 0.01 + 2.447 x 0.01 = 0.0445; 440 of 453 rows stay
within it. Standard errors come out a fifth of a step high on average, so they were not rounded to the nearest alone; with a
whole step of 0.02 for them the tolerance is 0.01 + 0.01 + 2.447 x 0.02 = 0.0689, and all 453 rows stay within it, the worst
at 0.0526. The slope of (half width - t se) on se is below 1e-5, so no other multiplier than t(6) fits.
The copy holds 750 city rows, 453 of them without imputed days. Our method notes speak of 773 such rows, so of another extent
of the table; what can be checked here is checked. Written 2026-11 with scipy 1.17, numpy 2.4.
"""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from headworks.trends.mean_interval import mean_interval, t_bounds

TABLE = Path(__file__).parents[3] / "shared" / "data" / "statcan-wastewater-drugs" / "monthly_2022.csv"
T_OF_6 = 2.4469118511449692
TO_NEAREST, A_STEP = 0.02 + T_OF_6 * 0.01, 0.02 + T_OF_6 * 0.02
ENDLESS, NO_NOISE, LEVEL = np.inf, 0.0, 0.95


@pytest.fixture(scope="module")
def rows() -> pl.DataFrame:
    if not TABLE.exists():
        pytest.skip("no statcan-wastewater-drugs in the shared data folder beside the repository (owner: trends)")
    table = pl.read_csv(TABLE, infer_schema_length=None)
    return table.filter(~pl.col("geo").str.contains("average"), pl.col("imputation_rate_pct") == 0)


def bounds_of(rows: pl.DataFrame) -> np.ndarray:
    mean, se = rows["load_mg_per_1000_per_day"].to_numpy(), rows["se"].to_numpy()
    seven = np.full(mean.size, 7.0)
    return np.array(t_bounds(mean, se * np.sqrt(7), seven, seven * ENDLESS, seven * NO_NOISE, LEVEL))


@pytest.mark.shared
def test_every_interval_of_a_city_without_imputed_days_is_reproduced(rows):
    printed = rows.select("ci95_low", "ci95_high").to_numpy().T
    worst = np.abs(bounds_of(rows) - printed).max(axis=0)
    assert rows.height == 453
    assert int((worst <= TO_NEAREST).sum()) == 440
    assert worst.max() <= A_STEP


@pytest.mark.shared
def test_the_multiplier_is_t_of_six_and_no_other(rows):
    unclipped = rows.filter(pl.col("ci95_low") > 0)
    half = (unclipped["ci95_high"] - unclipped["ci95_low"]).to_numpy() / 2
    slope, _ = np.polyfit(unclipped["se"].to_numpy(), half, 1)
    assert slope == pytest.approx(T_OF_6, abs=1e-5)


def test_seven_days_without_a_period_use_the_same_multiplier():
    days = [3.0, 5.0, 4.0, 8.0, 6.0, 2.0, 7.0]
    found = mean_interval(days)
    assert (found.upper - found.mean) / (np.std(days, ddof=1) / np.sqrt(7)) == pytest.approx(T_OF_6)
