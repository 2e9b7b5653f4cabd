r"""Straight lines and parabolas through calibrators, many at once, by weighted least squares.

A curve is a sum of polynomials that are orthogonal under its own weights,

    p0 = 1,    p1 = x - xm,    p2 = p1^2 - alpha p1 - beta,    y = c0 p0 + c1 p1 + c2 p2               (K1)

so that each coefficient is one quotient, ``ck = sum w pk y / sum w pk^2``, and their errors are independent. For a straight
line this is the closed form of the textbook: ``c1`` the slope, ``c0`` the weighted mean of the responses.

The trap: powers of x up to the fourth summed as they come lose half the digits over four decades of concentration.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


class Basis(NamedTuple):
    """Polynomials orthogonal under the weights: each field has one number a curve, ``norms`` one a curve and polynomial."""

    centre: Array
    alpha: Array
    beta: Array
    norms: Array


def orthogonal_basis(x: Array, w: Array, degree: int) -> Basis:
    """The polynomials of (K1).

    Parameters
    ----------
    x, w
        Concentrations and weights, shape ``(n_curves, n_calibrators)``; weight 0 leaves a calibrator out.
    degree
        1 or 2.

    Returns
    -------
    Basis
        A norm of 0 where a curve has too few levels.
    """
    total = w.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        centre = (w * x).sum(axis=1) / total
        first = np.where(w > 0, x - centre[:, None], 0.0)
        spread = (w * first**2).sum(axis=1)
        norms = [total, spread]
        alpha, beta = (w * first**3).sum(axis=1) / spread, spread / total
        if degree > 1:
            second = first**2 - alpha[:, None] * first - beta[:, None]
            norms.append((w * second**2).sum(axis=1))
    return Basis(centre, alpha, beta, np.stack(norms, axis=1))


def polynomial_values(basis: Basis, x: Array, curve: npt.NDArray[np.int64] | None = None) -> Array:
    """Values of the polynomials, the last axis counting them.

    Parameters
    ----------
    basis
        Of ``n_curves`` curves.
    x
        Shape ``(n_curves, n_points)``, or ``(n_points,)`` with the curve of each point.
    curve
        Curve of each point.
    """
    centre, alpha, beta = basis.centre, basis.alpha, basis.beta
    if curve is None:
        centre, alpha, beta = centre[:, None], alpha[:, None], beta[:, None]
    else:
        centre, alpha, beta = centre[curve], alpha[curve], beta[curve]
    first = x - centre
    values = [np.ones_like(first), first]
    if basis.norms.shape[1] > 2:
        values.append(first**2 - alpha * first - beta)
    return np.stack(values, axis=-1)


def fit_coefficients(values: Array, norms: Array, w: Array, y: Array) -> Array:
    """Coefficients of (K1), shape ``(n_curves, degree + 1)``; ``values`` as of the calibrators, ``y`` 0 where ``w`` is."""
    with np.errstate(invalid="ignore", divide="ignore"):
        result: Array = np.einsum("nl,nlk,nl->nk", w, values, y) / norms
    return result


def power_coefficients(basis: Basis, coefficients: Array) -> Array:
    """Intercept, slope and, for a parabola, the coefficient of the square, shape ``(n_curves, degree + 1)``."""
    result: Array = np.einsum("nk,nkj->nj", coefficients, power_matrix(basis))
    return result


def power_matrix(basis: Basis) -> Array:
    """Coefficients of 1, x and x^2 in each polynomial, shape ``(n_curves, degree + 1, degree + 1)``."""
    centre, alpha, beta = basis.centre, basis.alpha, basis.beta
    size = basis.norms.shape[1]
    matrix = np.zeros((centre.size, size, size))
    matrix[:, 0, 0] = 1.0
    matrix[:, 1, 0], matrix[:, 1, 1] = -centre, 1.0
    if size > 2:
        matrix[:, 2, 0] = centre**2 + alpha * centre - beta
        matrix[:, 2, 1], matrix[:, 2, 2] = -(2 * centre + alpha), 1.0
    return matrix


class Crossing(NamedTuple):
    """Where a curve reaches a response, and how steep it is there; not a number where it never does."""

    concentration: Array
    slope: Array


def concentration_at(basis: Basis, coefficients: Array, response: Array) -> Crossing:
    """Concentration at a response on the rising branch (K2); the arguments have one row a response.

    Parameters
    ----------
    basis, coefficients
        Already taken for the curve of each response.
    response
        Shape ``(n_responses,)``.

    Returns
    -------
    Crossing
        A parabola that turns before it reaches the response has none.
    """
    if coefficients.shape[1] == 2:
        slope = coefficients[:, 1]
        with np.errstate(invalid="ignore", divide="ignore"):
            return Crossing(basis.centre + (response - coefficients[:, 0]) / slope, slope.copy())
    square = coefficients[:, 2]
    linear = coefficients[:, 1] - square * basis.alpha
    constant = coefficients[:, 0] - square * basis.beta - response
    with np.errstate(invalid="ignore", divide="ignore"):
        # The root where the derivative is + sqrt(discriminant), written so that a small square does not cancel.
        slope = np.sqrt(linear**2 - 4 * square * constant)
        return Crossing(basis.centre - 2 * constant / (linear + slope), slope)


def take_basis(basis: Basis, curve: npt.NDArray[np.int64]) -> Basis:
    """The polynomials of some curves, one row each."""
    return Basis(*(field[curve] for field in basis))
