import numpy as np
import pytest

from headworks.assessment.control_charts import u_chart
from headworks.core.errors import DataRefused


def events(n_series, spread, people, seed=1):
    rng = np.random.default_rng(seed)
    rate = 0.01 * np.exp(spread * rng.standard_normal((n_series, 60)))
    exposure = np.full((n_series, 60), people)
    return rng.poisson(rate * exposure).astype(float), exposure, np.arange(60) < 40


def test_limits_narrow_with_the_exposure():
    # Centre 0.04; 3 sqrt(0.04 / 100) = 0.06, of 400 half of it.
    found = u_chart([[4.0] * 8 + [16.0]], [[100.0] * 8 + [400.0]], [True] * 9)
    assert (found.upper[0, 0], found.upper[0, -1]) == pytest.approx((0.10, 0.07))
    assert (found.lower[0, 0], found.lower[0, -1]) == pytest.approx((0.0, 0.01))


def test_with_poisson_counts_both_charts_agree():
    count, exposure, first = events(400, 0.0, 10_000.0)
    plain, wide = u_chart(count, exposure, first), u_chart(count, exposure, first, laney=True)
    # 400 series; the standard error of the mean sigma_z is about 0.006.
    assert wide.sigma_z.mean() == pytest.approx(1.0, abs=0.03)
    assert plain.is_outside.mean() < 0.01


def test_with_large_exposures_only_laney_s_limits_are_usable():
    count, exposure, first = events(200, 0.2, 1e6)
    plain, wide = u_chart(count, exposure, first), u_chart(count, exposure, first, laney=True)
    assert plain.is_outside.mean() > 0.7
    assert wide.is_outside[:, ~first].mean() < 0.02


def test_limits_are_never_narrower_than_chance():
    count, exposure = [[100.0, 101.0] * 6], [[1e4] * 12]
    plain, wide = (u_chart(count, exposure, [True] * 12, laney=laney) for laney in (False, True))
    assert wide.sigma_z.item() < 0.2
    assert np.array_equal(plain.upper, wide.upper)


def test_what_makes_no_chart_is_refused():
    with pytest.raises(DataRefused, match="make no chart"):
        u_chart([[1.0] * 9], [[0.0] * 9], [True] * 9)
    with pytest.raises(DataRefused, match="has no event"):
        u_chart([[0.0] * 9], [[1.0] * 9], [True] * 9)
