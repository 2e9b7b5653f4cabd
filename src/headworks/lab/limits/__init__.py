"""Limits of detection and quantification by every rule in use, the rule's name beside the number.

In: blanks, low spikes, a peak's signal to noise, or calibrators. Out: a ``Limit`` each; ``sample_limits`` makes the chosen one
that of each sample. Equations K8 to K14 are in ``docs/methods/calibration.md``.
"""

from headworks.lab.limits.limit import Limit, SampleLimits, choose_limit, sample_limits
from headworks.lab.limits.limit_from_calibration import limit_from_iso_11843, limit_from_line, limit_from_lowest_level
from headworks.lab.limits.limit_from_replicates import (
    limit_from_blanks,
    limit_from_signal_to_noise,
    limit_from_spikes,
    peak_to_peak,
)

__all__ = [
    "Limit",
    "SampleLimits",
    "choose_limit",
    "limit_from_blanks",
    "limit_from_iso_11843",
    "limit_from_line",
    "limit_from_lowest_level",
    "limit_from_signal_to_noise",
    "limit_from_spikes",
    "peak_to_peak",
    "sample_limits",
]
