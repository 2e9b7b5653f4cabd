r"""Quantiles of a product chain by quadrature: for rows whose logarithm is too skewed for the closed form.

    P(U <= u) = sum_ij v_i w_j Phi((ln(u / scale) - y_i + ln(1 + r z_j)) / sigma),    y = -ln f          (E6)

``i`` runs over a lattice in ``logit f``, on which a sum converges faster than any power of its step; ``j`` over a lattice in
``z`` or, where the rest is wide beside it, the five Gauss points of the cut normal. The root is found by Newton's method from
the closed form's answer, kept in a bracket.

The trap: nine points serve a row whose normal part is as wide as its fraction. Where it is narrow a lattice shows as steps;
so the step is at most 1.2 sigma, and where that would take more than a thousand points sigma is widened to what they carry,
which moves no quantile by more than 0.01 %.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from headworks.core.compiled import compiled
from headworks.loads.propagation.cumulants import SEWER_CUT, Array, Columns, cut_normal_moments

Index = npt.NDArray[np.int64]
_LEAST_FRACTIONS, _MOST_FRACTIONS = 15, 1025
_GAUSS_POINTS, _MOST_SEWERS = 5, 65
# The lattice ends where the density has fallen by this many powers of e.
_DEPTH = 25.0
# A step of 1.2 standard deviations of the normal part leaves exp(-2 pi^2 / 1.44), a millionth.
_STEP = 1.2
_MOST_STEPS = 80
# Of a step of Newton's: the one after it would be its square.
_CLOSE = 1e-5
# Beside the rest, so that five points of the sewer cannot be told from all.
_NARROW = 0.4


def _gauss_points() -> tuple[Array, Array]:
    """Points and weights of the Gauss rule of the cut normal, from its moments."""
    moments = cut_normal_moments(2 * _GAUSS_POINTS + 1)
    place = np.add.outer(np.arange(_GAUSS_POINTS + 1), np.arange(_GAUSS_POINTS + 1))
    upper = np.linalg.cholesky(moments[place]).T
    beside = np.diag(upper)[1:] / np.diag(upper)[:-1]
    values, vectors = np.linalg.eigh(np.diag(beside[:-1], 1) + np.diag(beside[:-1], -1))
    return values, vectors[0] ** 2


_POINTS, _WEIGHTS = (tuple(float(x) for x in part) for part in _gauss_points())


@compiled
def _log_density(t: float, a: float, b: float) -> float:
    """Of ``t = logit f``, but for a constant."""
    # ln(1 + e^-t) of either sign, without overflow.
    far = math.log1p(math.exp(-abs(t)))
    return -a * (far + max(-t, 0.0)) - b * (far + max(t, 0.0))


@compiled
def _end(a: float, b: float, direction: float) -> float:
    """Where the density of ``logit f`` has fallen far enough, on one side of its top."""
    top = math.log(a / b)
    floor = _log_density(top, a, b) - _DEPTH
    near, far = 0.0, math.sqrt(2.0 * _DEPTH * (1.0 / a + 1.0 / b))
    while _log_density(top + direction * far, a, b) > floor:
        near, far = far, 2.0 * far
    for _ in range(12):
        middle = 0.5 * (near + far)
        if _log_density(top + direction * middle, a, b) > floor:
            near = middle
        else:
            far = middle
    return top + direction * far


@compiled
def _fractions(a: float, b: float, sigma: float, y: Array, v: Array) -> tuple[int, float, float, float]:
    """Fill ``-ln f`` and its weights; how many, the normal part's sd as it can be held, mean and sd of ``-ln f``."""
    low, high = _end(a, b, -1.0), _end(a, b, 1.0)
    n = int(min(max((high - low) / (_STEP * sigma) if sigma > 0.0 else 1e9, _LEAST_FRACTIONS), _MOST_FRACTIONS))
    step = (high - low) / (n - 1)
    top, total, mean, square = _log_density(math.log(a / b), a, b), 0.0, 0.0, 0.0
    for i in range(n):
        t = low + i * step
        v[i] = math.exp(_log_density(t, a, b) - top)
        y[i] = math.log1p(math.exp(-abs(t))) + max(-t, 0.0)
        total += v[i]
    for i in range(n):
        v[i] /= total
        mean += v[i] * y[i]
    for i in range(n):
        square += v[i] * (y[i] - mean) ** 2
    return n, max(sigma, step / _STEP if n == _MOST_FRACTIONS else 0.0), mean, math.sqrt(square)


@compiled
def _sewers(ratio: float, smooth: float, y: Array, w: Array) -> int:
    """Fill ``ln(1 + r z)`` and its weights; how many."""
    if ratio == 0.0:
        y[0], w[0] = 0.0, 1.0
        return 1
    if ratio <= _NARROW * smooth:
        for j in range(_GAUSS_POINTS):
            y[j], w[j] = math.log1p(ratio * _POINTS[j]), _WEIGHTS[j]
        return _GAUSS_POINTS
    n = int(min(max(2.0 * SEWER_CUT * ratio / (_STEP * smooth), 9), _MOST_SEWERS))
    total = 0.0
    for j in range(n):
        z = -SEWER_CUT + j * (2.0 * SEWER_CUT / (n - 1))
        y[j] = math.log1p(ratio * z)
        w[j] = math.exp(-0.5 * z * z) * (0.5 if j in (0, n - 1) else 1.0)
        total += w[j]
    for j in range(n):
        w[j] /= total
    return n


@compiled
def _root(y: Array, v: Array, sigma: float, probability: float, start: float) -> float:
    """The quantile of a mixture of normals of one standard deviation."""
    low, high = float(y.min()) - 9.0 * sigma, float(y.max()) + 9.0 * sigma
    at = min(max(start, low), high)
    for step in range(_MOST_STEPS):
        below, density = 0.0, 0.0
        for i in range(y.size):
            x = (at - y[i]) / sigma
            below += v[i] * 0.5 * math.erfc(-x * 0.7071067811865476)
            density += v[i] * math.exp(-0.5 * x * x)
        excess = below - probability
        low, high = (at, high) if excess < 0.0 else (low, at)
        move = -excess * sigma * 2.5066282746310002 / density if density > 0.0 else np.inf
        if abs(move) < _CLOSE:
            return at + move
        if high - low < _CLOSE * _CLOSE:
            return at
        # Newton's step where it stays in the bracket, a halving where not, and at times one anyway.
        at = at + move if low < at + move < high and step % 8 != 7 else 0.5 * (low + high)
    return at


@compiled
def by_quadrature(
    rows: Index,
    above: Columns,
    below: Columns,
    rest: Columns,
    levels: Array,
    starts: Array,
    quantiles: Array,
    first: int,
    last: int,
) -> None:
    """Quantiles (E6) of some rows: those at places ``first`` to ``last`` of ``rows``.

    Parameters
    ----------
    rows
        Rows of the batch.
    above, below, rest
        As for :func:`headworks.loads.propagation.cumulants.closed_form`.
    levels, starts
        Probabilities, and the standard normal quantile of each.
    quantiles
        Written, shape ``(n_levels, n_rows)``; what the closed form left there is where the search begins.
    """
    y_f, v_f = np.empty(_MOST_FRACTIONS), np.empty(_MOST_FRACTIONS)
    y_s, v_s = np.empty(_MOST_SEWERS), np.empty(_MOST_SEWERS)
    y, v = np.empty(_MOST_FRACTIONS * _MOST_SEWERS), np.empty(_MOST_FRACTIONS * _MOST_SEWERS)
    for place in range(first, last):
        row = rows[place]
        scale, spread = 1.0, 0.0
        for t in range(0, len(above), 2):
            scale *= _at(above[t], row)
            spread += math.log1p(_at(above[t + 1], row) ** 2)
        for t in range(0, len(below), 2):
            scale /= _at(below[t], row)
            spread += math.log1p(_at(below[t + 1], row) ** 2)
        left = 1.0 + _at(rest[2], row)
        n_f, sigma, mean, sd = _fractions(_at(rest[0], row), _at(rest[1], row), math.sqrt(spread), y_f, v_f)
        ratio = _at(rest[3], row) / left
        n_s = _sewers(ratio, math.sqrt(sigma * sigma + sd * sd), y_s, v_s)
        for i in range(n_f):
            for j in range(n_s):
                y[i * n_s + j] = y_f[i] - y_s[j]
                v[i * n_s + j] = v_f[i] * v_s[j]
        wide = math.sqrt(sigma * sigma + sd * sd + ratio * ratio)
        for k in range(levels.size):
            start, known = mean + wide * starts[k], math.log(quantiles[k, row] * left / scale)
            # The closed form's answer is near where it is one; far out its series may be anything.
            start = known if abs(known - start) < 0.5 * wide else start
            found = _root(y[: n_f * n_s], v[: n_f * n_s], sigma, levels[k], start)
            quantiles[k, row] = scale / left * math.exp(found)


@compiled
def _at(column: Array, row: int) -> float:
    """A row of a column; a column of one number holds for all rows."""
    value: float = column[0] if column.size == 1 else column[row]
    return value
