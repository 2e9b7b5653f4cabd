"""How good are one-step-ahead forecasts of real days? EUDA and SCORE 2011 to 2022, Statistics Canada's months of 2022.

``make study NAME=forecasts`` writes ``docs/studies/forecasts.md``; it needs the shared data beside the project. Every
forecast of a year (or month) uses settings and weekday offsets learnt from the years before it alone; within a week each day
is forecast from the days before it. Trap: EUDA's days have a year and a weekday but no date: every week is put at ISO week 15.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl

from headworks.trends.smoother import (
    Observations,
    fit_offsets,
    fit_settings,
    no_offsets,
    observations,
    places,
    predictive,
    smooth_trends,
)
from headworks.trends.smoother.offsets import offset_of_rows, without_offsets

SHARED = Path(__file__).parents[2] / "shared" / "data"
REPORT = Path(__file__).parents[1] / "docs" / "studies" / "forecasts.md"
WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
FIRST_FORECAST, WEEK = 2014, 15
EPOCH = dt.date(1970, 1, 1)


class Series(NamedTuple):
    """Rows in order of series and day; ``step`` is the year or month whose settings come from the ones before."""

    of_series: np.ndarray
    group: np.ndarray
    day: np.ndarray
    step: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    variance: np.ndarray
    is_daily: bool

    def rows(self, chosen: np.ndarray) -> Observations:
        """Some of the rows, of all series."""
        start = np.searchsorted(self.of_series[chosen], np.arange(self.group.size + 1))
        return observations(start, self.day[chosen], self.lower[chosen], self.upper[chosen], self.variance[chosen])


def euda_rows() -> pl.DataFrame:
    """A row per site, drug and day: ``series, drug, day, year, value``, zeros kept."""
    path = SHARED / "euda-score-wastewater"
    table = pl.read_csv(path / "daily_2011_2022.csv", infer_schema_length=None)
    people = pl.read_csv(path / "sites.csv", columns=["site_id", "population"], infer_schema=False).with_columns(
        pl.col("population").str.strip_chars().cast(pl.Float64, strict=False)
    )
    monday = {year: (dt.date.fromisocalendar(year, WEEK, 1) - EPOCH).days for year in table["year"].unique()}
    places_in_week = {name: place for place, name in enumerate(WEEKDAYS)}
    long = table.unpivot(on=WEEKDAYS, index=["year", "drug_group", "site_id", "country"], value_name="value").drop_nulls(
        "value"
    )
    day = pl.col("year").replace_strict(monday, return_dtype=pl.Int64) + pl.col("variable").replace_strict(places_in_week)
    return long.with_columns(day=day).join(people, on="site_id", how="left").rename({"drug_group": "drug"})


def series_of(rows: pl.DataFrame, name: str) -> Series:
    """Series by a column; a zero is a day below the smallest load its series shows, and out where it shows none."""
    smallest = pl.col("value").filter(pl.col("value") > 0).min().over("drug", name)
    kept = rows.with_columns(limit=smallest).drop_nulls("limit").sort("drug", name, "day")
    of_series = kept.select(pl.struct("drug", name).rank("dense").cast(pl.Int64) - 1).to_series().to_numpy()
    drug = (kept["drug"].rank("dense").cast(pl.Int64) - 1).to_numpy()
    group = drug[np.unique(of_series, return_index=True)[1]]
    value = kept["value"].to_numpy()
    upper = np.log(np.where(value > 0, value, kept["limit"].to_numpy()))
    lower = np.where(value > 0, upper, -np.inf)
    return Series(of_series, group, kept["day"].to_numpy(), kept["year"].to_numpy(), lower, upper, 0 * upper, is_daily=True)


def of_countries(rows: pl.DataFrame) -> pl.DataFrame:
    """Mean of a country's sites on a weekday of a year, weighted by people."""
    weight = pl.col("population").fill_null(pl.col("population").median())
    return rows.group_by("drug", "country", "year", "day").agg(value=(pl.col("value") * weight).sum() / weight.sum())


def statcan_series() -> Series:
    """Months of 2022 by city and residue, with the printed standard error as what is known of each."""
    table = pl.read_csv(SHARED / "statcan-wastewater-drugs" / "monthly_2022.csv", infer_schema_length=None)
    kept = table.filter(~pl.col("geo").str.contains("average"), pl.col("load_mg_per_1000_per_day") > 0, pl.col("se") > 0)
    kept = kept.with_columns(drug=pl.col("biomarker"), month=pl.col("month").str.slice(5, 2).cast(pl.Int64)).sort(
        "drug", "geo", "month"
    )
    of_series = kept.select(pl.struct("drug", "geo").rank("dense").cast(pl.Int64) - 1).to_series().to_numpy()
    drug = (kept["drug"].rank("dense").cast(pl.Int64) - 1).to_numpy()
    month = kept["month"].to_numpy()
    day = np.array([(dt.date(2022, int(one), 15) - EPOCH).days for one in month])
    value = np.log(kept["load_mg_per_1000_per_day"].to_numpy())
    variance = np.log1p((kept["se"] / kept["load_mg_per_1000_per_day"]).to_numpy() ** 2)
    group = drug[np.unique(of_series, return_index=True)[1]]
    return Series(of_series, group, day, month, value, value, variance, is_daily=False)


class Forecasts(NamedTuple):
    """Of every forecast day with a value: where it fell, the forecast, the two naive ones, and the truth; logs."""

    step: np.ndarray
    group: np.ndarray
    place: np.ndarray
    forecast: np.ndarray
    last: np.ndarray
    seasonal: np.ndarray
    truth: np.ndarray


def forecasts(series: Series, first: int) -> Forecasts:
    """Every day of every step from ``first`` on, of series met before."""
    found = [_one_step(series, step) for step in np.unique(series.step[series.step >= first])]
    return Forecasts(*(np.concatenate(columns) for columns in zip(*found, strict=True)))


def _one_step(series: Series, step: int) -> Forecasts:
    is_past, upto = series.step < step, series.step <= step
    past, seen = series.rows(is_past), series.rows(upto)
    offsets = fit_offsets(past, series.group) if series.is_daily else no_offsets(series.group)
    fitted = fit_settings(without_offsets(past, offset_of_rows(past, series.group, offsets)), series.group)
    nothing = np.zeros(seen.n_series + 1, np.int64)
    found = smooth_trends(seen, series.group, nothing, nothing[:0], offsets=offsets, settings=fitted)
    even = without_offsets(seen, found.offset)
    expected = predictive(even, found.smoothed, fitted.central)
    of_row = series.of_series[upto]
    met = np.isin(of_row, np.unique(series.of_series[is_past]))
    wanted = np.flatnonzero((series.step[upto] == step) & met & seen.is_quantified)
    last, seasonal = _naive(seen, of_row, wanted)
    if not series.is_daily:
        seasonal[:] = np.nan
    return Forecasts(
        np.full(wanted.size, step), series.group[of_row[wanted]], places(even, expected)[0][wanted],
        (expected.mean + found.offset)[wanted], last, seasonal, seen.upper[wanted],
    )  # fmt: skip


def _naive(seen: Observations, of_row: np.ndarray, wanted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Last value, and last value on that weekday in an earlier year; not a number where there is none."""
    last, seasonal = np.full(wanted.size, np.nan), np.full(wanted.size, np.nan)
    quantified = seen.is_quantified
    for k, row in enumerate(wanted):
        before = np.arange(seen.start[of_row[row]], row)
        before = before[quantified[before]]
        same = before[((seen.day[row] - seen.day[before]) % 7 == 0) & (seen.day[row] - seen.day[before] > 6)]
        last[k] = seen.upper[before[-1]] if before.size else np.nan
        seasonal[k] = seen.upper[same[-1]] if same.size else np.nan
    return last, seasonal


def coverage(place: np.ndarray, level: float) -> float:
    """Share of days within the central interval."""
    return float(np.mean(np.abs(place - 0.5) <= level / 2))


def errors(found: Forecasts) -> tuple[float, float, float]:
    """Mean absolute log error of the forecast, of the last value and of the seasonal one, on days that have all of them."""
    has = ~np.isnan(found.last) & (~np.isnan(found.seasonal) | np.isnan(found.seasonal).all())
    ours, last, seasonal = (np.abs(x - found.truth)[has] for x in (found.forecast, found.last, found.seasonal))
    return float(ours.mean()), float(last.mean()), float(seasonal.mean())


def line(name: str, found: Forecasts) -> str:
    """A row of the table."""
    ours, last, seasonal = errors(found)
    words = [f"{100 * coverage(found.place, level):.1f}" for level in (0.80, 0.95)]
    shown = "-" if np.isnan(seasonal) else f"{seasonal:.3f}"
    return f"| {name} | {found.place.size:,} | {words[0]} | {words[1]} | {ours:.3f} | {last:.3f} | {shown} |"


def some(found: Forecasts, chosen: np.ndarray) -> Forecasts:
    return Forecasts(*(column[chosen] for column in found))


def report() -> str:
    """The whole report as Markdown."""
    rows = euda_rows()
    by_site, by_country = (forecasts(series_of(table, name), FIRST_FORECAST) for table, name in (
        (rows, "site_id"), (of_countries(rows), "country")))  # fmt: skip
    months = forecasts(statcan_series(), 4)
    drugs = sorted(rows["drug"].unique())
    lines = [
        line("EUDA, sites", by_site),
        line("EUDA, countries", by_country),
        line("Statistics Canada, months from April", months),
    ]
    lines += [line(f"EUDA, sites, {drugs[one]}", some(by_site, by_site.group == one)) for one in np.unique(by_site.group)]
    lines += [line(f"EUDA, sites, {year}", some(by_site, by_site.step == year)) for year in np.unique(by_site.step)]
    return "\n".join([HEAD, *lines, "", TAIL]) + "\n"


HEAD = """# One-step-ahead forecasts of real days

Written by `python studies/forecasts.py`; do not edit.

Each day of EUDA and SCORE from 2014 on is forecast from the days of its series before it, with weekday offsets and settings
learnt from the years before alone; each month of Statistics Canada's 2022 likewise, with its printed standard error.
*Covers* is the share of quantified days within the forecast's interval (target: 80 and 95, within 4). The errors are means
of |ln forecast - ln load|; *last* is the day (or month) before, *seasonal* the same weekday of the latest earlier year. One
year of months has no season to be naive about.

| data | days | 80 % covers | 95 % covers | error | last | seasonal |
|---|---|---|---|---|---|---|"""
TAIL = """## What to make of it

- A zero of EUDA is a day below the smallest load its series shows (T6), censored, never a number. A series without any value
is out, and a day below its limit is forecast but not counted here: where it fell is known to within bounds only.
- Amphetamine and methamphetamine alone are not forecast better than by the day before: an eighth and over a fifth of their
  days are zeros, the forecast is of all days, and those counted are the ones that were seen. Over all drugs it is better.
- EUDA gives no dates: every week stands at ISO week 15, so the gap between two years is a year to within weeks.
- Days of a country are means of whichever sites took part, weighted by people: sites that come and go make its jumps.
- Quantified days alone are counted: where many days are censored, those seen are the high ones."""


def main() -> None:
    """Print the report and write it."""
    text = report()
    print(text)
    REPORT.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
