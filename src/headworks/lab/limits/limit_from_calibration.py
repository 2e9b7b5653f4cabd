r"""Limits from the calibration itself.

    ICH Q2:            3.3 s / b and 10 s / b, s the scatter of the residuals or the error of the intercept             (K11)
    ISO 11843-2:       xC = t(1-alpha, n-2) s/b sqrt(1/m + 1/n + xm^2/Sxx),  xD = 2 xC                                  (K12)
    DIN 32645:         xQ = k t(1-alpha/2, n-2) s/b sqrt(1/m + 1/n + (xQ - xm)^2/Sxx),  k = 3
    lowest level:      the lowest level with mean deviation and scatter within 20 %                                     (K13)

All but the last take the noise as constant, so the curve is fitted with weight 1, and only levels near the limit belong in it.
The trap is a routine calibration over three decades: its scatter is that of the highest levels, and so is the limit.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.special import stdtrit

from headworks.core.errors import DataRefused
from headworks.lab.calibration.fit_calibration import CalibrationFit, fit_calibration
from headworks.lab.limits.limit import NONE, Limit
from headworks.reference.lab_values import lab_constant

Scatter = Literal["residuals", "intercept"]


def _unweighted(x: npt.ArrayLike, y: npt.ArrayLike) -> CalibrationFit:
    fit = fit_calibration(x, y, "1")
    if not (fit.slope > 0 and fit.s > 0):
        raise DataRefused(
            "A limit from the calibration needs a rising line through three levels, with scatter.",
            found=f"slope {fit.slope:g}, s {fit.s:g}" + "".join(f", {reason}" for reason in fit.reasons[:1]),
            remedy="Measure at least 3 levels near the limit",
            code="HW-D614",
        )
    return fit


def limit_from_line(x: npt.ArrayLike, y: npt.ArrayLike, scatter: Scatter = "residuals") -> Limit:
    """Limits of ICH Q2 (K11), unit of x; ``scatter`` says which standard deviation.

    Raises
    ------
    DataRefused
        ``HW-D614`` without a rising line that scatters; ``HW-D602`` for lists of unequal length.

    Examples
    --------
    >>> y = [0.2, 1.9, 4.1, 6.2, 7.8, 10.1, 12.2, 13.8, 16.1, 17.9]
    >>> found = limit_from_line(list(range(10)), y)
    >>> round(found.lod, 8), round(found.loq, 8)
    (0.27699845, 0.83938926)
    """
    fit = _unweighted(x, y)
    ratio = (fit.s if scatter == "residuals" else fit.intercept_error) / fit.slope
    lod, loq = (lab_constant(f"calibration_{kind}_factor") * ratio for kind in ("lod", "loq"))
    return Limit("calibration (ICH Q2)", NONE, lod, loq, f"s of the {scatter}, {int(fit.degrees_of_freedom) + 2} calibrators")


def limit_from_iso_11843(x: npt.ArrayLike, y: npt.ArrayLike, replicates: int = 1, alpha: float | None = None) -> Limit:
    """Critical value, limit of detection and of quantification of ISO 11843-2 and DIN 32645 (K12), unit of x.

    Parameters
    ----------
    x, y
        Calibrators near the limit.
    replicates
        Measurements a sample's result is the mean of, m.
    alpha
        Probability that a blank exceeds the critical value.

    Raises
    ------
    DataRefused
        ``HW-D614`` without a rising line that scatters.

    Examples
    --------
    >>> y = [0.2, 1.9, 4.1, 6.2, 7.8, 10.1, 12.2, 13.8, 16.1, 17.9]
    >>> round(limit_from_iso_11843(list(range(10)), y).critical, 9)
    0.181052833
    """
    fit = _unweighted(x, y)
    alarm = lab_constant("iso_11843_alpha") if alpha is None else alpha
    free, unit = fit.degrees_of_freedom, fit.s / fit.slope
    total, spread, centre = fit.curves.basis.norms[0, 0], fit.curves.basis.norms[0, 1], float(fit.curves.basis.centre[0])
    base = 1 / replicates + 1 / total
    critical = float(stdtrit(free, 1 - alarm)) * unit * float(np.sqrt(base + centre**2 / spread))
    # The implicit equation is quadratic in xQ.
    width = (lab_constant("iso_11843_loq_k") * float(stdtrit(free, 1 - alarm / 2)) * unit) ** 2
    a, b, c = 1 - width / spread, 2 * width * centre / spread, -width * (base + centre**2 / spread)
    loq = float((-b + np.sqrt(b**2 - 4 * a * c)) / (2 * a)) if a > 0 else NONE
    basis = f"alpha {alarm:g}, {replicates} replicates, {int(free) + 2} calibrators"
    return Limit("ISO 11843-2 / DIN 32645", critical, 2 * critical, loq, basis)


def limit_from_lowest_level(fit: CalibrationFit, x: npt.ArrayLike) -> Limit:
    """The lowest level that comes back within the limits of accuracy and scatter (K13): best for routine.

    Parameters
    ----------
    fit
        The curve in use.
    x
        The concentrations it was fitted with.

    Returns
    -------
    Limit
        ``nan`` where no level holds, or the curve is not accepted.
    """
    nominal = np.asarray(x, dtype=np.float64)
    most_off, most_scatter = lab_constant("lowest_level_deviation"), lab_constant("lowest_level_rsd")
    for level in np.unique(nominal[np.isfinite(nominal) & (nominal >= fit.lowest)]) if fit.is_accepted else ():
        found = fit.deviations[(nominal == level) & np.isfinite(fit.deviations)]
        scatter = found.std(ddof=1) / (1 + found.mean()) if found.size > 1 else 0.0
        if found.size and abs(found.mean()) <= most_off and scatter <= most_scatter:
            return Limit("lowest accepted level", NONE, NONE, float(level), f"{found.size} calibrators of {level:g}")
    return Limit("lowest accepted level", basis="no level within the limits")
