"""What stands behind the figures: coverage, published means that do not add up, method and inputs."""

from __future__ import annotations

from typing import Any

import polars as pl

from headworks.reports.content import Block, Column, Facts, Message, Notice, Section, Share, TableBlock, tell
from headworks.reports.inputs import EVERYWHERE, View
from headworks.reports.sections.drug import LOAD_UNIT
from headworks.reports.standing import tally


def coverage_section(view: View, standings: dict[str, pl.DataFrame]) -> Section:
    """Sites, people and days behind each drug, and how many sites were left out without a name."""
    columns = (
        Column("drug", tell("Drug")),
        Column("sampled", tell("Sites sampled"), None, "count"),
        Column("known", tell("Sites known"), None, "count"),
        Column("below", tell("Of the sampled, below the limit"), None, "count"),
        Column("people", tell("Population of the sampled sites"), tell("people"), "count"),
        Column("share", tell("Of the population of all known sites"), None, "share"),
        Column("days", tell("Days per site, median"), tell("days"), "amount", 0),
    )
    cells = []
    for drug, rows in standings.items():
        counts = tally(rows)
        share = counts.people_sampled / counts.people_known if counts.people_known else None
        days = rows["n_days"].median()
        cells.append((view.name("drug", drug), counts.n_sampled, counts.n_known, counts.n_below, counts.people_sampled,
                      share, None if days is None else float(str(days))))  # fmt: skip
    lead = [suppressed_message(view)]
    if view.n_unknown and view.request.area_id == EVERYWHERE:
        lead.append(tell("{n} sites have results but no entry in the table of sites; they are left out.", n=view.n_unknown))
    table = TableBlock("coverage-table", tell("Table: coverage per drug"), columns, tuple(cells),
                       tell("No drug was measured. Import results and compute again."), is_open=True)  # fmt: skip
    return Section("coverage", tell("Coverage"), (*lead, *_area_share(view, standings)), (table,))


def suppressed_message(view: View) -> Message:
    """How many sites were left out for this reader, and why."""
    if view.n_suppressed == 0:
        return tell("No site was left out for its size (floor for this reader: {floor} people).", floor=view.request.floor)
    counted = {"n": view.n_suppressed, "floor": view.request.floor, "sampled": view.n_suppressed_sampled}
    if view.request.tier == "analyst":
        return tell(
            "{n} sites serve fewer than {floor} people; for this reader they are counted here and shown nowhere."
            " {sampled} of them were sampled. No total includes them.", **counted,
        )  # fmt: skip
    return tell(
        "{n} sites serve fewer than {floor} people or an unknown number; for this reader they are counted here and shown"
        " nowhere. {sampled} of them were sampled. No total includes them.",
        **counted,
    )


def _area_share(view: View, standings: dict[str, pl.DataFrame]) -> list[Message]:
    """How many of the area's residents drain to a site sampled for any drug, where the area's population is known."""
    area = view.tables.areas.filter(pl.col("area_id") == view.request.area_id).sort("valid_from")
    people = area["population"].drop_nulls()
    if people.is_empty() or not standings or people[-1] <= 0:
        return []
    sampled = pl.concat([rows.filter(pl.col("state") != "not_sampled").select("site_id", "population_served")
                         for rows in standings.values()]).unique("site_id")  # fmt: skip
    covered = float(sampled["population_served"].sum() or 0.0)
    return [tell("Catchments sampled for at least one drug hold {covered} people, {share} of the area's {all} residents.",
                 covered=int(covered), share=Share(min(covered / people[-1], 1.0)), all=int(people[-1]))]  # fmt: skip


_WHICH = {
    "weekday_mean": tell("mean of the weekdays"),
    "weekend_mean": tell("mean of the weekend"),
    "daily_mean": tell("mean of all days"),
}


_EXPLANATIONS = {
    "all printed means are right with every day moved one day earlier": tell("every day moved one day earlier"),
    "all printed means are right with every day moved one day later": tell("every day moved one day later"),
}


def inconsistent_section(view: View) -> Section:
    """Published means that the printed days do not give: shown, not hidden."""
    rows = view.tables.inconsistent_means.join(view.sites.select("site_id", "label"), on="site_id")
    rows = rows.filter(pl.col("year") <= view.request.period.last.year)
    columns = (
        Column("label", tell("Site")), Column("drug", tell("Drug")),
        Column("year", tell("Year")), Column("week", tell("Week")),
        Column("which", tell("Which mean")),
        Column("published", tell("Published"), LOAD_UNIT, "amount", 2),
        Column("recomputed", tell("From the printed days"), LOAD_UNIT, "amount", 2),
        Column("difference", tell("Published minus recomputed"), LOAD_UNIT, "amount", 2),
        Column("days", tell("Days"), tell("printed"), "count"),
        Column("explanation", tell("What would explain it")),
    )  # fmt: skip
    cells = tuple(
        (row["label"], view.name("drug", row["drug"]), str(row["year"]), str(row["week"]) if row["week"] else None,
         _WHICH[str(row["which_mean"])], row["published"], row["recomputed"], row["difference"], row["n_days"],
         _EXPLANATIONS.get(row.get("explanation") or ""))
        for row in rows.sort("drug", "label", "year", "week", "which_mean").to_dicts()
    )  # fmt: skip
    lead = tell("{n} published means are not what the printed days give. This report computes from the days.", n=len(cells))
    caption = tell("Table: published means not reproduced by the printed days")
    empty = tell("Every published mean was reproduced, or none was imported to compare with.")
    table = TableBlock("inconsistent-table", caption, columns, cells, empty, is_open=True)
    return Section("inconsistent", tell("Published means that do not add up"), (lead,) if cells else (), (table,))


_AREA_FORMULAS: tuple[tuple[Message, Message], ...] = (
    (
        tell("Load of an area"),
        tell(
            "Sum of the members' loads over the sum of their people. Members are the most downstream sampled sites, so nothing"
            " is counted twice; a site that several areas share is shared out by residents."
        ),
    ),
    (
        tell("Its interval"),
        tell(
            "Errors are added by what shares them: days within a site, a laboratory batch over all its samples, the population"
            " of a site over all its days."
        ),
    ),
    (
        tell("Its change"),
        tell("Later over earlier load of the sites sampled in both years; what both years share cancels."),
    ),
)
_FORMULAS = (
    (
        tell("Load"),
        tell("Concentration times the water of the day, over the people of the catchment; mg per 1,000 people a day."),
    ),
    (
        tell("Mean of a period"),
        tell("Mean of the sampled days. A day below the limit lies somewhere from 0 to it; never set to half."),
    ),
    (
        tell("Interval"),
        tell(
            "95 %. The narrow one holds what differs between days and compares a site with itself; the total one"
            " adds what all days share (laboratory, population, flow meter) and compares sites."
        ),
    ),
    (
        tell("Rank"),
        tell("From 1 + the sites whose whole total interval lies above, to n - the sites whose whole interval lies below."),
    ),
    (
        tell("Change"),
        tell("Rising when the probability that the true mean rose is above 90 %, falling when it is below 10 %."),
    ),
    (
        tell("Consumption"),
        tell("Load times the correction factor: mass of drug per mass of residue over the share excreted."),
    ),
    (tell("Doses"), tell("Consumption over the typical dose.")),
)


def _factor_table(view: View) -> TableBlock:
    columns = (
        Column("drug", tell("Drug")), Column("analyte", tell("Residue")),
        Column("correction_factor", tell("Correction factor"), None, "amount", 2),
        Column("u_factor", tell("Its relative uncertainty"), None, "share"),
        Column("excretion_fraction", tell("Share excreted"), None, "share", 1),
        Column("excretion_status", tell("Status")),
        Column("dose_mg", tell("Typical dose"), tell("mg"), "amount", 0),
        Column("dose_status", tell("Status of the dose")),
        Column("citation_excretion", tell("Source")),
    )  # fmt: skip
    used = view.tables.factors.filter(pl.col("drug").is_in(view.drugs)).sort("drug", "analyte")
    cells = []
    for row in used.to_dicts():
        named: dict[str, Any] = {
            **row,
            "drug": view.name("drug", row["drug"]),
            "analyte": view.name("analyte", row["analyte"]),
            "excretion_status": _status(row["excretion_status"]),
            "dose_status": _status(row["dose_status"]),
        }
        cells.append(tuple(named[column.name] for column in columns))
    return TableBlock("factor-table", tell("Table: factors used, with status and source"), columns, tuple(cells),
                      tell("No factor was used: only loads are shown."), is_open=True)  # fmt: skip


_STATUSES = {
    "from memory": tell("from memory, to be checked"),
    "verified": tell("verified"),
    "none": tell("none stated"),
    "derived": tell("derived"),
}


def _status(status: str | None) -> Message | str | None:
    return _STATUSES.get(status or "", status)


def method_section(view: View) -> Section:
    """Formulas in words, factors, convention, run, inputs and code."""
    method = view.tables.method
    names = [
        ("parameter_set", tell("Parameter set")), ("set_version", tell("Version of the set")),
        ("set_digest", tell("Digest of the set")), ("conventions", tell("Convention")), ("run_id", tell("Run")),
        ("code_version", tell("Code version")), ("generated_on", tell("Generated on")),
    ]  # fmt: skip
    run = tuple((term, tell("{value}", value=method[name])) for name, term in names if method.get(name))
    inputs = tuple((str(file), str(digest), int(rows)) for file, digest, rows in method.get("inputs", ()))
    columns = (
        Column("file", tell("File")),
        Column("digest", tell("SHA-256, short")),
        Column("rows", tell("Rows"), None, "count"),
    )
    table = TableBlock("input-table", tell("Table: inputs"), columns, inputs,
                       tell("No inputs are recorded for this run."), is_open=True)  # fmt: skip
    caution = [] if method.get("run_id") else [Notice(tell("No run is recorded: these figures cannot be recomputed by name."))]
    blocks: tuple[Block, ...] = (
        *caution,
        Facts(tell("Formulas in words"), (*(_AREA_FORMULAS if view.is_deep else ()), *_FORMULAS)),
        _factor_table(view),
        Facts(tell("Run"), run),
        table,
    )
    return Section("method", tell("Method"), (), blocks)
