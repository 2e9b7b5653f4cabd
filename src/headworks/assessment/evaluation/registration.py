"""What was going to be looked at, written down before anybody looked.

A record of the question, the figure, the areas, the windows, the method and its settings, with a fingerprint over all of it
and the day it was registered. An evaluation names the fingerprint; what it did differently is listed with it, for the reader
to judge. A record made after the first day of the window after is refused: by then there was something to see.

The trap: the fingerprint says that a record was not changed, not when it was made. The day is as good as the log it is
written to: keep the record in the workspace, whose history cannot be rewritten.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from headworks.assessment.comparison.equal_lists import refuse
from headworks.assessment.evaluation.windows import Window, require_apart


@dataclass(frozen=True)
class EvaluationPlan:
    """A plan of an evaluation; every field is part of its fingerprint.

    Parameters
    ----------
    question
        One sentence, with the direction that is hoped for.
    figure
        Which figure of the shelf decides, such as ``load_mg_per_1000_per_day of methamphetamine, month``.
    area_ids
        Areas acted on.
    comparison_ids
        Areas compared with; empty where the method has none.
    before, after
        Windows, which must not overlap.
    method
        Name of the function, such as ``interrupted_series``.
    settings
        Its settings as words, such as ``("harmonics", "1")``.
    smallest_effect
        The change that would matter, as a ratio.
    """

    question: str
    figure: str
    area_ids: tuple[str, ...]
    before: Window
    after: Window
    method: str
    smallest_effect: float
    settings: tuple[tuple[str, str], ...] = ()
    comparison_ids: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, object]:
        """The plan as plain values, in one order: to be stored and read back."""
        plain: dict[str, object] = json.loads(json.dumps(dataclasses.asdict(self), default=str, sort_keys=True))
        return plain

    @classmethod
    def from_dict(cls, said: Mapping[str, Any]) -> EvaluationPlan:
        """The plan that :meth:`as_dict` wrote."""
        windows = {name: Window(*map(dt.date.fromisoformat, said[name])) for name in ("before", "after")}
        lists = {name: tuple(said[name]) for name in ("area_ids", "comparison_ids")}
        return cls(**{**said, **windows, **lists, "settings": tuple((name, value) for name, value in said["settings"])})

    def setting(self, name: str) -> str:
        """One of its settings; empty where it is not said."""
        return dict(self.settings).get(name, "")

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the plan, whatever the order of its areas and settings."""
        ordered = dataclasses.replace(
            self,
            area_ids=tuple(sorted(self.area_ids)),
            comparison_ids=tuple(sorted(self.comparison_ids)),
            settings=tuple(sorted(self.settings)),
        )
        return hashlib.sha256(json.dumps(ordered.as_dict(), sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True)
class Registration:
    """A plan, the day it was registered, and by which role (never a person's name)."""

    plan: EvaluationPlan
    registered_on: dt.date
    role: str
    fingerprint: str


def register_plan(plan: EvaluationPlan, today: dt.date, role: str) -> Registration:
    """The record of a plan, made before there is anything to see.

    Raises
    ------
    DataRefused
        ``HW-D768`` for windows that overlap; ``HW-D773`` for a plan registered after the window after has begun, without
        areas, or whose areas are compared with themselves.

    Examples
    --------
    >>> windows = Window.of_years(2023), Window.of_years(2025)
    >>> plan = EvaluationPlan("Does the load fall?", "load", ("4401",), *windows, "before_after", 0.8)
    >>> register_plan(plan, dt.date(2024, 6, 1), "analyst").fingerprint == plan.fingerprint
    True
    """
    require_apart(plan.before, plan.after)
    if today > plan.after.first:
        remedy = "Evaluate a window that has not begun, and call this one exploratory"
        told = f"registered {today}, window {plan.after}"
        refuse("HW-D773", "The plan was registered when there was already something to see.", found=told, remedy=remedy)
    both = set(plan.area_ids) & set(plan.comparison_ids)
    if not plan.area_ids or both:
        told = f"{len(plan.area_ids)} areas, {len(both)} also compared with"
        refuse("HW-D773", "A plan names areas, and others to compare with.", found=told, remedy="Name each area once")
    return Registration(plan, today, role, plan.fingerprint)


def differences_from_plan(registered: Registration, done: EvaluationPlan) -> dict[str, tuple[str, str]]:
    """What was done differently: field to planned and done; empty where the evaluation kept to its plan.

    Raises
    ------
    DataRefused
        ``HW-D773`` for a record whose fingerprint is not that of its plan: somebody changed it.

    Examples
    --------
    >>> windows = Window.of_years(2023), Window.of_years(2025)
    >>> plan = EvaluationPlan("Does the load fall?", "load", ("4401",), *windows, "before_after", 0.8)
    >>> record = register_plan(plan, dt.date(2024, 6, 1), "analyst")
    >>> differences_from_plan(record, dataclasses.replace(plan, method="interrupted_series"))
    {'method': ('before_after', 'interrupted_series')}
    """
    if registered.plan.fingerprint != registered.fingerprint:
        told = f"{registered.plan.fingerprint[:12]}… for {registered.fingerprint[:12]}…"
        refuse("HW-D773", "The registered plan was changed afterwards.", found=told, remedy="Take the record from the log")
    planned, made = registered.plan.as_dict(), done.as_dict()
    return {name: (_words(planned[name]), _words(made[name])) for name in planned if _set(planned[name]) != _set(made[name])}


def _set(value: object) -> object:
    """Lists of areas and settings are the same in any order; windows are not lists of that kind."""
    return sorted(map(str, value)) if isinstance(value, list) else value


def _words(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)
