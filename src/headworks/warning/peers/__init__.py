"""The detectors the field uses, for counts, over all series at once: Farrington 1996 and flexible, EARS, CUSUM, RKI, Bayes.

In: a table ``series, t, observed``. Out, through :func:`headworks.warning.detect`: thresholds, alarms, whether a week could
be assessed, and the reason why not. Thresholds are those of the R package surveillance 1.20.3
(``tests/published/test_surveillance_golden.py``); where that stops, says nothing or differs from its own documentation,
``docs/methods/warning_peers.md`` says what we do. The equations are there.
"""

from headworks.warning.peers.answers import Answers, answer_rows
from headworks.warning.peers.control import METHODS, control_of
from headworks.warning.peers.counts import Counts, counts_of
from headworks.warning.peers.cusum import cusum
from headworks.warning.peers.ears import ears
from headworks.warning.peers.farrington import farrington, farrington_flexible
from headworks.warning.peers.same_time_of_year import bayes, rki

__all__ = [
    "METHODS",
    "Answers",
    "Counts",
    "answer_rows",
    "bayes",
    "control_of",
    "counts_of",
    "cusum",
    "ears",
    "farrington",
    "farrington_flexible",
    "rki",
]
