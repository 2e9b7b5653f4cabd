import numpy as np
import pytest
from scipy.stats import kstest, nbinom

from headworks.warning.predictive.baseline import N_PHI, PHI_STEP
from headworks.warning.predictive.counts import count_predictive
from headworks.warning.predictive.few_cases import SIZES, few_cases_p, node_mean, paired_up_to, write_law, write_weights

# One phi of 2.05 alone.
AT = 6
PHI = float(np.exp(PHI_STEP * AT))
SIZE = 25


def certain() -> np.ndarray:
    share = np.zeros(N_PHI)
    share[AT] = 1.0
    return share


def p_of(before: int, now: int, tie: float = 0.5, mean_before: float = 0.4, mean: float = 0.3, spread: float = 0.0) -> float:
    return few_cases_p(before, now, tie, SIZE, mean_before, mean, spread, PHI, certain())


def test_a_mean_of_one_and_a_variance_of_two_halve_with_each_case():
    law = np.empty(4)
    write_law(1.0, 2.0, law)
    assert law == pytest.approx([1 / 2, 1 / 4, 1 / 8, 1 / 16])


def test_pairs_are_ordered_by_likelihood_and_summed_one_by_one():
    # The slow twin: every pair's likelihood ratio by scipy, and the probability of all that are larger.
    y = np.arange(SIZE)

    def law(mean: float, added: float = 0.0) -> np.ndarray:
        excess = (PHI - 1) * mean
        return nbinom((mean + added) ** 2 / excess, (mean + added) / (mean + added + excess)).pmf(y)

    before, now = law(0.4), law(0.3)
    added = [(size * max(np.sqrt(PHI * 0.4), 1), size * max(np.sqrt(PHI * 0.3), 1)) for size in SIZES]
    struck = sum(np.outer(before + law(0.4, a), law(0.3, b)) for a, b in added)
    quiet = np.outer(before, now)
    ratio = struck / quiet
    # Far out the ratio falls again, and each further case is to add a twentieth.
    for x, now in np.ndindex(ratio.shape):
        ratio[x, now] = max(ratio[x, now], *(1.05 * ratio[at] for at in ((x - 1, now), (x, now - 1)) if min(at) >= 0), 0.0)
    for pair in ((1, 1), (0, 3), (2, 1)):
        larger = (ratio > ratio[pair] * (1 + 1e-9)) | (y[:, None] + y >= SIZE)
        assert p_of(*pair) == pytest.approx(quiet[larger].sum() + 0.5 * quiet[pair], rel=1e-6)


def test_p_values_of_quiet_pairs_are_uniform_however_few_the_cases():
    # 3,000 pairs; a fault of three hundredths would be found.
    rng = np.random.default_rng(5)
    pairs = rng.negative_binomial(np.array([0.4, 0.3]) / (PHI - 1), 1 / PHI, (3_000, 2))
    found = [p_of(int(x), int(y), rng.random()) for x, y in pairs]
    assert kstest(found, "uniform").pvalue > 0.01


def test_a_case_more_in_either_week_is_never_less_odd():
    found = np.array([[p_of(x, y) for y in range(8)] for x in range(8)])
    assert (np.diff(found, axis=0) <= 1e-12).all()
    assert (np.diff(found, axis=1) <= 1e-12).all()


def test_one_case_in_each_of_two_weeks_is_odder_than_both_in_one_where_counts_scatter():
    assert p_of(1, 1, mean_before=0.1, mean=0.1) < 0.7 * p_of(0, 2, mean_before=0.1, mean=0.1)


def test_shared_doubt_of_the_mean_makes_cases_in_both_weeks_less_odd():
    assert p_of(1, 1, spread=0.5) > 1.04 * p_of(1, 1)


def test_the_doubt_of_the_mean_keeps_its_mean_and_totals_their_law():
    laws, weights = np.empty((6, SIZE)), np.empty((5, SIZE))
    write_weights(0.7, 0.5, PHI, laws, weights)
    assert (weights * laws[:5]).sum(axis=0) == pytest.approx(laws[5])
    # Relative variance e^(ln 1.21) - 1: the middle node lies at the median, 1 / sqrt(1.21).
    assert node_mean(1.0, 0.21, 2) == pytest.approx(1 / 1.1)


def test_many_expected_cases_are_left_to_the_sum_and_the_week():
    assert paired_up_to(0.7, 2.0) == 25
    assert paired_up_to(100.0, 100.0) == 0


def test_more_cases_than_are_paired_are_judged_by_their_sum():
    counts = np.zeros((1, 150))
    counts[0, ::9], counts[0, -2:] = 1.0, (30.0, 40.0)
    found = count_predictive(counts, np.random.default_rng(1))
    assert found.p_value.item() == found.p_pair.item() < 1e-9
