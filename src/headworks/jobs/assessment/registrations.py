"""Plans of evaluations, kept before anybody looked: ``assessments/evaluations/<fingerprint>.json`` of the workspace.

A record is written once and never again. Its name is the fingerprint of its plan, so a record that somebody changed, or put
in the place of another, is found when it is read. The trap: the day is that of this machine's clock; the server writes the
fingerprint to its audit log as well, whose order nobody changes.
"""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import NamedTuple

from headworks.assessment.evaluation import EvaluationPlan, Registration, register_plan
from headworks.core.errors import DataRefused, UsageError
from headworks.store import Workspace, write_json

_FOLDER = ("assessments", "evaluations")
_HEX = frozenset("0123456789abcdef")


class KeptRegistration(NamedTuple):
    """A registration and the account that made it; empty for the command line."""

    registration: Registration
    author: str

    @property
    def plan(self) -> EvaluationPlan:
        """What is going to be looked at."""
        return self.registration.plan


def keep_registration(
    workspace: Workspace, plan: EvaluationPlan, today: dt.date, *, role: str, author: str = ""
) -> KeptRegistration:
    """Register a plan and keep its record.

    Raises
    ------
    DataRefused
        ``HW-D768`` for windows that overlap, ``HW-D773`` for a plan that comes too late or names no area.
    UsageError
        ``HW-U316`` for a plan that was registered before.
    """
    made = KeptRegistration(register_plan(plan, today, role), author)
    path = workspace.path.joinpath(*_FOLDER, f"{plan.fingerprint}.json")
    path.parent.mkdir(parents=True, exist_ok=True)
    said = {
        "fingerprint": plan.fingerprint, "registered_on": today.isoformat(), "role": role, "author": author,
        "plan": plan.as_dict(),
    }  # fmt: skip
    # No lock: a run may hold it for minutes, and two who register one plan at once write the same plan.
    if path.exists():
        raise UsageError("This very plan was registered before.", found=plan.fingerprint[:12],
                         remedy="Look at the plan there is", code="HW-U316")  # fmt: skip
    write_json(path, said)
    return made


class KeptRegistrations(NamedTuple):
    """Registrations, newest first, and of each record that cannot be read why (``HW-D862``), by name."""

    plans: list[KeptRegistration]
    damaged: list[DataRefused]


def kept_registrations(workspace: Workspace) -> KeptRegistrations:
    """All registrations: a record that somebody damaged hides no other."""
    plans, damaged = [], []
    for path in sorted(workspace.path.joinpath(*_FOLDER).glob("*.json")):
        try:
            plans.append(_read(path))
        except DataRefused as problem:
            damaged.append(problem)
    plans.sort(key=lambda one: (one.registration.registered_on, one.registration.fingerprint), reverse=True)
    return KeptRegistrations(plans, damaged)


def find_registration(workspace: Workspace, said: str) -> KeptRegistration:
    """The registration of a fingerprint, or of its first digits where no other begins so.

    Raises
    ------
    UsageError
        ``HW-U317`` when no such plan was registered, ``HW-U336`` when several begin with these digits.
    DataRefused
        ``HW-D862`` when its record was changed or cannot be read.
    """
    begun = [path.stem for path in workspace.path.joinpath(*_FOLDER).glob("*.json") if said and path.stem.startswith(said)]
    if len(begun) > 1:
        raise UsageError("Several registered plans begin with these digits.", found=said,
                         remedy="Give more of the fingerprint", code="HW-U336")  # fmt: skip
    return require_registered(workspace, begun[0] if begun else said)


def require_registered(workspace: Workspace, fingerprint: str) -> KeptRegistration:
    """The registration of a fingerprint: no evaluation without one.

    Raises
    ------
    UsageError
        ``HW-U317`` when no such plan was registered.
    DataRefused
        ``HW-D862`` when its record was changed or cannot be read.
    """
    path = workspace.path.joinpath(*_FOLDER, f"{fingerprint}.json")
    if not fingerprint or not set(fingerprint) <= _HEX or not path.is_file():
        raise UsageError("No such plan was registered.", found=fingerprint[:64],
                         remedy="Register the plan before its later window begins", code="HW-U317")  # fmt: skip
    return _read(path)


def _read(path: Path) -> KeptRegistration:
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        plan = EvaluationPlan.from_dict(said["plan"])
        day = dt.date.fromisoformat(said["registered_on"])
        made = KeptRegistration(Registration(plan, day, said["role"], said["fingerprint"]), said["author"])
        found = plan.fingerprint
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise _changed(path, type(problem).__name__) from problem
    if not path.stem == found == said["fingerprint"]:
        raise _changed(path, found[:12])
    return made


def _changed(path: Path, found: str) -> DataRefused:
    remedy = "Restore the record from a backup, or take its file out of assessments/evaluations"
    return DataRefused("The record of a registered plan was changed, or cannot be read.", where=path.stem[:12], found=found,
                       remedy=remedy, code="HW-D862")  # fmt: skip
