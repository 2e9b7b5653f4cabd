"""A polygon for every area that can have one, for maps on a screen: own boundaries, shipped cells, parts of these.

Made once per state of the register and of the loaded boundaries and kept in the serving folder, so that a process only reads
them. Areas without any have a place: the middle of their sites, to a tenth of a degree and without institutions, so that no
reader learns from a map where one site stands.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from headworks.core.errors import WorkspaceError
from headworks.jobs.area_figures import boundaries_of, tree_of
from headworks.jobs.disclosure import Disclosure
from headworks.places.boundaries import AreaBoundary
from headworks.places.dissolve import dissolved
from headworks.places.schematic_parts import with_parts
from headworks.store import Workspace, read_imports, write_atomically

_FOLDER, _FORM = "serving", 3
_DECIMALS, _POINT_DECIMALS = 5, 1

# Longitude, latitude, people.
SitePlace = tuple[float, float, float | None]


class AreaCells(NamedTuple):
    """Polygons by area, and where those without one lie."""

    polygons: Mapping[str, AreaBoundary]
    places: Mapping[str, SitePlace]


def cells_version(workspace: Workspace, newest_import: int) -> str:
    """Changes when the areas or the loaded boundaries did; says nothing else."""
    own = sorted((path.name, path.stat().st_mtime_ns) for path in _own(workspace))
    return hashlib.sha256(repr((_FORM, newest_import, *own)).encode()).hexdigest()[:16]


def _own(workspace: Workspace) -> list[Path]:
    return list((workspace.path / "boundaries").glob("*.geojson"))


def area_cells(workspace: Workspace, newest_import: int) -> AreaCells:
    """Polygons by area (an operator's own, the shipped schematic cells, parts of either), and places of the others.

    Parameters
    ----------
    newest_import
        Number of the last import that the register was copied from; cells are kept until it changes.
    """
    return _cells(workspace.path, cells_version(workspace, newest_import))


def prepare_cells(workspace: Workspace) -> None:
    """Make the cells of the newest register before anybody asks, and forget those of older ones."""
    imports = read_imports(workspace)
    newest = -1 if imports.is_empty() else int(imports.select(pl.col("seq").max()).item())
    area_cells(workspace, newest)
    kept = _file(workspace.path, cells_version(workspace, newest))
    for path in kept.parent.glob("cells-*.json"):
        if path != kept:
            path.unlink(missing_ok=True)


def _file(path: Path, version: str) -> Path:
    return path / _FOLDER / f"cells-{version}.json"


@lru_cache(maxsize=4)
def _cells(path: Path, version: str) -> AreaCells:
    file = _file(path, version)
    try:
        return _read(json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError):
        pass
    made = _made(Workspace.open(path))
    try:
        file.parent.mkdir(exist_ok=True)
        write_atomically(file, json.dumps(_written(made), separators=(",", ":")))
    except (OSError, WorkspaceError):
        # A workspace that cannot be written to is shown all the same; every process makes the cells for itself.
        return made
    return made


def _made(workspace: Workspace) -> AreaCells:
    disclosure = Disclosure(workspace, "steward")
    tree = tree_of(disclosure)
    whole = {code: one._replace(polygons=dissolved(one.polygons)) for code, one in boundaries_of(disclosure, tree).items()}
    polygons = with_parts(whole, tree)
    return AreaCells(polygons, _places(disclosure, tree.filter(~pl.col("area_id").is_in(list(polygons)))))


def _places(disclosure: Disclosure, tree: pl.DataFrame) -> dict[str, SitePlace]:
    """The middle of the sites in an area, institutions left out, for areas without a polygon.

    The median: one city overseas does not move its country into the ocean.
    """
    if tree.is_empty():
        return {}
    shown = disclosure.sites.filter(~pl.col("is_institution").fill_null(value=False)).select("site_id", "people")
    sites = disclosure.facts("sites").select("site_id", "area_id", "longitude", "latitude").join(shown, on="site_id")
    served = disclosure.facts("site_areas").select("site_id", "area_id")
    pairs = pl.concat([sites.select("site_id", "area_id"), served]).drop_nulls().unique()
    lies_in = dict(tree.select("area_id", "parent_id").rows())
    inside = {(site, above) for site, area in pairs.rows() for above in _chain(area, lies_in)}
    pairs = pl.DataFrame(sorted(inside), schema={"site_id": pl.String, "area_id": pl.String}, orient="row")
    middles = (
        pairs.join(sites.drop("area_id").unique("site_id").drop_nulls(["longitude", "latitude"]), on="site_id")
        .group_by("area_id")
        .agg(pl.col("longitude").median().round(_POINT_DECIMALS), pl.col("latitude").median().round(_POINT_DECIMALS),
             pl.col("people").sum())
    )  # fmt: skip
    return {code: (x, y, people or None) for code, x, y, people in middles.sort("area_id").rows()}


def _chain(area: str | None, lies_in: Mapping[str, str | None]) -> Iterator[str]:
    """An area and those it lies in, as far as they have no polygon."""
    while area is not None and area in lies_in:
        yield area
        area = lies_in[area]


def _written(made: AreaCells) -> dict[str, Any]:
    cells = {
        code: [one.is_schematic, [[np.round(ring, _DECIMALS).tolist() for ring in polygon] for polygon in one.polygons]]
        for code, one in made.polygons.items()
    }
    return {"cells": cells, "places": {code: list(place) for code, place in made.places.items()}}


def _read(said: dict[str, Any]) -> AreaCells:
    polygons = {
        code: AreaBoundary(code, [[np.array(ring, dtype=np.float64) for ring in polygon] for polygon in rings], is_schematic)
        for code, (is_schematic, rings) in said["cells"].items()
    }
    return AreaCells(polygons, {code: (x, y, people) for code, (x, y, people) in said["places"].items()})
