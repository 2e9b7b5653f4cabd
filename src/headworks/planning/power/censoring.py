r"""What non-detects cost.

A result below its limit still says that it lies below. With a share ``f`` of results under the limit, and the scatter known,
the information that one result holds on the level is, relative to a quantified one,

    i(f) = phi^2 / f + z phi + 1 - f,      z = Phi^-1(f),  phi = phi(z)                                (W5)

the variance of the score of a normal distribution that is cut at ``z``. So a share ``f`` acts like a further error of each
result, with log-scale variance ``sigma^2 (1 / i - 1)``; what days share is not affected to first order.

The trap: this is the price of non-detects that are *used*. Half the limit in their place costs bias, which no plan repairs.
"""

from __future__ import annotations

import math

from scipy.special import ndtri

from headworks.core.errors import UsageError


def information_left(nondetects: float) -> float:
    """Information of a result when a share of them is below the limit (W5); 1 without.

    Raises
    ------
    UsageError
        ``HW-U184`` for a share outside 0 to 1.

    Examples
    --------
    Half: z = 0, phi^2 = 1 / (2 pi): 1 / pi + 1 / 2.

    >>> round(information_left(0.5), 6), information_left(0.0)
    (0.81831, 1.0)
    """
    if not 0 <= nondetects < 1:
        raise UsageError(
            "A share of non-detects is at least 0 and below 1.",
            where="nondetects",
            found=str(nondetects),
            remedy="Give 0.4 for 40 %",
            code="HW-U184",
        )
    if nondetects == 0:
        return 1.0
    z = float(ndtri(nondetects))
    phi = math.exp(-z * z / 2) / math.sqrt(2 * math.pi)
    return phi * phi / nondetects + z * phi + 1 - nondetects


def nondetect_variance(nondetects: float, log_variance: float) -> float:
    """Log-scale variance that non-detects add to each result, of results that scatter with ``log_variance``.

    Examples
    --------
    >>> nondetect_variance(0.0, 0.12)
    0.0
    """
    return log_variance * (1.0 / information_left(nondetects) - 1.0)
