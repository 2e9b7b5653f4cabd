"""One sentence for somebody who reads no further: what moved in the area, or why nothing of it is told.

The trap: an area that was not sampled and one that is withheld must not sound alike, and a withheld one says the reason that
the decision on disclosure gave, not a guess.
"""

from __future__ import annotations

import polars as pl

from headworks.reports.content import Message, tell
from headworks.reports.cycle.inputs import CycleRequest, CycleTables


def lead_of(rows: pl.DataFrame, tables: CycleTables, request: CycleRequest) -> Message:
    """One sentence for somebody who reads no further."""
    top = rows.filter(pl.col("area_id") == request.area_id)
    counts = {word: top.filter(pl.col("change") == word).height for word in ("rose", "fell", "unclear")}
    measured = top.filter(pl.col("state").is_in(["value", "below_limit"])).height
    counts["none"] = measured - sum(counts.values())
    if not measured:
        inside = rows.filter((pl.col("parent_id") == request.area_id) & pl.col("state").is_in(["value", "below_limit"]))
        said = {"area": tables.area(request.area_id), "period": request.period.label, "n": inside["area_id"].n_unique()}
        if "suppressed" not in top["state"]:
            return tell("{area} itself has no figure in {period}; {n} areas in it have one.", **said)
        return tell("The figures of {area} itself in {period} are withheld from these readers: {why}. {n} areas in it have "
                    "figures.", why=why_words(str(top["why"].drop_nulls().sort().first()), request.floor), **said)  # fmt: skip
    if counts["none"] == measured:
        return tell("In {area}, {period}, {n} drugs have a figure; none can be compared with an earlier one.",
                    area=tables.area(request.area_id), period=request.period.label, n=measured)  # fmt: skip
    return tell(
        "In {area}, {period}: of {n} drugs {rose} rose, {fell} fell, of {unclear} it cannot be told, and {none} cannot be "
        "compared.",
        area=tables.area(request.area_id), period=request.period.label, n=measured, **counts,
    )  # fmt: skip


def why_words(why: str, floor: int) -> Message:
    """Why the report's own area is withheld; the reasons of the decision on disclosure, in words."""
    return {
        "primary_population": tell("they would speak of fewer than {floor} residents", floor=floor),
        "primary_sites": tell("too few sites are behind them"),
        "dominance": tell("one site makes up too much of them"),
        "institution": tell("they would speak of an institution"),
        "secondary": tell("beside those of other areas they would give away one that is withheld"),
        "detail": tell("figures of so short a period are not for these readers"),
        "unmatched": tell("not every site that was sampled is in them, so who is behind them is not known"),
    }.get(why, tell("so it was decided"))
