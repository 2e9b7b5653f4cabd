"""Is this more than chance? Exceedance, change, clusters and first appearances under one budget of false alarms.

In: counts, or places of days in what the trend model expected of them, of units of a tree. Out: thresholds and alarms of the
field's detectors, evidence that stays fair however often one looks, clusters, first appearances, words for the public. The
equations are in ``docs/methods/warning_peers.md``, ``warning_detector.md``, ``warning_clusters.md``,
``first_appearances.md`` and ``warning_budget.md``.
"""

from headworks.warning.clusters import scan_bernoulli, scan_normal, scan_poisson, scan_space_time
from headworks.warning.detect import detect
from headworks.warning.predictive import CountPredictive, count_predictive, warn_counts

__all__ = [
    "CountPredictive",
    "count_predictive",
    "detect",
    "scan_bernoulli",
    "scan_normal",
    "scan_poisson",
    "scan_space_time",
    "warn_counts",
]
