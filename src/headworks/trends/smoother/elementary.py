r"""Exponential, logarithm and normal tail without branches and without calls, so that eight of them are done at once.

The functions of the C library are called one number at a time; these are a few dozen multiplications that the compiler lays
side by side. All are good to about 3 in 10^16. The tail is written ``Phi(-x) = exp(-x^2 / 2) m(x)`` with

    m(x) = P(t) / (1 + sqrt(2) x),   t = (x - c) / (x + c),   P a polynomial of degree 23                       (S17)

in which nothing vanishes however far out ``x`` lies (the form is that of Shepherd and Laframboise 1981, for ``erfc``; the
coefficients are the Chebyshev expansion in 50 digits). The trap: arguments are numbers within bounds; none of these looks
whether they are.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, cast

from llvmlite import ir  # type: ignore[import-untyped]
from numba.core import types
from numba.extending import intrinsic

from headworks.core.compiled import inlined

_PER_LN_2 = 1.0 / math.log(2.0)
# ln 2 in two pieces, of which the first times any exponent is exact.
_LN_2_HIGH, _LN_2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10
# Added and taken off again it rounds to a whole number, and leaves that number in the last bits.
_ROUNDER = 1.5 * 2.0**52
_LEAST, _MOST = -708.0, 709.0
_BITS_OF_FRACTION, _BIAS = 52, 1023
# The bits of sqrt(1/2), and of 2^52; whole numbers up to 2^52 stand in the last bits of that plus them.
_BITS_OF_SQRT_HALF, _BITS_OF_2_52, _TWO_52 = 0x3FE6A09E667F3BCD, 0x4330000000000000, 2.0**52
_SHIFTED = 2048
_SQRT_2 = math.sqrt(2.0)
_CENTRE = 3.5 * _SQRT_2


def _number_of(_context: Any, _bits: Any) -> Any:
    """The number whose bits these are."""

    def generate(_target: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.bitcast(arguments[0], ir.DoubleType())

    return types.float64(types.int64), generate


def _bits_of(_context: Any, _number: Any) -> Any:
    """The bits of a number."""

    def generate(_target: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.bitcast(arguments[0], ir.IntType(64))

    return types.int64(types.float64), generate


_as_number: Callable[[int], float] = cast("Any", intrinsic(_number_of))
_as_bits: Callable[[float], int] = cast("Any", intrinsic(_bits_of))


@inlined
def exponential(x: float) -> float:
    """``exp(x)``; below -708 that of -708, which is nothing, and above 709 that of 709.

    Examples
    --------
    >>> round(exponential(1.0), 12)
    2.718281828459
    """
    x = min(max(x, _LEAST), _MOST)
    rounded = x * _PER_LN_2 + _ROUNDER
    whole = rounded - _ROUNDER
    r = (x - whole * _LN_2_HIGH) - whole * _LN_2_LOW
    q = r * r
    # In pairs, so that one step need not wait for the other.
    qq = q * q
    even = (0.5 + q * (1 / 24.0)) + qq * ((1 / 720.0 + q * (1 / 40320.0)) + qq * (1 / 3628800.0 + q * (1 / 479001600.0)))
    high = (1 / 5040.0 + q * (1 / 362880.0)) + qq * (1 / 39916800.0 + q * (1 / 6227020800.0))
    odd = (1 / 6.0 + q * (1 / 120.0)) + qq * high
    return (1.0 + (r + q * (even + r * odd))) * _as_number((_as_bits(rounded) + _BIAS) << _BITS_OF_FRACTION)


@inlined
def logarithm(x: float) -> float:
    """``ln x`` of a number above 1e-300.

    Examples
    --------
    >>> round(logarithm(10.0), 12)
    2.302585092994
    """
    bits = _as_bits(x)
    exponent = (bits - _BITS_OF_SQRT_HALF) >> _BITS_OF_FRACTION
    fraction = _as_number(bits - (exponent << _BITS_OF_FRACTION))
    whole = _as_number(_BITS_OF_2_52 + exponent + _SHIFTED) - _TWO_52 - _SHIFTED
    # ln y = 2 atanh((y - 1) / (y + 1)), whose argument lies within 0.172.
    r = (fraction - 1.0) / (fraction + 1.0)
    q = r * r
    p = q * (1 / 21.0) + 1 / 19.0
    p = (((p * q + 1 / 17.0) * q + 1 / 15.0) * q + 1 / 13.0) * q + 1 / 11.0
    p = (((p * q + 1 / 9.0) * q + 1 / 7.0) * q + 1 / 5.0) * q + 1 / 3.0
    return whole * _LN_2_HIGH + (2.0 * r + (2.0 * r * q * p + whole * _LN_2_LOW))


@inlined
def _polynomial(
    q: float, c0: float, c1: float, c2: float, c3: float, c4: float, c5: float, c6: float, c7: float, c8: float, c9: float,
    c10: float, c11: float,
) -> float:  # fmt: skip
    """A polynomial of degree 11, in pairs (Estrin's scheme): four steps one after the other instead of eleven."""
    qq = q * q
    low = (c0 + c1 * q) + qq * (c2 + c3 * q)
    middle = (c4 + c5 * q) + qq * (c6 + c7 * q)
    high = (c8 + c9 * q) + qq * (c10 + c11 * q)
    qqqq = qq * qq
    return low + qqqq * (middle + qqqq * high)


@inlined
def tail(x: float) -> float:
    """``Phi(-x) exp(x^2 / 2)`` for ``x`` of at least 0 (S17).

    Examples
    --------
    At the middle it is one half; far out nearly 1 / (x sqrt(2 pi)).

    >>> round(tail(0.0), 12), round(tail(30.0) * 30.0 * math.sqrt(2 * math.pi), 4)
    (0.5, 0.9989)
    """
    above, beyond = x + _CENTRE, 1.0 + _SQRT_2 * x
    shared = 1.0 / (above * beyond)
    t = (x - _CENTRE) * beyond * shared
    q = t * t
    even = _polynomial(
        q, 0.6211746224355772, -0.0052777981661108345, -0.05754479908001538, -0.02441166291544201, -0.002107509939887093,
        0.0002821921334352551, -2.1390869979769997e-05, 1.1636654768895715e-06, -2.1546186991583662e-08,
        -4.305785785556599e-09, 3.325947191187113e-10, 3.020195049673693e-11,
    )  # fmt: skip
    odd = _polynomial(
        q, -0.07000459006880985, 0.04875954757664353, 0.04399157691201839, 0.009549665476635582, -0.00015113397671666194,
        -6.0756060459900506e-05, 1.2130150492458997e-05, -1.9070062922453468e-06, 3.007411924975205e-07,
        -4.8200212657218584e-08, 6.812221389350284e-09, -5.828343944601397e-10,
    )  # fmt: skip
    return (even + t * odd) * above * shared
