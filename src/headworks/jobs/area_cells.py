"""A polygon for every area that can have one, for maps on a screen: own boundaries, shipped cells, parts of these.

Made once per state of the register and of the loaded boundaries; where an area lies is nothing that a tier hides.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import polars as pl

from headworks.jobs.area_figures import boundaries_of, tree_of
from headworks.jobs.disclosure import Disclosure
from headworks.places.boundaries import AreaBoundary
from headworks.places.dissolve import dissolved
from headworks.places.schematic_parts import with_parts
from headworks.store import Workspace


def cells_version(workspace: Workspace, newest_import: int) -> str:
    """Changes when the areas or the loaded boundaries did; says nothing else."""
    own = sorted((path.name, path.stat().st_mtime_ns) for path in _own(workspace))
    return hashlib.sha256(repr((newest_import, *own)).encode()).hexdigest()[:16]


def _own(workspace: Workspace) -> list[Path]:
    return list((workspace.path / "boundaries").glob("*.geojson"))


def area_cells(workspace: Workspace, newest_import: int, deepest: int = 5) -> Mapping[str, AreaBoundary]:
    """Polygons by area: an operator's own, the shipped schematic cells, and parts of either for the areas in them.

    Parameters
    ----------
    newest_import
        Number of the last import that the register was copied from; polygons are kept until it changes.
    deepest
        Lowest level that is needed: parts of cells take a second or two to make.
    """
    return _cells(workspace.path, cells_version(workspace, newest_import), deepest)


@lru_cache(maxsize=6)
def _cells(path: Path, version: str, deepest: int) -> Mapping[str, AreaBoundary]:
    disclosure = Disclosure(Workspace.open(path), "steward")
    tree = tree_of(disclosure)
    whole = {code: one._replace(polygons=dissolved(one.polygons)) for code, one in boundaries_of(disclosure, tree).items()}
    return with_parts(whole, tree.filter(pl.col("level") <= deepest))
