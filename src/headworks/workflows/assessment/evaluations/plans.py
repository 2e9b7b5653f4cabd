"""Plans that can be carried out: which method looks at which figure, and what it needs at least.

    interrupted_series   weekly loads of each area (B35); areas compared with go through the same
    before_after         monthly loads against areas where nothing was done (B42), or counts (B32 to B34)
    synthetic_control    monthly loads against a mixture of such areas (B38, B39)

The trap: what a method needs is asked when the plan is registered. Found out when the later window is over, it would be a
reason to choose another method, with the figures on the table.
"""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from headworks.assessment.evaluation import EvaluationPlan, Window
from headworks.assessment.evaluation.regression_to_mean import LEAST_AREAS
from headworks.core.errors import DataRefused, UsageError
from headworks.core.periods import Period, PeriodKind

SERIES, BEFORE_AFTER, SYNTHETIC = "interrupted_series", "before_after", "synthetic_control"
METHODS = (SERIES, BEFORE_AFTER, SYNTHETIC)
WINDOWS = ("before", "after")
# Of a season less than a year tells nothing.
_LEAST_FOR_SEASON = 365


class Needs(NamedTuple):
    """Areas compared with, and whole periods in the two windows, at least."""

    compared: int
    before: int
    after: int


_NEEDS = {
    SERIES: Needs(0, 0, 0),
    BEFORE_AFTER: Needs(LEAST_AREAS, 3, 3),
    # Of fewer than ten areas in all, placebos give no interval of 90 %; fewer than four months fit any mixture.
    SYNTHETIC: Needs(9, 4, 1),
}
_OF_COUNTS = Needs(LEAST_AREAS, 1, 1)


def plan_of_loads(
    question: str,
    analyte: str,
    area_ids: tuple[str, ...],
    before: Window,
    after: Window,
    smallest_effect: float,
    comparison_ids: tuple[str, ...] = (),
    method: str = SERIES,
) -> EvaluationPlan:
    """A plan that looks at loads; whether a season is taken out of a series follows from the span.

    Raises
    ------
    UsageError
        ``HW-U335`` for a method that there is not.
    DataRefused
        ``HW-D875`` for fewer areas or months than the method needs.

    Examples
    --------
    >>> windows = Window.of_years(2023), Window.of_years(2025)
    >>> plan_of_loads("Does it fall?", "ketamine", ("4401",), *windows, 0.8).setting("harmonics")
    '1'
    """
    if method not in METHODS:
        raise UsageError("There is no such method of evaluation.", found=method, remedy=f"One of: {', '.join(METHODS)}",
                         code="HW-U335")  # fmt: skip
    if method == SERIES:
        harmonics = int((after.last - before.first).days >= _LEAST_FOR_SEASON)
        settings, kind = (("analyte", analyte), ("harmonics", str(harmonics))), "week"
    else:
        settings, kind = (("analyte", analyte), ("period", "month")), "month"
    figure = f"load_mg_per_1000_per_day of {analyte}, {kind}"
    plan = EvaluationPlan(question, figure, area_ids, before, after, method, smallest_effect, settings, comparison_ids)
    _require_enough(plan, _NEEDS[method])
    return plan


def plan_of_counts(
    question: str,
    indicator: str,
    area_ids: tuple[str, ...],
    before: Window,
    after: Window,
    smallest_effect: float,
    comparison_ids: tuple[str, ...] = (),
    period: PeriodKind = "quarter",
) -> EvaluationPlan:
    """A plan that looks at the counts of an indicator for everybody, before and after.

    Raises
    ------
    DataRefused
        ``HW-D875`` for fewer than ten areas to compare with, or a window without a whole period.

    Examples
    --------
    >>> windows = Window.of_years(2023), Window.of_years(2025)
    >>> others = tuple(f"44{place:02}" for place in range(2, 12))
    >>> plan_of_counts("Does it fall?", "deaths", ("4401",), *windows, 0.8, others).figure
    'deaths per person-year, quarter'
    """
    settings = (("indicator", indicator), ("period", period))
    figure = f"{indicator} per person-year, {period}"
    plan = EvaluationPlan(question, figure, area_ids, before, after, BEFORE_AFTER, smallest_effect, settings, comparison_ids)
    _require_enough(plan, _OF_COUNTS)
    return plan


def read_window(said: str) -> Window:
    """A window from a period, from two of them, or from two days.

    Raises
    ------
    UsageError
        ``HW-U003`` for what is no period, ``HW-U337`` for a window that ends before it begins.

    Examples
    --------
    >>> str(read_window("2024-H1")), str(read_window("2024-01/2024-09")), str(read_window("2024-01-08/2024-09-29"))
    ('2024-01-01 to 2024-06-30', '2024-01-01 to 2024-09-30', '2024-01-08 to 2024-09-29')
    """
    first, _, last = said.partition("/")
    found = Window(Period.parse(first).first, Period.parse(last or first).last)
    if found.last < found.first:
        raise UsageError("A window ends before it begins.", found=said, remedy="Give 2024, 2024-H1 or 2024-01-08/2024-09-29",
                         code="HW-U337")  # fmt: skip
    return found


def effect_of_fall(percent: float) -> float:
    """The ratio that a fall in percent is.

    Raises
    ------
    UsageError
        ``HW-U337`` for a fall that is not between 0 and 100 %.

    Examples
    --------
    >>> effect_of_fall(20.0)
    0.8
    """
    if not 0 < percent < 100:
        raise UsageError("A fall is not between 0 and 100 percent.", found=f"{percent:g}", remedy="Give for example 20",
                         code="HW-U337")  # fmt: skip
    return round(1 - percent / 100, 6)


def whole_periods(window: Window, kind: PeriodKind) -> list[Period]:
    """Periods of a kind that lie wholly in a window, oldest first.

    Examples
    --------
    >>> [one.label for one in whole_periods(Window(dt.date(2024, 1, 2), dt.date(2024, 4, 29)), "month")]
    ['2024-02', '2024-03']
    """
    found, one = [], Period.containing(window.first, kind)
    while one.last <= window.last:
        if one.first >= window.first:
            found.append(one)
        one = Period.containing(one.last + dt.timedelta(days=1), kind)
    return found


def periods_of(plan: EvaluationPlan) -> list[list[Period]]:
    """Whole periods of the kind a plan looks at (months of a series), in the window before and in the one after."""
    kind: PeriodKind = plan.setting("period") or "month"  # type: ignore[assignment]
    return [whole_periods(window, kind) for window in (plan.before, plan.after)]


def is_over(plan: EvaluationPlan, today: dt.date) -> bool:
    """Whether the later window is over, so that it may be looked."""
    return today > plan.after.last


def _require_enough(plan: EvaluationPlan, needs: Needs) -> None:
    if needs.compared == 0:
        return
    before, after = map(len, periods_of(plan))
    there = Needs(len(plan.comparison_ids), before, after)
    if any(one < least for one, least in zip(there, needs, strict=True)):
        kind = plan.setting("period")
        raise DataRefused(
            "The method needs more areas to compare with, or longer windows.",
            found=f"{there.compared} areas, {before} and {after} whole periods ({kind})",
            remedy=f"At least {needs.compared} areas, {needs.before} and {needs.after} whole periods ({kind})", code="HW-D875",
        )  # fmt: skip
