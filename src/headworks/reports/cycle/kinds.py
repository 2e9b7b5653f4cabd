"""The five reports of the cycle: what each is called, which period it speaks of, what it compares and what stands in it.

Weekly bulletin, monthly review, quarterly supervision, half-year summary, annual performance evaluation. The shorter ones
compare with a quarter before, for a year before is another season's; the longer ones with the same period a year before.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from headworks.core.errors import UsageError
from headworks.core.periods import Period, PeriodKind
from headworks.reports.content import Message, tell


@dataclass(frozen=True)
class Kind:
    """One of the five.

    Attributes
    ----------
    compares
        ``quarter``: with 13 weeks before, by the trend; ``year``: with the same period a year before.
    parts
        Kind of the shorter periods whose sampling is shown side by side; None where there is none.
    sections
        What stands in it behind the first page, in order.
    due_days
        Days after the last day of the period by which it is due.
    """

    name: str
    title: Message
    period_kind: PeriodKind
    compares: str
    parts: PeriodKind | None
    sections: tuple[str, ...]
    due_days: int


# Laboratories have three days for a weekly sample, reviewers one; longer reports wait for late results and for a meeting.
KINDS: Final = {
    kind.name: kind
    for kind in (
        Kind("weekly", tell("Weekly bulletin"), "week", "quarter", None, ("courses", "signals", "figures"), 4),
        Kind("monthly", tell("Monthly review"), "month", "quarter", "week",
             ("courses", "spans", "signals", "figures", "sampling"), 10),
        Kind("quarterly", tell("Quarterly supervision"), "quarter", "year", "month",
             ("spans", "courses", "coverage", "sampling", "lists", "signals", "figures"), 20),
        Kind("half-yearly", tell("Half-year summary"), "half_year", "year", "quarter",
             ("courses", "spans", "doses", "lists", "coverage", "sampling", "figures"), 30),
        Kind("annual", tell("Annual performance evaluation"), "year", "year", "quarter",
             ("courses", "performance", "spans", "doses", "lists", "coverage", "sampling", "figures"), 60),
    )
}  # fmt: skip


def kind_of(name: str) -> Kind:
    """The report of a name.

    Raises
    ------
    UsageError
        ``HW-U270`` for a name that is none of the five.

    Examples
    --------
    >>> kind_of("monthly").period_kind
    'month'
    """
    if name not in KINDS:
        raise UsageError("There is no such report.", found=name, remedy="Use " + ", ".join(KINDS), code="HW-U270")
    return KINDS[name]


def require_period(kind: Kind, label: str) -> Period:
    """The period of a report.

    Raises
    ------
    UsageError
        ``HW-U003`` when it is no period, ``HW-U271`` when it is one of another kind.

    Examples
    --------
    >>> require_period(KINDS["quarterly"], "2026-Q4").last.isoformat()
    '2026-12-31'
    """
    period = Period.parse(label)
    if period.kind != kind.period_kind:
        example = Period.containing(period.first, kind.period_kind).label
        raise UsageError(
            "This report speaks of another kind of period.", where=kind.name, found=label,
            remedy=f"Give a {kind.period_kind.replace('_', '-')}, such as {example}",
            code="HW-U271",
        )  # fmt: skip
    return period
