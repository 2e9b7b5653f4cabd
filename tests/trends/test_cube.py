"""Sums of five levels by week, beside a grouped query."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from headworks.core.errors import DataRefused
from headworks.trends.cube import Cube, roll_up, site_cube

SITES, DAYS = 48, 70
WEEK = np.arange(DAYS) // 7
TREE = [np.arange(48) // 4, np.arange(12) // 4, np.arange(3) // 2, np.zeros(2, dtype=int)]
NAMES = ["site", "town", "county", "city", "province"]


def rows(n: int, seed: int = 1) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    return pl.DataFrame(
        {
            "site": rng.integers(0, SITES, n).astype(np.uint32),
            "day": rng.integers(0, DAYS, n).astype(np.uint16),
            "load": rng.lognormal(8, 2, n).astype(np.float32),
            "population": rng.lognormal(10, 1, n).astype(np.float32),
        }
    )


def cube_of(frame: pl.DataFrame) -> Cube:
    return site_cube(*(frame[name].to_numpy() for name in ("site", "day", "load", "population")), WEEK, SITES, 10)


def test_two_rows_of_a_week_by_hand():
    cube = site_cube([1, 1, 0], [0, 6, 7], [2.0, 3.0, 5.0], [10.0, 10.0, 4.0], WEEK, 2, 2)
    assert cube.load.tolist() == [[0.0, 5.0], [5.0, 0.0]]
    assert cube.population.tolist() == [[0.0, 4.0], [20.0, 0.0]]
    assert cube.n.tolist() == [[0, 1], [2, 0]]


def test_every_cell_of_every_level_is_that_of_a_grouped_query():
    facts = rows(20_000)
    table = facts.select("site", week=pl.col("day") // 7, load=pl.col("load").cast(pl.Float64),
                         population=pl.col("population").cast(pl.Float64))  # fmt: skip
    for below, name, parent in zip(NAMES, NAMES[1:], TREE, strict=False):
        table = table.with_columns(pl.Series(name, parent)[table[below].cast(pl.Int64)])
    for name, level in zip(NAMES, roll_up(cube_of(facts), TREE), strict=True):
        summed = table.group_by(name, "week").agg(pl.sum("load", "population"), n=pl.len())
        place = summed[name].to_numpy(), summed["week"].to_numpy()
        assert summed.height == np.count_nonzero(level.n)
        assert_allclose(level.load[place], summed["load"], rtol=1e-12)
        assert_allclose(level.population[place], summed["population"], rtol=1e-12)
        assert np.array_equal(level.n[place], summed["n"])


@given(st.integers(0, 400), st.integers(0, 10_000))
@settings(max_examples=25)
def test_every_level_adds_up_to_the_whole(n, seed):
    facts = rows(n, seed)
    for level in roll_up(cube_of(facts), TREE):
        assert level.load.sum() == pytest.approx(facts["load"].cast(pl.Float64).sum(), rel=1e-12)
        assert int(level.n.sum()) == n


def test_one_rows_cell_is_the_same_wherever_it_stands():
    facts = rows(3_000).with_columns(pl.col("load", "population").round(0))
    one, other = cube_of(facts), cube_of(facts.reverse())
    # Whole numbers add up without rounding, in any order.
    assert all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


def test_a_row_without_a_number_counts_for_nothing():
    facts = pl.DataFrame({"site": [0, 0], "day": [0, 1], "load": [1.0, np.nan], "population": [5.0, 5.0]})
    cube = site_cube(*(facts[name].to_numpy() for name in facts.columns), WEEK, 1, 1)
    assert (cube.load[0, 0], cube.population[0, 0], int(cube.n[0, 0])) == (1.0, 5.0, 1)


@pytest.mark.parametrize(("site", "day"), [(2, 0), (-1, 0), (0, DAYS), (0, -1), (0, 69)])
def test_a_row_without_a_cell_is_refused(site, day):
    with pytest.raises(DataRefused, match=rf"row 1.*site {site}, day {day}") as why:
        site_cube([0, site], [0, day], [1.0, 1.0], [1.0, 1.0], WEEK, 2, 2)
    assert why.value.code == "HW-D559"


def test_columns_of_unequal_length_are_refused():
    with pytest.raises(DataRefused, match="not equally long") as why:
        site_cube([0, 1], [0], [1.0, 1.0], [1.0, 1.0], WEEK, 2, 2)
    assert why.value.code == "HW-D559"


@pytest.mark.parametrize("parent", [np.zeros(47, dtype=int), np.full(48, -1)])
def test_a_level_that_forgets_an_area_is_refused(parent):
    with pytest.raises(DataRefused, match="Give one area, from 0") as why:
        roll_up(cube_of(rows(10)), [parent])
    assert why.value.code == "HW-D560"
