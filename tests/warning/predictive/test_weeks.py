import numpy as np
import pytest
from scipy.stats import nbinom

from headworks.warning.predictive.baseline import N_PHI, PHI_STEP
from headworks.warning.predictive.weeks import tail_over_phi


def test_a_known_phi_and_an_uncertain_mean_widen_to_a_gamma_mixture():
    # Gamma of shape 1/v about the mean, Poisson given it: negative binomial of size 1/v.
    share = np.zeros(N_PHI)
    share[0] = 1.0
    above, here, variance = tail_over_phi(7.0, 4.0, 0.25, share)
    twin = nbinom(4.0, 4.0 / (4.0 + 4.0))
    assert (above, here) == pytest.approx((twin.sf(7), twin.pmf(7)), rel=1e-9)
    assert variance == pytest.approx(4.0 + 0.25 * 16.0)


def test_two_values_of_phi_are_averaged():
    share = np.zeros(N_PHI)
    share[[0, 10]] = 0.5
    wide = np.exp(PHI_STEP * 10)
    assert tail_over_phi(0.0, 3.0, 0.0, share)[2] == pytest.approx(3.0 * (1 + wide) / 2)
