"""Each cluster of a week as a row of the table ``signals``: its members, how much they are up, what it hangs on.

A cluster is told at the most specific area that holds all its sites. The trap: its figures are of some sites of that area, not
of the area, so the columns of figures stay empty; members and what tells of them are for those who may see sites.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from headworks.core.schema import polars_schema, sort_by_key
from headworks.tables.signals import Signals
from headworks.warning.budget import Budget
from headworks.warning.clusters import recurrence_weeks
from headworks.warning.explain import cluster_sentence
from headworks.workflows.warning.batch_causes import batch_cause
from headworks.workflows.warning.clusters import Clustered, MapScan, OpenCluster, SiteCluster
from headworks.workflows.warning.events import Asked, least_share
from headworks.workflows.warning.explained import Beside, n_kept_out
from headworks.workflows.warning.figures import TWO_SIDED_95, long_mean, rows_of_sites, week_of_rows
from headworks.workflows.warning.judged import Judged, Residue, week_label
from headworks.workflows.warning.site_map import SiteMap
from headworks.workflows.warning.units import LEVEL_NAMES, SITE_LEVEL, common_unit

Array = npt.NDArray[np.float64]


def signals_of_clusters(
    judged: Judged, asked: Asked, clustered: Clustered, budget: Budget, beside: Beside, where: SiteMap
) -> pl.DataFrame:
    """Table ``signals`` of the clusters of the last week judged.

    Parameters
    ----------
    judged, asked, clustered
        Of the same days.
    budget
        Under which they were selected.
    beside
        Names, days kept out, version of the method.
    where
        Where sites lie.
    """
    rows = [_row(judged, asked, one, clustered, budget, beside, where) for one in clustered.open_now]
    return sort_by_key(pl.DataFrame(rows, schema=polars_schema(Signals), orient="row"), Signals)


def attached_words(clustered: Clustered) -> dict[tuple[int, int], dict[str, Any]]:
    """What the explanation of a signal of the tree says of the cluster it explains, by the unit and column of its event."""
    n_maps = len(clustered.maps)
    return {
        key: {"n_sites": int(one.sites.size), "p_value": one.p, "recurrence_weeks": recurrence_weeks(one.p, n_maps)}
        for key, one in clustered.attached.items()
    }


def _row(
    judged: Judged, asked: Asked, told: OpenCluster, clustered: Clustered, budget: Budget, beside: Beside, where: SiteMap
) -> dict[str, Any]:
    one, scanned, now = judged.residues[told.residue], clustered.maps[told.residue], told.now
    unit = _unit_of(judged, now)
    unit_id, level = judged.units.unit_id[unit], int(judged.units.level[unit])
    period, first = week_label(judged, now.last_week), week_label(judged, now.first_week)
    first_shown = week_label(judged, asked.first_week + told.event.first_week)
    said: dict[str, Any] = {
        "kind": "cluster", "analyte": one.analyte, "unit_name": beside.names.get(unit_id, unit_id),
        "level_name": LEVEL_NAMES[level], "period": period, "first_week": first, "since": min(first, first_shown),
        "first_shown": first_shown, "p_value": now.p, "allowed": told.event.allowed, "budget": budget.in_words(),
        "n_questions": len(clustered.maps), "recurrence_weeks": recurrence_weeks(now.p, len(clustered.maps)),
        "inflation": scanned.scan.law.inflation, "log_ratio": now.ratio, "is_above": True,
        "is_drain": int(np.isin(where.below[now.sites], now.sites).sum()) == now.sites.size - 1,
        "signals_inside": sorted({judged.units.unit_id[event.unit] for event in now.events}),
    }  # fmt: skip
    said |= _counted(judged, one, now, beside) | _together(judged, one, scanned, now, beside) | _without(judged, scanned, now)
    said["sentence"] = cluster_sentence(said)
    none = dict.fromkeys(("e_value", "expected", "expected_lower", "expected_upper", "observed"))
    began = judged.units.unit_id[_unit_of(judged, told.began)]
    return {
        "signal_id": f"cluster:{began}:{one.analyte}:{first_shown}", "unit_kind": "site" if level == SITE_LEVEL else "area",
        "unit_id": unit_id, "level": level, "analyte": one.analyte, "drug": one.drug, "period": period, "since": said["since"],
        "kind": "cluster", "statistic": float(now.score.sum() / np.sqrt(now.weight.sum())), "p_value": now.p,
        "q_value": least_share(told.event, now.p, budget), **none, "n_days": said["n_days"],
        "share_censored": said["share_censored"], "explanation": json.dumps(said, ensure_ascii=False, sort_keys=True),
        "method_version": beside.method_version,
    }  # fmt: skip


def _unit_of(judged: Judged, cluster: SiteCluster) -> int:
    """The smallest area with all its sites; its strongest site where none has."""
    unit = common_unit(judged.units, cluster.sites)
    return unit if unit >= 0 else int(cluster.sites[np.argmax(cluster.score / np.sqrt(cluster.weight))])


def _counted(judged: Judged, one: Residue, now: SiteCluster, beside: Beside) -> dict[str, Any]:
    """Samples, batches and days kept out; whether a batch departs elsewhere too."""
    rows = rows_of_sites(judged, one, now.sites)
    week = week_of_rows(judged, one, rows)
    spoken = rows[(week >= now.first_week) & (week <= now.last_week)]
    speaking = np.zeros(judged.n_weeks, bool)
    speaking[now.first_week : now.last_week + 1] = True
    cause = batch_cause(judged, one, now.sites, speaking, is_above=True)
    return {
        "n_sites": int(now.sites.size), "n_days": int(spoken.size),
        "n_batches": int(np.unique(one.sites.seen.batch[spoken]).size),
        "share_censored": float(np.mean(~one.sites.seen.is_quantified[spoken])) if spoken.size else None,
        "n_kept_out": n_kept_out(judged, one.analyte, now.sites, beside.kept_out),
        "batch": None if cause is None else cause._asdict(),
        "baseline": {"n_samples": int((week < now.first_week).sum()), "weights": {}, "older": 0.0},
    }  # fmt: skip


def _together(judged: Judged, one: Residue, scanned: MapScan, now: SiteCluster, beside: Beside) -> dict[str, Any]:
    """How much the members are up, each and together, against what was expected in the first week."""
    span = slice(now.first_week, now.last_week + 1)
    weeks = scanned.weeks
    value, variance = weeks.value[now.sites, span], weeks.variance[now.sites, span]
    expected = weeks.expected[now.sites, span]
    known = ~np.isnan(value) & ~np.isnan(expected)
    weight = np.where(known, 1.0 / variance, 0.0)
    # The level has begun to learn by the second week, and a rise would be told as less.
    first = expected[np.arange(now.sites.size), np.argmax(known, axis=1)]
    up = np.where(known, weeks.own[now.sites, span] - first[:, None], 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        each = (weight * up).sum(axis=1) / weight.sum(axis=1)
        by_week = np.nansum(value / variance, axis=0) / np.sqrt(np.where(np.isnan(value), 0.0, 1.0 / variance).sum(axis=0))
    labels = [week_label(judged, week) for week in range(now.first_week, now.last_week + 1)]
    said: dict[str, Any] = {
        "normals": {label: round(float(z), 3) for label, z in zip(labels, by_week, strict=True) if np.isfinite(z)},
        "members": _members(judged, now, each, beside.names), "together": None,
    }  # fmt: skip
    if weight.any():
        mean = float((weight * up).sum() / weight.sum())
        spread = TWO_SIDED_95 * float(np.sqrt(scanned.scan.law.inflation / weight.sum()))
        rows = rows_of_sites(judged, one, now.sites)
        base = long_mean(one, rows[week_of_rows(judged, one, rows) < now.first_week])
        base *= float(np.exp(np.mean(first[known.any(axis=1)])))
        times, lower, upper = (float(np.exp(one)) for one in (mean, mean - spread, mean + spread))
        said["together"] = {
            "times": times, "times_lower": lower, "times_upper": upper, "expected": base, "observed": base * times,
            "n_above": int((now.score > 0).sum()),
        }  # fmt: skip
    return said


def _members(judged: Judged, now: SiteCluster, each: Array, names: Mapping[str, str]) -> list[dict[str, Any]]:
    """The sites, the strongest first."""
    z, ids = now.score / np.sqrt(now.weight), [judged.units.unit_id[int(site)] for site in now.sites]
    return [
        {"unit_id": ids[i], "name": names.get(ids[i], ids[i]), "normal": round(float(z[i]), 2),
         "times": round(float(np.exp(each[i])), 3) if np.isfinite(each[i]) else None}
        for i in np.argsort(-z, kind="stable")
    ]  # fmt: skip


def _without(judged: Judged, scanned: MapScan, now: SiteCluster) -> dict[str, Any]:
    """p-value of the rest without each site: its squared sum over its weight, as (G3) of a map far larger than the cluster."""
    score, weight = now.score.sum() - now.score, now.weight.sum() - now.weight
    share = (np.maximum(score, 0.0) ** 2 / weight) / (now.score.sum() ** 2 / now.weight.sum())
    p = [scanned.scan.law.p(now.ratio * float(one)) for one in share]
    names = [f"site {judged.units.unit_id[int(site)]}" for site in now.sites]
    worst = int(np.argmax(p))
    return {
        "without_each": [{"part": name, "p": value} for name, value in zip(names, p, strict=True)],
        "left_out": {"part": names[worst], "p": p[worst]},
    }  # fmt: skip
