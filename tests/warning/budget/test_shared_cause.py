import numpy as np
import pytest

from headworks.core.errors import DataRefused
from headworks.warning.budget import explain_shared

N = 20
ONE_BATCH = np.zeros((N, 1), np.int64)


def test_what_is_left_by_hand():
    # v = pi/2 x 0.09/20 = 0.0070686; B = 0.2 x 0.01/(0.01 + v) = 0.117175; z = 0.2/sqrt(0.0170686) = 1.53084.
    found = explain_shared(np.full((N, 1), 0.2), np.full((N, 1), 0.10), np.eye(N), ONE_BATCH, 0.01)
    assert found.effect[0] == pytest.approx(0.117175, abs=1e-6)
    assert found.z[0] == pytest.approx(1.53084, abs=1e-5)
    assert found.residual[0, 0] == pytest.approx(0.2 - 0.117175, abs=1e-6)
    # 0.1 - (0.01 - 0.01 v/(0.01 + v)) = 0.1 - 0.0058587.
    assert found.variance[0, 0] == pytest.approx(0.0941413, abs=1e-6)


def test_a_biased_batch_is_taken_off_sites_and_areas_and_is_quality():
    rng = np.random.default_rng(5)
    shares = np.vstack([np.eye(N), np.full((1, N), 1 / N)])
    r = rng.normal(0, 0.2, (N + 1, 1)) + np.log(1.5)
    r[N] = r[:N].mean()
    variance = np.append(np.full(N, 0.05), 0.04 / N + 0.0025)[:, None]
    found = explain_shared(r, variance, shares, ONE_BATCH, 0.0025)
    assert found.is_quality[0]
    assert r[N, 0] / np.sqrt(variance[N, 0]) > 5
    assert abs(found.normal[N, 0]) < 1.5


def test_a_doubling_in_a_fifth_of_a_batch_stays_a_doubling():
    # The median of 80 % at 0 and 20 % far above is the quantile 0.5/0.8 = 0.625 of the former: 0.3186 x 0.2 = 0.064 is lost
    # at most on average, 0.693 - 0.064 = 0.629 stay; of 300 batches the mean is known to 0.007.
    rng, left = np.random.default_rng(6), []
    for _ in range(300):
        r = rng.normal(0, 0.2, (N, 1))
        r[:4] += np.log(2)
        left.append(explain_shared(r, np.full((N, 1), 0.05), np.eye(N), ONE_BATCH, 0.01).residual[:4].mean())
    assert np.mean(left) > 0.60


def test_a_wrong_flow_moves_all_drugs_of_a_site_and_is_no_use():
    r = np.random.default_rng(7).normal(0, 0.2, (3, 20))
    r[1] += np.log(2)
    label = np.arange(3)[:, None] + np.zeros(20, np.int64)
    found = explain_shared(r, np.full(r.shape, 0.05), np.eye(3), label, 0.01)
    assert found.is_quality.tolist() == [False, True, False]
    assert abs(found.residual[1].mean()) < 0.15


def test_few_residuals_and_those_without_a_label_are_left_alone():
    r = np.full((N, 1), 1.0)
    label = np.where(np.arange(N) < 5, 0, -1)[:, None]
    found = explain_shared(r, np.full((N, 1), 0.05), np.eye(N), label, 0.01)
    assert np.isnan(found.z).all()
    assert (found.residual == r).all()
    assert (found.variance == 0.05).all()


def test_without_an_odd_cause_what_is_left_is_standard_normal_or_narrower():
    # 400 batches of 20; an sd of 8,000 values is known to 0.8 %.
    rng = np.random.default_rng(8)
    r = rng.normal(0, 0.3, (8_000, 1)) + np.repeat(rng.normal(0, 0.15, 400), 20)[:, None]
    every = [
        explain_shared(r[i : i + 20], np.full((20, 1), 0.09 + 0.0225), np.eye(20), ONE_BATCH, 0.0225)
        for i in range(0, 8_000, 20)
    ]
    assert 0.90 < np.std([one.normal for one in every]) < 1.02
    assert np.std([one.z for one in every]) == pytest.approx(1.0, abs=0.15)


@pytest.mark.parametrize(
    ("variance", "shares", "found"),
    [(np.full((N, 1), 0.005), np.eye(N), "0.005"), (np.full((N, 1), 0.05), np.eye(3), "(3, 3)")],
)
def test_what_does_not_fit_is_refused(variance, shares, found):
    with pytest.raises(DataRefused, match="Shared causes") as refused:
        explain_shared(np.zeros((N, 1)), variance, shares, ONE_BATCH, 0.01)
    assert refused.value.code == "HW-D824"
    assert found in refused.value.found
