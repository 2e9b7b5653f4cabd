r"""Mean, sd and quantiles of a product chain in closed form: the cumulants of its logarithm, all of them in one pass.

With ``Y = ln U`` about the medians, ``sigma^2 = sum ln(1 + u^2)`` and ``K_n`` the cumulants of the sewer's logarithm (E4),

    kappa_1 = psi(a + b) - psi(a) - K_1,    kappa_2 = sigma^2 + psi'(a) - psi'(a + b) + K_2,
    kappa_n = (-1)^n (psi_(n-1)(a) - psi_(n-1)(a + b) + K_n)                                         (E3)

and a quantile is ``exp(kappa_1 + sqrt(kappa_2) w(z))`` with the Cornish-Fisher series ``w`` to the sixth cumulant (E5).

Blocks of rows fit the nearest cache, every loop over a block is plain arithmetic, and so the compiler does several rows at
once: logarithm, exponential and polygammas are written out as series below, because a call of the mathematical library for
each row would take most of the time. The trap: four cumulants and a guard on skewness and kurtosis leave errors of 2 %; so the
series goes on to six, and a row whose last terms are not small is left to the quadrature.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from headworks.core.compiled import compiled

Array = npt.NDArray[np.float64]
States = npt.NDArray[np.uint8]
Columns = tuple[Array, ...]
# Bits of what is known of a row.
CLOSED_FORM, QUADRATURE, MISSING, IMPOSSIBLE = 0, 1, 2, 4
# Of a block some twenty columns are held at once; 256 rows of these fill a cache of 40 KiB.
_BLOCK = 256
# Where each of these columns begins: known when compiling, so that the compiler sees that they never meet.
_ROWS_OF_WORK = 19
_ABOVE, _BELOW, _SPREAD, _LEAST, _A, _B, _M, _S, _MEAN = (k * _BLOCK for k in range(9))
_RSD, _SCALE, _PLACE, _ROOT, _G1, _G2, _G3, _G4, _WORST, _X = (k * _BLOCK for k in range(9, _ROWS_OF_WORK))
_ABOVE_ZERO = 1e-300
# Beyond these the series is not asked at all, whatever its last terms are.
_MOST_SKEW, _MOST_EXCESS_KURTOSIS = 0.5, 1.0
# Terms of third and fourth order that a quantile may hang on; the error that is left is below a third of the first.
_MOST_THIRD_ORDER, _MOST_FOURTH_ORDER = 0.01, 0.003
# Where the series hold: exponential, logarithm and polygammas to 1e-8, the sewer's fourth cumulant to 0.2 %.
_MOST_EXPONENT, _MOST_SPREAD, _LEAST_SHAPE, _MOST_SEWER_RATIO = 7.0, 20.0, 0.7, 0.16
SEWER_CUT = 4.0
"""Standard deviations at which the sewer's normal term is cut on either side; 0.006 % of its days lie beyond."""
SEWER_ROOM = 5.0
"""Standard deviations that must fit between the sewer's mean change and a loss of everything."""


def cut_normal_moments(n_moments: int) -> Array:
    """Moments ``E[z^k]`` of a standard normal cut at ``SEWER_CUT`` on both sides, ``k`` from 0.

    Examples
    --------
    >>> cut_normal_moments(5).round(4).tolist()
    [1.0, 0.0, 0.9989, 0.0, 2.9797]
    """
    edge = math.exp(-(SEWER_CUT**2) / 2) / math.sqrt(2 * math.pi) / (2 * float(ndtr(SEWER_CUT)) - 1)
    moments = [1.0, 0.0]
    for k in range(2, n_moments):
        moments.append((k - 1) * moments[k - 2] - 2 * SEWER_CUT ** (k - 1) * edge if k % 2 == 0 else 0.0)
    return np.array(moments)


def _sewer_series(order: int) -> tuple[tuple[float, ...], ...]:
    """Cumulants 1 to 6 of ``ln(1 + r z)``, and ``E[1/(1 + r z)]``, ``E[1/(1 + r z)^2]``, as series in ``r^2`` (E4)."""
    logarithm = np.array([0.0] + [-((-1.0) ** k) / k for k in range(1, order + 1)])
    moments = cut_normal_moments(order + 1)
    raw, power = [], np.array([1.0])
    for _ in range(6):
        power = np.convolve(power, logarithm)[: order + 1]
        raw.append(np.pad(power, (0, order + 1 - power.size)) * moments)
    cumulants: list[Array] = []
    for n in range(1, 7):
        # kappa_n = m_n - sum_(j < n) C(n - 1, j - 1) kappa_j m_(n - j)
        known = [math.comb(n - 1, j - 1) * np.convolve(cumulants[j - 1], raw[n - j - 1]) for j in range(1, n)]
        cumulants.append(raw[n - 1] - np.sum([one[: order + 1] for one in known], axis=0) if known else raw[0])
    once, twice = moments, moments * np.arange(1, order + 2)
    return tuple(tuple(float(c) for c in series[::2]) for series in [*cumulants, once, twice])


# Sixteen powers: at a ratio of 1/5, the most that a chain may have, the mean is good to 0.005 % and the sewer's part of the
# variance to 0.3 %; at a ratio of 0.1 both to 1e-9.
_K1, _K2, _K3, _K4, _K5, _K6, _ONCE, _TWICE = _sewer_series(16)


@compiled
def _series(coefficients: tuple[float, ...], x: float) -> float:
    """``c_0 + c_1 x + … + c_8 x^8``."""
    c = coefficients
    tail = c[4] + x * (c[5] + x * (c[6] + x * (c[7] + x * c[8])))
    return c[0] + x * (c[1] + x * (c[2] + x * (c[3] + x * tail)))


@compiled
def _add_polygammas(n: int, work: Array, sign: float) -> None:
    """Add ``psi(x) - ln(x + 4)`` and ``psi_1`` to ``psi_5`` with a sign: four steps up and the asymptotic series."""
    for i in range(n):
        x = work[_X + i]
        low, high = x * (x + 1.0), (x + 2.0) * (x + 3.0)
        both = 1.0 / (low * high * (x + 4.0))
        r = low * high * both
        both *= x + 4.0
        a, b, c, d = (x + 1.0) * high * both, x * high * both, (x + 3.0) * low * both, (x + 2.0) * low * both
        a2, b2, c2, d2 = a * a, b * b, c * c, d * d
        a3, b3, c3, d3 = a2 * a, b2 * b, c2 * c, d2 * d
        s = r * r
        s2 = s * s
        zero = -(a + b + c + d) - r * (0.5 + r * (1 / 12 - s * (1 / 120 - s * (1 / 252 - s * (1 / 240)))))
        one = a2 + b2 + c2 + d2 + r * (1.0 + r * (0.5 + r * (1 / 6 - s * (1 / 30 - s * (1 / 42 - s * (1 / 30))))))
        two = -2 * (a3 + b3 + c3 + d3) - s * (1.0 + r * (1.0 + r * (0.5 - s * (1 / 6 - s * (1 / 6 - s * 0.3)))))
        three = s * r * (2.0 + r * (3.0 + r * (2.0 - s * (1.0 - s * (4 / 3 - s * 3.0)))))
        three += 6 * (a2 * a2 + b2 * b2 + c2 * c2 + d2 * d2)
        four = -s2 * (6.0 + r * (12.0 + r * (10.0 - s * (7.0 - s * (12.0 - s * 33.0)))))
        four -= 24 * (a3 * a2 + b3 * b2 + c3 * c2 + d3 * d2)
        five = s2 * r * (24.0 + r * (60.0 + r * (60.0 - s * (56.0 - s * (120.0 - s * 396.0)))))
        five += 120 * (a3 * a3 + b3 * b3 + c3 * c3 + d3 * d3)
        work[_PLACE + i] += sign * zero
        work[_ROOT + i] += sign * one
        work[_G1 + i] += sign * two
        work[_G2 + i] += sign * three
        work[_G3 + i] += sign * four
        work[_G4 + i] += sign * five


@compiled
def _logarithm(w: float) -> float:
    """``ln w`` of a number from 1 to 20, by two square roots and ``2 artanh``; to 1e-11."""
    root = math.sqrt(math.sqrt(w))
    t = (root - 1.0) / (root + 1.0)
    s = t * t
    tail = 1 / 9 + s * (1 / 11 + s * (1 / 13 + s * (1 / 15 + s * (1 / 17 + s * (1 / 19 + s / 21)))))
    return 8.0 * t * (1.0 + s * (1 / 3 + s * (1 / 5 + s * (1 / 7 + s * tail))))


@compiled
def _exponential(x: float) -> float:
    """``exp(x)`` between -7 and 7, the sixteenth power of a series; to 1e-11."""
    y = 0.0625 * x
    tail = 1 / 720 + y * (1 / 5040 + y * (1 / 40320 + y * (1 / 362880 + y / 3628800)))
    p = 1.0 + y * (1.0 + y * (1 / 2 + y * (1 / 6 + y * (1 / 24 + y * (1 / 120 + y * tail)))))
    p *= p
    p *= p
    p *= p
    return p * p


@compiled
def _load(column: Array, start: int, n: int, work: Array, row: int) -> None:
    """A block of a column; a column of one number holds for all rows."""
    into = work[row : row + n]
    if column.size == 1:
        for i in range(n):
            into[i] = column[0]
    else:
        block = column[start : start + n]
        for i in range(n):
            into[i] = block[i]


@compiled
def _chain(columns: Columns, start: int, n: int, is_above: bool, work: Array) -> None:
    """Multiply medians of one side of the line, and ``1 + u^2``; the least input says whether all can be."""
    for t in range(0, len(columns), 2):
        if columns[t].size == 1 and columns[t + 1].size == 1 and columns[t][0] == 1.0 and columns[t + 1][0] == 0.0:
            continue
        _load(columns[t], start, n, work, _A)
        _load(columns[t + 1], start, n, work, _B)
        if is_above:
            for i in range(n):
                work[_ABOVE + i] *= work[_A + i]
        else:
            for i in range(n):
                work[_BELOW + i] *= work[_A + i]
        for i in range(n):
            u = work[_B + i]
            work[_SPREAD + i] *= 1.0 + u * u
            # Below 0 where an input is impossible, not a number where it is missing: u may be 0, a median may not.
            work[_LEAST + i] = _least(work[_LEAST + i], _least(u, work[_A + i] - _ABOVE_ZERO))


@compiled
def _least(one: float, other: float) -> float:
    """The lesser; not a number if either is none."""
    return one + other if one + other != one + other else min(one, other)


@compiled
def _moments(n: int, work: Array) -> None:
    """Mean and sd of a block."""
    for i in range(n):
        a, b, m, s = work[_A + i], work[_B + i], work[_M + i], work[_S + i]
        w = work[_SPREAD + i]
        x = s / (1.0 + m)
        x *= x
        scale = work[_ABOVE + i] / (work[_BELOW + i] * (1.0 + m))
        # E[1/f] and E[1/f^2] of a beta, and the rsd without a difference of large numbers.
        c = a + b - 1.0
        sewer = _series(_ONCE, x)
        spread_s = (_series(_TWICE, x) - sewer * sewer) / (sewer * sewer)
        rest = w - 1.0 + w * b / (c * (a - 2.0))
        work[_MEAN + i] = scale * math.sqrt(w) * c / (a - 1.0) * sewer
        work[_RSD + i] = math.sqrt(abs(rest + spread_s * (1.0 + rest)))
        work[_SCALE + i] = scale


@compiled
def _cumulants(n: int, work: Array) -> None:
    """Location, log-scale sd and standardised cumulants 3 to 6 of a block (E3)."""
    for i in range(n):
        x = work[_S + i] / (1.0 + work[_M + i])
        x *= x
        # Of ln f + ln(1 + s) at first; two polygammas later with the signs of what they divide.
        work[_PLACE + i] = _series(_K1, x)
        work[_ROOT + i] = _series(_K2, x)
        work[_G1 + i] = _series(_K3, x)
        work[_G2 + i] = _series(_K4, x)
        work[_G3 + i] = _series(_K5, x)
        work[_G4 + i] = _series(_K6, x)
        work[_X + i] = work[_A + i]
    _add_polygammas(n, work, 1.0)
    for i in range(n):
        work[_X + i] = work[_A + i] + work[_B + i]
    _add_polygammas(n, work, -1.0)
    for i in range(n):
        root = math.sqrt(work[_ROOT + i] + _logarithm(work[_SPREAD + i]))
        r = 1.0 / root
        r3 = r * r * r
        work[_SCALE + i] *= (work[_X + i] + 4.0) / (work[_A + i] + 4.0)
        work[_PLACE + i] = -work[_PLACE + i]
        work[_ROOT + i] = root
        work[_G1 + i] *= -r3
        work[_G2 + i] *= r3 * r
        work[_G3 + i] *= -r3 * r * r
        work[_G4 + i] *= r3 * r3


@compiled
def _judge(n: int, work: Array, mean: Array, sd: Array, state: States) -> None:
    """Write mean and sd, infinite where they are, and which engine each row asks for."""
    for i in range(n):
        mean[i] = work[_MEAN + i] if work[_A + i] > 1.0 else np.inf
        sd[i] = work[_MEAN + i] * work[_RSD + i] if work[_A + i] > 2.0 else np.inf
    for i in range(n):
        a, m, s = work[_A + i], work[_M + i], work[_S + i]
        least = _least(_least(a, work[_B + i]) - _ABOVE_ZERO, _least(s, 1.0 + m - SEWER_ROOM * s))
        # Infinite inputs, or a product beyond all numbers, are impossible too.
        total = work[_ABOVE + i] + work[_BELOW + i] + work[_SPREAD + i] + a + work[_B + i] + abs(m)
        work[_LEAST + i] = -1.0 if total == np.inf else _least(work[_LEAST + i], least)
        work[_A + i] = (
            (abs(work[_G1 + i]) < _MOST_SKEW)
            & (abs(work[_G2 + i]) < _MOST_EXCESS_KURTOSIS)
            & (s <= _MOST_SEWER_RATIO * (1.0 + m))
            & (a >= _LEAST_SHAPE)
            & (work[_SPREAD + i] <= _MOST_SPREAD)
        )
    for i in range(n):
        least = work[_LEAST + i]
        known = CLOSED_FORM if work[_A + i] > 0.0 else QUADRATURE
        state[i] = known if least >= 0.0 else (IMPOSSIBLE if least < 0.0 else MISSING)


@compiled
def _quantiles(n: int, work: Array, t: Array, out: Array, state: States) -> None:
    """One quantile of a block by (E5), and the rows that this series is not good enough for."""
    t0, t1, t2, t3, t4, t5, t6, t7, t8, t9, t10, t11 = t[0], t[1], t[2], t[3], t[4], t[5], t[6], t[7], t[8], t[9], t[10], t[11]
    for i in range(n):
        g1, g2, g3, g4 = work[_G1 + i], work[_G2 + i], work[_G3 + i], work[_G4 + i]
        g11, sd = g1 * g1, work[_ROOT + i]
        third = sd * (t4 * g3 + t5 * g1 * g2 + t6 * g11 * g1)
        fourth = sd * (t7 * g4 + t8 * g2 * g2 + t9 * g1 * g3 + t10 * g11 * g2 + t11 * g11 * g11)
        exponent = work[_PLACE + i] + sd * (t0 + t1 * g1 + t2 * g2 + t3 * g11) + third + fourth
        out[i] = work[_SCALE + i] * _exponential(exponent)
        # At most 1 where all is well.
        worst = max(abs(third) / _MOST_THIRD_ORDER, abs(fourth) / _MOST_FOURTH_ORDER)
        work[_WORST + i] = max(worst, abs(exponent) / _MOST_EXPONENT)
    for i in range(n):
        state[i] |= 0 if work[_WORST + i] <= 1.0 else QUADRATURE


@compiled
def closed_form(
    above: Columns,
    below: Columns,
    rest: Columns,
    terms: Array,
    mean: Array,
    sd: Array,
    quantiles: Array,
    state: States,
    first: int,
    last: int,
) -> None:
    """Rows ``first`` to ``last`` of a batch; ``state`` says of each what it was, or still needs.

    Parameters
    ----------
    above, below
        Medians and relative standard uncertainties of the log-normal terms, by turns; each of one number or one a row.
    rest
        ``a, b`` of the excretion fraction, mean and standard deviation of the sewer's change.
    terms
        Of ``cornish_fisher_terms``, shape ``(n_levels, 12)``.
    mean, sd, quantiles, state
        Written; ``quantiles`` of shape ``(n_levels, n_rows)``.
    """
    work = np.empty(_ROWS_OF_WORK * _BLOCK)
    for start in range(first, last, _BLOCK):
        n = min(_BLOCK, last - start)
        work[_ABOVE : _SPREAD + _BLOCK] = 1.0
        work[_LEAST : _LEAST + _BLOCK] = np.inf
        _chain(above, start, n, True, work)
        _chain(below, start, n, False, work)
        for k in range(4):
            _load(rest[k], start, n, work, _A + k * _BLOCK)
        _moments(n, work)
        _cumulants(n, work)
        _judge(n, work, mean[start : start + n], sd[start : start + n], state[start : start + n])
        for level in range(terms.shape[0]):
            _quantiles(n, work, terms[level], quantiles[level, start : start + n], state[start : start + n])
