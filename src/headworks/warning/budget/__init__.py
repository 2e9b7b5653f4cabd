"""One budget of false alarms over the tree, all drugs and all weeks.

Equations (X1) to (X8) are in ``docs/methods/warning_budget.md``.

In: standard normals (or e-values) of units x drugs x weeks, each of the unit's own residual, and a budget in words. Out:
events, each at the most specific unit that the evidence supports, of which at most the stated share is false at every level.
"""

from headworks.warning.budget.areas import area_evidence
from headworks.warning.budget.events import Event, Ledger, follow_weeks
from headworks.warning.budget.fold import fold
from headworks.warning.budget.quality import select_causes
from headworks.warning.budget.recent_weeks import recent_e, recent_p
from headworks.warning.budget.select import Families, Selected, select_week
from headworks.warning.budget.shared_cause import Explained, explain_shared
from headworks.warning.budget.units import LEVELS, Units, units_of
from headworks.warning.budget.words import Budget, parse_budget

__all__ = [
    "LEVELS",
    "Budget",
    "Event",
    "Explained",
    "Families",
    "Ledger",
    "Selected",
    "Units",
    "area_evidence",
    "explain_shared",
    "fold",
    "follow_weeks",
    "parse_budget",
    "recent_e",
    "recent_p",
    "select_causes",
    "select_week",
    "units_of",
]
