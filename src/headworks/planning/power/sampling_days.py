"""Which days of a period a plan samples: so many a week, or so many in a row each quarter.

A period is whole weeks that begin on a Monday; a year is 52 of them. A plan by the week uses the same weekdays throughout
(``working`` or named ones), moves them on by a day each week so that all come equally often (``rotating``), or draws them
anew each week (``random``). A plan by the quarter samples days in a row, from the seventh Monday of the quarter on; a number
that is no multiple of seven holds some weekdays more often than others.

The trap: a plan of Tuesdays is not cheaper by what it leaves out, it is wrong by it. No number of Tuesdays tells of weekends.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from headworks.core.errors import UsageError

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]
WEEK = 7
WEEKS_A_QUARTER = 13
WEEKS_A_YEAR = 52
PERIODS = {"week": 1, "month": 4, "quarter": WEEKS_A_QUARTER, "half": 26, "year": WEEKS_A_YEAR}
PATTERNS = ("rotating", "working", "random")
_WORKING = {1: (1,), 2: (0, 3), 3: (0, 2, 4), 4: (0, 1, 3, 4), 5: (0, 1, 2, 3, 4), 6: (0, 1, 2, 3, 4, 5), 7: tuple(range(7))}
# In the middle of the quarter, clear of its ends.
_WEEK_OF_QUARTER = 6


@dataclass(frozen=True)
class SamplingDays:
    """How many days are sampled in each week or quarter, and which weekdays.

    Parameters
    ----------
    days
        1 to 7 a week, 1 to 49 in a row a quarter.
    per
        ``week`` or ``quarter``.
    weekdays
        ``rotating``, ``working``, ``random``, or weekdays by number, 0 Monday … 6 Sunday; of a plan by the week.
    """

    days: int
    per: str = "week"
    weekdays: str | tuple[int, ...] = "rotating"

    def words(self) -> str:
        """The plan as a person says it.

        Examples
        --------
        >>> SamplingDays(2).words(), SamplingDays(7, "quarter").words()
        ('2 days a week, rotating', '7 days in a row each quarter')
        """
        if self.per == "quarter":
            return f"{self.days} days in a row each quarter"
        names = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
        which = self.weekdays if isinstance(self.weekdays, str) else " ".join(names[day] for day in self.weekdays)
        return f"{self.days} day{'s' if self.days > 1 else ''} a week, {which}"


class Design(NamedTuple):
    """Chance of each day to be sampled, ``(n_days,)``; covariance of two days of one week, ``(7, 7)``; samples by week."""

    once: Array
    of_week: Array
    by_week: Index

    @property
    def n_sampled(self) -> int:
        """Days sampled at a site."""
        return int(self.by_week.sum())


def require_days(which: SamplingDays, n_weeks: int) -> SamplingDays:
    """The plan, when its days exist and the period is long enough for it.

    Raises
    ------
    UsageError
        ``HW-U181`` for days that no week or quarter has, ``HW-U182`` for a plan by the quarter and a shorter period.
    """
    most = 7 * (WEEKS_A_QUARTER - _WEEK_OF_QUARTER) if which.per == "quarter" else WEEK
    named = () if isinstance(which.weekdays, str) else which.weekdays
    is_known = which.per in ("week", "quarter") and (which.weekdays in PATTERNS or len(named) > 0)
    is_named_right = not named or (len(set(named)) == which.days and all(0 <= day < WEEK for day in named))
    if not (is_known and is_named_right and 1 <= which.days <= most):
        raise UsageError(
            "These are not days that can be sampled.",
            where="days-per-week, days-per-quarter, weekdays",
            found=f"{which.days} a {which.per}, {which.weekdays}",
            remedy=f"Give 1 to 7 days a week, or 1 to {most} a quarter; rotating, working, random or named weekdays",
            code="HW-U181",
        )
    if which.per == "quarter" and n_weeks % WEEKS_A_QUARTER:
        raise UsageError(
            "A plan by the quarter says nothing of a shorter period.",
            where="period",
            found=f"{n_weeks} weeks",
            remedy="Ask for a quarter, half or year, or plan by the week",
            code="HW-U182",
        )
    return which


def sampled_days(which: SamplingDays, n_weeks: int, rng: np.random.Generator | None = None) -> Index:
    """Positions of the sampled days, 0 the first Monday; ascending. A ``random`` plan draws them, or stands as ``rotating``.

    Examples
    --------
    >>> sampled_days(SamplingDays(1), 3).tolist(), sampled_days(SamplingDays(2, weekdays=(0, 3)), 2).tolist()
    ([0, 8, 16], [0, 3, 7, 10])
    """
    weeks = np.arange(n_weeks)
    if which.per == "quarter":
        quarters = np.arange(n_weeks // WEEKS_A_QUARTER)
        starts = WEEK * (WEEKS_A_QUARTER * quarters + _WEEK_OF_QUARTER)
        starts = starts + (quarters % WEEK if which.weekdays == "rotating" and which.days % WEEK else 0)
        rows = starts[:, None] + np.arange(which.days)
        return np.asarray(rows.ravel(), dtype=np.int64)
    if which.weekdays == "random" and rng is not None:
        of_week = np.argsort(rng.random((n_weeks, WEEK)), axis=1)[:, : which.days]
    elif which.weekdays in ("rotating", "random"):
        spread = (WEEK * np.arange(which.days)) // which.days
        of_week = (spread + weeks[:, None]) % WEEK
    else:
        named = _WORKING[which.days] if isinstance(which.weekdays, str) else which.weekdays
        of_week = np.broadcast_to(np.array(sorted(named)), (n_weeks, which.days))
    return np.sort((WEEK * weeks[:, None] + of_week).ravel()).astype(np.int64)


def design_of(which: SamplingDays, n_weeks: int) -> Design:
    """Chances that days are sampled (W1); certain ones but for a ``random`` plan, whose weeks are independent.

    Examples
    --------
    One of seven days, drawn anew each week: a day has the variance 6/49, and two days, never sampled both, -1/49.

    >>> chances = design_of(SamplingDays(1, weekdays="random"), 2)
    >>> (49 * chances.of_week[0, :2]).round(9).tolist()
    [6.0, -1.0]
    """
    n_days = WEEK * n_weeks
    days = sampled_days(which, n_weeks)
    by_week = np.bincount(days // WEEK, minlength=n_weeks)
    if which.weekdays != "random" or which.per == "quarter":
        once = np.zeros(n_days)
        once[days] = 1.0
        return Design(once, np.zeros((WEEK, WEEK)), by_week)
    share = which.days / WEEK
    of_week = np.full((WEEK, WEEK), share * (which.days - 1) / (WEEK - 1) - share**2)
    np.fill_diagonal(of_week, share - share**2)
    return Design(np.full(n_days, share), of_week, by_week)
