"""Noise learnt from several batches finds what they were made with."""

import numpy as np
import pytest

from headworks.core.errors import DataRefused
from headworks.lab.calibration import pooled_noise

LEVELS = np.array([1.0, 2, 5, 10, 50, 100, 500, 1000])


def batches(constant, proportional, n=400, seed=8):
    rng = np.random.default_rng(seed)
    x = np.broadcast_to(LEVELS, (n, 8))
    slope = rng.uniform(0.5, 2, (n, 1))
    return x, slope * (1 + x + np.sqrt(constant**2 + (proportional * x) ** 2) * rng.standard_normal(x.shape))


@pytest.mark.parametrize(("constant", "proportional"), [(0.3, 0.05), (0.1, 0.1)])
def test_both_parts_are_found_whatever_the_slopes_of_the_batches(constant, proportional):
    # Over twelve seeds the constant part scatters by 0.011 and 0.017, the proportional one by 1.2 %: three times that.
    found = pooled_noise(*batches(constant, proportional))
    assert found.constant == pytest.approx(constant, abs=0.05)
    assert found.proportional == pytest.approx(proportional, rel=0.036)
    assert found.degrees_of_freedom == 400 * 6


def test_purely_constant_and_purely_proportional_noise_are_limiting_cases():
    # The two lowest levels go into intercept and slope: a floor below half the proportional part of level 1 stays hidden.
    assert pooled_noise(*batches(0.0, 0.05)).constant < 0.05
    found = pooled_noise(*batches(0.2, 0.0))
    assert found.constant == pytest.approx(0.2, rel=0.05)
    assert found.proportional < 0.001


def test_one_batch_is_too_little():
    with pytest.raises(DataRefused, match="so few calibrators") as refused:
        pooled_noise(*batches(0.1, 0.1, n=1))
    assert refused.value.code == "HW-D610"
