"""A substance is seen for the first time: findings and doubts, first appearances and spread, its card, and the procedure."""

from headworks.warning.appearances.first_seen import first_appearances, spread
from headworks.warning.appearances.hits import findings_from_measurements, flag_findings
from headworks.warning.appearances.procedure import Step, advance, moves_from, overdue, replay, state_on
from headworks.warning.appearances.substance_card import SubstanceCard, substance_card

__all__ = [
    "Step",
    "SubstanceCard",
    "advance",
    "findings_from_measurements",
    "first_appearances",
    "flag_findings",
    "moves_from",
    "overdue",
    "replay",
    "spread",
    "state_on",
    "substance_card",
]
