import numpy as np
import pytest

from headworks.core.errors import DataRefused
from headworks.trends.smoother import observations


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        (([0, 2], [5, 4], [0, 0], [0, 0]), "days out of order (row 1)"),
        (([0, 1], [5], [1.0], [0.0]), "lower bound"),
        (([0, 1], [5], [np.nan], [0.0]), "lower bound"),
        (([0, 1], [5], [-np.inf], [np.inf]), "no bound at all"),
        (([0, 1], [5], [-np.inf], [-np.inf]), "an endless value"),
        (([0, 1], [5], [0.0], [0.0], -1.0), "a variance"),
        (([0, 1], [5], [0.0], [0.0], 0.0, 0.0), "less than one day"),
    ],
)
def test_days_the_kernels_cannot_read_are_refused(columns, words):
    with pytest.raises(DataRefused, match="cannot be smoothed") as refused:
        observations(*columns)
    assert words in refused.value.found
    assert refused.value.code == "HW-D541"


def test_starts_that_do_not_cover_the_rows_are_refused():
    with pytest.raises(DataRefused, match="do not cover") as refused:
        observations([0, 2], [5], [0.0], [0.0])
    assert refused.value.code == "HW-D542"


def test_series_are_taken_in_the_order_asked_for():
    seen = observations([0, 1, 3], [5, 6, 7], [0.0, 1.0, 2.0], [0.0, 1.0, 2.0])
    taken = seen.take(np.array([1, 0]))
    assert taken.start.tolist() == [0, 2, 3]
    assert taken.day.tolist() == [6, 7, 5]


def test_two_series_may_begin_on_an_earlier_day_each():
    assert observations([0, 1, 2], [9, 3], [0.0, 0.0], [0.0, 0.0]).of_series.tolist() == [0, 1]
