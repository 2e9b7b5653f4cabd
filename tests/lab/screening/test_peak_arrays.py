"""Cleaning, (V2) to (V4)."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headworks.lab.screening.peak_arrays import clean_spectra

PEAKS = st.lists(st.tuples(st.floats(50, 400), st.floats(0, 1e6)), min_size=0, max_size=40)


def clean(mz, intensity, precursor=np.nan, **options):
    order = np.argsort(mz)
    arrays = np.array([0, len(mz)]), np.array(mz, float)[order], np.array(intensity, float)[order], np.array([precursor])
    return clean_spectra(*arrays, **options)


def test_what_is_near_the_precursor_or_above_it_goes_before_the_noise_is_judged():
    # 1 of 300 is 0.33 %, above 0.3 %; of the precursor's 100,000 it would be noise.
    found = clean([50.0, 60.0, 148.5, 150.0, 151.0], [1.0, 300.0, 5.0, 100_000.0, 7.0], precursor=150.0)
    assert found.mz.tolist() == [50.0, 60.0]


def test_peaks_within_twice_the_tolerance_join_the_highest():
    # (60.00 x 1 + 60.03 x 3) / 4 = 60.0225; 60.08 is 0.05 from the highest and stays.
    found = clean([60.00, 60.03, 60.08], [1.0, 3.0, 2.0])
    assert found.mz.tolist() == pytest.approx([60.0225, 60.08])


def test_an_even_spectrum_keeps_its_weights():
    # 25 equal peaks: S = ln 25 = 3.22 > 3, so p stays 1/25; 4 equal ones stay equal under any power.
    assert clean(range(50, 75), [7.0] * 25).weight.tolist() == pytest.approx([0.04] * 25)
    assert clean([50, 60, 70, 80], [7.0] * 4).weight.tolist() == pytest.approx([0.25] * 4)


@pytest.mark.parametrize(("mz", "intensity"), [([], []), ([150.0], [9.0]), ([50.0], [0.0])])
def test_nothing_left_is_an_empty_spectrum(mz, intensity):
    assert clean(mz, intensity, precursor=150.0).start.tolist() == [0, 0]


@given(PEAKS, st.floats(1e-3, 1e3))
def test_weights_sum_to_one_vectors_have_length_one_and_the_unit_of_intensity_does_not_matter(peaks, scale):
    mz, intensity = [p for p, _ in peaks], [round(i, 3) for _, i in peaks]
    found = clean(mz, intensity)
    if found.mz.size:
        assert found.weight.sum() == pytest.approx(1.0)
        assert np.square(found.vector).sum() == pytest.approx(1.0)
    assert clean(mz, [scale * i for i in intensity]).weight.sum() == pytest.approx(found.weight.sum())


def test_threads_and_neighbours_do_not_matter():
    rng = np.random.default_rng(5)
    start = np.arange(0, 401, 20)
    mz, intensity = np.sort(rng.uniform(50, 300, (20, 20)), axis=1).ravel(), rng.lognormal(0, 2, 400)
    precursor = np.full(20, 290.0)
    one, two = (clean_spectra(start, mz, intensity, precursor, threads=n) for n in (1, 2))
    assert all(np.array_equal(a, b) for a, b in zip(one, two, strict=True))
    alone = clean_spectra(np.array([0, 20]), mz[100:120], intensity[100:120], precursor[:1])
    assert alone.weight.tolist() == one.weight[one.start[5] : one.start[6]].tolist()
