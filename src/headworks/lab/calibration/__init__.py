"""From areas to concentrations: the response, the curve, its acceptance, the result and its verdict.

In: calibrators and responses as arrays, an acceptance profile. Out: ``CalibrationFit`` for one curve, ``Curves`` for a batch,
``Quantified`` for results. Equations K0 to K7 are in ``docs/methods/calibration.md``.
"""

from headworks.lab.calibration.curves import Curves, fit_curves
from headworks.lab.calibration.fit_calibration import CalibrationFit, fit_calibration
from headworks.lab.calibration.noise_shape import NoiseModel
from headworks.lab.calibration.pooled_noise import pooled_noise
from headworks.lab.calibration.quantify import VERDICTS, Quantified, quantify
from headworks.lab.calibration.response_ratio import response_ratio

__all__ = [
    "VERDICTS",
    "CalibrationFit",
    "Curves",
    "NoiseModel",
    "Quantified",
    "fit_calibration",
    "fit_curves",
    "pooled_noise",
    "quantify",
    "response_ratio",
]
