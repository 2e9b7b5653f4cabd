r"""The posterior of a regression whose errors follow one another, with points known only to lie below a limit.

With errors u_t = phi u_(t-1) + e_t, the sums that least squares needs are quadratic in phi (whitened columns, the first point
by its stationary variance):

    S(phi) = S_0 - phi S_1 + phi^2 S_2,   S_0 over all points, S_1 over neighbours, S_2 over inner points  (B36)

so the posterior of phi with coefficients and sigma integrated out is had on a grid at once,

    p(phi | y) ~ sqrt(1 - phi^2) |X'X(phi)|^(-1/2) RSS(phi)^(-(n - p)/2)                                  (B37)

and given phi, sigma^2 ~ RSS / chi^2_(n-p), b ~ normal. A point not known has, given its neighbours, the normal distribution of
mean phi (u_(t-1) + u_(t+1)) / (1 + phi^2) and variance sigma^2 / (1 + phi^2), cut at its limit; even points are drawn
together, then odd ones.

The trap: with nothing unknown the draws are independent; with much unknown neighbouring draws resemble each other, and the
ends of an interval are known less well than the number of draws suggests.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import log_ndtr, ndtri_exp

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
# Cells of the grid of phi. Loads of neighbouring months do not swing to and fro; and a phi of 1 is a walk without a level.
_GRID = np.linspace(-0.48, 0.96, 37)
_BURN_IN = 200


class Posterior(NamedTuple):
    """Draws: ``beta`` ``(n_draws, n_series, n_terms)``, ``phi`` and ``sigma`` ``(n_draws, n_series)``."""

    beta: Array
    phi: Array
    sigma: Array


class _Sums(NamedTuple):
    """Of the design at every phi of the grid: inverse of X'X, its Cholesky factor, and the log of all but RSS in (B37)."""

    inverse: Array
    factor: Array
    log_rest: Array


def posterior_of_regression(y: Array, limit: Array, design: Array, rng: np.random.Generator, n_draws: int) -> Posterior:
    """Draws of coefficients, autocorrelation and scatter of many series with one design (B36, B37).

    Parameters
    ----------
    y
        Shape ``(n_series, n_points)``, not a number where not known.
    limit
        What a point not known lies below; not a number where nothing is known of it.
    design
        Shape ``(n_points, n_terms)``, of full rank.
    rng
        Draws are shared by all series.
    n_draws
        Draws kept.

    Examples
    --------
    The mean of 0 and 2 in turn.

    >>> y = np.tile([0.0, 2.0], 20)[None, :]
    >>> found = posterior_of_regression(y, np.full((1, 40), np.nan), np.ones((40, 1)), np.random.default_rng(1), 500)
    >>> bool(abs(found.beta.mean() - 1.0) < 0.05)
    True
    """
    n_series, n = y.shape
    n_terms = design.shape[1]
    sums = _sums_of_design(design, n)
    is_unknown = np.isnan(y)
    full = _started(y, limit)
    burn_in = _BURN_IN if is_unknown.any() else 0
    found = Posterior(np.empty((n_draws, n_series, n_terms)), np.empty((n_draws, n_series)), np.empty((n_draws, n_series)))
    bound = np.where(np.isnan(limit), np.inf, limit)
    for sweep in range(-burn_in, n_draws):
        phi, beta, sigma = _parameters(full, design, sums, rng)
        if is_unknown.any():
            full = _unknown_points(
                full, is_unknown, bound, full - _products(beta, design.T), phi, sigma, np.asarray(rng.random(n))
            )
        if sweep >= 0:
            found.beta[sweep], found.phi[sweep], found.sigma[sweep] = beta, phi, sigma
    return found


def _sums_of_design(design: Array, n: int) -> _Sums:
    g = _GRID[:, None, None]
    neighbours = design[1:].T @ design[:-1]
    inner = design[1:-1].T @ design[1:-1]
    information = design.T @ design - g * (neighbours + neighbours.T) + g**2 * inner
    inverse = np.asarray(np.linalg.inv(information), dtype=np.float64)
    log_rest = 0.5 * np.log1p(-(_GRID**2)) - 0.5 * np.linalg.slogdet(information)[1]
    return _Sums(inverse, np.asarray(np.linalg.cholesky(inverse), dtype=np.float64), log_rest)


def _parameters(y: Array, design: Array, sums: _Sums, rng: np.random.Generator) -> tuple[Array, Array, Array]:
    """Phi from its grid, then scatter and coefficients given it; shapes ``(n_series,)``, ``(n_series, n_terms)``."""
    n, n_terms = design.shape
    g = _GRID[None, :]
    square = (y**2).sum(axis=1), 2 * (y[:, 1:] * y[:, :-1]).sum(axis=1), (y[:, 1:-1] ** 2).sum(axis=1)
    cross = (
        _products(y, design),
        _products(y[:, 1:], design[:-1]) + _products(y[:, :-1], design[1:]),
        _products(y[:, 1:-1], design[1:-1]),
    )
    yy = square[0][:, None] - g * square[1][:, None] + g**2 * square[2][:, None]
    xy = cross[0][:, None] - g[..., None] * cross[1][:, None] + g[..., None] ** 2 * cross[2][:, None]
    best = np.einsum("gij,sgj->sgi", sums.inverse, xy)
    rss = np.maximum(yy - (best * xy).sum(axis=2), 1e-12 * yy)
    log_p = sums.log_rest - 0.5 * (n - n_terms) * np.log(rss)
    p = np.cumsum(np.exp(log_p - log_p.max(axis=1, keepdims=True)), axis=1)
    cell = (p < rng.random() * p[:, -1:]).sum(axis=1)
    rows = np.arange(y.shape[0])
    sigma = np.sqrt(rss[rows, cell] / rng.chisquare(n - n_terms))
    noise = np.einsum("sij,j->si", sums.factor[cell], rng.standard_normal(n_terms))
    return _GRID[cell], best[rows, cell] + sigma[:, None] * noise, sigma


def _products(rows: Array, columns: Array) -> Array:
    """The matrix product, row by row: a library's may add up in another order for another number of rows."""
    result: Array = np.einsum("si,ij->sj", rows, columns)
    return result


def _unknown_points(y: Array, is_unknown: Flags, bound: Array, error: Array, phi: Array, sigma: Array, chance: Array) -> Array:
    """Points not known, drawn given all others: even ones, then odd ones, which are neighbours of even ones only."""
    fitted = y - error
    error = error.copy()
    for odd in (0, 1):
        mine = np.zeros(y.shape[1], dtype=bool)
        mine[odd::2] = True
        left = np.concatenate([np.zeros((y.shape[0], 1)), error[:, :-1]], axis=1)
        right = np.concatenate([error[:, 1:], np.zeros((y.shape[0], 1))], axis=1)
        stiffness = np.full(y.shape, 1.0) + phi[:, None] ** 2
        stiffness[:, [0, -1]] = 1.0
        mean, sd = phi[:, None] * (left + right) / stiffness, sigma[:, None] / np.sqrt(stiffness)
        where = is_unknown & mine
        standard = (bound[where] - fitted[where] - mean[where]) / sd[where]
        drawn = ndtri_exp(np.log(np.broadcast_to(chance, y.shape)[where]) + log_ndtr(standard))
        error[where] = mean[where] + sd[where] * drawn
    return np.where(is_unknown, fitted + error, y)


def _started(y: Array, limit: Array) -> Array:
    """Points not known at their limit, or at the mean of the known."""
    mean = np.nanmean(y, axis=1, keepdims=True)
    return np.where(np.isnan(y), np.where(np.isnan(limit), mean, limit), y)
