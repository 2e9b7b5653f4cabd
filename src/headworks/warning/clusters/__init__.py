"""Clusters in space and time: scans with an exact likelihood ratio and a p-value for the whole map.

In: places, counts or values, what is expected. Out: clusters with members, observed, expected, ratio and p. The equations are
in ``docs/methods/warning_clusters.md``.
"""

from headworks.warning.clusters.common import Common, wander_of_areas
from headworks.warning.clusters.flexible import flexible_windows
from headworks.warning.clusters.found import Cluster, Clusters
from headworks.warning.clusters.scan import scan_bernoulli, scan_normal, scan_poisson
from headworks.warning.clusters.scan_in_time import scan_space_time
from headworks.warning.clusters.weekly import ScanLaw, ScannedMap, WeeklyScan, clusters_of_week, recurrence_weeks, scan_weeks
from headworks.warning.clusters.windows import (
    Windows,
    circular_windows,
    downstream_windows,
    joined_windows,
    windows_of_members,
    windows_of_several,
)

__all__ = [
    "Cluster",
    "Clusters",
    "Common",
    "ScanLaw",
    "ScannedMap",
    "WeeklyScan",
    "Windows",
    "circular_windows",
    "clusters_of_week",
    "downstream_windows",
    "flexible_windows",
    "joined_windows",
    "recurrence_weeks",
    "scan_bernoulli",
    "scan_normal",
    "scan_poisson",
    "scan_space_time",
    "scan_weeks",
    "wander_of_areas",
    "windows_of_members",
    "windows_of_several",
]
