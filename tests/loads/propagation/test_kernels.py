"""The series that the kernels are made of, beside SciPy."""

import numpy as np
import pytest
from scipy.special import polygamma, psi

from headworks.loads.propagation import cumulants as kernel
from headworks.loads.propagation.cumulants import cut_normal_moments
from headworks.loads.propagation.quadrature import _POINTS, _WEIGHTS


def test_polygammas_are_those_of_scipy():
    x = np.array([0.7, 1.0, 2.5, 7.0, 33.0, 1e4])
    # Written out once more in Python, so that nothing is compiled for this test.
    work = np.zeros(kernel._ROWS_OF_WORK * kernel._BLOCK)
    work[kernel._X : kernel._X + x.size] = x
    kernel._add_polygammas.py_func(x.size, work, 1.0)
    rows = [work[row : row + x.size] for row in (kernel._PLACE, kernel._ROOT, kernel._G1, kernel._G2, kernel._G3, kernel._G4)]
    assert rows[0] == pytest.approx(psi(x) - np.log(x + 4), abs=1e-8)
    for n, row in enumerate(rows[1:], start=1):
        assert row == pytest.approx(polygamma(n, x), rel=2e-8)


def test_logarithm_and_exponential_hold_over_their_whole_range():
    w, x = np.linspace(1, 20, 400), np.linspace(-7, 7, 400)
    assert [kernel._logarithm.py_func(one) for one in w] == pytest.approx(np.log(w), abs=1e-8)
    assert [kernel._exponential.py_func(one) for one in x] == pytest.approx(np.exp(x), rel=2e-10)


@pytest.mark.parametrize("ratio", [0.02, 0.1, 0.16, 0.2])
def test_the_sewers_series_are_the_moments_of_the_cut_normal(ratio):
    points, weights = np.polynomial.legendre.leggauss(300)
    z = kernel.SEWER_CUT * points
    weights = weights * np.exp(-(z**2) / 2)
    weights /= weights.sum()
    logs = np.log1p(ratio * z)
    mean = weights @ logs
    square, third, fourth = (weights @ (logs - mean) ** n for n in (2, 3, 4))
    expected = [
        mean,
        square,
        third,
        fourth - 3 * square**2,
        weights @ (1 / (1 + ratio * z)),
        weights @ (1 + ratio * z) ** -2.0,
    ]
    found = [np.polynomial.Polynomial(series)(ratio**2) for series in
             (kernel._K1, kernel._K2, kernel._K3, kernel._K4, kernel._ONCE, kernel._TWICE)]  # fmt: skip
    assert found[:4] == pytest.approx(expected[:4], rel=2e-3 if ratio <= kernel._MOST_SEWER_RATIO else 0.02)
    assert [*found[:2], found[4]] == pytest.approx([*expected[:2], expected[4]], rel=1e-4)
    assert found[5] - found[4] ** 2 == pytest.approx(expected[5] - expected[4] ** 2, rel=3e-3)
    if ratio <= 0.1:
        assert found == pytest.approx(expected, rel=1e-5)


def test_five_gauss_points_have_ten_moments_of_the_cut_normal():
    found = [np.array(_WEIGHTS) @ np.array(_POINTS) ** k for k in range(10)]
    assert found == pytest.approx(cut_normal_moments(10), abs=1e-10)
