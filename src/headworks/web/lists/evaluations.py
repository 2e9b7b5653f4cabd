"""Did it work? Plans registered before anybody looked, seen by whoever sees every area of one, and what came out of them.

A plan is a record of the workspace (``jobs.assessment.registrations``); its fingerprint stands in the audit log too. What
comes out is computed from figures of the reader's tier, so a withheld week is a gap for them.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping

import polars as pl
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from headworks.assessment.evaluation import EvaluationPlan, Window
from headworks.core.errors import HeadworksError, UsageError
from headworks.jobs.assessment import KeptRegistration, keep_registration, kept_registrations, require_registered
from headworks.web.access.models import AreaNode
from headworks.web.access.policy import NotVisible, require_area, visible_areas
from headworks.web.access.reader import Reader
from headworks.web.figures.kept import kept
from headworks.web.figures.scoped import area_figures
from headworks.web.lists.deciding import clean_reason
from headworks.web.lists.rights import may_propose, require
from headworks.web.opened import the_workspace
from headworks.workflows.assessment import evaluate_loads, plan_of_loads

_KEYS = {"area_id": pl.String, "analyte": pl.String, "period": pl.String}
# More areas than one action has; each of them is a series to compute.
_MOST_AREAS = 40
# What the assessment room says where an area has no ratio.
PROBLEMS = (
    gettext_noop("Too little is known before the action."), gettext_noop("Too little is known after the action."),
    gettext_noop("The terms of the model cannot be told apart."),
)  # fmt: skip
# What the rooms below refuse a plan for, in the reader's language.
_REFUSED = {
    "HW-D768": (
        gettext_lazy("The windows before and after overlap, so a fall cannot be seen and no return to the middle either."),
        gettext_lazy("Give a later window that begins after the earlier one ends"),
    ),
    "HW-D773": (
        gettext_lazy("The later window has begun already: there is something to see."),
        gettext_lazy("Evaluate a window that has not begun, and name each area once"),
    ),
    "HW-U316": (gettext_lazy("This very plan was registered before."), gettext_lazy("Look at the plan there is")),
}


def may_register(reader: Reader) -> bool:
    """Whether the reader may register a plan for an area."""
    return any(may_propose(reader, path) for path in (*reader.roots("assess"), *reader.roots("decide")))


def register(reader: Reader, said: Mapping[str, str]) -> KeptRegistration:
    """Register a plan for areas for which the reader speaks.

    Raises
    ------
    NotVisible
        For an area that is not there or not the reader's.
    UsageError
        ``HW-U300`` without a question, ``HW-U316`` for a plan registered before, ``HW-U318`` for a field that cannot be.
    DataRefused
        ``HW-D768`` for windows that overlap, ``HW-D773`` for a plan that comes too late.
    """
    areas, others = (_areas(reader, said.get(name, "")) for name in ("areas", "compared"))
    for area in areas:
        require(may_propose(reader, area.path), f"evaluate {area.pk}")
    if not areas or not said.get("drug"):
        raise _cannot_be("areas" if not areas else "drug", "")
    plan = plan_of_loads(
        clean_reason(said.get("question", "")), said["drug"][:80], tuple(one.pk for one in areas), _window(said, "before"),
        _window(said, "after"), _effect(said.get("effect", "")), tuple(one.pk for one in others),
    )  # fmt: skip
    role = next(role for role in reader.roles if role in _roles_at(reader, areas))
    try:
        return keep_registration(the_workspace(), plan, timezone.localdate(), role=role, author=reader.username)
    except HeadworksError as problem:
        what, remedy = _REFUSED.get(problem.code, (problem.what, problem.remedy))
        raise type(problem)(str(what), found=problem.found, remedy=str(remedy), code=problem.code) from problem


def _roles_at(reader: Reader, areas: list[AreaNode]) -> set[str]:
    held = [right for right in reader.rights if {"assess", "decide"} & set(right.scopes)]
    return {right.role for right in held if areas[0].path.startswith(right.area_path)}


def _areas(reader: Reader, said: str) -> list[AreaNode]:
    codes = list(dict.fromkeys(re.split(r"[\s,;、，；]+", said.strip()))) if said.strip() else []
    if len(codes) > _MOST_AREAS:
        raise _cannot_be("areas", f"{len(codes):,}")
    return [require_area(reader, code) for code in codes]


def _window(said: Mapping[str, str], name: str) -> Window:
    try:
        first, last = (dt.date.fromisoformat(said.get(f"{name}_{end}", "")) for end in ("first", "last"))
    except ValueError as problem:
        raise _cannot_be(name, said.get(f"{name}_first", "")) from problem
    if last < first:
        raise _cannot_be(name, f"{first} – {last}")
    return Window(first, last)


def _effect(said: str) -> float:
    try:
        percent = float(said.replace(",", "."))
    except ValueError as problem:
        raise _cannot_be("effect", said) from problem
    if not 0 < percent < 100:
        raise _cannot_be("effect", said)
    return round(1 - percent / 100, 6)


def _cannot_be(where: str, found: str) -> UsageError:
    return UsageError(_("A field of the plan cannot be this."), where=where, found=found[:40], code="HW-U318",
                      remedy=_("Give areas by code, a drug, two windows in order, and a fall in percent"))  # fmt: skip


def visible_plans(reader: Reader) -> list[KeptRegistration]:
    """Plans of which the reader sees every area, newest first."""
    found = kept_registrations(the_workspace())
    named = {area for one in found for area in _named(one.plan)}
    mine = set(visible_areas(reader).filter(pk__in=named).values_list("pk", flat=True))
    return [one for one in found if mine.issuperset(_named(one.plan))]


def require_plan(reader: Reader, fingerprint: str) -> tuple[KeptRegistration, dict[str, AreaNode]]:
    """A plan of which the reader sees every area, with these areas.

    Raises
    ------
    NotVisible
        When it is not there or one of its areas is not theirs.
    """
    try:
        found = require_registered(the_workspace(), fingerprint)
    except UsageError as problem:
        raise NotVisible(f"plan {fingerprint[:12]}") from problem
    areas = visible_areas(reader).in_bulk(list(_named(found.plan)))
    if not set(areas).issuperset(_named(found.plan)):
        raise NotVisible(f"plan {fingerprint[:12]}")
    return found, areas


def is_over(plan: EvaluationPlan) -> bool:
    """Whether the later window is over, so that it may be looked."""
    return timezone.localdate() > plan.after.last


def evaluated(reader: Reader, one: KeptRegistration) -> pl.DataFrame:
    """What came out, by figures of the reader's tier.

    Raises
    ------
    DataRefused
        ``HW-D863`` before the later window is over.
    """

    def made() -> pl.DataFrame:
        parts = [area_figures(reader, area).rows for area in _named(one.plan)]
        known = [rows for rows in parts if not rows.is_empty()]
        loads = pl.concat(known, how="diagonal") if known else pl.DataFrame(schema=_KEYS)
        return evaluate_loads(one.registration, loads, timezone.localdate())

    return kept(reader, ("evaluated", one.registration.fingerprint, is_over(one.plan)), made)


def _named(plan: EvaluationPlan) -> tuple[str, ...]:
    return (*plan.area_ids, *plan.comparison_ids)
