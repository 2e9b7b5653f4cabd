"""A loss that is expected and not corrected is a bias of known size and unsure size; it widens the interval instead.

With the expected loss on the log scale, l = |ln S| = ln 2 x t / half-life, and the relative standard uncertainties of the
half-life and of the residence time:

    sigma^2 = l^2 (u_half_life^2 + u_residence^2)            corrected                        (L13)
    sigma^2 = l^2 (1 + u_half_life^2 + u_residence^2)        not corrected                    (L14)

The uncorrected bias counts with its square, as a second moment about the value that is printed. The trap: the interval stays
centred on the uncorrected value, so it covers the truth without pointing at it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from headworks.core.errors import DataRefused
from headworks.core.uncertainty import relative
from headworks.reference.sewer_stability import sewer_constants


def stability_uncertainty(
    half_life_h: ArrayLike,
    residence_h: ArrayLike,
    *,
    u_half_life: ArrayLike | None = None,
    u_residence: ArrayLike | None = None,
    is_corrected: bool = False,
) -> float | NDArray[np.float64]:
    """Relative standard uncertainty that in-sewer loss adds to a load (L13, L14).

    Parameters
    ----------
    half_life_h
        At the temperature of the sewage, h; infinite for a stable residue.
    residence_h
        Mean time in the sewer, h.
    u_half_life, u_residence
        Relative standard uncertainties; by default those of the reference.
    is_corrected
        Whether the load was divided by the surviving fraction.

    Raises
    ------
    DataRefused
        ``HW-D251`` for a half-life that is not above 0, or a residence time or uncertainty below 0.

    Examples
    --------
    Cocaine loses 11.9 % on the log scale in 6 h.

    >>> round(stability_uncertainty(35, 6, u_half_life=0.5, u_residence=0.3), 4)
    0.1382
    >>> round(stability_uncertainty(35, 6, u_half_life=0.5, u_residence=0.3, is_corrected=True), 4)
    0.0694
    """
    constants = sewer_constants()
    life, hours, u_life, u_hours = (
        np.asarray(value, dtype=float)
        for value in (
            half_life_h,
            residence_h,
            constants["u_half_life"] if u_half_life is None else u_half_life,
            constants["u_residence"] if u_residence is None else u_residence,
        )
    )
    if not (np.all(life > 0) and np.all(hours >= 0) and np.all(u_life >= 0) and np.all(u_hours >= 0)):
        raise DataRefused(
            "The uncertainty of loss in the sewer cannot be computed.",
            where="half_life_h, residence_h, u_half_life, u_residence",
            found=f"{life.tolist()}, {hours.tolist()}, {u_life.tolist()}, {u_hours.tolist()}",
            remedy="Give a half-life above 0 and the others of at least 0",
            code="HW-D251",
        )
    loss = np.log(2.0) * hours / life
    sigma = loss * np.sqrt(np.square(u_life) + np.square(u_hours) + (0.0 if is_corrected else 1.0))
    return relative(float(sigma)) if sigma.ndim == 0 else relative(sigma)
