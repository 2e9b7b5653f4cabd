"""(V5) to (V7), against the formulas written out."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headworks.lab.screening.peak_arrays import clean_spectra
from headworks.lab.screening.similarity import spectral_similarity

HEIGHTS = st.lists(st.floats(1, 100), min_size=6, max_size=6)
MZ = np.arange(50.0, 110.0, 10.0)


def cleaned(*spectra):
    start = np.cumsum([0] + [len(mz) for mz, _ in spectra])
    mz, intensity = (np.concatenate([np.asarray(s[k], float) for s in spectra]) for k in (0, 1))
    return clean_spectra(start, mz, intensity, np.full(len(spectra), np.nan))


def entropy(p):
    p = p[p > 0]
    return -(p * np.log(p)).sum()


def test_two_equal_peaks_of_which_one_is_shared_are_half_alike():
    # p = (1/2, 1/2, 0), q = (0, 1/2, 1/2): S_A = S_B = ln 2, S_AB = 1.5 ln 2; 1 - (3 - 2) ln 2 / ln 4 = 0.5.
    found = spectral_similarity(cleaned(([50.0, 60.0], [1, 1]), ([60.0, 70.0], [1, 1])), 0, cleaned(([60.0, 70.0], [1, 1])), 0)
    assert found.entropy == pytest.approx(0.5)
    # v = 60 / sqrt(50^2 + 60^2) times 60 / sqrt(60^2 + 70^2).
    assert found.cosine == pytest.approx(3600 / np.sqrt((2500 + 3600) * (3600 + 4900)))
    assert found.score == pytest.approx(np.sqrt(0.5 * found.cosine) / 1.1)


@given(HEIGHTS, HEIGHTS)
def test_the_sum_over_shared_fragments_is_the_formula_of_three_entropies(one, other):
    clean = cleaned((MZ, one), (MZ, other))
    p, q = clean.weight[:6], clean.weight[6:]
    slow = 1.0 - (2.0 * entropy((p + q) / 2) - entropy(p) - entropy(q)) / np.log(4.0)
    found = spectral_similarity(clean, 0, clean, 1)
    assert found.entropy == pytest.approx(slow, abs=1e-9)
    assert found.cosine == pytest.approx(float(clean.vector[:6] @ clean.vector[6:]))
    assert spectral_similarity(clean, 1, clean, 0).score == pytest.approx(found.score)


@pytest.mark.parametrize(("apart", "entropy", "cosine"), [(0.009, 1.0, 1.0), (0.015, 1.0, 0.0), (0.021, 0.0, 0.0)])
def test_the_cosine_asks_for_half_the_tolerance(apart, entropy, cosine):
    clean = cleaned(([60.0], [1]), ([60.0 + apart], [1]))
    found = spectral_similarity(clean, 0, clean, 1)
    assert (found.entropy, found.cosine) == (pytest.approx(entropy), pytest.approx(cosine))


def test_nothing_shared_and_nothing_at_all_score_zero():
    clean = cleaned(([60.0], [1]), ([70.0], [1]), ([], []))
    assert spectral_similarity(clean, 0, clean, 1).score == 0.0
    assert spectral_similarity(clean, 2, clean, 2).score == 0.0
