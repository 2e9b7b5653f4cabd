"""What planners ask: what a plan sees, what is seen at all, which sites; with the numbers of a workspace or without."""

from headworks.jobs.planner.detect import DetectionAnswer, DetectionOrder, answer_detection
from headworks.jobs.planner.power import PowerAnswer, answer_power, plans_beside
from headworks.jobs.planner.sites import SiteAnswer, SiteOrder, choose_for_workspace
from headworks.jobs.planner.workspace_scatter import KnownScatter, known_scatter

__all__ = [
    "DetectionAnswer",
    "DetectionOrder",
    "KnownScatter",
    "PowerAnswer",
    "SiteAnswer",
    "SiteOrder",
    "answer_detection",
    "answer_power",
    "choose_for_workspace",
    "known_scatter",
    "plans_beside",
]
