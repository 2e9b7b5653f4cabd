"""Appeals against a listing, and the acceptance that ends a review: said by one, decided by another, in time.

What was decided is told to the next evaluation as ``list_decisions``. It takes effect in the period after the one whose
assessment is in use: periods that were confirmed stay as they are.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

import polars as pl
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from headworks.core.errors import UsageError
from headworks.core.periods import Period
from headworks.web.access.policy import require_area
from headworks.web.access.reader import Reader
from headworks.web.lists.deciding import clean_reason, decide_once
from headworks.web.lists.models import ListOutcome, Matter
from headworks.web.lists.outcomes.assessments import in_use
from headworks.web.lists.outcomes.shown import require_shown
from headworks.web.lists.rights import may_decide, may_propose, require

# Working values: an answer within a month, before the next quarter is assessed; an acceptance is looked at on the spot.
DAYS: Final = {"appeal": 30, "acceptance": 60}
_DECISIONS: Final = {
    ("appeal", "granted"): "appeal_upheld", ("appeal", "denied"): "appeal_dismissed",
    ("acceptance", "granted"): "accepted", ("acceptance", "denied"): "refused",
}  # fmt: skip
_OF_OUTCOME: Final = "of an outcome that the reader was let at"
_POSSIBLE: Final = {"appeal": ("on", "review"), "acceptance": ("review",)}


def possible_kinds(reader: Reader, row: ListOutcome) -> list[str]:
    """What this reader may raise about an area's place on a list now."""
    if row.assessment.state != "confirmed" or not may_propose(reader, row.area_path) or waiting_on(row) is not None:
        return []
    newest = in_use(row.assessment.rule_set.rule_set_id)
    if newest is None or newest.pk != row.assessment_id:
        return []
    return [kind for kind, states in _POSSIBLE.items() if row.state in states]


def waiting_on(row: ListOutcome) -> Matter | None:
    """The matter that waits about an area on a list."""
    rows = Matter.objects.unscoped(_OF_OUTCOME).filter(state="waiting", area_id=row.area_id)
    return rows.filter(rule_set_id=row.assessment.rule_set.rule_set_id, list_name=row.list_name).first()  # type: ignore[no-any-return]


def raise_matter(reader: Reader, area_id: str, outcome_id: int, kind: str, reason: str) -> Matter:
    """Appeal, or propose that an area under review leaves.

    Raises
    ------
    NotVisible
        For an outcome that is not the reader's, or on which they do not propose.
    UsageError
        ``HW-U300`` without a reason; ``HW-U306`` where there is nothing of this kind to raise, or one waits already.
    """
    area = require_area(reader, area_id)
    row = require_shown(reader, area.pk, outcome_id)
    require(may_propose(reader, row.area_path), f"raise on {area.pk}")
    why = clean_reason(reason)
    if kind not in possible_kinds(reader, row):
        raise _nothing_to_raise(row)
    now, effect = timezone.now(), _next(row.assessment.period)
    if _decided_in(row, effect):
        raise _nothing_to_raise(row)
    try:
        with transaction.atomic():
            return Matter.objects.create(  # type: ignore[no-any-return]
                kind=kind, rule_set_id=row.assessment.rule_set.rule_set_id, list_name=row.list_name, area_path=row.area_path,
                area_id=row.area_id, level=row.level, about_period=row.assessment.period, from_period=effect, reason=why,
                proposed_by=reader.username, proposed_at=now, due_at=now + dt.timedelta(days=DAYS[kind]),
            )  # fmt: skip
    except IntegrityError as problem:
        raise _nothing_to_raise(row) from problem


def decide_matter(reader: Reader, number: int, *, is_granted: bool, reason: str) -> Matter:
    """Decide on what somebody else raised.

    Raises
    ------
    NotVisible
        For a matter on which the reader does not decide.
    UsageError
        ``HW-U300`` without a reason, ``HW-U301`` for one's own, ``HW-U302`` when it was decided already.
    """
    one: Matter = Matter.objects.require(reader, pk=number)
    require(may_decide(reader, one.area_path), f"decide matter {number}")
    why = clean_reason(reason)
    newest = in_use(one.rule_set_id)
    period = max(one.from_period, _next(newest.period if newest else one.about_period))
    rows = Matter.objects.unscoped("a matter that the reader was let at")
    decide_once(reader, one, rows, "waiting", state="granted" if is_granted else "denied", reason=why, decision_period=period)
    return one


def list_decisions(rule_set_id: str) -> pl.DataFrame:
    """Table ``list_decisions`` of a rule set: of an area, list and period what was said last."""
    rows: dict[tuple[str, ...], dict[str, Any]] = {}
    said = Matter.objects.unscoped("the evaluation reads every decision").filter(rule_set_id=rule_set_id)
    # A decision stands before what was raised after it, and after what was raised before.
    for one in said.order_by("pk"):
        if one.kind == "appeal":
            _put(rows, one, one.from_period, "appealed", one.reason)
        if one.state != "waiting":
            _put(rows, one, one.decision_period, _DECISIONS[one.kind, one.state], one.decision_reason)
    schema = dict.fromkeys(("area_id", "period", "rule_set", "list_name", "decision", "reason"), pl.String)
    return pl.DataFrame([rows[key] for key in sorted(rows)], schema=schema)


def _put(rows: dict[tuple[str, ...], dict[str, Any]], one: Matter, period: str, decision: str, reason: str) -> None:
    rows[one.area_id, period, one.rule_set_id, one.list_name] = {
        "area_id": one.area_id, "period": period, "rule_set": one.rule_set_id, "list_name": one.list_name,
        "decision": decision, "reason": reason,
    }  # fmt: skip


def _next(label: str) -> str:
    period = Period.parse(label)
    return Period.containing(period.last + dt.timedelta(days=1), period.kind).label


def _decided_in(row: ListOutcome, period: str) -> bool:
    """One decision a period: of two the evaluation could take only one."""
    rows = Matter.objects.unscoped(_OF_OUTCOME).filter(area_id=row.area_id)
    mine = rows.filter(rule_set_id=row.assessment.rule_set.rule_set_id, list_name=row.list_name)
    return bool(mine.filter(decision_period=period).exists())


def _nothing_to_raise(row: ListOutcome) -> UsageError:
    return UsageError(
        _("This cannot be raised now."), where=f"{row.list_name}, {row.assessment.period}", found=row.state,
        remedy=_("Appeal against a listing in force, or end a review; one at a time, once a period"),
        code="HW-U306",
    )  # fmt: skip
