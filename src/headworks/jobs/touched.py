"""Which sites new facts speak of: what a run must recompute.

A site's loads hang on its samples and their results, its flows, populations and register entry; its means hang on published
loads too, and read under the names of the areas it lies in. The traps: a sample that moved leaves its old site; a result may
come before its sample; an area's name reaches every site in it.
"""

from __future__ import annotations

import json

import polars as pl

from headworks.store import Workspace, read_facts
from headworks.store.facts import read_brought
from headworks.tables import FACTS, SHELF
from headworks.workflows import sites_within


def touched_sites(workspace: Workspace, since_seq: int, imports: pl.DataFrame) -> list[str]:
    """Sites that imports after ``since_seq`` brought facts about, sorted.

    Parameters
    ----------
    imports
        Table ``imports``; what is not in it does not count.
    """
    fresh = imports.filter(pl.col("seq") > since_seq)
    brought = {name for tables in fresh["tables"].to_list() for name in json.loads(tables)}
    sites: set[str] = set()
    for name in FACTS:
        if name in brought and "site_id" in SHELF[name].schema.column_names():
            sites |= set(read_brought(workspace, name, ["site_id"], fresh)["site_id"].to_list())
    for name in brought & {"samples", "measurements"}:
        # All rows of a sample, for it may have stood under another site.
        named = read_brought(workspace, name, ["sample_id"], fresh)
        rows = read_facts(workspace, "samples", imports=imports, history=True, among=named)
        sites |= set(rows["site_id"].to_list())
    if "areas" in brought:
        changed = read_brought(workspace, "areas", ["area_id"], fresh)["area_id"].to_list()
        known, areas = (read_facts(workspace, name, imports=imports) for name in ("sites", "areas"))
        sites |= set(sites_within(known, areas, changed))
    return sorted(sites)


def newest_seq(imports: pl.DataFrame) -> int:
    """Sequence number of the newest import; 0 when there is none."""
    return int(str(imports["seq"].max())) if imports.height else 0
