"""How each site came to where it stands: one small panel per site on one shared log scale, a gap left a gap."""

from __future__ import annotations

from typing import Any

import polars as pl

from headworks.core.periods import Period
from headworks.reports.content import Amount, Block, Column, Figure, Notice, TableBlock, Tile, section_id, tell
from headworks.reports.drawing.classes import decade_domain
from headworks.reports.inputs import View

# Sites drawn for one drug; where there are more, the largest and those that changed most.
MAX_PANELS = 24
PANELS_PER_TILE = 4


def _history(view: View, drug: str) -> pl.DataFrame:
    """Period means of the same kind of period, up to the one reported, oldest first."""
    period = view.request.period
    wanted = (
        (pl.col("drug") == drug)
        & (pl.col("analyte") == view.analyte(drug))
        & (pl.col("period_kind").cast(pl.String) == period.kind)
        & (pl.col("period") <= period.label)
    )
    return view.tables.period_means.filter(wanted).sort("site_id", "period")


def panel_sites(rows: pl.DataFrame, history: pl.DataFrame, most: int = MAX_PANELS) -> list[str]:
    """Sites that get a panel: all where they fit; else half the largest populations, then the largest sure changes."""
    known = rows.join(history.select("site_id").unique(), on="site_id", how="semi")
    if known.height <= most:
        return known.sort("label")["site_id"].to_list()
    now = known.filter(pl.col("state") != "not_sampled")
    largest = now.sort(["population_served", "label"], descending=[True, False], nulls_last=True)["site_id"].to_list()
    sureness = (pl.col("p_rose") - 0.5).abs()
    moved = now.filter(pl.col("p_rose").is_not_null()).sort([sureness, "label"], descending=[True, False])
    chosen = list(dict.fromkeys([*largest[: most // 2], *moved["site_id"].to_list(), *largest]))[:most]
    return known.filter(pl.col("site_id").is_in(chosen)).sort("label")["site_id"].to_list()


def _points(site: pl.DataFrame, label: str, floor: float) -> list[dict[str, Any]]:
    """Points of a panel; ``run`` numbers the stretches between gaps, so that no line crosses one."""
    points: list[dict[str, Any]] = []
    run, before = 0, None
    for row in site.to_dicts():
        period = Period.parse(row["period"])
        has_value = row["mean"] is not None and str(row["detection"]) == "quantified"
        follows = before is not None and period.previous().label == before
        run = run if follows and has_value else run + 1
        before = row["period"] if has_value else None
        points.append(
            {
                "label": label,
                "first": period.first.isoformat(),
                "state": "value" if has_value else "below_limit",
                "mean": row["mean"] if has_value else None,
                "lower": max(row["lower"], floor) if has_value and row["lower"] is not None else None,
                "upper": row["upper"] if has_value else None,
                "bound": None if has_value else max(row["upper"] or floor, floor),
                "run": run,
            }
        )
    return points


def _cell(row: dict[str, Any] | None) -> Any:
    if row is None:
        return None
    if row["mean"] is None or str(row["detection"]) != "quantified":
        return tell("below {limit}", limit=Amount(row["upper"])) if row["upper"] is not None else tell("below, limit unknown")
    return tell("{mean} ({low}–{high})", mean=Amount(row["mean"]), low=Amount(row["lower"]), high=Amount(row["upper"]))


def _history_table(view: View, drug: str, history: pl.DataFrame, chosen: list[tuple[str, str]]) -> TableBlock:
    periods = sorted(set(history["period"].to_list()))
    by_key = {(row["site_id"], row["period"]): row for row in history.to_dicts()}
    columns = (Column("label", tell("Site")), *(Column(name, tell("{period}", period=name)) for name in periods))
    cells = tuple((label, *(_cell(by_key.get((site, name))) for name in periods)) for site, label in chosen)
    return TableBlock(
        f"{section_id(drug)}-history",
        tell("Table: the panels in figures, mean and 95 % interval, mg per 1,000 people a day"),
        columns,
        cells,
        tell("No sites."),
    )


def trend_blocks(view: View, drug: str, rows: pl.DataFrame) -> list[Block]:
    """The panels and their table.

    Parameters
    ----------
    view
        What the reader may see.
    drug
        A drug of the view.
    rows
        Its standing table.
    """
    history = _history(view, drug)
    labels = dict(rows.select("site_id", "label").rows())
    chosen = [(site, labels[site]) for site in panel_sites(rows, history)]
    if not chosen:
        return [
            Notice(tell("No trend: no period up to this one holds a mean. Import earlier years and compute again."), "empty")
        ]
    n_ever = history["site_id"].n_unique()
    history = history.filter(pl.col("site_id").is_in([site for site, _ in chosen]))
    bounds = [x for name in ("mean", "lower", "upper") for x in history[name].drop_nulls().to_list()]
    domain = decade_domain(bounds)
    span = {"first": history["period"].min(), "last": history["period"].max()}
    parts = history.partition_by("site_id", as_dict=True)
    tiles = []
    for start in range(0, len(chosen), PANELS_PER_TILE):
        part = chosen[start : start + PANELS_PER_TILE]
        points = tuple(point for site, label in part for point in _points(parts[(site,)], label, domain[0]))
        names = ", ".join(label for _, label in part)
        tiles.append(Tile(points, tell("Trend panels {first} to {last}: {names}", names=names, **span)))
    name = view.name("drug", drug)
    title = tell(
        "{drug} at {n} of {all} sites that were ever sampled, {first} to {last}", drug=name, n=len(chosen), all=n_ever, **span
    )
    note = tell(
        "One log scale for all panels. Line: mean, bar: 95 % interval of the sampled days; hatched triangle: below the limit,"
        " drawn at its bound, or at the foot where no limit is known; a gap is a period without a sample. Where there are"
        " more sites than panels, the largest populations and the surest changes are shown."
    )
    periods = sorted({Period.parse(name).first.isoformat() for name in history["period"].to_list()})
    scale = {"domain": domain, "kind": view.request.period.kind, "first": periods[0], "last": periods[-1]}
    return [
        Figure(f"{section_id(drug)}-trends", "trends", title, note, tuple(tiles), scale),
        _history_table(view, drug, history, chosen),
    ]
