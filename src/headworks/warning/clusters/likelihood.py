"""How much better a window fits than the whole: log-likelihood ratios of the scans, one number per window.

Poisson, ``c`` cases where ``e`` of ``C`` are expected (G1); Bernoulli, ``c`` cases among ``n`` of ``N`` (G2)::

    c ln(c/e) + (C-c) ln((C-c)/(C-e))
    c ln(c/n) + (n-c) ln((n-c)/n) + (C-c) ln((C-c)/(N-n)) + (N-n-C+c) ln((N-n-C+c)/(N-n)) - C ln(C/N) - (N-C) ln((N-C)/N)

and normal with known variances, of which ``s`` is the sum of weights times distance from the mean of all, ``w`` the weight in
the window and ``W`` of all (G3)::

    s^2 W / (2 w (W - w))

A window with no more than its share has 0: only high rates are looked for. The trap is the total: cut to a whole number, as
one package does, it moves the ratio in the second digit (10.68 for 10.72).
"""

from __future__ import annotations

import numpy as np

from headworks.core.compiled import compiled

POISSON, BERNOULLI, NORMAL = 0, 1, 2


@compiled
def _times_log(amount: float, over: float) -> float:
    """``amount * ln(amount / over)``, 0 of nothing."""
    if amount <= 0.0 or over <= 0.0:
        return 0.0
    return float(amount * np.log(amount / over))


@compiled
def chi_square_factor(model: int, measure: float, total: float, whole: float) -> float:
    """Times the squared excess it bounds the ratio from above (G4); of normal data it is the ratio.

    A logarithm is at most its argument less 1, so a sum of ``O ln(O/E)`` is at most Pearson's sum of ``(O-E)^2 / E``.

    Examples
    --------
    3 cases where 1 of 4 is expected: 2^2 x 4 / (1 x 3) = 5.33, and the ratio is 2.20.

    >>> round(2**2 * chi_square_factor(POISSON, 1.0, 4.0, 4.0), 4)
    5.3333
    """
    room = measure * (whole - measure)
    if room <= 0.0:
        return 0.0
    if model == POISSON:
        return whole / room
    if model == NORMAL:
        return whole / (2.0 * room)
    return whole * whole * whole / (total * (whole - total) * room)


@compiled
def log_ratio(model: int, cases: float, measure: float, total: float, whole: float) -> float:
    """(G1), (G2) or (G3) of one window.

    Parameters
    ----------
    model
        ``POISSON``, ``BERNOULLI`` or ``NORMAL``.
    cases, measure
        Cases in the window, or weighted distance; expected cases (Poisson), people (Bernoulli) or weight (normal) in it.
    total, whole
        Cases and measure of all locations; of Poisson the two are equal, of normal the first is 0.

    Returns
    -------
    float
        0 where the rate inside is not above the rate outside.

    Examples
    --------
    3 of 4 cases where 1 is expected: 3 ln 3 + 1 ln(1/3) = 2 ln 3 = 2.1972.

    >>> round(log_ratio(POISSON, 3.0, 1.0, 4.0, 4.0), 4)
    2.1972
    """
    if cases * whole <= measure * total or measure >= whole:
        return 0.0
    if model == NORMAL:
        return cases * cases * chi_square_factor(model, measure, total, whole)
    if model == POISSON:
        return _times_log(cases, measure) + _times_log(total - cases, whole - measure)
    inside = _times_log(cases, measure) + _times_log(measure - cases, measure)
    outside = _times_log(total - cases, whole - measure) + _times_log(whole - measure - total + cases, whole - measure)
    return inside + outside - _times_log(total, whole) - _times_log(whole - total, whole)
