"""What the trend of one site or area says, for the command line: in plain words, with the numbers behind them.

Everything is cut to the tier first. The trap: of two weeks that are no quarter apart the table knows the levels, not what
their errors share; the change is then told as if they shared nothing, which makes its interval wide rather than narrow.
"""

from __future__ import annotations

import difflib
import math
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import polars as pl

from headworks.core.errors import HeadworksError, UsageError
from headworks.core.periods import Period
from headworks.jobs.disclosure import Disclosure
from headworks.jobs.trend_evidence import Turn, Weekdays, days_of_sites, turn_of, weekdays_of
from headworks.jobs.trend_units import NEAREST, Unit, find_unit, shown_weeks, sites_of, trend_rows_of, weeks_of
from headworks.reference import resolve_drug
from headworks.reports.drawing.trend import trend_points, trend_spec
from headworks.reports.trend_standing import QUARTER_WEEKS, TrendStanding, sd_of, trend_standing
from headworks.store import Manifest, Workspace, require_run
from headworks.trends.statements import compare_levels, p_rose_by, rise_over

_WEEK_DAYS = 7


class ChangeFound(NamedTuple):
    """Later over earlier week, with bounds, and the probability that it rose by more than ``more_than`` per cent."""

    first: str
    last: str
    ratio: float
    lower: float
    upper: float
    more_than: float
    p: float
    is_cautious: bool


class Beside(NamedTuple):
    """The unit over another in a week: ratio, bounds, probability that the unit's level is the higher one."""

    unit: Unit
    week: str
    ratio: float
    lower: float
    upper: float
    p_higher: float


@dataclass(frozen=True)
class UnitTrend:
    """All that was asked of the trend of a unit; ``rows`` are its weeks as the tier sees them, oldest first."""

    unit: Unit
    analyte: str
    drug: str
    tier: str
    standing: TrendStanding
    change: ChangeFound | None
    turn: Turn | None
    weekdays: Weekdays | None
    beside: Beside | None
    rows: list[dict[str, Any]]
    weeks: list[dict[str, Any]] = field(repr=False)

    def as_dict(self) -> dict[str, Any]:
        """For ``--json``."""
        standing = self.standing
        parts = {"change": self.change, "turn": self.turn, "weekdays": self.weekdays, "heading": standing.heading}
        said = {name: part._asdict() if part is not None else None for name, part in parts.items()}
        if standing.heading is not None and math.isinf(standing.heading.longest):
            said["heading"] = {**standing.heading._asdict(), "longest": None}  # JSON has no endless number
        beside = self.beside._asdict() | {"unit": self.beside.unit._asdict()} if self.beside else None
        return {
            "unit": self.unit._asdict(), "analyte": self.analyte, "drug": self.drug, "tier": self.tier,
            "rise": {"key": standing.rise.key, **standing.rise.numbers}, "week": dict(standing.row), **said, "against": beside,
            "weeks": self.rows,
        }  # fmt: skip

    def chart(self) -> dict[str, Any]:
        """Specification of the chart."""
        title = f"{self.drug} in {self.unit.name}, to {self.standing.row['period']}"
        return trend_spec(
            trend_points(self.rows, self.weeks), {"title": title, "axis": "mg per 1,000 people a day, log scale"}
        )


def unit_trend(
    workspace: Workspace, said: str, *, analyte: str | None = None, first: str | None = None, last: str | None = None,
    more_than: float = 0.0, against: str | None = None, tier: str = "public",
) -> UnitTrend:  # fmt: skip
    """The trend of a site or an area.

    Parameters
    ----------
    said
        Site id, or area by id or name.
    analyte
        Residue, or drug by any of its names; needed where several are told.
    first, last
        Weeks between which it changed; the last quarter when not said.
    more_than
        Per cent, above -100.
    against
        Another site or area.
    tier
        Whose figures.

    Raises
    ------
    UsageError
        ``HW-U200`` unknown unit, ``HW-U201`` no trend that the tier may see, ``HW-U202`` unknown or unsaid residue,
        ``HW-U203`` a week that is none or not told.
    """
    run = require_run(workspace)
    disclosure = Disclosure(workspace, tier)
    unit = find_unit(disclosure, said)
    seen = trend_rows_of(disclosure, run, unit)
    residue = _residue(seen, unit, analyte)
    rows = seen.filter(analyte=residue).sort("period").to_dicts()
    until = _week(last, rows) if last else rows[-1]["period"]
    standing = trend_standing(rows, until)
    if standing is None:
        raise _no_week(until, rows)
    weeks = weeks_of(disclosure, run, unit, residue)
    beside = _beside(disclosure, run, unit, rows, until, against, residue) if against else None
    sites = sites_of(disclosure, unit)
    shown = shown_weeks(disclosure, run, sites, residue)
    days = days_of_sites(workspace, run, sites, residue, Period.parse(until).last, tier, shown)
    return UnitTrend(
        unit, residue, rows[-1]["drug"], tier, standing, _changed(rows, first, until, more_than),
        turn_of([row for row in weeks if row["period"] <= until]), weekdays_of(days, residue), beside, rows, weeks,
    )  # fmt: skip


def _residue(rows: pl.DataFrame, unit: Unit, said: str | None) -> str:
    told = rows.select("analyte", "drug").unique().sort("analyte").rows()
    names = {name: analyte for analyte, heading in told for name in (analyte, heading)}
    known = ", ".join(dict.fromkeys(analyte for analyte, _ in told))
    if said is None:
        if len(told) == 1:
            return str(told[0][0])
        raise UsageError("Several residues have a trend here.", where=unit.unit_id, found=known,
                         remedy="Give --analyte with one of them", code="HW-U202")  # fmt: skip
    try:
        wanted = said if said in names else resolve_drug(said)
    except HeadworksError:
        wanted = said
    if wanted in names:
        return str(names[wanted])
    near = difflib.get_close_matches(said.casefold(), sorted(names), n=NEAREST, cutoff=0.5)
    raise UsageError("There is no trend of this residue here.", where=unit.unit_id, found=said, code="HW-U202",
                     remedy=f"Did you mean {' or '.join(near)}?" if near else f"Use one of {known}")  # fmt: skip


def _week(label: str, rows: list[dict[str, Any]]) -> str:
    try:
        period = Period.parse(label)
    except UsageError as problem:
        raise _no_week(label, rows) from problem
    told = [row["period"] for row in rows]
    if period.kind != "week" or not told[0] <= period.label <= told[-1]:
        raise _no_week(label, rows)
    return period.label


def _no_week(label: str, rows: list[dict[str, Any]]) -> UsageError:
    return UsageError("This week is not told.", found=label, code="HW-U203",
                      remedy=f"Give weeks from {rows[0]['period']} to {rows[-1]['period']}")  # fmt: skip


def _changed(rows: list[dict[str, Any]], first: str | None, last: str, more_than: float) -> ChangeFound | None:
    """The change between two weeks: a quarter's from the table, any other as if the weeks shared nothing."""
    later = next((row for row in reversed(rows) if row["period"] <= last), None)
    if later is None or later["level"] is None:
        return None
    begun = Period.parse(_week(first, rows)) if first else _weeks_before(Period.parse(later["period"]), QUARTER_WEEKS)
    apart = (Period.parse(later["period"]).first - begun.first).days // _WEEK_DAYS
    if apart <= 0:
        raise UsageError("The first week must come before the last.", found=f"{begun.label} to {last}",
                         remedy="Swap --from and --to", code="HW-U203")  # fmt: skip
    if apart == QUARTER_WEEKS and later["quarter_ratio"] is not None:
        change = math.log(later["quarter_ratio"])
        variance = sd_of(later["quarter_ratio_lower"], later["quarter_ratio_upper"]) ** 2
        cautious = False
    else:
        earlier = next((row for row in rows if row["period"] == begun.label), None)
        if earlier is None or earlier["level"] is None:
            return None
        change = math.log(later["level"] / earlier["level"])
        variance, cautious = sum(sd_of(row["lower"], row["upper"]) ** 2 for row in (earlier, later)), True
    rise = rise_over(change, variance)
    return ChangeFound(begun.label, later["period"], float(rise.ratio), float(rise.lower), float(rise.upper), more_than,
                       float(p_rose_by(change, variance, more_than)), cautious)  # fmt: skip


def _weeks_before(week: Period, n: int) -> Period:
    for _ in range(n):
        week = week.previous()
    return week


def _beside(
    disclosure: Disclosure, run: Manifest, unit: Unit, rows: list[dict[str, Any]], until: str, said: str, residue: str
) -> Beside:
    """The unit over another in the newest week that both are told."""
    other = find_unit(disclosure, said)
    seen = trend_rows_of(disclosure, run, other).filter(analyte=residue)
    own = {row["period"]: row for row in rows if row["period"] <= until and row["level"]}
    theirs = {row["period"]: row for row in seen.to_dicts() if row["level"]}
    both = sorted(own.keys() & theirs.keys())
    if not both:
        raise UsageError("The two have no week in common.", where=f"{unit.unit_id} and {other.unit_id}", found=residue,
                         remedy="Give another --against, --analyte or --to", code="HW-U201")  # fmt: skip
    pair = own[both[-1]], theirs[both[-1]]
    logs = [(math.log(row["level"]), sd_of(row["lower"], row["upper"]) ** 2) for row in pair]
    whole = [sd_of(row["lower_total"], row["upper_total"]) ** 2 for row in pair]
    people = [math.sqrt(max(total - own[1], 0.0)) for total, own in zip(whole, logs, strict=True)]
    # compare_levels takes relative uncertainties; on the log scale ln(1 + u^2) is the variance.
    relative = [math.sqrt(math.expm1(one**2)) for one in people]
    found = compare_levels(*logs[0], *logs[1], u_first=relative[0], u_second=relative[1])
    return Beside(other, both[-1], *(float(one) for one in found))
