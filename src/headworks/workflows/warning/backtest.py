"""A detector on a history with outbreaks laid on it: which units and residues, what it said, how it did.

Outbreaks are laid on several units of one level and every residue at once, few enough that peers stay what they were. The
trap: other people's detectors judge a unit's weekly mean alone, as they do; ours judges the days.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from headworks.core.errors import UsageError
from headworks.trends.areas.network import Network
from headworks.trends.common_course import WEEK_DAYS
from headworks.trends.day_arrays import DayArrays
from headworks.trends.site_trends import week_end
from headworks.warning.backtest import Outbreak, Scores, injected, outbreak_factors, score
from headworks.warning.budget import Budget
from headworks.warning.detect import detect
from headworks.workflows.warning.events import ask, follow
from headworks.workflows.warning.judged import Judged, judge_days
from headworks.workflows.warning.kinds import DOWN, UP
from headworks.workflows.warning.units import Units, warning_units
from headworks.workflows.year_trends import LearntBefore

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Index = npt.NDArray[np.int64]
OURS = "ours"
# Of the units of a level at most so many have an outbreak of a residue at once.
MOST_SHARE = 0.05
# Weekly means are given to detectors of counts on a scale of hundreds.
_SCALE = 100.0
# Share of a series' samples below the limit, by type.
TYPES = (("quantified", 0.1), ("partly below the limit", 0.5), ("mostly below the limit", 1.01))


class Trial(NamedTuple):
    """One replicate: alarms and assessed ``(n_series, n_weeks)``, outbreaks, samples; type of each series; names."""

    alarm: Flags
    assessed: Flags
    series: Index
    start: Index
    samples: Array
    censored: Array
    analyte: tuple[str, ...]


def try_detector(
    days: DayArrays, network: Network, learnt: LearntBefore | None, outbreak: Outbreak, budget: Budget,
    rng: np.random.Generator,
    *, detector: str = OURS, weeks_judged: int = 26, **control: Any,
) -> Trial:  # fmt: skip
    """Lay outbreaks on a history and ask a detector.

    Parameters
    ----------
    days, network, learnt
        The history.
    outbreak
        What is laid on it.
    budget
        Of our detector; others have their own alpha in ``control``.
    rng
        Chooses units and weeks.
    detector
        ``ours``, or a method of ``detect``.
    weeks_judged
        Last weeks, in which outbreaks begin and alarms count.

    Raises
    ------
    UsageError
        ``HW-U296`` where the history has no unit of the level, or is too short.
    """
    units = warning_units(sorted(days.series["site_id"].unique().to_list()), network)
    at_level = np.flatnonzero(units.level == outbreak.level)
    n_weeks = (int(week_end(days.ordinal.max())) - int(week_end(days.ordinal.min()))) // WEEK_DAYS + 1
    if not at_level.size or n_weeks <= weeks_judged or weeks_judged <= outbreak.weeks:
        raise UsageError("The history has no room for such outbreaks.", found=f"{at_level.size} units, {n_weeks} weeks",
                         remedy="Choose another level, fewer weeks, or a longer history", code="HW-U296")  # fmt: skip
    analytes = sorted(days.series["analyte"].unique().to_list())
    chosen, begin = _choose(rng, at_level.size, len(analytes), weeks_judged - outbreak.weeks)
    changed = _laid_on(days, units, at_level, analytes, chosen, begin + n_weeks - weeks_judged, outbreak, rng)
    judged = judge_days(changed, network, learnt, weeks_judged)
    if detector == OURS:
        alarm, assessed = _ours(judged, at_level, budget, outbreak)
    else:
        alarm, assessed = _theirs(judged, at_level, detector, control)
    counted = np.stack([one.weeks.n_days[at_level] for one in judged.residues])
    low = np.stack([one.weeks.n_censored[at_level] for one in judged.residues])
    with np.errstate(invalid="ignore", divide="ignore"):
        share = low.sum(axis=2) / counted.sum(axis=2)
    shape = (-1, weeks_judged)
    names = tuple(name for name in analytes for _ in range(at_level.size))
    return Trial(
        alarm.reshape(shape), assessed.reshape(shape), chosen, begin, counted[:, :, judged.n_before :].reshape(shape),
        share.ravel(), names,
    )  # fmt: skip


def scores_by_type(trials: list[Trial], weeks: int) -> pl.DataFrame:
    """Scores of all replicates together, of all series and by type."""
    rows = []
    lower = 0.0
    for name, upper in (("all", 2.0), *TYPES):
        parts = [_only(trial, lower if name != "all" else -1.0, upper) for trial in trials]
        lower = upper if name != "all" else 0.0
        if any(part.alarm.size for part in parts):
            rows.append({"series_type": name, **_together(parts, weeks)._asdict()})
    return pl.DataFrame(rows)


def _only(trial: Trial, lower: float, upper: float) -> Trial:
    kept = (trial.censored >= lower) & (trial.censored < upper)
    place = np.cumsum(kept) - 1
    mine = kept[trial.series]
    return Trial(
        trial.alarm[kept], trial.assessed[kept], place[trial.series[mine]], trial.start[mine], trial.samples[kept],
        trial.censored[kept], tuple(np.array(trial.analyte, dtype=object)[kept]),
    )  # fmt: skip


def _together(parts: list[Trial], weeks: int) -> Scores:
    """One score of several replicates; false alarms are those of one replicate, on average."""
    offset = np.cumsum([0, *(part.alarm.shape[0] for part in parts)])
    series = np.concatenate([part.series + first for part, first in zip(parts, offset, strict=False)])
    stacked = [np.concatenate([getattr(part, name) for part in parts]) for name in ("alarm", "assessed", "samples")]
    found = score(stacked[0], stacked[1], series, np.concatenate([part.start for part in parts]), weeks, stacked[2])
    return found._replace(false_a_year=found.false_a_year / len(parts))


def _choose(rng: np.random.Generator, n_units: int, n_analytes: int, last: int) -> tuple[Index, Index]:
    """Series (residue by residue) and first weeks of the outbreaks."""
    each = max(1, int(MOST_SHARE * n_units))
    series = np.concatenate([place * n_units + rng.permutation(n_units)[:each] for place in range(n_analytes)])
    return series.astype(np.int64), rng.integers(0, last + 1, series.size)


def _laid_on(
    days: DayArrays, units: Units, at_level: Index, analytes: list[str], chosen: Index, begin: Index, outbreak: Outbreak,
    rng: np.random.Generator,
) -> DayArrays:  # fmt: skip
    site = days.series["site_id"].replace_strict(
        {name: place for place, name in enumerate(units.unit_id[: units.n_sites])}, return_dtype=pl.Int64
    ).to_numpy()  # fmt: skip
    residue = days.series["analyte"].replace_strict(
        {name: place for place, name in enumerate(analytes)}, return_dtype=pl.Int64
    )
    unit = units.member[outbreak.level - 1][site]
    place = np.full(units.n + 1, -1, dtype=np.int64)
    place[at_level] = np.arange(at_level.size)
    of_series = np.where(place[unit] >= 0, residue.to_numpy() * at_level.size + place[unit], -1)
    first = np.full(len(analytes) * at_level.size + 1, -1, dtype=np.int64)
    first[chosen] = begin
    week = (week_end(days.ordinal) - int(week_end(days.ordinal.min()))) // WEEK_DAYS
    since = week - first[of_series[days.of_series]]
    inside = (first[of_series[days.of_series]] >= 0) & (since >= 0) & (since < outbreak.weeks)
    factor = np.where(inside, outbreak_factors(outbreak)[np.clip(since, 0, outbreak.weeks - 1)], 1.0)
    value, limit = injected(days.value, days.limit, factor, rng.random(factor.size))
    return days._replace(value=value, limit=limit)


def _ours(judged: Judged, at_level: Index, budget: Budget, outbreak: Outbreak) -> tuple[Flags, Flags]:
    """Alarms of our events: an event speaks for its unit, and for the one of the level that it lies in."""
    asked = ask(judged)
    events = follow(judged, asked, budget).events
    wanted = UP if outbreak.size > 1 else DOWN
    place = np.full(judged.units.n, -1, dtype=np.int64)
    place[at_level] = np.arange(at_level.size)
    shape = (len(judged.residues), at_level.size, judged.n_weeks - judged.n_before)
    alarm = np.zeros(shape, dtype=bool)
    for event in events:
        column = asked.columns[event.drug]
        at = event.unit
        while at >= 0 and place[at] < 0:
            at = int(judged.units.parent[at])
        if column.family is wanted and at >= 0:
            alarm[column.number, place[at], event.first_week : event.last_week + 1] = True
    number = [i for i, column in enumerate(asked.columns) if column.family is wanted]
    assessed = ~np.isnan(asked.p[at_level][:, number].transpose(1, 0, 2))
    return alarm, assessed


def _theirs(judged: Judged, at_level: Index, detector: str, control: dict[str, Any]) -> tuple[Flags, Flags]:
    """Alarms of a detector of the field on the weekly means of each unit."""
    values = np.stack([one.weeks.value[at_level] for one in judged.residues])
    n_series, n_weeks = values.shape[0] * values.shape[1], judged.n_weeks
    flat = np.round(_SCALE * np.exp(np.clip(values, -20.0, 20.0))).reshape(n_series, n_weeks)
    table = pl.DataFrame({
        "series": np.repeat([f"{number:07d}" for number in range(n_series)], n_weeks),
        "t": np.tile(np.arange(n_weeks), n_series),
        "observed": pl.Series(flat.ravel()).fill_nan(None),
    })  # fmt: skip
    found = detect(table, detector, 52, (judged.n_before, n_weeks - 1), **control)
    found = found.sort("series", "t")
    shape = (values.shape[0], values.shape[1], n_weeks - judged.n_before)
    alarm = found["alarm"].fill_null(value=False).to_numpy().reshape(shape)
    return alarm, found["assessable"].to_numpy().reshape(shape)
