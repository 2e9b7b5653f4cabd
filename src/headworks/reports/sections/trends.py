"""Where each drug is heading in the report's own area: the smoothed level in its band, week by week, and what it says.

The figures of single weeks stand faint behind the level; those that were not quantified hang at their limits. The trap: the
level is told anew as later weeks come in, so the report says up to which week it knows.
"""

from __future__ import annotations

from typing import Any, Final

from headworks.core.periods import Period
from headworks.reports.area_tables import AreaTables
from headworks.reports.content import Amount, Block, Column, Figure, Message, Notice, Share, TableBlock, Tile, section_id, tell
from headworks.reports.drawing.trend import trend_points
from headworks.reports.inputs import View
from headworks.reports.sections.areas import LOAD_UNIT
from headworks.reports.trend_standing import TrendStanding, trend_standing
from headworks.trends.statements import Sentence

_RISES: Final = {
    "rose_surely": tell("{drug} rose over the last quarter by {percent} % ({lower} to {upper} %), with probability {p}."),
    "rose_likely": tell("{drug} probably rose over the last quarter, by {percent} % ({lower} to {upper} %); probability {p}."),
    "fell_surely": tell("{drug} fell over the last quarter by {percent} % ({lower} to {upper} %), with probability {p}."),
    "fell_likely": tell("{drug} probably fell over the last quarter, by {percent} % ({lower} to {upper} %); probability {p}."),
}
_FEWEST_WEEKS = 2


def rise_message(name: Any, sentence: Sentence) -> Message:
    """The sentence on the last quarter.

    Examples
    --------
    >>> said = rise_message("Ketamine", Sentence("fell_surely", {"percent": -20.0, "lower": -30.0, "upper": -9.0, "p": 0.99}))
    >>> said.values["percent"], said.values["lower"], said.values["upper"]
    ('20', '9', '30')
    """
    key, numbers = sentence
    if key in _RISES:
        low, high = (numbers["lower"], numbers["upper"]) if key.startswith("rose") else (-numbers["upper"], -numbers["lower"])
        values = {"percent": _whole(abs(numbers["percent"])), "lower": _whole(low), "upper": _whole(high)}
        return Message(_RISES[key].text, {"drug": name, **values, "p": Share(min(numbers["p"], 0.99))})
    if key == "unclear":
        return tell("{drug} shows no clear change over the last quarter: {lower} to {upper} % is what the days allow.",
                    drug=name, lower=_whole(numbers["lower"]), upper=_whole(numbers["upper"]))  # fmt: skip
    plain = {
        "never_quantified": tell("{drug}: no day was quantified, so no change can be seen.", drug=name),
        "not_sampled": tell("{drug}: no day was sampled, so no change can be seen.", drug=name),
        "other_sites": tell("{drug}: other sites were sampled a quarter ago, so no change is told.", drug=name),
        "too_short": tell("{drug}: no week a quarter ago is known, so no change can be told.", drug=name),
    }
    return plain[key]


def _whole(percent: float) -> str:
    # A minus sign as typeset, not a hyphen.
    return f"{round(percent):d}".replace("-", "−")


def heading_message(standing: TrendStanding) -> Message | None:
    """How long it takes to double or to halve, where that is sure."""
    found = standing.heading
    if found is None:
        return None
    weeks = round(found.weeks)
    if found.is_rising:
        return tell("It now doubles in about {weeks} weeks.", weeks=weeks)
    return tell("It now halves in about {weeks} weeks.", weeks=weeks)


def trend_panel(view: View, areas: AreaTables, drug: str) -> list[Block]:
    """The panel of a drug and its table; a word where nothing is told.

    Parameters
    ----------
    view, areas
        What the reader may see.
    drug
        A drug of the view.
    """
    analyte, name = view.analyte(drug), view.name("drug", drug)
    if areas.trends.is_empty() or areas.focus is None:
        return []
    rows = areas.trends.filter(analyte=analyte).sort("period").to_dicts()
    weeks = areas.weeks.filter(analyte=analyte, drug=drug).sort("period").to_dicts() if areas.weeks.height else []
    until = Period.containing(view.request.period.last, "week").label
    standing = trend_standing(rows, until)
    if standing is None or len(rows) < _FEWEST_WEEKS:
        return [Notice(tell("No trend of {drug}: fewer than two weeks are told.", drug=name), "empty")]
    said = rise_message(name, standing.rise)
    heading = heading_message(standing)
    note = tell(
        "Line: smoothed level of the mean day, weekdays evened out, in its 95 % band; thin marks: figures of single weeks with"
        " their intervals; triangle: limit of a week that was not quantified; a gap is a stretch without samples."
    )
    if heading is not None:
        note = tell("{heading} {note}", heading=heading, note=note)
    alt = tell("Course of {drug} from {first} to {last}; the figures are in the table below", drug=name,
               first=rows[0]["period"], last=rows[-1]["period"])  # fmt: skip
    points = tuple(trend_points(rows, weeks))
    return [Figure(f"{section_id(drug)}-course", "course", said, note, (Tile(points, alt),)), _table(drug, name, rows, weeks)]


def _table(drug: str, name: Any, rows: list[dict[str, Any]], weeks: list[dict[str, Any]]) -> TableBlock:
    by_week = {row["period"]: row for row in weeks}
    columns = (
        Column("period", tell("Week")),
        Column("level", tell("Level"), LOAD_UNIT, "amount", 2),
        Column("lower", tell("95 % from"), LOAD_UNIT, "amount", 2),
        Column("upper", tell("95 % to"), LOAD_UNIT, "amount", 2),
        Column("week", tell("Figure of the week"), LOAD_UNIT),
        Column("n_days", tell("Site days"), tell("sampled"), "count"),
        Column("p_rising", tell("Probability that it rises"), None, "share"),
    )
    plain = ("period", "level", "lower", "upper")
    cells = tuple(
        (*(row[name] for name in plain), _figure(by_week.get(row["period"])), row["n_days"], row["p_rising"])
        for row in reversed(rows)
    )
    caption = tell("Table: course of {drug}, week by week", drug=name)
    return TableBlock(f"{section_id(drug)}-course-table", caption, columns, cells, tell("No weeks."))


def _figure(row: dict[str, Any] | None) -> Any:
    if row is None:
        return None
    if row["state"] == "value" and row["load_mg_per_1000_per_day"] is not None:
        return Amount(row["load_mg_per_1000_per_day"])
    return tell("below {limit}", limit=Amount(row["upper"])) if row["upper"] is not None else tell("below, limit unknown")
