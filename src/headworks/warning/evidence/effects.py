r"""What a sample says for a change, as a bet that wins nothing on average while there is none (an e-value).

With ``z`` standard normal under no change,

    e(z) = mean over lambda of exp(lambda z - lambda^2 / 2)                        a shift by lambda       (H8)
    e(z) = mean over s of exp(z^2 (1 - 1/s^2) / 2) / s                             a scatter s times as wide   (H9)

Each has mean 1, so ``e >= 1/alpha`` happens with probability ``alpha`` at most, and so does a product over independent
samples. Without a likelihood, ``kappa p^(kappa - 1)`` is an e-value of a p-value (H10). A missing sample says nothing: 1.
The trap: e-values of one sample are averaged, never multiplied.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from headworks.core.errors import UsageError

Array = npt.NDArray[np.float64]
# Shifts in standard deviations of the predictive: what one week shows, what only many weeks show; equal odds for each.
EXCEEDANCES = (1.0, 2.0, 3.0, 4.0)
RISES = (0.25, 0.5, 1.0)
# How much wider, or narrower, samples scatter than they did.
SCATTERS = (0.5, 1.5, 2.0, 3.0)
# Calibrator of p-values: half-way between no bet and all on the smallest.
KAPPA = 0.5


def shift_evidence(z: npt.ArrayLike, shifts: tuple[float, ...]) -> Array:
    """Evidence for a shift by one of ``shifts`` (H8); 1 where ``z`` is not a number.

    Examples
    --------
    exp(2 x 3 - 2) = exp(4), and a missing week.

    >>> shift_evidence([3.0, float("nan")], (2.0,)).round(2).tolist()
    [54.6, 1.0]
    """
    place = np.asarray(z, np.float64)
    bets = [np.exp(by * place - by**2 / 2) for by in shifts]
    return _or_nothing(np.mean(bets, axis=0))


def exceedance_evidence(z: npt.ArrayLike) -> Array:
    """Evidence that a sample lies far above what was expected.

    Examples
    --------
    >>> exceedance_evidence([4.0]).round().item()
    1306.0
    """
    return shift_evidence(z, EXCEEDANCES)


def rise_evidence(z: npt.ArrayLike) -> Array:
    """Evidence for a slow rise, which no single sample shows.

    Examples
    --------
    >>> rise_evidence([0.0]).round(2).item()
    0.82
    """
    return shift_evidence(z, RISES)


def drop_evidence(z: npt.ArrayLike) -> Array:
    """Evidence that samples lie below what was expected.

    Examples
    --------
    >>> bool(drop_evidence([-3.0]).item() == exceedance_evidence([3.0]).item())
    True
    """
    return exceedance_evidence(-np.asarray(z, np.float64))


def scatter_evidence(z: npt.ArrayLike) -> Array:
    """Evidence that samples scatter more, or less, than they did (H9).

    Examples
    --------
    >>> scatter_evidence([0.0]).round(4).item()
    0.875
    """
    place = np.asarray(z, np.float64)
    bets = [np.exp(place**2 * (1 - s**-2.0) / 2) / s for s in SCATTERS]
    return _or_nothing(np.mean(bets, axis=0))


def ratio_evidence(z: npt.ArrayLike) -> Array:
    """Evidence that a ratio of residues left its law in either direction; ``z`` is that of the log ratio.

    Examples
    --------
    >>> bool(ratio_evidence([2.5]).item() == ratio_evidence([-2.5]).item())
    True
    """
    result: Array = (exceedance_evidence(z) + drop_evidence(z)) / 2
    return result


def p_to_e(p: npt.ArrayLike, kappa: float = KAPPA) -> Array:
    """An e-value of a p-value (H10); 1 where ``p`` is not a number.

    Raises
    ------
    UsageError
        ``HW-U252`` when ``kappa`` is not between 0 and 1.

    Examples
    --------
    0.5 x 0.0001^(-0.5)

    >>> p_to_e([0.0001]).round(6).item()
    50.0
    """
    if not 0 < kappa < 1:
        raise UsageError("kappa lies between 0 and 1.", found=str(kappa), remedy="Give 0.5", code="HW-U252")
    with np.errstate(divide="ignore"):
        return _or_nothing(kappa * np.asarray(p, np.float64) ** (kappa - 1.0))


def _or_nothing(evidence: npt.NDArray[np.float64]) -> Array:
    """1 where there is no sample."""
    result: Array = np.where(np.isnan(evidence), 1.0, evidence)
    return result
