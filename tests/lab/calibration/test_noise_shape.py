"""What controls and earlier batches add to what a batch knows of its noise."""

import numpy as np
import pytest
from studies.lab_intervals import LEVELS, Noise, coverage, coverage_in_product

from headworks.lab.calibration import fit_curves
from headworks.lab.calibration.noise_shape import FurtherNoise

X = np.array([[1.0, 2.0, 5.0, 10.0, 50.0, 100.0]])
NONE = np.zeros((1, 0))


def further(controls=NONE, squares=NONE, free=NONE, earlier=None, *, in_concentration=False):
    past = np.zeros((1, 0, 0)) if earlier is None else np.asarray(earlier)[None]
    is_concentration = np.full(controls.shape, in_concentration)
    return FurtherNoise(
        controls, squares, free, is_concentration, np.broadcast_to(X[0], past.shape) if past.size else past, past
    )


def test_without_further_evidence_the_batch_speaks_alone():
    y = X * np.array([1.05, 0.97, 1.02, 0.98, 1.01, 1.0])
    alone, with_none = fit_curves(X, y), fit_curves(X, y, further=further())
    assert np.array_equal(alone.shapes.probability, with_none.shapes.probability)
    assert alone.degrees_of_freedom.tolist() == with_none.degrees_of_freedom.tolist() == [4.0]


def test_controls_add_their_degrees_of_freedom_and_what_they_scatter():
    y = X * np.array([1.05, 0.97, 1.02, 0.98, 1.01, 1.0])
    # Five controls at 50 with a scatter of 20 %: 4 x (10)^2.
    noisy = fit_curves(X, y, further=further(np.array([[50.0]]), np.array([[400.0]]), np.array([[4.0]])))
    assert noisy.degrees_of_freedom.tolist() == [8.0]
    assert (noisy.shapes.tau_squared[0, 0]) > 3 * fit_curves(X, y).shapes.tau_squared[0, 0]


@pytest.mark.parametrize("power", [0.0, 0.5, 1.0])
def test_many_earlier_batches_tell_the_shape(power):
    rng = np.random.default_rng(3)
    past = 2.0 * (X + 0.02 * X**power * rng.standard_normal((60, 6)))
    curves = fit_curves(X, 3.0 * X * (1 + 0.01 * rng.standard_normal((1, 6))), further=further(earlier=past))
    best = int(np.argmax(curves.shapes.probability[0]))
    # A floor of 50 lowest levels is constant noise as well, up to a third of the range.
    found = 0.0 if curves.shapes.floor[0, best] >= 10 else float(curves.shapes.power[0, best])
    assert found == power
    assert curves.degrees_of_freedom[0] == 4 + 60 * 4


@pytest.mark.parametrize("noise", [Noise(0.0, 0.07, 0.5), Noise(0.1, 0.02)])
def test_intervals_hold_for_noise_that_a_batch_alone_does_not_see(noise):
    # 700 batches: the Monte Carlo error of 95 % is 0.8 percentage points a cell; four of them are allowed.
    room = 4 * (0.95 * 0.05 / 700) ** 0.5
    alone = coverage(LEVELS["8"], noise, 700, 5)
    told = coverage_in_product(LEVELS["8"], noise, 700, 5)
    assert alone.held[:2].max() < 0.92
    assert told.held.min() > 0.95 - room
    assert told.held.max() < 0.97 + room


def test_scatter_of_earlier_controls_counts_at_the_slope_of_the_curve():
    y = 3.0 * X * np.array([1.05, 0.97, 1.02, 0.98, 1.01, 1.0])
    groups = np.array([[50.0]]), np.array([[100.0]]), np.array([[4.0]])
    slope = fit_curves(X, y).coefficients[0, 1]
    kept = fit_curves(X, y, further=further(*groups, in_concentration=True))
    responses = fit_curves(X, y, further=further(groups[0], groups[1] * slope**2, groups[2]))
    assert kept.shapes.probability == pytest.approx(responses.shapes.probability, rel=1e-9)
    assert kept.degrees_of_freedom.tolist() == [8.0]


def test_noise_that_grows_faster_than_in_proportion_is_told_by_earlier_batches():
    # x^1.3 is none of the shapes tried. Before any beyond x^1 were, 84 % at 900 and all of them up to 20.
    room = 4 * (0.95 * 0.05 / 700) ** 0.5
    held = coverage_in_product(LEVELS["8"], Noise(0.0, 0.02, 1.3), 700, 5).held
    assert held.min() > 0.95 - room
    assert held.max() < 0.97 + room
