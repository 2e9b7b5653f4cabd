import numpy as np
import pytest

from headworks.assessment.composite import composite_sensitivity
from headworks.core.errors import DataRefused

X = np.array([[1.0, 9.0], [2.0, 3.0], [4.0, 6.0], [3.0, 5.0]])


def found(**options):
    return composite_sensitivity(X, [1, 1], np.random.default_rng(1), n_draws=1_000, **options)


def test_with_nothing_varied_nothing_moves():
    one = found(vary_weights=False)
    assert np.array_equal(one.rank_lower, one.rank_upper)
    assert one.mean_shift == 0.0
    assert np.isnan(one.first["weights"])


def test_one_source_alone_explains_all():
    one = found()
    assert one.first["weights"] == pytest.approx(1.0, abs=0.1)
    assert one.total["weights"] == pytest.approx(1.0, abs=0.1)
    assert one.total["input_error"] == 0.0


def test_two_sources_share_the_variance_and_interact():
    one = found(standard_error=1.0)
    assert 0 < one.first["weights"] < one.total["weights"]
    assert one.total["input_error"] > 0.2


def test_pairs_and_ranks_come_from_the_same_draws():
    one = found(normalisations=("min_max", "rank"), aggregations=("additive", "geometric"))
    assert one.p_worse + one.p_worse.T == pytest.approx(np.ones((4, 4)))
    # Expected rank, 1 the worst: 1/2 + sum of P(the others are worse).
    assert one.rank_expected == pytest.approx(0.5 + one.p_worse.sum(axis=0), abs=0.05)


def test_how_often_two_areas_change_places_under_flat_weights():
    # a = (1, 0), b = (0, 1) and c = (0.5, 0.4) after scaling: a before b where w > 1/2.
    one = composite_sensitivity([[1.0, 0.0], [0.0, 1.0], [0.5, 0.4]], [1, 1], np.random.default_rng(1), n_draws=4_000)
    # Standard error 0.008.
    assert one.p_worse[0, 1] == pytest.approx(0.5, abs=0.035)


def test_errors_of_another_shape_are_refused():
    with pytest.raises(DataRefused, match="Errors of the inputs do not fit"):
        found(standard_error=[1.0, 2.0, 3.0])
