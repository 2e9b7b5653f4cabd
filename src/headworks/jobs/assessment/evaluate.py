"""Evaluate a registered plan by the newest run, for a tier of readers: what they may not see is a gap."""

from __future__ import annotations

from typing import NamedTuple

from headworks.jobs.assessment.registrations import KeptRegistration, find_registration
from headworks.jobs.clock import now
from headworks.jobs.disclosed import disclose
from headworks.jobs.disclosure import Disclosure
from headworks.store import Workspace, read_facts, read_result_of, require_run
from headworks.tables import RESULTS
from headworks.workflows.assessment.evaluations import Evaluated, evaluate_plan, figure_rows


class EvaluationDone(NamedTuple):
    """The plan as it was registered, what came out, and by which run."""

    kept: KeptRegistration
    found: Evaluated
    run_id: str


def evaluate_registered(workspace: Workspace, said: str, tier: str) -> EvaluationDone:
    """What came out of the plan of a fingerprint, or of its first digits.

    Raises
    ------
    UsageError
        ``HW-U008`` before the first run, ``HW-U317`` when no such plan was registered, ``HW-U336`` when several begin so.
    DataRefused
        ``HW-D862`` for a record that was changed, ``HW-D863`` before the later window is over.
    """
    kept = find_registration(workspace, said)
    run = require_run(workspace)
    table, mine = figure_rows(kept.plan)
    if table in RESULTS:
        rows = read_result_of(workspace, run, table, None, mine)
    else:
        rows = read_facts(workspace, table, up_to_seq=run.last_import_seq).filter(mine)
    seen = disclose(Disclosure(workspace, tier), table, rows).frame
    return EvaluationDone(kept, evaluate_plan(kept.registration, seen, now().date()), run.run_id)
