"""What every decision by a second person asks: a reason without a person in it, another person, and being the first."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from headworks.core.errors import UsageError
from headworks.web.access.reader import Reader
from headworks.web.signals.free_text import LONGEST, require_no_person


def clean_reason(said: str) -> str:
    """A reason, as it is kept.

    Raises
    ------
    UsageError
        ``HW-U300`` without one, or for one that is too long.
    DataRefused
        ``HW-U171`` when it holds a number of a person.
    """
    reason = said.strip()
    if not reason or len(reason) > LONGEST:
        raise UsageError(_("A reason is needed."), found=f"{len(reason):,}", remedy=_("Say why, in a sentence or two"),
                         code="HW-U300")  # fmt: skip
    require_no_person(reason, _("reason"))
    return reason


def decide_once(reader: Reader, one: Any, rows: Any, waiting: str, *, state: str, reason: str, **more: Any) -> None:
    """Decide on what somebody else proposed.

    Parameters
    ----------
    one
        A rule set, an assessment or a matter.
    rows
        Its table, all rows.
    waiting
        The state in which it waits for this.

    Raises
    ------
    UsageError
        ``HW-U301`` for one's own, ``HW-U302`` when it does not wait any more.
    """
    if one.proposed_by == reader.username:
        raise UsageError(_("Nobody decides on what they proposed."), where=str(one), found=reader.username,
                         remedy=_("Ask somebody else who may"), code="HW-U301")  # fmt: skip
    changed = rows.filter(pk=one.pk, state=waiting).update(
        state=state, decided_by=reader.username, decided_at=timezone.now(), decision_reason=reason, **more
    )
    if not changed:
        raise UsageError(_("This was decided already."), where=str(one), remedy=_("Read what was decided"), code="HW-U302")
    one.refresh_from_db(from_queryset=rows)
