"""What stays visible though it is no trend: days of disposal, samples that do not conform, populations that disagree."""

from __future__ import annotations

import polars as pl

from headworks.reports.area_tables import AreaTables
from headworks.reports.content import Block, Column, Notice, Section, TableBlock, tell
from headworks.reports.inputs import View

_MOST_EVENTS = 200
# Populations by method are listed for so few sites; a province has thousands.
MOST_SITES = 30
TEST_WORDS = {
    "enantiomeric_fraction": tell("enantiomeric fraction"), "residue_ratio": tell("ratio of two residues"),
    "load_jump": tell("jump of the load"),
}  # fmt: skip


def events_section(areas: AreaTables, view: View) -> Section:
    """Days of which the residues say that a drug was poured away: kept out of means, shown here."""
    columns = (
        Column("day", tell("Day")),
        Column("site", tell("Site")),
        Column("drug", tell("Drug")),
        Column("test", tell("Test")),
        Column("statistic", tell("Found"), None, "amount", 2),
        Column("limit", tell("Limit"), None, "amount", 2),
        Column("disposed_share", tell("Disposed share"), None, "share"),
        Column("lower", tell("95 % from"), None, "share"),
        Column("upper", tell("95 % to"), None, "share"),
        Column("kept", tell("Out of the trend")),
        Column("explanation", tell("In words")),
    )
    rows = areas.events.sort("day", "site", "drug", "test").head(_MOST_EVENTS)
    cells = tuple(
        (
            str(row["day"]), row["site"], view.name("drug", row["drug"]), TEST_WORDS.get(row["test"], row["test"]),
            row["statistic"], row["limit"], row["disposed_share"], row["lower"], row["upper"],
            tell("yes") if row["is_kept_out"] else tell("no, looked at only"), row["explanation"],
        )
        for row in rows.to_dicts()
    )  # fmt: skip
    lead = [
        tell(
            "A drug that was poured away is not consumption. Such days stay visible here and are left out of means and trends."
        )
    ]
    if areas.n_events_withheld:
        lead.append(
            tell("{n} more events are withheld from this reader with the days they are of.", n=areas.n_events_withheld)
        )
    empty = tell("No day of this period was found to hold a disposal.")
    table = TableBlock("events-table", tell("Table: events kept out of the trend"), columns, cells, empty, is_open=True)
    return Section("events", tell("Events"), tuple(lead), (table,))


def quality_section(areas: AreaTables) -> Section:
    """How many samples conform to the specification, and what people each method finds behind the sites."""
    return Section("quality", tell("Sampling quality"), (), (*_conformity(areas), *_populations(areas)))


def _conformity(areas: AreaTables) -> list[Block]:
    found = areas.nonconformities.sort("rule", "verdict")
    if found.is_empty():
        return [
            Notice(
                tell("No sample of this period was found to break the sampling specification, or none was judged."), "empty"
            )
        ]
    n_samples = int(found["n_samples"][0])
    columns = (
        Column("rule", tell("Rule")),
        Column("broken", tell("Samples"), tell("that break it"), "count"),
        Column("share", tell("Share"), tell("of the samples"), "share"),
        Column("unsaid", tell("Samples"), tell("that do not say"), "count"),
    )
    cells = []
    for (rule,), part in found.group_by("rule", maintain_order=True):
        count = dict(part.select(pl.col("verdict").cast(pl.String), "n").rows())
        broken = count.get("broken", 0)
        cells.append((str(rule), broken, broken / n_samples if n_samples else None, count.get("not_stated", 0)))
    caption = tell("Table: {n} samples against {specification}", n=n_samples, specification=str(found["specification"][0]))
    return [TableBlock("conformity-table", caption, columns, tuple(cells), tell("No rule was broken."), is_open=True)]


def _populations(areas: AreaTables) -> list[Block]:
    found = areas.populations
    if found.is_empty():
        return []
    if found["site_id"].n_unique() > MOST_SITES:
        return [
            Notice(
                tell(
                    "Populations by method are listed in reports of at most {n} sites; ask for a smaller area.", n=MOST_SITES
                ),
                "empty",
            )
        ]
    columns = (
        Column("site", tell("Site")),
        Column("quarter", tell("Quarter")),
        Column("method", tell("Method")),
        Column("population", tell("Population"), tell("people"), "count"),
        Column("lower", tell("95 % from"), tell("people"), "count"),
        Column("upper", tell("95 % to"), tell("people"), "count"),
        Column("n_days", tell("Days"), None, "count"),
        Column("used", tell("Used")),
        Column("note", tell("Remark")),
    )
    cells = tuple(
        (row["site"], row["quarter"], row["method"], row["population"], row["lower"], row["upper"], row["n_days"],
         tell("yes") if row["is_used"] else None, row["note"])
        for row in found.sort("site", "quarter", "method").to_dicts()
    )  # fmt: skip
    return [
        TableBlock(
            "populations-table", tell("Table: populations by method"), columns, cells, tell("No populations."), is_open=True
        )
    ]
