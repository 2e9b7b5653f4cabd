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

from headworks.assessment.evaluation import EvaluationPlan, Window
from headworks.core.errors import UsageError
from headworks.jobs.assessment import (
    KeptRegistration,
    KeptRegistrations,
    keep_registration,
    kept_registrations,
    require_registered,
)
from headworks.web.access.models import AreaNode
from headworks.web.access.policy import NotVisible, require_area, visible_areas
from headworks.web.access.reader import Reader
from headworks.web.figures.kept import kept
from headworks.web.figures.scoped import area_figures
from headworks.web.lists.deciding import clean_reason
from headworks.web.lists.indicators import indicator_names, indicator_rows
from headworks.web.lists.rights import may_propose, require
from headworks.web.opened import the_workspace
from headworks.workflows.assessment.evaluations import (
    METHODS,
    Evaluated,
    effect_of_fall,
    evaluate_plan,
    is_over,
    plan_of_counts,
    plan_of_loads,
)

_LOADS = {
    **dict.fromkeys(("area_id", "analyte", "period"), pl.String),
    **dict.fromkeys(("load_mg_per_1000_per_day", "upper"), pl.Float64),
}  # fmt: skip
# More areas than one action has; each of them is a series to compute.
_MOST_AREAS = 40
# All counties of a province; each of them is held against a mixture of all others in turn.
_MOST_COMPARED = 200
# Marks an indicator among the figures of the form.
COUNTED = "count:"


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
        ``HW-D768`` for windows that overlap, ``HW-D773`` for a plan that comes too late, ``HW-D875`` for fewer areas or
        months than the method needs.
    """
    areas, others = (_areas(reader, said.get(name, "")) for name in ("areas", "compared"))
    for area in areas:
        require(may_propose(reader, area.path), f"evaluate {area.pk}")
    if not areas or not said.get("drug"):
        raise _cannot_be("areas" if not areas else "drug", "")
    if said.get("of_level"):
        others = _others_of_level(reader, areas)
    plan = _plan(said, areas, others)
    if plan.setting("indicator") and plan.setting("indicator") not in indicator_names(reader):
        raise NotVisible("indicators")
    role = next(role for role in reader.roles if role in _roles_at(reader, areas))
    return keep_registration(the_workspace(), plan, timezone.localdate(), role=role, author=reader.username)


def _plan(said: Mapping[str, str], areas: list[AreaNode], others: list[AreaNode]) -> EvaluationPlan:
    question, figure = clean_reason(said.get("question", "")), said["drug"][:80]
    codes, compared = (tuple(one.pk for one in some) for some in (areas, others))
    windows, effect = (_window(said, "before"), _window(said, "after")), _effect(said.get("effect", ""))
    method = said.get("method") or METHODS[0]
    if method not in METHODS:
        raise _cannot_be("method", method)
    if figure.startswith(COUNTED):
        return plan_of_counts(question, figure.removeprefix(COUNTED), codes, *windows, effect, compared)
    return plan_of_loads(question, figure, codes, *windows, effect, compared, method)


def _others_of_level(reader: Reader, areas: list[AreaNode]) -> list[AreaNode]:
    """Every area of the level that the reader sees and on which nothing is done."""
    acted = [one.pk for one in areas]
    found = list(visible_areas(reader).filter(level=areas[0].level).exclude(pk__in=acted).order_by("pk")[: _MOST_COMPARED + 1])
    if len(found) > _MOST_COMPARED:
        raise _cannot_be("of_level", f"> {_MOST_COMPARED}")
    return found


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
        return effect_of_fall(float(said.replace(",", ".")))
    except (ValueError, UsageError) as problem:
        raise _cannot_be("effect", said) from problem


def _cannot_be(where: str, found: str) -> UsageError:
    return UsageError(_("A field of the plan cannot be this."), where=where, found=found[:40], code="HW-U318",
                      remedy=_("Give areas by code, a drug, two windows in order, and a fall in percent"))  # fmt: skip


def visible_plans(reader: Reader) -> KeptRegistrations:
    """Plans of which the reader sees every area, newest first; and, for who registers plans, records that are damaged."""
    found = kept_registrations(the_workspace())
    named = {area for one in found.plans for area in _named(one.plan)}
    mine = set(visible_areas(reader).filter(pk__in=named).values_list("pk", flat=True))
    plans = [one for one in found.plans if mine.issuperset(_named(one.plan))]
    return KeptRegistrations(plans, found.damaged if may_register(reader) else [])


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


def is_readable(plan: EvaluationPlan) -> bool:
    """Whether the later window is over, so that it may be looked."""
    return is_over(plan, timezone.localdate())


def evaluated(reader: Reader, one: KeptRegistration, areas: Mapping[str, AreaNode]) -> Evaluated:
    """What came out, by figures of the reader's tier.

    Raises
    ------
    DataRefused
        ``HW-D863`` before the later window is over, ``HW-D787`` when several counts speak of one area and period.
    """

    def made() -> Evaluated:
        if one.plan.setting("indicator"):
            figures = indicator_rows(reader, areas.values())
        else:
            parts = [area_figures(reader, area).rows for area in _named(one.plan)]
            known = [rows for rows in parts if not rows.is_empty()]
            figures = pl.concat(known, how="diagonal") if known else pl.DataFrame(schema=_LOADS)
        return evaluate_plan(one.registration, figures, timezone.localdate())

    return kept(reader, ("evaluated", one.registration.fingerprint, is_readable(one.plan)), made)


def _named(plan: EvaluationPlan) -> tuple[str, ...]:
    return (*plan.area_ids, *plan.comparison_ids)
