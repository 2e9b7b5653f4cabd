"""How a figure of an area was computed, down to its samples: formula with its numbers, members, sources of doubt."""

from __future__ import annotations

import math
from typing import Any

import polars as pl

from headworks.reports.area_tables import Computed
from headworks.reports.content import (
    Amount,
    Block,
    Column,
    Facts,
    Figure,
    Fold,
    Label,
    Message,
    Notice,
    Prose,
    Share,
    TableBlock,
    Tile,
    section_id,
    tell,
)
from headworks.reports.drawing.plain import PART_COLORS

_MOST_MEMBERS = 40
_SOURCES = {
    "u_day": tell("days: sampling of days, sampling, flow, repeatability"),
    "u_batch": tell("laboratory batches"),
    "u_site": tell("populations of the sites"),
    "u_factor": tell("excretion factor"),
}


def variance_shares(scopes: dict[str, float | None]) -> dict[str, float]:
    """Share of each source in the variance on the log scale, where sources add (D4).

    Examples
    --------
    >>> shares = variance_shares({"u_day": 0.3, "u_batch": 0.1, "u_site": None})
    >>> {name: round(share, 3) for name, share in shares.items()}
    {'u_day': 0.896, 'u_batch': 0.104, 'u_site': 0.0}
    """
    parts = {name: math.log1p(u * u) if u else 0.0 for name, u in scopes.items()}
    total = sum(parts.values())
    return {name: part / total if total > 0 else 0.0 for name, part in parts.items()}


def _parts_tile(scopes: dict[str, float | None], what: Message) -> Tile:
    shares = variance_shares(scopes)
    rows = tuple(
        {"name": _SOURCES[name], "share": share, "color": color,
         "hover": tell("{source}: {share} of the variance", source=_SOURCES[name], share=Share(share))}
        for (name, share), color in zip(shares.items(), PART_COLORS, strict=False)
    )  # fmt: skip
    return Tile(rows, tell("{what}: share of each source in the variance", what=what))


def _scopes(row: Any, *names: str) -> dict[str, float | None]:
    return {name: row.get(name) for name in names}


def _doubt(computed: Computed, figure_id: str) -> list[Block]:
    """The stacked bars, and the same as a table."""
    scopes = _scopes(computed.figure, "u_day", "u_batch", "u_site")
    if not any(scopes.values()):
        return []
    what = tell("Load")
    tiles, cells = [_parts_tile(scopes, what)], []
    named = [(what, scopes)]
    if computed.consumption and computed.consumption.get("u_factor") is not None:
        used = {**scopes, "u_factor": computed.consumption["u_factor"]}
        tiles.append(_parts_tile(used, tell("Consumption")))
        named.append((tell("Consumption"), used))
    for label, one in named:
        for name, share in variance_shares(one).items():
            cells.append((label, _SOURCES[name], one[name], share))
    columns = (Column("of", tell("Figure")), Column("source", tell("Source")),
               Column("u", tell("Relative standard uncertainty"), None, "share", 1),
               Column("share", tell("Share in the variance"), None, "share", 0))  # fmt: skip
    title = tell("Where the doubt comes from, as shares of the variance")
    note = tell("First bar: load. Second bar, where there is one: consumption, to which the excretion factor adds.")
    return [
        Figure(f"{figure_id}-doubt", "parts", title, note, tuple(tiles)),
        TableBlock(
            f"{figure_id}-doubt-table", tell("Table: where the doubt comes from"), columns, tuple(cells), tell("No figure.")
        ),
    ]


def _formula(computed: Computed) -> Block:
    row = computed.figure
    lines = [
        tell(
            "Load per 1,000 people = 1,000 × the sum of the members' loads ÷ the sum of their people; never a mean of ratios."
        )
    ]
    people = f"{row['population']:,.0f}"
    if row["load_mg_per_day"] is None:
        lines.append(tell("No member day was quantified; the load is at most what the limits allow."))
        most = row["most_mg_per_day"]
        if most is None:
            return Prose(tuple(lines), (tell("limit unknown"),))
        return Prose(tuple(lines), (tell("1000 × at most {most} mg/d ÷ {people} people", most=_plain(most), people=people),))
    load = row["load_mg_per_1000_per_day"]
    codes = [tell("1000 × {load} mg/d ÷ {people} people = {figure} mg/d per 1,000 people", load=_plain(row["load_mg_per_day"]),
                  people=people, figure=_plain(load))]  # fmt: skip
    if row["most_mg_per_day"] is not None and row["most_mg_per_day"] > row["least_mg_per_day"]:
        lines.append(tell("Censored days stand between nothing and their limit; the load is the middle of the two sums."))
        codes.insert(0, tell("({least} + {most}) mg/d ÷ 2 = {load} mg/d", least=_plain(row["least_mg_per_day"]),
                             most=_plain(row["most_mg_per_day"]), load=_plain(row["load_mg_per_day"])))  # fmt: skip
    used = computed.consumption.get("consumption_mg_per_1000_per_day") if computed.consumption else None
    if used and load:
        lines.append(tell("Consumption = load × the correction factor of the parameter set, computed over its distribution."))
        codes.append(tell("{load} × {factor} = {used} mg/d per 1,000 people", load=_plain(load), factor=_plain(used / load),
                          used=_plain(used)))  # fmt: skip
    return Prose(tuple(lines), tuple(codes))


def _plain(value: float) -> str:
    """Six significant digits, grouped; the same in every language, as in a calculation.

    Examples
    --------
    >>> _plain(23693.326), _plain(2.39512345)
    ('23,693.3', '2.39512')
    """
    digits = max(0, 5 - math.floor(math.log10(abs(value)))) if value else 0
    return f"{value:,.{digits}f}"


_MEMBER_COLUMNS = (
    Column("label", tell("Site")),
    Column("site_id", tell("Code")),
    Column("share", tell("Share in the area"), None, "share", 1),
    Column("load_mg_per_day", tell("Load"), tell("mg a day"), "amount", 1),
    Column("least_mg_per_day", tell("At least"), tell("mg a day"), "amount", 1),
    Column("most_mg_per_day", tell("At most"), tell("mg a day"), "amount", 1),
    Column("people", tell("People"), tell("times the share"), "count"),
    Column("n_days", tell("Days"), tell("sampled"), "count"),
    Column("n_quantified", tell("Days"), tell("quantified"), "count"),
)


def _members(computed: Computed, block_id: str) -> list[Block]:
    shown = computed.members.head(_MOST_MEMBERS)
    counted = {"n": computed.n_members, "batches": computed.n_batches}
    lines = [tell("{n} sites are added, from {batches} laboratory batches.", **counted) if computed.n_batches
             else tell("{n} sites are added.", n=computed.n_members)]  # fmt: skip
    rest = computed.n_members - computed.members.height
    if rest:
        lines.append(tell("{n} of them may not be shown to this reader one by one; they are in the sums.", n=rest))
    if computed.members.height > shown.height:
        lines.append(tell("The {n} largest loads are listed; the command returns all.", n=shown.height))
    if computed.n_nested:
        lines.append(
            tell("{n} sampled sites are left out, because a sampled site downstream holds their sewage.", n=computed.n_nested)
        )
    blocks: list[Block] = [Prose(tuple(lines))]
    if shown.height:
        cells = tuple(tuple(row[column.name] for column in _MEMBER_COLUMNS) for row in shown.to_dicts())
        blocks.append(
            TableBlock(f"{block_id}-members", tell("Table: the sites added"), _MEMBER_COLUMNS, cells, tell("No sites."))
        )
    if computed.nested.height:
        columns = (Column("label", tell("Site")), Column("held_by", tell("Held by")))
        rows = tuple((row["label"], row["holder"] or row["held_by"]) for row in computed.nested.head(_MOST_MEMBERS).to_dicts())
        blocks.append(TableBlock(f"{block_id}-nested", tell("Table: sites held downstream"), columns, rows, tell("No sites.")))
    return blocks


_SAMPLE_COLUMNS = (
    Column("day", tell("Day")),
    Column("sample_id", tell("Sample")),
    Column("concentration_ng_per_l", tell("Concentration"), tell("ng/L"), "amount", 1),
    Column("detection", tell("State")),
    Column("loq_ng_per_l", tell("Limit"), tell("ng/L"), "amount", 1),
    Column("flow_m3_per_day", tell("Flow"), tell("m³ a day"), "count"),
    Column("batch_id", tell("Batch")),
    Column("load_mg_per_day", tell("Load"), tell("mg a day"), "amount", 1),
    Column("population", tell("People"), None, "count"),
)
_DETECTION_WORDS = {
    "quantified": tell("quantified"), "below_loq": tell("below the limit"), "not_detected": tell("not detected"),
}  # fmt: skip


def _samples(computed: Computed, block_id: str) -> list[Block]:
    if computed.samples.is_empty():
        if not computed.n_members:
            return []
        return [Prose((tell("The samples behind it are shown to analysts and the steward:"),), _commands(computed, "samples"))]
    cells = tuple(
        tuple(_DETECTION_WORDS.get(row[c.name]) if c.name == "detection" else row[c.name] for c in _SAMPLE_COLUMNS)
        for row in computed.samples.with_columns(pl.col("day").cast(pl.String)).to_dicts()
    )
    caption = tell("Table: the samples behind {site}; load in mg a day = ng/L × m³ a day ÷ 1000",
                   site=computed.sampled_site)  # fmt: skip
    table = TableBlock(f"{block_id}-samples", caption, _SAMPLE_COLUMNS, cells, tell("No samples."))
    return [table, Prose((tell("Those of every other site:"),), _commands(computed, "samples"))]


def _commands(computed: Computed, name: str) -> tuple[str, ...]:
    return (computed.commands[name],) if name in computed.commands else ()


def computed_blocks(computed: Computed) -> tuple[Block, ...]:
    """All of it, in reading order; a withheld figure says why and shows nothing.

    Parameters
    ----------
    computed
        From ``headworks.jobs.explain.how_computed``.
    """
    block_id = section_id(f"{computed.analyte}-computed")
    if computed.is_withheld:
        return (Notice(tell("This figure is withheld from this reader, and with it everything it was computed from.")),)
    if not computed.figure:
        return (Notice(tell("There is no figure: no site of this area was sampled in the period."), "empty"),)
    run: list[tuple[Message | Label | str, Message | str]] = [
        (tell("Residue"), computed.analyte), (tell("Parameter set"), computed.parameter_set), (tell("Run"), computed.run_id),
        (tell("Tier of the reader"), computed.tier),
    ]  # fmt: skip
    own = _commands(computed, "this")
    return (
        _formula(computed),
        *_doubt(computed, block_id),
        *_members(computed, block_id),
        *_samples(computed, block_id),
        Facts(tell("What it hangs on"), tuple(run)),
        *((Prose((tell("The same for any area, period and drug:"),), own),) if own else ()),
    )


def computed_fold(computed: Computed, name: Label) -> Fold:
    """How computed, behind one line."""
    load = computed.figure.get("load_mg_per_1000_per_day") if computed.figure else None
    summary = tell("How computed: {drug} in {area}, {period}", drug=name, area=computed.area_name, period=computed.period)
    if load is not None:
        summary = tell("How computed: {load} mg per 1,000 people a day of {drug} in {area}, {period}", load=Amount(load),
                       drug=name, area=computed.area_name, period=computed.period)  # fmt: skip
    return Fold(summary, computed_blocks(computed))
