"""The reporting cycle: five reports, frozen as editions, from draft to published, with a calendar.

In: a workspace with a run, and a :class:`CycleOrder`. Out: editions under ``reports/cycle`` of the workspace, and files.
The server's pages and the command line call what is here and add nothing of their own.
"""

from __future__ import annotations

from headworks.jobs.cycle.calendar import report_calendar
from headworks.jobs.cycle.editions import StoredEdition, all_editions, editions_of, find_edition
from headworks.jobs.cycle.ledger import read_ledger, verify_ledger
from headworks.jobs.cycle.make import CycleOrder, draft_report, make_reports, print_edition
from headworks.jobs.cycle.states import TRANSITIONS, move, next_states

__all__ = [
    "TRANSITIONS", "CycleOrder", "StoredEdition", "all_editions", "draft_report", "editions_of", "find_edition",
    "make_reports", "move", "next_states", "print_edition", "read_ledger", "report_calendar", "verify_ledger",
]  # fmt: skip
