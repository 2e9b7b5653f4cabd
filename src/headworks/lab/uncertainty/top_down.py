r"""What a laboratory's own control data say about the uncertainty of its results (Nordtest TR 537).

    u(Rw) = control-sample SD, or sqrt(control SD^2 + duplicate SD^2)                                    (K15)
    u(bias) = sqrt(RMS_bias^2 + u(Cref)^2 [+ (s / sqrt n)^2 for a reference material])                   (K16)
    u_c = sqrt(u(Rw)^2 + u(bias)^2),   U = 2 u_c                                                         (K17)

All in one relative unit, percent or fractions. u(Rw) is drawn anew by each result and u(bias) is shared by a batch and by all
others. The trap: control samples made in clean water never meet the matrix; then the duplicates of real samples must be added.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from headworks.core.errors import DataRefused
from headworks.lab.calibration.weighted_curve import Array
from headworks.reference.lab_values import lab_constant


class TopDown(NamedTuple):
    """Standard uncertainties in the relative unit of the inputs; ``expanded`` is U."""

    within: float
    bias: float
    combined: float
    expanded: float


def _numbers(values: npt.ArrayLike, least: int, what: str) -> Array:
    array = np.asarray(values, dtype=np.float64)
    if array.size < least or not np.isfinite(array).all():
        raise DataRefused(
            f"This uncertainty needs at least {least} {what}, all of them numbers.",
            found=f"{array.size}: {array.ravel()[:12].tolist()}",
            remedy="Collect more, or leave out what failed, with a reason",
            code="HW-D615",
        )
    return array


def within_laboratory(control_sd: float, duplicate_sd: float = 0.0) -> float:
    """u(Rw) (K15), unit of the inputs.

    Examples
    --------
    >>> within_laboratory(3.0, 4.0)
    5.0
    """
    return float(np.hypot(control_sd, duplicate_sd))


def bias_from_rounds(biases: npt.ArrayLike, reference_uncertainties: npt.ArrayLike) -> float:
    """u(bias) from proficiency rounds (K16), unit of the biases.

    Parameters
    ----------
    biases
        Relative difference from the assigned value of each round.
    reference_uncertainties
        Relative standard uncertainty of each assigned value, or one for all: ``assigned_value_uncertainty``.

    Raises
    ------
    DataRefused
        ``HW-D615`` for fewer rounds than 6.

    Examples
    --------
    >>> round(bias_from_rounds([2, -4, 3, 1, -2, 3], 1.5), 4)
    3.0687
    """
    found = _numbers(biases, int(lab_constant("bias_least_rounds")), "proficiency rounds")
    reference = _numbers(np.atleast_1d(np.asarray(reference_uncertainties, dtype=np.float64)), 1, "reference uncertainties")
    return float(np.sqrt((found**2).mean() + reference.mean() ** 2))


def bias_from_reference(bias: float, sd: float, n: int, reference_uncertainty: float) -> float:
    """u(bias) from n measurements of one certified reference material (K16).

    Examples
    --------
    >>> round(bias_from_reference(3.0, 4.0, 16, 0.0), 6)
    3.162278
    """
    _numbers([bias, sd, reference_uncertainty, 1 / n if n >= 1 else np.nan], 4, "numbers")
    return float(np.sqrt(bias**2 + sd**2 / n + reference_uncertainty**2))


def assigned_value_uncertainty(between_sd: float, n_laboratories: int, *, is_robust: bool = False) -> float:
    """u(Cref) of a consensus: ``sR / sqrt n``, 1.25 times that for a median or robust mean.

    Examples
    --------
    >>> assigned_value_uncertainty(8.0, 16), assigned_value_uncertainty(8.0, 16, is_robust=True)
    (2.0, 2.5)
    """
    factor = lab_constant("consensus_median_factor") if is_robust else 1.0
    return factor * between_sd / math.sqrt(n_laboratories)


def top_down(within: float, bias: float) -> TopDown:
    """Combined and expanded uncertainty (K17).

    Examples
    --------
    >>> found = top_down(5.0, bias_from_rounds([2, -4, 3, 1, -2, 3], 1.5))
    >>> round(found.combined, 4), round(found.expanded, 3)
    (5.8666, 11.733)
    """
    combined = float(np.hypot(within, bias))
    return TopDown(within, bias, combined, lab_constant("expanded_coverage_factor") * combined)
