"""Which area is meant and what lies in it; the shipped divisions as a file; an operator's boundaries in the workspace.

Boundaries are kept as ``boundaries/<name>.geojson``, in WGS 84, keyed by ``area_id``; loading a file of the same name again
replaces it. The trap: a map of a Chinese web service lies half a kilometre off; it is compared with what is already known of
the same places.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import NamedTuple

import polars as pl

from headworks.core.errors import DataRefused, UsageError
from headworks.jobs.clock import now
from headworks.jobs.export import export_table
from headworks.places.area_tree import AreaTree, areas_at
from headworks.places.boundaries import AreaBoundary, boundaries_geojson, middle_of, parse_boundaries
from headworks.places.code_changes import current_ids
from headworks.places.divisions import divisions, shipped_code_changes
from headworks.places.gcj02 import ShiftFound, detect_gcj02
from headworks.places.geojson import parse_geojson
from headworks.places.names import find_areas
from headworks.places.network_findings import NetworkFinding
from headworks.store import Workspace, read_facts
from headworks.store.workspace import refusing_os_errors, write_atomically

_FOLDER = "boundaries"


class LoadedBoundaries(NamedTuple):
    """Where the boundaries are kept, how many areas they have, by which property, and what to know."""

    path: Path
    n_areas: int
    key: str
    findings: list[NetworkFinding]


def load_boundaries(workspace: Workspace, path: Path, key: str | None = None, crs: str = "wgs84") -> LoadedBoundaries:
    """Check an operator's boundaries and keep them in the workspace.

    Parameters
    ----------
    path
        A GeoJSON file.
    key
        Property that holds the area's code; found by itself when None.
    crs
        ``wgs84``, or ``gcj02`` to convert from it.

    Raises
    ------
    DataRefused
        ``HW-D406`` unreadable or no GeoJSON, ``HW-D407`` broken rings, ``HW-D408`` another frame.
    UsageError
        ``HW-U043``, ``HW-U044``: an unknown frame, no property with codes.
    WorkspaceError
        ``HW-W006`` when the folder cannot be written to.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as problem:
        raise DataRefused(
            "The boundaries cannot be read.",
            where=str(path),
            found=getattr(problem, "strerror", None) or str(problem),
            remedy="Give a GeoJSON file in UTF-8",
            code="HW-D406",
        ) from problem
    areas = areas_at(read_facts(workspace, "areas"), now().date())
    parsed = parse_boundaries(text, areas, key=key, crs=crs, where=path.name)
    findings = parsed.findings + _compared(workspace, parsed.areas)
    target = workspace.path / _FOLDER / f"{path.stem}.geojson"
    with workspace.writing(), refusing_os_errors(workspace.path):
        write_atomically(target, boundaries_geojson(parsed.areas, areas))
    return LoadedBoundaries(target, len(parsed.areas), parsed.key, findings)


def read_boundaries(workspace: Workspace) -> dict[str, AreaBoundary]:
    """The operator's boundaries by ``area_id``; of an area in several files the last file by name counts.

    Raises
    ------
    DataRefused
        ``HW-D406``, ``HW-D407`` when a file was damaged.
    """
    found: dict[str, AreaBoundary] = {}
    for file in sorted((workspace.path / _FOLDER).glob("*.geojson")):
        for feature in parse_geojson(file.read_text(encoding="utf-8"), file.name).features:
            code = str(feature.properties.get("area_id") or feature.properties.get("id"))
            found[code] = AreaBoundary(code, feature.polygons, bool(feature.properties.get("is_schematic")))
    return dict(sorted(found.items()))


def _compared(workspace: Workspace, boundaries: dict[str, AreaBoundary]) -> list[NetworkFinding]:
    """Are the new boundaries shifted against older ones of the same areas, or else against the sites in them?"""
    middles = {code: middle_of(one) for code, one in boundaries.items()}
    before = {code: middle_of(one) for code, one in read_boundaries(workspace).items() if code in middles}
    if before:
        shift = detect_gcj02([middles[code] for code in before], list(before.values()))
        return _said(shift, "boundaries loaded before")
    sites = read_facts(workspace, "sites").filter(pl.all_horizontal(pl.col("longitude", "latitude", "area_id").is_not_null()))
    rows = sites.filter(pl.col("area_id").is_in(list(middles))).select("area_id", "longitude", "latitude").rows()
    if not rows:
        return []
    return _said(
        detect_gcj02([middles[code] for code, _, _ in rows], [(x, y) for _, x, y in rows]), "coordinates of the sites"
    )


def _said(shift: ShiftFound, against: str) -> list[NetworkFinding]:
    off = f"{shift.median_shift_m:,.0f} m to the {shift.direction} of the {against} ({shift.n:,} places)"
    if shift.verdict == "gcj02":
        message = f"The boundaries lie {off}, as GCJ-02 does ({shift.multiple:.2f} ± {shift.error:.2f} times its shift)."
        return [NetworkFinding("warning", "HW-C425", message, "Load them again with --from gcj02, which converts")]
    if shift.verdict == "reference":
        message = f"The boundaries lie {off}: those seem to be in GCJ-02, the boundaries are not."
        return [NetworkFinding("warning", "HW-C425", message, f"Convert the {against} to WGS 84")]
    if shift.verdict == "unclear" and shift.n:
        message = (
            f"Whether the boundaries are in GCJ-02 cannot be told from the {against}: {shift.n:,} places scatter too much."
        )
        return [NetworkFinding("info", "HW-C426", message, "Ask who made the map which coordinates it has")]
    return []


def find_area(text: str, workspace: Path | None = None, *, language: str = "en") -> pl.DataFrame:
    """Areas that a text may mean, of a workspace or of what is shipped; see ``headworks.places.find_areas``.

    A code that is no longer used finds what it became, with ``match`` = ``old code``.
    """
    areas, changes = _areas_and_changes(workspace)
    today = now().date()
    hits = find_areas(areas, text, today, language=language)
    said = text.strip()
    if said.isdecimal() and (hits.is_empty() or hits["match"][0] == "guess"):
        became = current_ids(changes, areas, today).filter(pl.col("old_id").str.starts_with(said) & (pl.col("problem") == ""))
        found = [find_areas(areas, code, today, language=language).head(1) for code in became["new_id"].unique().sort()]
        if found:
            return pl.concat(found).with_columns(match=pl.lit("old code"))
    return hits


def area_subtree(text: str, depth: int, workspace: Path | None = None) -> pl.DataFrame:
    """An area and what lies in it: ``area_id, level, name_zh, name_en, kind, step``, each parent before its children.

    Raises
    ------
    UsageError
        ``HW-U045`` when the text names no area, or several.
    """
    areas, _ = _areas_and_changes(workspace)
    today = now().date()
    tree = AreaTree.at(areas, today)
    start = _the_area(areas, text, today, tree)
    base = len(tree.path(start))
    order = [(area, len(tree.path(area)) - base) for area in [start, *tree.descendants(start)]]
    steps = [(area, step) for area, step in order if step <= depth]
    named = areas_at(areas, today).select("area_id", "level", "name_zh", "name_en", "kind")
    frame = pl.DataFrame(steps, schema={"area_id": pl.String, "step": pl.Int64}, orient="row")
    return frame.join(named, on="area_id", how="left", maintain_order="left").select(*named.columns, "step")


def write_divisions(
    provinces: list[str], output: Path, *, villages: bool = False, changes: Path | None = None
) -> list[tuple[Path, int]]:
    """Write the shipped areas of provinces as a file that ``headworks import`` takes; files with their rows.

    Raises
    ------
    UsageError
        ``HW-U042`` for a province that is not shipped.
        ``HW-U013`` when a file cannot be written, or for an unknown ending.
    """
    tables = [(output, divisions(*provinces, villages=villages))]
    if changes is not None:
        tables.append((changes, shipped_code_changes(*provinces).changes))
    for path, frame in tables:
        export_table(frame, "areas", path)
    return [(path, frame.height) for path, frame in tables]


def _the_area(areas: pl.DataFrame, text: str, today: dt.date, tree: AreaTree) -> str:
    said = text.strip()
    longest = max(map(len, tree.levels), default=0)
    if said.ljust(longest, "0") in tree.levels and said.isdecimal():
        return said.ljust(longest, "0")
    hits = find_areas(areas, said, today)
    whole = hits.filter(pl.col("match").is_in(["code", "name"]))
    hits = whole if whole.height else hits
    if hits.height == 1 and hits["match"][0] != "guess":
        return str(hits["area_id"][0])
    near = "; ".join(f"{code} {path}" for code, path in hits.select("area_id", "path").head(5).rows())
    raise UsageError(
        f"{text} names several areas." if hits.height and hits["match"][0] != "guess" else f"No area is called {text}.",
        found=text,
        remedy=f"Give its code: {near}" if near else "Look it up with `headworks areas find`",
        code="HW-U045",
    )


def _areas_and_changes(workspace: Path | None) -> tuple[pl.DataFrame, pl.DataFrame]:
    if workspace is None:
        return divisions(villages=True), shipped_code_changes().changes
    opened = Workspace.open(workspace)
    return read_facts(opened, "areas"), read_facts(opened, "code_changes")
