import numpy as np
import polars as pl
import pytest
from tests.warning.peers.builders import weeks

from headworks.core.errors import DataRefused, UsageError
from headworks.warning.peers.counts import counts_of


def test_a_step_without_a_row_and_one_without_a_value_are_both_missing():
    table = pl.concat([weeks([4.0]), weeks([None, 5.0], first=3)])
    np.testing.assert_array_equal(counts_of(table, None).observed, [[4, np.nan, np.nan, 5]])


def test_the_order_of_rows_does_not_matter():
    table = pl.concat([weeks([1, 2, 3], "b"), weeks([4, 5], "a", first=2)])
    for shuffled in (table, table.reverse(), table.sample(fraction=1, shuffle=True, seed=3)):
        found = counts_of(shuffled, (2, 3))
        assert found.names.to_list() == ["a", "b"]
        np.testing.assert_array_equal(found.observed, [[np.nan, 4, 5], [1, 2, 3]])
        np.testing.assert_array_equal(found.first, [1, 0])


def test_steps_after_the_last_row_can_be_asked_for():
    assert np.isnan(counts_of(weeks([1, 2]), (2, 4)).assessed).tolist() == [[False, True, True]]


def test_no_rows_give_no_series():
    assert counts_of(weeks([]), None).observed.shape == (0, 0)


@pytest.mark.parametrize(
    ("table", "code", "says"),
    [
        (weeks([1]).drop("observed"), "HW-D700", "A column is missing"),
        (weeks([1]).with_columns(pl.col("t").cast(pl.Float64)), "HW-D701", "not a whole number"),
        (pl.concat([weeks([1]), weeks([2])]), "HW-D702", "a step twice"),
        (weeks([1, -2]), "HW-D703", "below zero"),
        (weeks([1, float("inf")]), "HW-D703", "without end"),
        (weeks([1, 2]).with_columns(pl.lit("few").alias("observed")), "HW-D745", "no numbers"),
        (weeks([1, 2]).with_columns(series=pl.lit(None, pl.String)), "HW-D701", "series String, 2 missing"),
    ],
)
def test_what_breaks_the_promise_is_refused(table, code, says):
    with pytest.raises(DataRefused, match=says) as refused:
        counts_of(table, None)
    assert refused.value.code == code


@pytest.mark.parametrize("evaluate", [(3, 2), (1, 10_000_000), 2, (1.0, 2.0), (1, 2, 3)])
def test_a_range_that_is_none_is_refused(evaluate):
    with pytest.raises(UsageError, match="not a range") as refused:
        counts_of(weeks([1, 2]), evaluate)
    assert refused.value.code == "HW-U230"
