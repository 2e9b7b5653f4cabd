r"""Mean and scatter of a round between laboratories that a few wild results do not move.

    Algorithm A: x* = median, s* = 1.483 MAD; pull entries to x* +- 1.5 s*; x* = their mean, s* = 1.134 their SD; repeat  (K22)
    Huber's proposal 2: the same with s* = sqrt(sum (pulled - x*)^2 / (n - 1) / beta), beta exact for the normal  (K23)

The two differ by the rounding of their constants only, and each is tested against its own definition. The trap: where more
than half the entries are equal the MAD is 0, and nothing can be pulled anywhere.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from headworks.core.errors import DataRefused
from headworks.lab.calibration.weighted_curve import Array
from headworks.reference.lab_values import lab_constant

_MOST_STEPS = 10_000
_CLOSE = 1e-13
# Median absolute deviation to standard deviation of a normal, to four decimals as R has it.
_R_MAD = 1.4826


class RobustMean(NamedTuple):
    """Robust mean and standard deviation, unit of the entries, and the standard uncertainty of the mean."""

    mean: float
    sd: float
    uncertainty: float
    n: int


def algorithm_a(values: npt.ArrayLike) -> RobustMean:
    """Algorithm A of ISO 13528 (K22).

    Parameters
    ----------
    values
        Entries of a round, at least 3; censored ones do not belong here.

    Raises
    ------
    DataRefused
        ``HW-D618`` for fewer than 3 entries, or entries that are not numbers.

    Examples
    --------
    Nothing to pull: the mean, and 1.134 SD that the next steps keep pulling.

    >>> round(algorithm_a([1.0, 2.0, 3.0]).mean, 9)
    2.0
    """
    entries = _entries(values)
    start = lab_constant("algorithm_a_mad_factor")
    return _iterate(entries, start, lab_constant("algorithm_a_sd_factor"), lab_constant("algorithm_a_cut"))


def huber_proposal_2(values: npt.ArrayLike) -> RobustMean:
    """Huber's proposal 2 (K23) with k = 1.5, as ``MASS::hubers`` of R.

    Raises
    ------
    DataRefused
        ``HW-D618`` as ``algorithm_a``.
    """
    cut = lab_constant("algorithm_a_cut")
    inside = 2 * float(ndtr(cut)) - 1
    density = float(np.exp(-(cut**2) / 2) / np.sqrt(2 * np.pi))
    beta = inside + cut**2 * (1 - inside) - 2 * cut * density
    return _iterate(_entries(values), _R_MAD, beta**-0.5, cut)


def _entries(values: npt.ArrayLike) -> Array:
    entries = np.asarray(values, dtype=np.float64)
    if entries.ndim != 1 or entries.size < 3 or not np.isfinite(entries).all():
        raise DataRefused(
            "A robust mean needs at least 3 entries, all of them numbers.",
            found=f"{entries.size}: {entries.ravel()[:12].tolist()}",
            remedy="Leave censored entries out; they are scored apart",
            code="HW-D618",
        )
    return entries


def _iterate(entries: Array, mad_factor: float, sd_factor: float, cut: float) -> RobustMean:
    mean = float(np.median(entries))
    sd = mad_factor * float(np.median(np.abs(entries - mean)))
    for _ in range(_MOST_STEPS):
        pulled = np.clip(entries, mean - cut * sd, mean + cut * sd)
        new_mean, new_sd = float(pulled.mean()), sd_factor * float(pulled.std(ddof=1))
        is_close = abs(new_mean - mean) + abs(new_sd - sd) <= _CLOSE * (abs(mean) + sd)
        mean, sd = new_mean, new_sd
        if is_close:
            break
    return RobustMean(mean, sd, lab_constant("consensus_median_factor") * sd / entries.size**0.5, entries.size)
