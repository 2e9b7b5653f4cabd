"""Whether a drug is one of the weekend: each day over the site's own mean, so that large sites do not speak for all.

    ratio = load of the day / mean of the site's sampled days                                   (D2)

Only sites with every weekday quantified count: with a censored day the ratio would be a guess.
"""

from __future__ import annotations

import polars as pl

from headworks.core.periods import Period
from headworks.reports.content import Block, Column, Figure, Notice, TableBlock, Tile, section_id, tell
from headworks.reports.inputs import View

_DAYS = 7


def _days_of(days: pl.DataFrame, period: Period) -> pl.DataFrame:
    """Rows of the period with their weekday, 1 Monday."""
    is_of_year = (
        (pl.col("year") == period.first.year) if "year" in days.columns and period.kind == "year" else pl.lit(value=False)
    )
    if "day" not in days.columns:
        return days.filter(is_of_year)
    day = pl.col("day")
    # A day that its publisher did not date is known by its year and weekday.
    inside = days.filter(day.is_between(period.first, period.last) | (day.is_null() & is_of_year))
    weekday = pl.coalesce(day.dt.weekday(), "weekday") if "weekday" in days.columns else day.dt.weekday()
    return inside.with_columns(weekday=weekday)


def weekday_ratios(days: pl.DataFrame) -> pl.DataFrame:
    """Median and middle half of the sites' ratios (D2), one row per weekday, Monday first.

    Parameters
    ----------
    days
        One residue: site_id, weekday, load_mg_per_1000_per_day, detection.

    Returns
    -------
    DataFrame
        weekday, median, quarter_low, quarter_high, n_sites; empty when no site has all seven days.
    """
    load = pl.col("load_mg_per_1000_per_day")
    daily = days.group_by("site_id", "weekday").agg(
        load=load.mean(), is_quantified=(pl.col("detection").cast(pl.String) == "quantified").all()
    )
    whole = daily.filter(pl.col("is_quantified")).filter(pl.len().over("site_id") == _DAYS)
    ratio = pl.col("load") / pl.col("load").mean().over("site_id")
    return (
        whole.sort("site_id", "weekday")
        .with_columns(ratio=ratio)
        .group_by("weekday")
        .agg(
            median=pl.col("ratio").median(),
            quarter_low=pl.col("ratio").quantile(0.25, "linear"),
            quarter_high=pl.col("ratio").quantile(0.75, "linear"),
            n_sites=pl.len(),
        )
        .sort("weekday")
    )


def weekday_blocks(view: View, drug: str) -> list[Block]:
    """The seven dots with bars and their table; nothing where no days were handed in."""
    if view.tables.days is None:
        return []
    residue = view.tables.days.filter(pl.col("analyte") == view.analyte(drug))
    ratios = weekday_ratios(_days_of(residue, view.request.period))
    if ratios.is_empty():
        return [Notice(tell("No weekday pattern: no site has all seven weekdays above the limit."), "empty")]
    n_sites = int(ratios["n_sites"][0])
    peak = ratios.sort("median", descending=True).row(0, named=True)
    name = view.name("drug", drug)
    title = tell(
        "{drug}: the highest weekday stands at {ratio} times the site's own mean", drug=name, ratio=float(peak["median"])
    )
    note = tell("Dot: median of {n} sites with all seven days above the limit; bar: their middle half; 1 = mean of the site.",
                n=n_sites)  # fmt: skip
    rows = tuple(ratios.to_dicts())
    alt = tell("Weekday pattern of {drug} from Monday to Sunday; the figures are in the table below", drug=name)
    columns = (
        Column("weekday", tell("Weekday"), tell("1 = Monday"), "count"),
        Column("median", tell("Median"), tell("times the site's mean"), "amount", 2),
        Column("quarter_low", tell("Middle half from"), tell("times the site's mean"), "amount", 2),
        Column("quarter_high", tell("Middle half to"), tell("times the site's mean"), "amount", 2),
        Column("n_sites", tell("Sites"), None, "count"),
    )
    cells = tuple(tuple(row[column.name] for column in columns) for row in rows)
    table = TableBlock(f"{section_id(drug)}-weekday-table", tell("Table: weekday pattern"), columns, cells, tell("No days."))
    return [Figure(f"{section_id(drug)}-weekdays", "weekdays", title, note, (Tile(rows, alt),)), table]
