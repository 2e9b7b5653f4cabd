"""Evidence of a change: from the place of a sample in what was expected to bets that stay fair, and their sum over weeks.

In: standard normals ``z`` of series and weeks from any predictive (``predictive`` for counts, the trend model for loads),
not a number where nothing could be judged. Out: e-values of each week by the kind of change, their Shiryaev-Roberts sums,
and a p-value with a memory of two samples. Equations (H7) to (H11) are in ``docs/methods/warning_detector.md``.
"""

from headworks.warning.evidence.e_detector import e_detector
from headworks.warning.evidence.effects import (
    drop_evidence,
    exceedance_evidence,
    p_to_e,
    ratio_evidence,
    rise_evidence,
    scatter_evidence,
    shift_evidence,
)
from headworks.warning.evidence.judge import Judged, judge, judge_places
from headworks.warning.evidence.places import normal_of, randomised_place
from headworks.warning.evidence.recalibrate import recalibrate
from headworks.warning.evidence.short_memory import short_memory_p

__all__ = [
    "Judged",
    "drop_evidence",
    "e_detector",
    "exceedance_evidence",
    "judge",
    "judge_places",
    "normal_of",
    "p_to_e",
    "randomised_place",
    "ratio_evidence",
    "recalibrate",
    "rise_evidence",
    "scatter_evidence",
    "shift_evidence",
    "short_memory_p",
]
