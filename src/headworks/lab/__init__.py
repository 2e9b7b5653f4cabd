"""From peak areas to released concentrations: calibration, limits, uncertainty, rounds between laboratories, quality control.

In: areas and responses of a batch as arrays. Out: concentrations with uncertainty and a verdict, the limits they were held
to, scores of a laboratory. A result whose verdict is not ``quantified`` has no number. Equations are in
``docs/methods/calibration.md``.

Response 2 x, a sample of 8 / 2 = 4, and a blank without its internal standard, whose ratio alone would read 7.5:

>>> levels, standards = [1, 2, 5, 10, 50, 100], [1000, 990, 1010, 1000, 995, 1005]
>>> areas = [2 * level * standard for level, standard in zip(levels, standards)]
>>> fit = fit_calibration(levels, response_ratio(areas, standards), standard_area=standards)
>>> found = quantify(fit, response_ratio([8000, 30], [1000, 2]), standard_area=[1000, 2])
>>> found.verdict.tolist(), found.concentration.round(6).tolist()
(['quantified', 'invalid: internal standard'], [4.0, nan])
"""

from headworks.lab.calibration import (
    CalibrationFit,
    Quantified,
    fit_calibration,
    fit_curves,
    quantify,
    response_ratio,
)

__all__ = [
    "CalibrationFit",
    "Quantified",
    "fit_calibration",
    "fit_curves",
    "quantify",
    "response_ratio",
]
