"""What the next weeks of counts were expected to be, learnt from each series' own history with the doubt of what was learnt.

In: counts of series and weeks, gaps as gaps. Out: p-values that are uniform while nothing changes (``count_predictive``),
and the detector as a table (``warn_counts``). Equations (H1) to (H6) are in ``docs/methods/warning_detector.md``; how often
false alarms come, and what is found, in ``docs/studies/detector_calibration.md`` and ``detector_power.md``.
"""

from headworks.warning.predictive.counts import CountPredictive, count_predictive
from headworks.warning.predictive.table import warn_counts

__all__ = ["CountPredictive", "count_predictive", "warn_counts"]
