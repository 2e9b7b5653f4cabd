r"""Between which concentrations a result lies: the prediction of the curve, turned round.

At a concentration x the response of an unknown is drawn, given a shape of noise, from Student's t about the curve with

    s_k(x)^2 = tau_k^2 (v_k(x) / m + p(x)' C_k p(x)),    F(y0 | x) = sum_k P_k T_free((y0 - yhat(x)) / s_k(x))      (K27)

P_k being the probability of shape k (K5), C_k the covariance of the coefficients (K6). The interval holds every x under which
the response is neither too high nor too low: its ends are where F is 1 - alpha / 2 and alpha / 2. With one shape of constant
noise this is Fieller's interval. The trap it avoids: with noise in proportion, ``c +- t u`` at the noise of the result itself
is too high at both ends, and shapes that are averaged into one u lose the tail of those that are wider.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri, stdtr, stdtrit

from headworks.lab.calibration.curves import Curves
from headworks.lab.calibration.noise_shape import shape_variance
from headworks.lab.calibration.weighted_curve import Array, polynomial_values, take_basis

Index = npt.NDArray[np.int64]
# An upper end is looked for up to so many times the highest level; what noise has no end below ends there.
_FARTHEST = 10.0
# The search stops at a step of this part of the half-width; the end is then known far better.
_CLOSE = 1e-4
_MOST_STEPS = 60


class Interval(NamedTuple):
    """Each result's bounds, and its standard error in two parts, in the unit of the calibrators.

    ``own`` is drawn anew by each result, ``common`` shared by those of a batch. ``width`` is how many standard errors the
    interval is wide, to either side: t of one shape; of several the harmonic mean of both sides, which for noise that is
    constant or in proportion is the same.
    """

    lower: Array
    upper: Array
    own: Array
    common: Array
    width: Array


class _Prediction(NamedTuple):
    """What (K27) needs of each response: its curve, and the place of the curve's numbers."""

    curves: Curves
    curve: Index
    response: Array
    replicates: Array

    def take(self, rows: Index) -> _Prediction:
        """Some of the responses."""
        return _Prediction(self.curves, self.curve[rows], self.response[rows], self.replicates[rows])


# Of an absurd curve the ends are not numbers, and no warning.
@np.errstate(invalid="ignore", divide="ignore", over="ignore")
def invert_curve(
    curves: Curves, curve: Index, response: Array, x: Array, slope: Array, replicates: Array, level: float
) -> Interval:
    """Bounds and errors of concentrations (K27).

    Parameters
    ----------
    curves, curve
        The curves, and that of each response.
    response, x, slope
        Shape ``(n,)``: responses, where the curve reaches them, within its range, and how steep it is there.
    replicates
        Injections that each response is the mean of.
    level
        Coverage.

    Examples
    --------
    y = x through four points without scatter: no interval is left.

    >>> from headworks.lab.calibration import fit_curves
    >>> line = fit_curves([[1.0, 2.0, 3.0, 4.0]], [[1.0, 2.0, 3.0, 4.0]], "1")
    >>> at = np.array([2.5])
    >>> found = invert_curve(line, np.array([0]), at, at, np.array([1.0]), np.array([1.0]), 0.95)
    >>> round(found.lower.item(), 6), round(found.upper.item(), 6)
    (2.5, 2.5)
    """
    asked = _Prediction(curves, curve, response, replicates)
    own, common = _errors(asked, x, slope)
    free = curves.degrees_of_freedom[curve]
    reach = stdtrit(np.where(free > 0, free, np.nan), 0.5 + level / 2) * np.hypot(own, common)
    z = float(ndtri(0.5 + level / 2))
    lower = _end(asked, x, x - reach, np.zeros_like(x), z)
    upper = _end(asked, x, x + reach, _farthest(curves, curve), -z)
    total = np.hypot(own, common)
    is_one = curves.shapes.floor.shape[1] == 1
    both = reach if is_one else 2.0 / (1.0 / (x - lower) + 1.0 / (upper - x))
    return Interval(lower, upper, own, common, np.where(total > 0, both / total, z))


def _farthest(curves: Curves, curve: Index) -> Array:
    """Where the search for an upper end stops: far above the range, and where a parabola that bends down turns."""
    farthest = _FARTHEST * curves.highest[curve]
    if curves.coefficients.shape[1] == 2:
        return farthest
    basis, coefficients = take_basis(curves.basis, curve), curves.coefficients[curve]
    turns = basis.centre + basis.alpha / 2 - coefficients[:, 1] / (2 * coefficients[:, 2])
    result: Array = np.where(coefficients[:, 2] < 0, np.minimum(farthest, turns), farthest)
    return result


def _errors(asked: _Prediction, x: Array, slope: Array) -> tuple[Array, Array]:
    """Own and shared standard error, averaged over the shapes of noise."""
    total, own_part, whole = (np.zeros(x.size) for _ in range(3))
    for probability, own, common in _squares(asked, x):
        total += probability * np.sqrt(own + common)
        own_part += probability * own
        whole += probability * (own + common)
    share = np.where(whole > 0, own_part / whole, 0.0)
    error = total / np.abs(slope)
    return error * np.sqrt(share), error * np.sqrt(np.maximum(1.0 - share, 0.0))


def _squares(asked: _Prediction, x: Array) -> list[tuple[Array, Array, Array]]:
    """Probability, own and common square of the response's error at x, of each shape that any curve holds possible."""
    shapes, curve = asked.curves.shapes, asked.curve
    basis = take_basis(asked.curves.basis, curve)
    values = polynomial_values(basis, x, np.arange(x.size))
    # Beyond its range the curve has seen no noise: it stays as at the highest level.
    seen = np.minimum(x, asked.curves.highest[curve])
    parts = []
    for shape in range(shapes.floor.shape[1]):
        tau, probability = shapes.tau_squared[curve, shape], shapes.probability[curve, shape]
        own = tau * shape_variance(shapes.floor[curve, shape], shapes.power[curve, shape], seen) / asked.replicates
        parts.append((probability, own, tau * _quadratic(values, shapes.covariance[curve, shape])))
    return parts


def _quadratic(values: Array, matrix: Array) -> Array:
    """``v' M v`` of each row, added in one order: einsum's last bit hangs on how many rows there are."""
    total = np.zeros(values.shape[0])
    for first in range(values.shape[1]):
        for second in range(values.shape[1]):
            total += values[:, first] * matrix[:, first, second] * values[:, second]
    return total


def _normal_score(asked: _Prediction, x: Array) -> Array:
    """The normal quantile of F at x (K27): nearly straight in x, so that a secant finds the ends in a few steps."""
    basis = take_basis(asked.curves.basis, asked.curve)
    values = polynomial_values(basis, x, np.arange(x.size))
    off, free = asked.response.copy(), asked.curves.degrees_of_freedom[asked.curve]
    for column in range(values.shape[1]):
        off -= asked.curves.coefficients[asked.curve, column] * values[:, column]
    below = np.zeros(x.size)
    for probability, own, common in _squares(asked, x):
        below += probability * stdtr(free, off / np.sqrt(own + common))
    result: Array = ndtri(np.clip(below, 1e-300, 1.0 - 1e-16))
    return result


def _end(asked: _Prediction, x: Array, guess: Array, last: Array, score: float) -> Array:
    """Where the normal score is ``score``, between x and ``last``; ``last`` where it is nowhere."""
    side = 1.0 if score < 0 else -1.0
    near, far = x.copy(), side * np.minimum(side * guess, side * last)
    misfit_near, misfit_far = np.full(x.size, -score), np.full(x.size, np.nan)
    # Without any error there is nothing to look for: the interval is a point.
    rows = np.flatnonzero(side * (far - x) > 0)
    waiting = rows
    while waiting.size:
        misfit_far[waiting] = _normal_score(asked.take(waiting), far[waiting]) - score
        # Not yet beyond the end: look twice as far, as long as there is room.
        is_short = (side * misfit_far[waiting] > 0) & (side * (last[waiting] - far[waiting]) > 0)
        waiting = waiting[is_short]
        near[waiting], misfit_near[waiting] = far[waiting], misfit_far[waiting]
        further = x[waiting] + 2 * (far[waiting] - x[waiting])
        far[waiting] = side * np.minimum(side * further, side * last[waiting])
    ends = np.stack([near, misfit_near, far, misfit_far])
    found = far.copy()
    rows = rows[side * misfit_far[rows] <= 0]
    found[rows] = _between(asked.take(rows), ends[:, rows], score)
    return found


def _between(asked: _Prediction, ends: Array, score: float) -> Array:
    """Root of each row between two places of unlike sign, by the Illinois form of the false position.

    ``ends``: the nearer place and its misfit, the farther one and its misfit.
    """
    first, low, second, high = (end.copy() for end in ends)
    room = _CLOSE * np.abs(second - first)
    left = np.flatnonzero(high != 0)
    for _ in range(_MOST_STEPS):
        if not left.size:
            break
        here = second[left] - high[left] * (second[left] - first[left]) / (high[left] - low[left])
        misfit = _normal_score(asked.take(left), here) - score
        is_crossed = misfit * high[left] < 0
        is_near = np.abs(here - second[left]) <= room[left]
        first[left] = np.where(is_crossed, second[left], first[left])
        # The end that stays loses half its weight, or it would stay for ever.
        low[left] = np.where(is_crossed, high[left], low[left] / 2)
        second[left], high[left] = here, misfit
        left = left[~is_near & (misfit != 0)]
    result: Array = second
    return result
