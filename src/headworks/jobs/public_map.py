"""Boundaries of the areas of a workspace as paths of one picture, level by level: what a map needs beside its figures."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import polars as pl

from headworks.core.disclosure import STEWARD
from headworks.jobs.area_figures import boundaries_of, tree_of
from headworks.jobs.disclosure import Disclosure
from headworks.reports.drawing.outlines import Outlines, outlines_of
from headworks.store import Workspace


def map_outlines(workspace: Workspace, level: int, last_import: int) -> Outlines | None:
    """Outlines of the areas of a level; None where no boundary is known. Boundaries are no figures: everybody may see them.

    Parameters
    ----------
    last_import
        Number of the newest import: a later one may have brought other areas.
    """
    return _outlines(workspace.path, level, last_import)


@lru_cache(maxsize=8)
def _outlines(path: Path, level: int, last_import: int) -> Outlines | None:
    disclosure = Disclosure(Workspace.open(path), STEWARD)
    tree = tree_of(disclosure)
    shapes = boundaries_of(disclosure, tree)
    wanted = set(tree.filter(pl.col("level") == level)["area_id"])
    return outlines_of({code: shape for code, shape in shapes.items() if code in wanted})
