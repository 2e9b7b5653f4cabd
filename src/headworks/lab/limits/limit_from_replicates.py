r"""Limits from repeated measurements of blanks and of low spikes.

    blanks (Currie 1995):  LC = mean + t(0.95, n-1) s sqrt(1 + 1/n),  LD = mean + 2 t s sqrt(1 + 1/n),  LQ = mean + 10 s  (K9)
    EPA MDL:               t(0.99, n-1) s of at least 7 spiked replicates; the higher of it and that of the blanks    (K10)
    signal to noise:       concentration x 3 / (S/N) and x 10 / (S/N); peak to peak S/N = 2 H / h    (K8)

The trap: blanks that read exactly 0 because the integrator found no peak have no scatter; their s of 0 is no limit of 0.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.special import stdtrit

from headworks.core.errors import DataRefused
from headworks.lab.calibration.weighted_curve import Array
from headworks.lab.limits.limit import NONE, Limit, require_numbers
from headworks.reference.lab_values import lab_constant

NoiseDefinition = Literal["peak to peak", "root mean square"]


def limit_from_blanks(blanks: npt.ArrayLike, alpha: float = 0.05) -> Limit:
    """Limits from concentrations of blanks (K9), in their unit.

    Raises
    ------
    DataRefused
        ``HW-D612`` for fewer than 2 blanks; ``HW-D613`` where all blanks are equal.

    Examples
    --------
    >>> found = limit_from_blanks([0.8, 1.1, 0.9, 1.3, 1.0, 0.7, 1.2, 1.0, 0.9, 1.1])
    >>> round(found.critical, 6), round(found.lod, 6), round(found.loq, 6)
    (1.351014, 1.702029, 2.825742)
    """
    values = require_numbers(blanks, 2, "blanks")
    s, mean = _scatter(values, "blanks"), float(values.mean())
    step = float(stdtrit(values.size - 1, 1 - alpha)) * s * float(np.sqrt(1 + 1 / values.size))
    loq = mean + lab_constant("currie_loq_factor") * s
    return Limit("blanks (Currie)", mean + step, mean + 2 * step, loq, f"{values.size} blanks, s {s:.6g}, alpha {alpha:g}")


def limit_from_spikes(spikes: npt.ArrayLike, blanks: npt.ArrayLike | None = None) -> Limit:
    """Method detection limit of the EPA (K10) from low spikes, in their unit; the higher of it and that of the blanks.

    Raises
    ------
    DataRefused
        ``HW-D612`` for fewer than 7 spikes or blanks; ``HW-D613`` where all spikes are equal.

    Examples
    --------
    >>> round(limit_from_spikes([1.9, 2.2, 2.0, 2.4, 1.8, 2.1, 2.3]).lod, 6)
    0.678894
    """
    least = int(lab_constant("mdl_least_replicates"))
    values = require_numbers(spikes, least, "spiked replicates")
    spiked = _student(values.size) * _scatter(values, "spikes")
    if blanks is None:
        return Limit("EPA MDL", spiked, spiked, NONE, f"{values.size} spiked replicates")
    empty = require_numbers(blanks, least, "blanks")
    # The rule takes a mean below 0 as 0; blanks without any scatter leave the spikes to decide.
    found = max(float(empty.mean()), 0.0) + _student(empty.size) * float(empty.std(ddof=1))
    basis = f"{values.size} spiked replicates {spiked:.6g}, {empty.size} blanks {found:.6g}"
    return Limit("EPA MDL", max(spiked, found), max(spiked, found), NONE, basis)


def limit_from_signal_to_noise(
    concentration: float, signal_to_noise: float, definition: NoiseDefinition = "peak to peak"
) -> Limit:
    """Limits from one peak near the limit (K8), in the unit of its concentration; the definition of noise stays with them.

    Raises
    ------
    DataRefused
        ``HW-D612`` where one of the two is not above 0.

    Examples
    --------
    A peak of 2 ng/L with S/N 20: 2 x 3 / 20 and 2 x 10 / 20.

    >>> found = limit_from_signal_to_noise(2.0, 20.0)
    >>> round(found.lod, 9), round(found.loq, 9)
    (0.3, 1.0)
    """
    if not (concentration > 0 and signal_to_noise > 0):
        raise DataRefused(
            "Limits from signal to noise need a concentration and a ratio above 0.",
            found=f"concentration {concentration}, signal to noise {signal_to_noise}",
            remedy="Take a calibrator near the limit",
            code="HW-D612",
        )
    lod, loq = (concentration * lab_constant(f"signal_to_noise_{kind}") / signal_to_noise for kind in ("lod", "loq"))
    return Limit("signal to noise", NONE, lod, loq, f"noise {definition}, S/N {signal_to_noise:g} at {concentration:g}")


def peak_to_peak(height: float, noise_width: float) -> float:
    """Signal to noise ``2 H / h`` of the pharmacopoeia: height of the peak, full width of the noise beside it.

    Examples
    --------
    >>> peak_to_peak(50.0, 10.0)
    10.0
    """
    return 2.0 * height / noise_width


def _student(n: int) -> float:
    return float(stdtrit(n - 1, lab_constant("mdl_confidence")))


def _scatter(values: Array, what: str) -> float:
    s = float(values.std(ddof=1))
    if not s > 0:
        raise DataRefused(
            f"All {what} are equal: without scatter there is no limit.",
            found=str(values[:12].tolist()),
            remedy="Integrate the noise where the peak would be, or use another rule",
            code="HW-D613",
        )
    return s
