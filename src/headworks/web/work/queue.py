"""Ask for work, take it, say how far it is, end it. Every change is one statement or one transaction.

A worker that dies stops its heartbeat; the item is taken again after ``LEASE``. Whatever is asked for here must come out the
same when it is done twice: an import is named by its content, a run looks at what is new, a release has a name.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from headworks.web.access.reader import Reader
from headworks.web.work.models import WorkItem

LEASE = dt.timedelta(seconds=30)
MOST_ATTEMPTS = 5
_WORKER = "the worker serves everybody"


class Cancelled(Exception):
    """Somebody asked for this work to stop."""


def ask(kind: str, said: dict[str, Any] | None = None, *, by: str = "", area_path: str = "", once: str = "") -> WorkItem:
    """Put work in the queue; when some with the same key waits already, that one is returned."""
    waiting = WorkItem.objects.unscoped(_WORKER).filter(state="waiting", once_key=once)
    if once and (found := waiting.first()):
        return found  # type: ignore[no-any-return]
    try:
        with transaction.atomic():
            return WorkItem.objects.create(kind=kind, said=said or {}, asked_by=by, area_path=area_path, once_key=once)  # type: ignore[no-any-return]
    except IntegrityError:
        return waiting.get()  # type: ignore[no-any-return]


def take() -> WorkItem | None:
    """The oldest item that waits, or whose worker died; now running. None when there is none."""
    now = timezone.now()
    rows = WorkItem.objects.unscoped(_WORKER)
    rows.filter(state="running", beat_at__lt=now - LEASE, attempts__gte=MOST_ATTEMPTS).update(
        state="failed", ended_at=now, outcome={"what": "The worker died on it each time.", "code": "HW-U110"}
    )
    rows.filter(state="running", beat_at__lt=now - LEASE).update(state="waiting", once_key="")
    for pk in rows.filter(state="waiting").order_by("pk").values_list("pk", flat=True)[:20]:
        taken = rows.filter(pk=pk, state="waiting").update(
            state="running", beat_at=now, started_at=now, step="", attempts=_plus_one()
        )
        if taken:
            return rows.get(pk=pk)  # type: ignore[no-any-return]
    return None


def take_back() -> int:
    """Items that a worker left when it died, waiting again; for the one worker when it starts. How many.

    The worker holds a lock that the operating system lets go of when a process dies, so nobody is at them.
    """
    rows = WorkItem.objects.unscoped(_WORKER).filter(state="running")
    return int(rows.update(beat_at=timezone.now() - 2 * LEASE))


def _plus_one() -> Any:
    from django.db.models import F

    return F("attempts") + 1


def beat(item: WorkItem, step: str | None = None) -> None:
    """Still at it; refuse to go on when somebody asked for an end.

    Raises
    ------
    Cancelled
        Between two steps, so nothing is left half done.
    """
    rows = WorkItem.objects.unscoped(_WORKER).filter(pk=item.pk)
    changed: dict[str, Any] = {"beat_at": timezone.now()}
    if step is not None:
        changed["step"] = step[:200]
    rows.update(**changed)
    if step is not None and rows.filter(is_cancel_asked=True).exists():
        raise Cancelled


def end(item: WorkItem, state: str, outcome: dict[str, Any]) -> None:
    """It is done, failed or cancelled."""
    WorkItem.objects.unscoped(_WORKER).filter(pk=item.pk).update(
        state=state, outcome=outcome, ended_at=timezone.now(), once_key="", step=""
    )


def visible_work(reader: Reader) -> Any:
    """Work on the reader's areas, and what they asked for themselves; newest first."""
    rows = WorkItem.objects.visible_to(reader, "import") | WorkItem.objects.visible_to(reader, "publish")
    own = WorkItem.objects.unscoped("one's own").filter(asked_by=reader.username) if reader.is_signed_in else None
    return (rows if own is None else rows | own).order_by("-pk")


def cancel(item: WorkItem) -> None:
    """Ask for an end: at once for what waits, between two steps for what runs."""
    rows = WorkItem.objects.unscoped(_WORKER).filter(pk=item.pk)
    if not rows.filter(state="waiting").update(state="cancelled", ended_at=timezone.now(), once_key=""):
        rows.filter(state="running").update(is_cancel_asked=True)
