"""The response of an injection: area of the analyte over area of its internal standard.

    y = A_analyte / A_standard x c_standard                                                              (K0)

The trap: a ratio says nothing about its denominator. An instrument blank with a trace of the standard has a ratio like that of
a real sample, so the area is judged too (``quantify``), and a ratio over no standard does not exist.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from headworks.lab.calibration.weighted_curve import Array


def response_ratio(analyte_area: npt.ArrayLike, standard_area: npt.ArrayLike, standard_amount: npt.ArrayLike = 1.0) -> Array:
    """Response of each injection (K0), in the unit of the amount.

    Parameters
    ----------
    analyte_area, standard_area
        Peak areas, any one shape; ``nan`` where there is no peak.
    standard_amount
        Amount or concentration of the internal standard, where it differs between vials.

    Returns
    -------
    Array
        Not a number without a positive area of the standard; a negative area stays negative and is refused later by name.

    Examples
    --------
    >>> response_ratio([50.0, 50.0, 50.0], [100.0, 0.0, float("nan")]).tolist()
    [0.5, nan, nan]
    """
    top, below = np.asarray(analyte_area, dtype=np.float64), np.asarray(standard_area, dtype=np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        result: Array = np.where(below > 0, top / below * np.asarray(standard_amount, dtype=np.float64), np.nan)
    return result
