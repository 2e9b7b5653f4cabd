import numpy as np
import pytest

from headworks.warning.predictive.design import columns_of_weeks, precision_of_columns


def test_waves_add_up_to_nothing_over_a_year():
    assert columns_of_weeks(52, 52.0)[:, 2:].sum(axis=0) == pytest.approx(np.zeros(4), abs=1e-9)


def test_every_column_has_a_size():
    assert precision_of_columns().shape == (columns_of_weeks(3, 12.0).shape[1],)
