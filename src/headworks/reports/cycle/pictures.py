"""The figures of a report as data: courses of the report's own area, and intervals of the areas in it side by side."""

from __future__ import annotations

import datetime as dt

import polars as pl

from headworks.core.periods import Period
from headworks.reports.content import Block, Figure, Label, Message, Notice, Tile, tell
from headworks.reports.cycle.inputs import CycleRequest, CycleTables
from headworks.reports.cycle.standing import short_words

# A page holds so many small courses; and so many intervals of one drug can be read on one.
MOST_COURSES, MOST_SPANS = 12, 40
# One idea a page: drugs whose intervals are drawn; the others are in the tables.
MOST_DRUGS = 4
# Fewer weeks than this on an axis of a year are a blot, not a course.
FEWEST_WEEKS = 8
_WEEKS = 53
# Sums over the same sites may differ in the last digits.
_SAME_DIGITS = 6
_MEASURED = ("value", "below_limit")
_SIGNS = tell("mg per 1,000 people a day, log axis; areas in the order of their codes, not of their figures. Bar: 95 % "
              "interval, tick: figure; hatched: below the limit; dotted: withheld; empty: not sampled.")  # fmt: skip


def courses(tables: CycleTables, request: CycleRequest) -> list[Block]:
    """Small courses of the report's area, one a drug, on one time axis."""
    shown = _weeks(request.period)
    rows = tables.courses.filter(pl.col("week").is_in(shown)).sort("drug", "analyte", "week")
    tiles = []
    for (drug, analyte), told in rows.group_by("drug", "analyte", maintain_order=True):
        if told["level"].drop_nulls().len() < FEWEST_WEEKS:
            continue
        axis = pl.DataFrame({"week": shown}).with_columns(drug=pl.lit(drug), analyte=pl.lit(analyte))
        weeks = axis.join(told.drop("drug", "analyte"), on="week", how="left", maintain_order="left")
        name = tables.drug(str(drug))
        alt = tell("{drug}, {first} to {last}", drug=name, first=weeks["week"][0], last=weeks["week"][-1])
        tiles.append(Tile(tuple({**row, "name": name} for row in weeks.to_dicts()), alt))
    if not tiles:
        said = tell("No course: of the {all} weeks up to the end of the period, fewer than {n} may be shown to these readers "
                    "or were measured.", all=len(shown), n=FEWEST_WEEKS)  # fmt: skip
        return [Notice(said, "empty")]
    title = tell("{area}, week by week", area=tables.area(request.area_id))
    note = tell("mg per 1,000 people a day, on a log axis of its own for each drug. Line: level of the mean day; band: its "
                "95 % interval; a gap is a stretch without figures.")  # fmt: skip
    figure = Figure("courses", "courses", title, note, tuple(tiles[:MOST_COURSES]), {"last": request.period.label})
    n = max(sum(row["level"] is not None for row in tile.rows) for tile in tiles)
    if 2 * n >= len(shown):
        return [figure]
    return [Notice(tell("Only {n} of {all} weeks of {area} may be shown to these readers or were measured.", n=n,
                        all=len(shown), area=tables.area(request.area_id))), figure]  # fmt: skip


def _weeks(period: Period) -> list[str]:
    """Weeks of a year up to the end of the period: the season of the year before is still in it."""
    last = Period.containing(period.last, "week").last
    return [Period.containing(last - dt.timedelta(weeks=back), "week").label for back in reversed(range(_WEEKS))]


def span_signs(rows: pl.DataFrame) -> tuple[Message, ...]:
    """What the marks are, and why areas may look alike.

    Parameters
    ----------
    rows
        The report's area and the areas in it.
    """
    numbers = pl.col("load_mg_per_1000_per_day", "lower", "upper").round_sig_figs(_SAME_DIGITS)
    if rows.filter(pl.col("state") == "value").select("drug", "analyte", numbers).is_duplicated().any():
        return (_SIGNS, tell("Areas whose figures are the same drain to the same sites."))
    return (_SIGNS,)


def spans(rows: pl.DataFrame, tables: CycleTables, request: CycleRequest) -> list[Block]:
    """Intervals of the areas in the report's area, one figure a drug, areas in the order of their codes."""
    inside = rows.filter((pl.col("parent_id") == request.area_id) | (pl.col("area_id") == request.area_id))
    if inside["area_id"].n_unique() < 2:
        return []
    # Drugs with the most areas in which something surely moved come first; ties by name.
    moved = inside.group_by("drug").agg(
        n_moved=pl.col("change").is_in(["rose", "fell"]).sum(), n_values=(pl.col("state") == "value").sum(),
        n_known=pl.col("state").is_in(_MEASURED).sum(),
    )  # fmt: skip
    # One bar among empty rows is nothing side by side.
    moved = moved.filter((pl.col("n_values") > 0) & (pl.col("n_known") > 1)).sort(
        ["n_moved", "drug"], descending=[True, False]
    )
    if moved.is_empty():
        return [Notice(tell("Nothing can be compared."), "empty")]
    figures: list[Block] = []
    note = tell("Log axis; the figures are in the workbook.")
    for drug in moved["drug"].head(MOST_DRUGS).to_list():
        of_drug = inside.filter(pl.col("drug") == drug).head(MOST_SPANS)
        drawn = tuple({**row, "name": tables.area(row["area_id"]), "said": short_words(row)} for row in of_drug.to_dicts())
        alt = tell("{drug} by area; the figures are in the table", drug=tables.drug(drug))
        title = _title(tables.drug(drug), of_drug)
        figures.append(Figure(f"spans-{len(figures)}", "spans", title, note, (Tile(drawn, alt),)))
    return figures


def _title(drug: Label, rows: pl.DataFrame) -> Message:
    """What is seen, as a sentence."""
    n = {word: rows.filter(pl.col("change") == word).height for word in ("rose", "fell")}
    measured = rows.filter(pl.col("state").is_in(_MEASURED)).height
    if rows["change"].is_in(["rose", "fell", "unclear"]).any():
        return tell("{drug}: rose in {rose} and fell in {fell} of {n} areas measured", drug=drug, n=measured, **n)
    return tell("{drug}: {n} areas measured", drug=drug, n=measured)
