"""Rates of areas by exact limits: by hand, at the edge, and what is not compared."""

import polars as pl
import pytest
from scipy.stats import poisson

from headworks.workflows.assessment import funnel_of_counts

PERIOD = "2023"  # 365 days: 365 / 365.25 of a year


def rows(counts, people=1000.0):
    """A count of each area in one year."""
    return pl.DataFrame([
        {"area_id": f"a{place}", "period": PERIOD, "indicator": "deaths", "stratum": "all", "source": "o", "definition": "d",
         "vintage": None, "unit": "people", "numerator": count, "denominator": people}
        for place, count in enumerate(counts)
    ], schema_overrides={"vintage": pl.Date, "numerator": pl.Float64})  # fmt: skip


def funnel(frame, n=8):
    """Areas a0 to a7."""
    return funnel_of_counts("deaths", [f"a{place}" for place in range(n)], PERIOD, frame)


def test_limits_are_those_of_a_count_of_the_expected_size():
    found = funnel(rows([10.0] * 7 + [30.0]))
    # 100 cases in 8 areas of one size: 12.5 expected in each, which is 30 with a chance of 1 in 50,000.
    assert poisson.sf(29, 12.5) < 1e-4
    assert found.target == pytest.approx(100 / (8 * 1000 * 365 / 365.25))
    assert found.areas["standing"].to_list() == ["inside"] * 7 + ["above_998"]
    last = found.areas.row(7, named=True)
    years = 1000 * 365 / 365.25
    # The limit slides between the whole numbers around the quantile (B1).
    assert poisson.ppf(0.975, 12.5) - 1 <= last["upper_95"] * years <= poisson.ppf(0.975, 12.5)
    assert found.spread.is_present


def test_an_area_without_a_case_is_inside_where_few_are_expected():
    found = funnel(rows([0.0, 1.0, 2.0, 3.0, 2.0, 1.0, 2.0, 2.0]))
    assert found.areas["standing"].unique().to_list() == ["inside"]
    assert found.areas["lower_998"].to_list() == [0.0] * 8


def test_areas_without_a_count_are_left_out_and_too_few_are_none():
    found = funnel(rows([4.0, None, 6.0, 5.0, 4.0, 6.0, 5.0, 5.0]))
    assert (found.areas.height, found.n_left_out) == (7, 1)
    assert funnel(rows([4.0] * 4)) is None
    assert funnel(rows([0.0] * 8)) is None
