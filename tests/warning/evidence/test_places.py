import numpy as np
import pytest
from scipy.stats import kstest, poisson

from headworks.core.errors import DataRefused
from headworks.warning.evidence import normal_of, randomised_place


def test_places_of_counts_are_uniform_once_ties_are_drawn():
    rng = np.random.default_rng(1)
    y = rng.poisson(0.7, 20_000)
    place = randomised_place(poisson(0.7).cdf(y - 1), poisson(0.7).cdf(y), rng)
    assert kstest(place, "uniform").pvalue > 0.01


def test_a_quantified_sample_stays_where_it_fell_and_a_missing_one_missing():
    found = randomised_place([0.3, np.nan], [0.3, np.nan], np.random.default_rng(1))
    assert found[0] == 0.3
    assert np.isnan(found[1])


def test_normals_are_cut_where_they_mean_certainty():
    assert normal_of([0.0, 0.5, 1.0]).tolist() == [-8.0, 0.0, 8.0]


@pytest.mark.parametrize(("low", "high"), [(0.5, 0.4), (-0.1, 0.2), (0.9, 1.1)])
def test_bounds_out_of_order_are_refused(low, high):
    with pytest.raises(DataRefused, match=r"no probabilities in order.*1 samples"):
        randomised_place([low], [high], np.random.default_rng(1))
