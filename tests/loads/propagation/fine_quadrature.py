"""Quantiles of a chain by 400 x 200 nodes per row: slow, and to some 1e-10; what engines are held to, here and in benchmarks."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr

N_FRACTIONS, N_SEWERS = 400, 200
_CUT = 4.0
_POINTS, _WEIGHTS = np.polynomial.legendre.leggauss(N_SEWERS)
_Z = _CUT * _POINTS
_OF_Z = _WEIGHTS * np.exp(-(_Z**2) / 2)
_OF_Z /= _OF_Z.sum()


def fraction_nodes(a: float, b: float) -> tuple[np.ndarray, np.ndarray]:
    """Values and weights of a beta on a lattice of its logit, where nothing is left of it at the ends."""
    wide = np.sqrt(68 * (1 / a + 1 / b)) + 34 * max(1 / a, 1 / b)
    t = np.log(a / b) + np.linspace(-wide, wide, 4 * N_FRACTIONS)
    for _ in range(2):
        logs = -a * np.logaddexp(0, -t) - b * np.logaddexp(0, t)
        there = np.flatnonzero(logs > logs.max() - 32)
        t = np.linspace(t[there[0]], t[there[-1]], N_FRACTIONS)
    logs = -a * np.logaddexp(0, -t) - b * np.logaddexp(0, t)
    weights = np.exp(logs - logs.max())
    return 1 / (1 + np.exp(-t)), weights / weights.sum()


def log_quantile(sigma: float, a: float, b: float, ratio: float, probability: float, start: float) -> float:
    """Quantile of ``sigma N - ln f - ln(1 + ratio z)``, by safeguarded Newton steps from a first guess."""
    f, of_f = fraction_nodes(a, b)
    y = (-np.log(f)[:, None] - np.log1p(ratio * _Z)).ravel()
    weights = (of_f[:, None] * _OF_Z).ravel()
    kept = weights > 1e-14
    y, weights = y[kept], weights[kept]
    at, low, high = start, y.min() - 10 * sigma, y.max() + 10 * sigma
    for _ in range(60):
        x = (at - y) / sigma
        excess = weights @ ndtr(x) - probability
        density = weights @ np.exp(-(x**2) / 2) / (sigma * np.sqrt(2 * np.pi))
        low, high = (at, high) if excess < 0 else (low, at)
        move = -excess / density if density > 0 else np.inf
        if abs(move) < 1e-9:
            return at + move
        at = at + move if low < at + move < high else (low + high) / 2
    return at


def moments(sigma: float, a: float, b: float, ratio: float) -> tuple[float, float]:
    """Mean and sd of ``exp(sigma N) / (f (1 + ratio z))``, by summing; ``a`` well above 2."""
    f, of_f = fraction_nodes(a, b)
    once = np.exp(sigma**2 / 2) * (of_f @ (1 / f)) * (_OF_Z @ (1 / (1 + ratio * _Z)))
    twice = np.exp(2 * sigma**2) * (of_f @ (1 / f**2)) * (_OF_Z @ (1 / (1 + ratio * _Z) ** 2))
    return float(once), float(np.sqrt(twice - once**2))
