"""What an import says against what the workspace knows: new, amended or known rows, and names nobody knows yet.

Only the known rows with the import's own keys are read, so that a week's file does not read a province's history.
"""

from __future__ import annotations

import polars as pl

from headworks.intake import Parsed, compare_with_known
from headworks.store import Workspace, read_facts, read_imports
from headworks.tables import SHELF


def known_sites(workspace: Workspace) -> pl.DataFrame:
    """Sites whose area lies in another: ``site_id, country, city`` with the outer area's code and the inner one's name."""
    imports = read_imports(workspace)
    areas = read_facts(workspace, "areas", imports=imports).sort("valid_from").unique("area_id", keep="last")
    sites = read_facts(workspace, "sites", imports=imports).select("site_id", "area_id")
    joined = sites.join(areas.select("area_id", country="parent_id", city="name_en"), on="area_id", how="inner")
    return joined.select("site_id", "country", "city").drop_nulls()


def compare_with_workspace(
    workspace: Workspace, parsed: Parsed, file: str
) -> tuple[dict[str, pl.DataFrame], dict[str, dict[str, int]]]:
    """Rows to append by table, and how many are ``new``, ``amended`` and ``unchanged``; what to look at goes to ``parsed``."""
    imports = read_imports(workspace)
    rows: dict[str, pl.DataFrame] = {}
    tables: dict[str, dict[str, int]] = {}
    for name, frame in parsed.tables.items():
        known = read_facts(workspace, name, imports=imports, among=frame.select(SHELF[name].schema.primary_key()))
        novelty = compare_with_known(name, frame, known)
        rows[name] = novelty.rows
        tables[name] = {"new": novelty.n_new, "amended": novelty.n_amended, "unchanged": novelty.n_unchanged}
        for message in novelty.changed:
            parsed.note("HW-I210", "warning", file, message)
        if novelty.n_amended:
            message = f"{novelty.n_amended} rows of {name} amend what was known; the older stay readable."
            parsed.note("HW-I211", "info", file, message)
    _note_unknown_samples(workspace, parsed, file, imports)
    return rows, tables


def _note_unknown_samples(workspace: Workspace, parsed: Parsed, file: str, imports: pl.DataFrame) -> None:
    for child, key, parent in (("measurements", "sample_id", "samples"), ("samples", "site_id", "sites")):
        if child not in parsed.tables:
            continue
        orphans = parsed.tables[child].select(key).unique()
        if parent in parsed.tables:
            orphans = orphans.join(parsed.tables[parent], on=key, how="anti")
        orphans = orphans.join(read_facts(workspace, parent, imports=imports, among=orphans), on=key, how="anti").sort(key)
        if len(orphans):
            shown = ", ".join(orphans[key].head(5).to_list()) + (" …" if len(orphans) > 5 else "")
            message = (
                f"{len(orphans)} {parent} are not known yet ({shown}): import their table too; until then no load is computed."
            )
            parsed.note("HW-I212", "warning", file, message, column=key)
