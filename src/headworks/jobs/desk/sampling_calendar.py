"""On which days a site is sampled: so many a week, month or quarter, every weekday equally often.

In each period the weekdays used least so far come first; ties are drawn from the seed and the site, so two sites do not all go
out on a Monday, and the same plan is the same days again. Within a month or quarter the days are spread: one from each of as
many stretches as there are days. The trap is a holiday: sewage of a holiday is not that of its weekday, so holidays are
either left out or make a stratum of their own.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter
from dataclasses import dataclass, field

import numpy as np

from headworks.core.errors import UsageError

PERIODS = ("week", "month", "quarter")
HOLIDAY = "holiday"
_DAYS = {"week": 7, "month": 28, "quarter": 90}
_LONGEST_PLAN = 366 * 2
_WEEK = 7


@dataclass(frozen=True)
class CalendarRule:
    """How often, from when to when, by which seed; days never used."""

    days: int
    per: str
    first: dt.date
    last: dt.date
    seed: int = 1
    holidays: frozenset[dt.date] = field(default_factory=frozenset)


def calendar_days(rule: CalendarRule, site_id: str) -> list[dt.date]:
    """The days of a site, in order.

    Raises
    ------
    UsageError
        ``HW-U148`` for a rule that cannot be kept.

    Examples
    --------
    >>> rule = CalendarRule(1, "week", dt.date(2025, 1, 6), dt.date(2025, 2, 23))
    >>> sorted(day.isoweekday() for day in calendar_days(rule, "P1"))
    [1, 2, 3, 4, 5, 6, 7]
    """
    require_rule(rule)
    digest = hashlib.sha256(f"{rule.seed}|{site_id}".encode()).digest()
    rng = np.random.default_rng(int.from_bytes(digest[:8], "big"))
    used: Counter[int] = Counter()
    chosen: list[dt.date] = []
    for days in _periods(rule):
        chosen += _of_period(days, rule, used, rng)
    return sorted(day for day in chosen if rule.first <= day <= rule.last)


def stratum_of(day: dt.date, holidays: frozenset[dt.date] = frozenset()) -> str:
    """The stratum a day stands for: its weekday 1–7, or ``holiday``."""
    return HOLIDAY if day in holidays else str(day.isoweekday())


def require_rule(rule: CalendarRule) -> None:
    """Refuse a rule that cannot be kept.

    Raises
    ------
    UsageError
        ``HW-U148``.
    """
    if rule.per not in PERIODS:
        raise _wrong("There is no such period.", rule.per, "Give one of " + ", ".join(PERIODS))
    if not 1 <= rule.days <= _DAYS[rule.per]:
        raise _wrong(f"So many days are not in a {rule.per}.", str(rule.days), f"Give 1 to {_DAYS[rule.per]}")
    if not 0 <= (rule.last - rule.first).days < _LONGEST_PLAN:
        found = f"{rule.first} – {rule.last}"
        raise _wrong("A plan ends after it begins, and is at most two years long.", found, "Correct one of the two days")


def _wrong(what: str, found: str, remedy: str) -> UsageError:
    return UsageError(what, where="rule of the plan", found=found, remedy=remedy, code="HW-U148")


def _periods(rule: CalendarRule) -> list[list[dt.date]]:
    """Days of each whole period that the plan touches; what lies before or after the plan is cut off when days are chosen.

    Were a week of one day asked for its share, every site would go out on that day.
    """
    groups: dict[tuple[int, int], list[dt.date]] = {}
    edge = dt.timedelta(days=_DAYS["quarter"] + 3)
    touched = {_key(rule.first + dt.timedelta(days=n), rule.per) for n in range((rule.last - rule.first).days + 1)}
    day = rule.first - edge
    while day <= rule.last + edge:
        key = _key(day, rule.per)
        if key in touched:
            groups.setdefault(key, []).append(day)
        day += dt.timedelta(days=1)
    return list(groups.values())


def _key(day: dt.date, per: str) -> tuple[int, int]:
    if per == "week":
        return day.isocalendar()[:2]
    return (day.year, day.month if per == "month" else (day.month - 1) // 3)


def _of_period(days: list[dt.date], rule: CalendarRule, used: Counter[int], rng: np.random.Generator) -> list[dt.date]:
    free = [day for day in days if day not in rule.holidays]
    wanted = min(len(free), rule.days)
    chosen: list[dt.date] = []
    for n in range(wanted):
        stretch = _stretch(free, n, wanted)
        open_days = [day for day in stretch if day not in chosen] or [day for day in free if day not in chosen]
        least = min(used[day.isoweekday()] for day in open_days)
        ties = [day for day in open_days if used[day.isoweekday()] == least]
        day = ties[int(rng.integers(len(ties)))]
        used[day.isoweekday()] += 1
        chosen.append(day)
    return chosen


def _stretch(free: list[dt.date], n: int, wanted: int) -> list[dt.date]:
    """The n-th stretch of a period; the whole of it where a stretch would not hold every weekday."""
    if len(free) < wanted * _WEEK:
        return free
    return free[n * len(free) // wanted : (n + 1) * len(free) // wanted]
