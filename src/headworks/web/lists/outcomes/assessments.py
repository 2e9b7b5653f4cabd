"""Assessments: asked for by one, computed by the worker, confirmed by another; and which one is in use."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
from functools import lru_cache
from pathlib import Path

import polars as pl
from django.utils.translation import gettext as _

from headworks.core.errors import DataRefused, UsageError
from headworks.core.periods import Period
from headworks.web.access.reader import Reader
from headworks.web.lists.deciding import clean_reason, decide_once
from headworks.web.lists.models import Assessment, RuleSetText
from headworks.web.lists.rights import may_assess, may_confirm, require
from headworks.web.opened import the_workspace
from headworks.web.work.models import WorkItem
from headworks.web.work.queue import ask

WORK = "assess_lists"
OUTCOMES_FILE = "outcomes.parquet"


def ask_assessment(reader: Reader, rule_set: RuleSetText, period: str = "") -> WorkItem:
    """Have the areas assessed by a rule set that is in force.

    Parameters
    ----------
    period
        Label; the newest with figures when empty.

    Raises
    ------
    NotVisible
        For who may not assess everywhere.
    UsageError
        ``HW-U305`` for a set that is not in force, ``HW-U003`` for no period.
    """
    require(may_assess(reader), "assess")
    if rule_set.state != "active":
        raise UsageError(_("This rule set is not in force."), where=str(rule_set), found=rule_set.state,
                         remedy=_("Have it brought into force first"), code="HW-U305")  # fmt: skip
    label = Period.parse(period).label if period.strip() else ""
    return ask(WORK, {"rule_set": rule_set.pk, "period": label, "by": reader.username}, by=reader.username,
               once=f"assess-{rule_set.pk}-{label}")  # fmt: skip


def review_assessment(reader: Reader, one: Assessment, *, is_confirmed: bool, reason: str) -> None:
    """Confirm or refuse an assessment that somebody else asked for.

    Raises
    ------
    NotVisible
        For who may not confirm everywhere.
    UsageError
        ``HW-U300`` without a reason, ``HW-U301`` for one's own, ``HW-U302`` when it was reviewed already.
    DataRefused
        ``HW-D861`` when its file is not what the worker wrote.
    """
    require(may_confirm(reader), "review an assessment")
    why = clean_reason(reason)
    outcomes_of(one)
    state = "confirmed" if is_confirmed else "refused"
    decide_once(reader, one, Assessment.objects.all(), "computed", state=state, reason=why)


def in_use(rule_set_id: str) -> Assessment | None:
    """The newest confirmed assessment by any version of a rule set."""
    return Assessment.objects.filter(rule_set__rule_set_id=rule_set_id, state="confirmed").first()


def waiting() -> list[Assessment]:
    """Assessments that wait for a review."""
    return list(Assessment.objects.filter(state="computed").select_related("rule_set"))


def may_see(reader: Reader, one: Assessment) -> bool:
    """A confirmed one is for whoever sees an area; others are for those who assess and confirm."""
    return one.state == "confirmed" or may_assess(reader) or may_confirm(reader)


def outcomes_of(one: Assessment) -> pl.DataFrame:
    """Table ``list_outcomes`` of an assessment, with the evidence.

    Raises
    ------
    DataRefused
        ``HW-D861`` when the file is gone or is not the one that was computed.
    """
    path = the_workspace().path / one.folder / OUTCOMES_FILE
    try:
        return _read(path, path.stat().st_mtime_ns, one.outcomes_digest)
    except (OSError, pl.exceptions.PolarsError) as problem:
        raise DataRefused(
            _("The outcomes of an assessment are gone or changed."), where=str(one), found=type(problem).__name__,
            remedy=_("Assess again, or restore them from a backup"), code="HW-D861",
        ) from problem  # fmt: skip


def confirmed_outcomes(first: dt.date, last: dt.date) -> pl.DataFrame | None:
    """Outcomes of the newest confirmed assessments, of periods that end in a stretch; None without any."""
    newest: dict[tuple[str, str], Assessment] = {}
    rows = Assessment.objects.filter(state="confirmed").select_related("rule_set").order_by("pk")
    for one in rows:
        if first <= Period.parse(one.period).last <= last:
            newest[one.rule_set.rule_set_id, one.period] = one
    return pl.concat([outcomes_of(newest[key]) for key in sorted(newest)]) if newest else None


@lru_cache(maxsize=8)
def _read(path: Path, changed_at: int, digest: str) -> pl.DataFrame:
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != digest:
        raise OSError("another file")
    return pl.read_parquet(io.BytesIO(content))
