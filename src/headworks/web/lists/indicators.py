"""Counts from elsewhere, as a reader may see them: of areas they see as a steward, as small cells are in them.

Whoever hands such counts in decides on publishing them; for every other tier none is there.
"""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from headworks.core.disclosure import STEWARD
from headworks.store import read_facts, read_manifests
from headworks.tables.indicators import Indicators
from headworks.web.access.models import AreaNode
from headworks.web.access.reader import Reader
from headworks.web.figures.kept import kept
from headworks.web.figures.sets import current_run
from headworks.web.opened import the_workspace


def indicator_rows(reader: Reader, areas: Iterable[AreaNode]) -> pl.DataFrame:
    """Rows of ``indicators`` as the shown run knew them, of those areas that the reader sees as a steward."""
    seen = [area.pk for area in areas if reader.tier_at(area.path) == STEWARD]
    return _all(reader).filter(pl.col("area_id").is_in(seen)) if seen else pl.DataFrame(Indicators.create_empty())


def indicator_names(reader: Reader) -> list[str]:
    """Indicators with counts for everybody, where the reader sees all that was granted to them as a steward."""
    roots = reader.roots("view")
    if not roots or any(reader.tier_at(root) != STEWARD for root in roots):
        return []
    rows = _all(reader).filter((pl.col("stratum") == "all") & pl.col("numerator").is_not_null())
    return sorted(rows["indicator"].unique())


def _all(reader: Reader) -> pl.DataFrame:
    workspace = the_workspace()
    shown = current_run(workspace)
    seq = next((run.last_import_seq for run in read_manifests(workspace) if run.run_id == shown), 0)
    return kept(reader, ("indicators", seq), lambda: read_facts(workspace, "indicators", up_to_seq=seq))
