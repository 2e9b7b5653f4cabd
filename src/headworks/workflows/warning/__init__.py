"""Signals of a week from days of load: every site and area held against its own past and its peers, under one budget.

In: days of about two years, the network, what the year before taught, a budget in words. Out: the table ``signals``, each row
with its explanation. Equations (Y1) to (Y10) and (Z1) to (Z3) are in ``docs/methods/warning_signals.md``.
"""

from headworks.workflows.warning.cluster_signals import attached_words, signals_of_clusters
from headworks.workflows.warning.clusters import Clustered, find_site_clusters
from headworks.workflows.warning.events import Asked, Followed, ask, follow
from headworks.workflows.warning.explained import Beside, signals_of_week
from headworks.workflows.warning.judged import Judged, judge_days, week_label
from headworks.workflows.warning.new_substances import Looked, Seen, seen_substances, signals_of_appearances
from headworks.workflows.warning.site_map import SiteMap, site_map

__all__ = [
    "Asked", "Beside", "Clustered", "Followed", "Judged", "Looked", "Seen", "SiteMap", "ask", "attached_words",
    "find_site_clusters", "follow", "judge_days", "seen_substances", "signals_of_appearances", "signals_of_clusters",
    "signals_of_week", "site_map", "week_label",
]  # fmt: skip
