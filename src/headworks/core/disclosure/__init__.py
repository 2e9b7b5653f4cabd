"""Nothing is shown of a group that is too small for its reader, neither directly nor by subtraction.

In: figures, the catchments behind each of them, and the rule of a tier of readers. Out: the same figures, each shown or
withheld with the reason; and audits that try to get at what was withheld. Counts in tables (cells of services, of deaths)
have their own suppression, ``suppress_table``.

    tiers           who may see what                      over_time   a year less its months
    groups          may a group be spoken of              crossings   figures that share people and do not nest
    blocks          what is left of a figure              differences every pair and triple, by brute force
    protect         all of it                             count_table, linear_audit   counts with margins
"""

from headworks.core.disclosure.count_table import SuppressedTable, suppress_table
from headworks.core.disclosure.differences import brute_force_differences
from headworks.core.disclosure.linear_audit import audit_by_lp, audit_table
from headworks.core.disclosure.protect import REASONS, protect
from headworks.core.disclosure.tiers import (
    DEFAULT_DETAIL,
    DEFAULT_DOMINANCE,
    DEFAULT_FLOORS,
    DEFAULT_SITES,
    STEWARD,
    Tier,
    TierRule,
    is_suppressed,
    publication_floor,
    require_tier,
    tier_rule,
)

__all__ = [
    "DEFAULT_DETAIL", "DEFAULT_DOMINANCE", "DEFAULT_FLOORS", "DEFAULT_SITES", "REASONS", "STEWARD", "SuppressedTable", "Tier",
    "TierRule", "audit_by_lp", "audit_table", "brute_force_differences", "is_suppressed", "protect", "publication_floor",
    "require_tier", "suppress_table", "tier_rule",
]  # fmt: skip
