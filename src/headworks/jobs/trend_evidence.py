"""What the trend of one unit rests on: how its weekdays differ, when it turned, which days stand out.

Weekdays come from the days of the last year at the unit's sites, and are told only to readers who see days. A turn comes from
the figures of weeks as the reader is shown them, so that nothing is told that they do not give.
The trap: on the figures of weeks a turn is known to the week, no closer.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from scipy.special import ndtri

from headworks.core.periods import Period, period_label
from headworks.jobs.disclosure import rule_of
from headworks.jobs.method import method_of
from headworks.reports.trend_standing import sd_of
from headworks.store import Manifest, Workspace, read_facts, read_result_of
from headworks.trends.day_arrays import day_arrays
from headworks.trends.smoother import fit_offsets, fit_settings, observations, observations_of
from headworks.trends.statements import turning_points, weekend_effect
from headworks.workflows import residue_headings, situation_days, with_places
from headworks.workflows.register import with_populations

Row = Mapping[str, Any]
# As many as the smoother itself learns weekdays from.
MOST_SITES = 200
# Offsets of weekdays need each of them a few times; turns need weeks on both sides.
_FEWEST_DAYS, FEWEST_WEEKS, _MOST_WEEKS = 28, 12, 104
_YEAR = dt.timedelta(days=365)
_MOST_VARIANCE = 4.0
_Z = float(ndtri(0.975))


class Weekdays(NamedTuple):
    """Ratio of each weekday to the week with its bounds, Monday first; of weekend to weekday; what they rest on."""

    days: tuple[tuple[float, float, float], ...]
    weekend: tuple[float, float, float]
    n_days: int
    n_sites: int


class Turn(NamedTuple):
    """Probability that the course turned in the weeks looked at; first and last day between which it did, if it did."""

    p: float
    first: dt.date
    last: dt.date
    n_weeks: int


def weekdays_of(days: pl.DataFrame, analyte: str) -> Weekdays | None:
    """How the weekdays of a residue differ over some sites (S9), and its weekend (S14).

    Parameters
    ----------
    days
        Table ``DailyLoads``, as far as the reader sees it.
    analyte
        Residue.

    Returns
    -------
    Weekdays or None
        None with too few days, or where no other weekday than one was sampled.
    """
    arrays = day_arrays(days.filter(pl.col("analyte") == analyte, pl.col("day").is_not_null()))
    read = observations_of(arrays)
    weekday = np.unique(arrays.weekday[read.rows])
    if read.rows.size < _FEWEST_DAYS or weekday.size < 2:
        return None
    offsets = fit_offsets(read.seen, np.zeros(read.seen.n_series, np.int64))
    middle, half = offsets.weekday[0], _Z * np.sqrt(offsets.weekday_variance[0])
    found = zip(np.exp(middle), np.exp(middle - half), np.exp(middle + half), strict=True)
    weekend = weekend_effect(offsets)
    return Weekdays(
        tuple((float(ratio), float(low), float(high)) for ratio, low, high in found),
        (float(weekend.ratio[0]), float(weekend.lower[0]), float(weekend.upper[0])),
        int(read.rows.size), int(np.unique(arrays.of_series).size),
    )  # fmt: skip


def turn_of(figures: Sequence[Row]) -> Turn | None:
    """When the course of a unit turned (S16), from its figures of weeks, at most those of two years.

    Parameters
    ----------
    figures
        Weekly rows of ``area_loads`` or ``period_means``, oldest first, with ``state``; withheld ones count for nothing.
    """
    rows = [row for row in figures if _is_told(row)][-_MOST_WEEKS:]
    if len(rows) < FEWEST_WEEKS:
        return None
    firsts = [Period.parse(row["period"]).first for row in rows]
    day = np.array([(first - dt.date(1970, 1, 1)).days + 3 for first in firsts], dtype=np.int64)
    middles = [row.get("load_mg_per_1000_per_day", row.get("mean")) if row["state"] == "value" else None for row in rows]
    lower = np.array([np.log(middle) if middle else -np.inf for middle in middles])
    upper = np.array([np.log(middle or row["upper"]) for middle, row in zip(middles, rows, strict=True)])
    spread = [
        sd_of(row["lower"] or 0.0, row["upper"] or 0.0) if middle else 0.0 for middle, row in zip(middles, rows, strict=True)
    ]
    seen = observations([0, len(rows)], day, lower, upper, variance=np.minimum(np.square(spread), _MOST_VARIANCE))
    settings = fit_settings(seen, [0]).central
    found = turning_points(seen, settings, 0, day[1:] - 3)
    epoch = dt.date(1970, 1, 1)
    return Turn(found.p_change, epoch + dt.timedelta(found.first), epoch + dt.timedelta(found.last), len(rows))


def _is_told(row: Row) -> bool:
    """Whether a week says anything: a middle, or the most it can have been, as of a sum of which some was below the limit."""
    middle = row.get("load_mg_per_1000_per_day", row.get("mean"))
    return row["state"] in ("value", "below_limit") and bool(middle or row.get("upper"))


def days_of_sites(
    workspace: Workspace,
    run: Manifest,
    sites: Sequence[str],
    analyte: str,
    until: dt.date,
    tier: str,
    shown: pl.DataFrame | None,
) -> pl.DataFrame:
    """Days of a residue at some sites in the year up to a date, as a table ``DailyLoads``, as far as the tier sees days.

    Parameters
    ----------
    run
        Whose results are shown.
    sites
        As many as are wanted, the most wanted first; no more than ``MOST_SITES`` are read.
    until
        Last day.
    tier
        Who asks.
    shown
        ``site_id, period`` of the weeks whose figure of the site the tier is shown; None for who is shown everything.
    """
    rule = rule_of(workspace, tier)
    wanted = list(sites)[:MOST_SITES] if rule.is_open or rule.detail == "day" else []
    inside = pl.col("day").is_between(until - _YEAR, until)
    months = {f"{until - _YEAR:%Y-%m}", f"{until:%Y-%m}"}
    parts = [one for one in run.results.get("loads", {}).get("parts", {}) if min(months) <= one <= max(months)]
    only = pl.col("site_id").is_in(wanted) & (pl.col("analyte") == analyte) & inside
    loads = read_result_of(workspace, run, "loads", parts if wanted else [], only)
    named = pl.DataFrame({"site_id": wanted}, schema={"site_id": pl.String})
    reported = read_facts(workspace, "reported_loads", among=named).filter(
        pl.col("analyte") == analyte, pl.col("year") >= until.year - 1
    )
    method = method_of(workspace)
    facts = {name: read_facts(workspace, name) for name in ("sites", "populations", "areas")}
    places = with_places(with_populations(facts["sites"], facts["populations"]), facts["areas"])
    headings = residue_headings(method.parameters, loads, reported)
    days = pl.DataFrame(situation_days(loads, reported, places, headings, method.uncertainty)).filter(inside)
    if shown is None or rule.is_open:
        return days
    week = days.with_columns(_week=period_label(pl.col("day"), "week"))
    return week.join(shown.rename({"period": "_week"}), on=["site_id", "_week"], how="semi").drop("_week")
