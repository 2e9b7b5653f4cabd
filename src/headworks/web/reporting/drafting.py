"""A draft is asked for on a page and frozen by the worker; the same figures give the same edition, however often asked."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl
from django.utils.translation import gettext as _

from headworks.core.errors import UsageError
from headworks.jobs.cycle import CycleOrder, draft_report
from headworks.reports.cycle import kind_of, require_period
from headworks.web.access.models import AreaNode
from headworks.web.access.policy import NotVisible
from headworks.web.access.reader import Reader, reader_of
from headworks.web.access.roles import TIERS
from headworks.web.accounts.models import Account
from headworks.web.lists.outcomes.assessments import confirmed_outcomes
from headworks.web.opened import the_workspace
from headworks.web.reporting.scope import EVERYWHERE, may_draft, require_place, tier_on
from headworks.web.work.kinds import Tell
from headworks.web.work.models import WorkItem
from headworks.web.work.queue import ask

WORK = "cycle_report"


def ask_draft(reader: Reader, *, kind: str, period: str, area_id: str, tier: str, today: dt.date) -> WorkItem:
    """Put a draft in the queue.

    Raises
    ------
    NotVisible
        For an area on which the reader drafts no reports, or a tier above theirs.
    UsageError
        ``HW-U270`` unknown report, ``HW-U271`` a period of another kind, ``HW-U308`` one that has not ended.
    """
    place = require_place(reader, area_id)
    if not may_draft(reader, place.path):
        raise NotVisible(f"draft a report of {area_id}")
    _require_tier(reader, place.path, tier)
    label = _ended(kind, period, today)
    said = {"kind": kind, "period": label, "area_id": area_id, "tier": tier, "account_id": reader.account_id}
    once = f"{WORK}-{kind}-{label}-{area_id}-{tier}"
    return ask(WORK, said, by=reader.username, area_path=place.path, once=once)


def draft_work(said: dict[str, Any], tell: Tell) -> dict[str, Any]:
    """Freeze a report with the rights that its reader still has.

    Raises
    ------
    UsageError
        ``HW-U309`` when the rights it was asked with are gone; else as :func:`headworks.jobs.cycle.draft_report`.
    """
    reader = reader_of(Account.objects.filter(pk=said["account_id"]).first())
    try:
        place = require_place(reader, said["area_id"])
        _require_tier(reader, place.path, said["tier"])
    except NotVisible as problem:
        remedy = _("Ask anew with an account that may")
        raise UsageError(_("The rights it was asked with are gone."), remedy=remedy, code="HW-U309") from problem
    tell(f"{said['kind']} {said['period']}")
    order = CycleOrder(
        said["kind"], place.code, said["period"], said["tier"], by=reader.username, lists=_lists(said["kind"], said["period"])
    )
    edition = draft_report(the_workspace(), order)
    return {"snapshot_id": edition.snapshot_id, "edition": edition.number, "state": edition.state, "period": edition.period}


def _lists(kind: str, label: str) -> pl.DataFrame | None:
    """Outcomes that were confirmed, of periods that end in the report's; None leaves it to the run."""
    period = require_period(kind_of(kind), label)
    return confirmed_outcomes(period.first, period.last)


def _require_tier(reader: Reader, path: str, tier: str) -> None:
    if tier not in TIERS or TIERS.index(tier) > TIERS.index(tier_on(reader, path)):
        raise NotVisible(f"tier {tier}")


def _ended(kind: str, label: str, today: dt.date) -> str:
    period = require_period(kind_of(kind), label)
    if period.last >= today:
        raise UsageError(_("The period has not ended."), found=period.label, remedy=_("Ask for one that has"), code="HW-U308")
    return period.label


def all_places(reader: Reader) -> list[AreaNode]:
    """Areas at the top of what the reader was granted, for the choice of a calendar."""
    roots = [root for root in reader.roots("view") if root]
    if reader.has("view", ""):
        return list(AreaNode.objects.filter(parent=None))
    return list(AreaNode.objects.filter(path__in=roots).order_by("level", "area_id"))


__all__ = ["EVERYWHERE", "WORK", "all_places", "ask_draft", "draft_work"]
