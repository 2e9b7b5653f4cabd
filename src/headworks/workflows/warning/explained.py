"""Each event of a week with what made it speak: a row of the table ``signals`` with its explanation as JSON.

The trap: an explanation is read by people who may not see the sites behind it; what names them stands under keys and in
sentences of its own, which ``jobs.warning.explain`` leaves out.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from headworks.core.schema import polars_schema, sort_by_key
from headworks.tables.signals import Signals
from headworks.trends.common_course import WEEK_DAYS
from headworks.warning.budget import Budget, Event
from headworks.warning.explain import (
    baseline_weights,
    leave_one_out,
    parts_of_change,
    signal_sentence,
    switch_off,
)  # fmt: skip
from headworks.workflows.warning.batch_causes import batch_cause
from headworks.workflows.warning.events import Asked, Column, Followed, least_share, z_of
from headworks.workflows.warning.figures import Figures, figures_of, residue_of, rows_of_sites, week_of_rows
from headworks.workflows.warning.judged import Judged, week_label
from headworks.workflows.warning.kinds import DOWN, RATIO, SCATTER, kind_and_begin
from headworks.workflows.warning.left_out import parts_left_out
from headworks.workflows.warning.units import LEVEL_NAMES

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Index = npt.NDArray[np.int64]
# Weeks of the baseline that are listed, newest first; what is older is summed up.
_WEEKS_LISTED = 26
_NEIGHBOURS = 5
_NOTEWORTHY_P = 0.05


class Beside(NamedTuple):
    """What stands beside the normals: ``names`` of units, ``masses`` (``site_id, analyte, day, load_mg_per_day,

    flow_m3_per_day, population``), ``kept_out`` days (``site_id, day, analyte``), version of the method; ``clusters`` that a
    signal explains, by its unit and column.
    """

    names: dict[str, str]
    masses: pl.DataFrame
    kept_out: pl.DataFrame
    method_version: str
    clusters: Mapping[tuple[int, int], dict[str, Any]] = {}


def signals_of_week(judged: Judged, asked: Asked, followed: Followed, budget: Budget, beside: Beside) -> pl.DataFrame:
    """Table ``signals`` of the last week judged, in order of its key.

    Parameters
    ----------
    judged, asked, followed
        Of the same days.
    budget
        Under which the events were selected.
    beside
        What the explanation needs else.
    """
    rows = [_row(judged, asked, event, budget, beside) for event in followed.open_now]
    schema = polars_schema(Signals)
    return sort_by_key(pl.DataFrame(rows, schema=schema, orient="row"), Signals)


def _row(judged: Judged, asked: Asked, event: Event, budget: Budget, beside: Beside) -> dict[str, Any]:
    column, unit, last = asked.columns[event.drug], event.unit, judged.n_weeks - 1
    z = z_of(judged, column, unit)
    kind, begin = kind_and_begin(z, column.family)
    speaking = (np.arange(z.size) >= begin) & ~np.isnan(z)
    found = figures_of(judged, column, unit, speaking)
    one, p = residue_of(judged, column), float(asked.p[unit, event.drug, -1])
    first_shown = week_label(judged, asked.first_week + event.first_week)
    unit_id, level = judged.units.unit_id[unit], int(judged.units.level[unit])
    since = min(week_label(judged, begin), first_shown)
    said: dict[str, Any] = {
        "kind": kind, "analyte": one.analyte, "unit_name": beside.names.get(unit_id, unit_id),
        "level_name": LEVEL_NAMES[level], "since": week_label(judged, begin), "period": week_label(judged, last),
        "first_shown": first_shown, "observed": found.observed, "expected": found.expected, "expected_lower": found.lower,
        "expected_upper": found.upper, "n_days": found.n_days, "n_sites": found.n_sites,
        "share_censored": found.share_censored, "presence": found.presence, "p_value": p, "allowed": event.allowed,
        "budget": budget.in_words(), "n_questions": asked.n_assessed,
    }  # fmt: skip
    said |= _explanation(judged, asked, event, column, z, speaking, found, beside)
    said["sentence"] = signal_sentence(said)
    is_load = column.family is not RATIO and column.family is not SCATTER
    return {
        "signal_id": f"{column.family.name}:{unit_id}:{one.analyte}:{first_shown}",
        "unit_kind": "site" if level == max(LEVEL_NAMES) else "area", "unit_id": unit_id, "level": level,
        "analyte": one.analyte, "drug": one.drug, "period": said["period"], "since": since, "kind": kind,
        "statistic": float(z[last]), "e_value": None, "p_value": p, "q_value": least_share(event, p, budget),
        **{name: said[name] if is_load else None for name in ("expected", "expected_lower", "expected_upper", "observed")},
        "n_days": found.n_days, "share_censored": found.share_censored,
        "explanation": json.dumps(said, ensure_ascii=False, sort_keys=True), "method_version": beside.method_version,
    }  # fmt: skip


def _explanation(
    judged: Judged, asked: Asked, event: Event, column: Column, z: Array, speaking: Flags, found: Figures, beside: Beside
) -> dict[str, Any]:
    """What the explanation says beyond the figures."""

    def p_value(weeks: Array) -> float:
        return float(column.family.p(weeks)[-1])

    names, without = parts_left_out(judged, column, event.unit, z, speaking)
    p_without = leave_one_out(without, p_value) if names else []
    worst = int(np.argmax(p_without)) if p_without else -1
    one = residue_of(judged, column)
    batches, sites = np.unique(one.sites.seen.batch[found.rows]), judged.units.sites_of(event.unit)
    is_above = column.family is not DOWN and bool(np.nansum(z[speaking]) > 0)
    cause = None if column.family is SCATTER else batch_cause(judged, one, sites, speaking, is_above)
    with np.errstate(invalid="ignore"):
        factor = None
        if column.family is not SCATTER and not np.isnan(found.sd[speaking]).any():
            factor = switch_off(z, found.sd, speaking, p_value, event.allowed)
    return {
        "left_out": {"part": names[worst], "p": p_without[worst]} if names else None,
        "without_each": [{"part": name, "p": p} for name, p in zip(names, p_without, strict=True)],
        "switch_off": factor,
        "parts": _parts(judged, column, event.unit, speaking, beside),
        "baseline": _baseline(judged, column, event.unit, speaking),
        "normals": {week_label(judged, int(w)): round(float(z[w]), 3) for w in np.flatnonzero(speaking)},
        "n_batches": int(batches.size),
        "batch": None if cause is None else cause._asdict(),
        "n_kept_out": n_kept_out(judged, one.analyte, sites, beside.kept_out),
        "cluster": beside.clusters.get((event.unit, event.drug)),
        "levels": _levels(judged, asked, event),
        "neighbours": _neighbours(judged, asked, event),
        "folded": [judged.units.unit_id[unit] for unit in event.folded],
        "pair": judged.pairs[column.number][:2] if column.family is RATIO else None,
        "is_above": is_above,
    }


def _parts(judged: Judged, column: Column, unit: int, speaking: Flags, beside: Beside) -> dict[str, Any] | None:
    """What of the change is concentration, flow and people: of a site itself, of an area the mean over its sites."""
    analyte = residue_of(judged, column).analyte
    sites = [judged.units.unit_id[site] for site in judged.units.sites_of(unit)]
    mine = beside.masses.filter(pl.col("site_id").is_in(sites) & (pl.col("analyte") == analyte)).sort("site_id", "day")
    found = []
    for _, rows in mine.group_by("site_id", maintain_order=True):
        day = rows["day"].to_physical().cast(pl.Int64).to_numpy()
        week = (day + (3 - day) % WEEK_DAYS - judged.first) // WEEK_DAYS
        inside = (week >= 0) & (week < judged.n_weeks)
        columns = [rows[name].cast(pl.Float64).fill_null(np.nan).to_numpy()[inside] for name in
                   ("load_mg_per_day", "flow_m3_per_day", "population")]  # fmt: skip
        one = parts_of_change(columns[0], columns[1], columns[2], speaking[week[inside]])
        if one is not None:
            found.append(one)
    if not found:
        return None
    mean: Callable[[str], float] = lambda name: float(np.exp(np.mean([np.log(getattr(one, name)) for one in found])))  # noqa: E731
    return {name: mean(name) for name in ("load", "concentration", "flow", "people")} | {"n_sites": len(found)}


def _baseline(judged: Judged, column: Column, unit: int, speaking: Flags) -> dict[str, Any]:
    """Weeks before that made what was expected, with their weights."""
    one = residue_of(judged, column)
    begin = int(np.argmax(speaking)) if speaking.any() else judged.n_weeks
    if column.family is not RATIO and unit < judged.units.n_sites:
        rows = rows_of_sites(judged, one, np.array([unit]))
        week = week_of_rows(judged, one, rows)
        rows, week = rows[week < begin], week[week < begin]
        if not rows.size:
            return {"n_samples": 0, "weights": {}, "older": 0.0}
        series = int(one.sites.seen.of_series[rows[0]])
        weight = baseline_weights(one.sites.seen.day[rows], one.sites.variance[rows], float(one.sites.settings.wander[series]))
    else:
        told = judged.pairs[column.number].told if column.family is RATIO else one.areas
        week = np.flatnonzero(~np.isnan(told.expected[unit, :begin]))
        sundays = judged.first + WEEK_DAYS * week
        weight = baseline_weights(sundays, told.variance[unit, week], float(np.nan_to_num(told.wander[unit])))
    by_week = np.bincount(week, weight, begin) if week.size else np.zeros(begin)
    used = np.flatnonzero(by_week)[::-1]
    listed = {week_label(judged, int(w)): round(float(by_week[w]), 4) for w in used[:_WEEKS_LISTED]}
    return {"n_samples": int(week.size), "weights": listed, "older": round(float(by_week[used[_WEEKS_LISTED:]].sum()), 4)}


def n_kept_out(judged: Judged, analyte: str, sites: Index, kept_out: pl.DataFrame) -> int:
    """Days of a residue that were kept out at some sites."""
    named = [judged.units.unit_id[site] for site in sites]
    return kept_out.filter(pl.col("site_id").is_in(named) & (pl.col("analyte") == analyte)).height


def _levels(judged: Judged, asked: Asked, event: Event) -> list[dict[str, Any]]:
    """What the areas around it say of the same question."""
    found, at = [], int(judged.units.parent[event.unit])
    while at >= 0:
        p = asked.p[at, event.drug, -1]
        level = LEVEL_NAMES[int(judged.units.level[at])]
        found.append({"unit_id": judged.units.unit_id[at], "level": level, "p": None if np.isnan(p) else float(p)})
        at = int(judged.units.parent[at])
    return found


def _neighbours(judged: Judged, asked: Asked, event: Event) -> dict[str, Any]:
    """Units beside it under the same roof: how many were asked, how many stand out, the farthest."""
    units = judged.units
    beside = np.flatnonzero((units.parent == units.parent[event.unit]) & (units.level == units.level[event.unit]))
    beside = beside[beside != event.unit]
    p = asked.p[beside, event.drug, -1]
    known = np.flatnonzero(~np.isnan(p))
    order = known[np.argsort(p[known], kind="stable")][:_NEIGHBOURS]
    return {
        "n_asked": int(known.size), "n_below_5_percent": int((p[known] < _NOTEWORTHY_P).sum()),
        "nearest_to_a_signal": [{"unit_id": units.unit_id[int(beside[i])], "p": float(p[i])} for i in order],
    }  # fmt: skip
