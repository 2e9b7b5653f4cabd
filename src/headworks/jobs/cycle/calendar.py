"""Which reports are due when, and how far each is.

A period's report is due so many days after its last day (``Kind.due_days``). The trap is today: a period that has not ended
has no report that is due, and today arrives from the caller.
"""

from __future__ import annotations

import datetime as dt

import polars as pl

from headworks.core.errors import UsageError
from headworks.core.periods import Period
from headworks.jobs.cycle.editions import StoredEdition, all_editions
from headworks.reports.cycle import KINDS
from headworks.store import Workspace

CALENDAR = {
    "kind": pl.String, "period": pl.String, "due": pl.Date, "edition": pl.Int64, "state": pl.String, "snapshot_id": pl.String,
    "is_late": pl.Boolean,
}  # fmt: skip
# More than two years of weeks is nobody's calendar.
_LONGEST_DAYS = 800
_DONE = ("published",)


def report_calendar(
    workspace: Workspace, area_id: str, tier: str, *, first: dt.date, last: dt.date, today: dt.date
) -> pl.DataFrame:
    """Reports of an area that fall due from ``first`` to ``last``, by due date.

    Parameters
    ----------
    area_id, tier
        Whose reports.
    today
        A report that is not published the day after it is due is late.

    Returns
    -------
    pl.DataFrame
        ``kind, period, due, edition, state, snapshot_id, is_late``; the newest edition, ``missing`` where there is none.

    Raises
    ------
    UsageError
        ``HW-U277`` for a stretch that ends before it begins or is longer than 800 days.
    """
    if not 0 <= (last - first).days <= _LONGEST_DAYS:
        raise UsageError(
            "This is no stretch of a calendar.", found=f"{first} to {last}",
            remedy=f"Give at most {_LONGEST_DAYS} days, the first day first", code="HW-U277",
        )  # fmt: skip
    newest = {(one.kind, one.period): one for one in all_editions(workspace) if (one.area_id, one.tier) == (area_id, tier)}
    rows = []
    for kind, period, due in due_dates(first, last):
        rows.append(_row(kind, period, due, newest.get((kind, period.label)), today))
    return pl.DataFrame(rows, schema=CALENDAR).sort("due", "kind", "period")


def due_dates(first: dt.date, last: dt.date) -> list[tuple[str, Period, dt.date]]:
    """Kind, period and due date of every report due from ``first`` to ``last``.

    Examples
    --------
    The quarter that ends on 30 September is due 20 days later.

    >>> [(kind, due.isoformat()) for kind, period, due in due_dates(dt.date(2026, 10, 20), dt.date(2026, 10, 20))]
    [('quarterly', '2026-10-20')]
    """
    found = []
    for kind in KINDS.values():
        after = dt.timedelta(days=kind.due_days)
        period = Period.containing(first - after, kind.period_kind)
        while period.last + after <= last:
            if period.last + after >= first:
                found.append((kind.name, period, period.last + after))
            period = Period.containing(period.last + dt.timedelta(days=1), kind.period_kind)
    return found


def _row(kind: str, period: Period, due: dt.date, edition: StoredEdition | None, today: dt.date) -> dict[str, object]:
    state = edition.state if edition else "missing"
    return {
        "kind": kind, "period": period.label, "due": due, "edition": edition.number if edition else None, "state": state,
        "snapshot_id": edition.snapshot_id if edition else None, "is_late": today > due and state not in _DONE,
    }  # fmt: skip
