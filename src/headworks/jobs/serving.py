"""Figures of the newest run, cut to every tier and laid out so that a page finds its rows without reading the others.

    serving/<run>/<tier>/area_loads.rows      rows of an area stand together, by drug and period
                         area_map.rows        the same by period and residue: what a map of a level shows
                         area_trends.rows     weekly level and trend of an area; trend_map.rows the same by year and residue
                         site_means.rows …    rows of a site stand together
                         index.json            where each area's, site's or map's rows begin, and how many they are
    serving/current.json                       which run is shown

A withheld figure is a row without numbers whose ``state`` is suppressed. Nothing here is the truth: it is made anew from a
run at any time. Each ``.rows`` file holds one small Arrow file per unit, so a page reads a few kilobytes whatever the
province. The trap: a reader must never find half a set, so a set is written beside and renamed when it is whole.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from headworks.core.disclosure import STEWARD
from headworks.jobs.area_cells import prepare_cells
from headworks.jobs.clock import now
from headworks.jobs.disclosed import disclose
from headworks.jobs.disclosure import Disclosure
from headworks.store import Manifest, Workspace, read_result_of, require_run, write_json

FOLDER = "serving"
TIERS = ("public", "partner", "analyst", "steward")
_KEPT_RUNS = 2


class ServedTable(NamedTuple):
    """A result table as it is served: under which name, whose rows stand together, and in which order."""

    result: str
    unit: str
    order: tuple[str, ...]
    # Whose rows, of a table that holds sites and areas.
    kind: str = ""
    # Whether a withheld row is said to be there. An event is not: that it happened is what is withheld; nor are estimates of
    # thousands of areas that nobody sampled, nor weeks of trends, whose own figures say that they are withheld.
    says_withheld: bool = True


TABLES = {
    "area_loads": ServedTable("area_loads", "area_id", ("drug", "analyte", "period")),
    "area_consumption": ServedTable("area_consumption", "area_id", ("drug", "period")),
    "area_changes": ServedTable("area_changes", "area_id", ("drug", "analyte", "period")),
    "site_means": ServedTable("period_means", "site_id", ("drug", "analyte", "period")),
    "site_consumption": ServedTable("period_consumption", "site_id", ("drug", "period")),
    "site_changes": ServedTable("changes", "site_id", ("drug", "period")),
    "area_estimates": ServedTable("area_estimates", "area_id", ("drug", "analyte", "period"), says_withheld=False),
    "area_trends": ServedTable("trends", "unit_id", ("drug", "analyte", "period"), kind="area", says_withheld=False),
    "site_trends": ServedTable("trends", "unit_id", ("drug", "analyte", "period"), kind="site", says_withheld=False),
    "site_outlying": ServedTable("outlying_days", "site_id", ("drug", "analyte", "day"), says_withheld=False),
}
MAP = "area_map"
TREND_MAP = "trend_map"
_MAP_UNIT = "map"
# What a small course of an area is drawn from; a picture needs no more than seven digits.
_OF_COURSE = ("level", "lower", "upper", "quarter_ratio", "quarter_ratio_lower", "quarter_ratio_upper", "p_rose")


def prepare_serving(
    workspace: Workspace,
    *,
    tiers: Iterable[str] = TIERS,
    keep: Iterable[str] = (),
    tell: Callable[[str], None] = lambda step: None,
) -> dict[str, Any]:
    """Prepare the newest run for readers of every tier and make it the one that is shown.

    Parameters
    ----------
    tiers
        For whom.
    keep
        Runs whose sets stay whatever their age: those that were published.
    tell
        Called with each step.

    Returns
    -------
    dict
        ``run_id``, ``tiers``, ``rows``.

    Raises
    ------
    WorkspaceError
        ``HW-W006`` when the folder cannot be written to.
    UsageError
        ``HW-U008`` before the first run.
    """
    run = require_run(workspace)
    folder = workspace.path / FOLDER / run.run_id
    rows = 0
    # Decides nothing itself; what no tier changes is read once, through it.
    whole = Disclosure(workspace, STEWARD)
    for tier in tiers:
        if not _is_whole(folder / tier):
            tell(f"figures for {tier} readers")
            rows += _write_set(Disclosure(workspace, tier, beside=whole), run, folder / tier)
    write_json(
        workspace.path / FOLDER / "current.json",
        {"run_id": run.run_id, "tiers": sorted(path.name for path in folder.iterdir()), "prepared_at": now().isoformat()},
    )
    _forget_old(workspace, {run.run_id, *keep})
    tell("where areas are drawn")
    prepare_cells(workspace)
    return {"run_id": run.run_id, "tiers": list(tiers), "rows": rows}


def _is_whole(folder: Path) -> bool:
    """Whether a set holds every table that pages ask for; one of an older version may lack some."""
    try:
        index: dict[str, Any] = json.loads((folder / "index.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return {*TABLES, MAP, TREND_MAP} <= index.keys()


def current_run(workspace: Workspace) -> str | None:
    """The run that readers are shown; None before anything was prepared."""
    path = workspace.path / FOLDER / "current.json"
    try:
        return str(json.loads(path.read_text(encoding="utf-8"))["run_id"])
    except (OSError, ValueError, KeyError):
        return None


def _write_set(disclosure: Disclosure, run: Manifest, target: Path) -> int:
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        index: dict[str, dict[str, tuple[int, int]]] = {}
        rows = 0
        for name, table in TABLES.items():
            frame = served_rows(disclosure, run, table)
            rows += frame.height
            index[name] = _write(frame.sort(table.unit, *table.order), table.unit, beside / f"{name}.rows")
            if name == "area_loads":
                mapped = frame.with_columns(
                    pl.concat_str("period", "analyte", pl.col("level").cast(pl.String), separator="|").alias(_MAP_UNIT)
                )
                index[MAP] = _write(mapped.sort(_MAP_UNIT, "area_id"), _MAP_UNIT, beside / f"{MAP}.rows")
            if name == "area_trends":
                index[TREND_MAP] = _write(_trends_by_level(disclosure, frame), _MAP_UNIT, beside / f"{TREND_MAP}.rows")
        write_json(beside / "index.json", index)
        disclosure.keep()
        if target.exists():
            shutil.rmtree(target)
        beside.rename(target)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise
    return rows


def served_rows(disclosure: Disclosure, run: Manifest, table: ServedTable) -> pl.DataFrame:
    """Rows of a result table as the tier may see them, with ``state``: value, below_limit or suppressed.

    Parameters
    ----------
    disclosure, run
        Tier, and the run whose results are shown.
    table
        What is wanted.
    """
    only = pl.col("unit_kind") == table.kind if table.kind else None
    raw = read_result_of(disclosure.workspace, run, table.result, only=only)
    raw = raw.with_columns(pl.col(name).cast(pl.String) for name, dtype in raw.schema.items() if isinstance(dtype, pl.Enum))
    shown = disclose(disclosure, table.result, raw).frame
    is_value = pl.lit(value=True) if "detection" not in raw.columns else pl.col("detection") == "quantified"
    is_value = pl.col("level").is_not_null() if table.kind else is_value
    shown = shown.with_columns(state=pl.when(is_value).then(pl.lit("value")).otherwise(pl.lit("below_limit")))
    if shown.height == raw.height or not table.says_withheld:
        return shown
    key = [table.unit, *table.order]
    spoken = [name for name in (*key, "drug", "period_kind", "level", "previous_period") if name in raw.columns]
    withheld = raw.join(shown, on=key, how="anti").select(list(dict.fromkeys(spoken))).with_columns(state=pl.lit("suppressed"))
    return pl.concat([shown, withheld], how="diagonal")


def _trends_by_level(disclosure: Disclosure, frame: pl.DataFrame) -> pl.DataFrame:
    """Weeks of all areas of a level by year and residue, in order of area and week; figures only, as small as they can be."""
    areas = disclosure.facts("areas").sort("valid_from").unique("area_id", keep="last")
    rows = frame.join(areas.select(unit_id="area_id", _of="level"), on="unit_id", how="inner")
    key = pl.concat_str(pl.col("period").str.head(4), "analyte", pl.col("_of").cast(pl.String), separator="|")
    rows = rows.with_columns(key.alias(_MAP_UNIT), area_id="unit_id").sort(_MAP_UNIT, "area_id", "period")
    return rows.select(_MAP_UNIT, "area_id", "period", "state", *(pl.col(name).cast(pl.Float32) for name in _OF_COURSE))


def _write(frame: pl.DataFrame, unit: str, path: Path) -> dict[str, tuple[int, int]]:
    """Each unit's rows as a small Arrow file, one after the other; where each begins and how long it is."""
    places: dict[str, tuple[int, int]] = {}
    with path.open("wb") as file:
        for rows in frame.partition_by(unit, maintain_order=True):
            start = file.tell()
            rows.write_ipc(file, compression="zstd")
            places[str(rows[unit][0])] = (start, file.tell() - start)
        file.flush()
        os.fsync(file.fileno())
    return places


def _forget_old(workspace: Workspace, keep: set[str]) -> None:
    folder = workspace.path / FOLDER
    runs = sorted((path for path in folder.iterdir() if path.is_dir()), key=lambda path: path.name)
    for path in runs[: -_KEPT_RUNS or None]:
        if path.name not in keep:
            shutil.rmtree(path, ignore_errors=True)
