r"""The uncertainty of a result by what shares it, as loads need it.

    u_day^2 = (s0 / c)^2 + s1^2 or the result's own part of (K4),   u_batch^2 = u_calibration^2 + u_bias^2  (K20)

``u_day`` goes into ``measurements.u_analysis``; ``u_batch`` is shared by the samples of a batch and never averages out within
it. The trap is to count repeatability twice: a control-sample SD already holds the calibration's scatter from batch to batch.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from headworks.core.errors import DataRefused
from headworks.lab.calibration.weighted_curve import Array
from headworks.reference.lab_values import lab_constant


class Scopes(NamedTuple):
    """Relative standard uncertainties, one a result."""

    u_day: Array
    u_batch: Array


def split_scopes(
    repeatability: npt.ArrayLike,
    calibration: npt.ArrayLike = 0.0,
    bias: npt.ArrayLike = 0.0,
    within: npt.ArrayLike | None = None,
) -> Scopes:
    """What a result draws anew and what its batch shares (K20), as fractions.

    Parameters
    ----------
    repeatability
        Within a batch: ``NearLimit.relative_at``, a duplicate SD, or ``Quantified.u_day``.
    calibration
        Shared within a batch: ``Quantified.u_batch``.
    bias
        u(bias).
    within
        u(Rw) of control samples over many batches; what it holds beyond the repeatability differs between batches, and
        replaces a smaller ``calibration``.

    Raises
    ------
    DataRefused
        ``HW-D617`` for a negative fraction.

    Examples
    --------
    Within 5 %, of which 3 % is repeatability: 4 % between batches, and with a bias of 3 %, 5 %.

    >>> found = split_scopes(0.03, bias=0.03, within=0.05)
    >>> round(found.u_day.item(), 9), round(found.u_batch.item(), 9)
    (0.03, 0.05)
    """
    parts = [
        np.asarray(part, dtype=np.float64) for part in (repeatability, calibration, bias, 0.0 if within is None else within)
    ]
    if any((part < 0).any() for part in parts):
        raise DataRefused(
            "A relative standard uncertainty is at least 0.",
            found=str([float(part.min()) for part in parts]),
            remedy="Give fractions such as 0.05 for 5 %",
            code="HW-D617",
        )
    day, shared, off, whole = np.broadcast_arrays(*parts)
    between = np.sqrt(np.maximum(whole**2 - day**2, 0.0))
    return Scopes(day.copy(), np.hypot(np.maximum(shared, between), off))


def horwitz_rsd(mass_fraction: npt.ArrayLike, *, with_cap: bool = True) -> Array:
    """Relative standard deviation between laboratories that the Horwitz curve expects, a fraction (K21).

    Parameters
    ----------
    mass_fraction
        kg/kg; 1 ng/L of water is 1e-12.
    with_cap
        Thompson's 22 % below 1.2e-7.

    Examples
    --------
    >>> horwitz_rsd([1e-9, 1e-6], with_cap=False).round(4).tolist()
    [0.4524, 0.16]
    """
    fraction = np.asarray(mass_fraction, dtype=np.float64)
    found: Array = lab_constant("horwitz_coefficient") * fraction ** lab_constant("horwitz_exponent")
    if with_cap:
        found = np.where(fraction < lab_constant("thompson_cap_below"), lab_constant("thompson_cap"), found)
    return found
