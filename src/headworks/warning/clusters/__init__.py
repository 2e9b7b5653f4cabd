"""Clusters in space and time: scans with an exact likelihood ratio and a p-value for the whole map.

In: places, counts or values, what is expected. Out: clusters with members, observed, expected, ratio and p. The equations are
in ``docs/methods/warning_clusters.md``.
"""

from headworks.warning.clusters.flexible import flexible_windows
from headworks.warning.clusters.found import Cluster, Clusters
from headworks.warning.clusters.scan import scan_bernoulli, scan_normal, scan_poisson
from headworks.warning.clusters.scan_in_time import scan_space_time
from headworks.warning.clusters.windows import Windows, circular_windows, downstream_windows

__all__ = [
    "Cluster",
    "Clusters",
    "Windows",
    "circular_windows",
    "downstream_windows",
    "flexible_windows",
    "scan_bernoulli",
    "scan_normal",
    "scan_poisson",
    "scan_space_time",
]
