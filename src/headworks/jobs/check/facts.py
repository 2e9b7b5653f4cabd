"""Do the facts keep their promises, are they all there, and does everything that is named exist?"""

from __future__ import annotations

import json

import polars as pl

from headworks.core.errors import HeadworksError
from headworks.core.schema import require_promise
from headworks.jobs.check.findings import Finding
from headworks.store import Workspace, read_facts, read_imports
from headworks.store.facts import read_row_counts
from headworks.tables import FACTS, SHELF

_NAMED = (
    ("measurements", "sample_id", "samples", "sample_id"),
    ("samples", "site_id", "sites", "site_id"),
    ("flows", "site_id", "sites", "site_id"),
    ("populations", "site_id", "sites", "site_id"),
    ("site_areas", "site_id", "sites", "site_id"),
    ("site_areas", "area_id", "areas", "area_id"),
    ("sites", "area_id", "areas", "area_id"),
    ("areas", "parent_id", "areas", "area_id"),
)
_RESTORE = "Restore the workspace from a backup"


def check_facts(workspace: Workspace) -> list[Finding]:
    """Findings about the fact tables as of the newest import."""
    imports = read_imports(workspace)
    findings, facts = [], {}
    for name in FACTS:
        try:
            facts[name] = read_facts(workspace, name, imports=imports)
            require_promise(SHELF[name].schema, facts[name], where=name)
        except HeadworksError as problem:
            findings.append(Finding("error", "HW-C003", str(problem), _RESTORE))
    findings += _check_counts(workspace, imports)
    refused = int(imports["rows_refused"].sum())
    if refused:
        message = f"{refused:,} rows were refused on import."
        findings.append(Finding("info", "HW-C004", message, f"headworks export {workspace.path} refusals mend.csv"))
    if len(facts) == len(FACTS):
        findings += _check_names(facts) + _check_populations(facts)
    return findings


def _check_counts(workspace: Workspace, imports: pl.DataFrame) -> list[Finding]:
    """Every import brought as many rows as it says, and no row names an import that is not in the list."""
    findings = []
    said = {one["import_id"]: json.loads(one["tables"]) for one in imports.to_dicts()}
    for name in FACTS:
        try:
            stored = dict(read_row_counts(workspace, name).rows())
        except HeadworksError as problem:
            findings.append(Finding("error", "HW-C003", str(problem), _RESTORE))
            continue
        promised = {
            import_id: tables[name]["new"] + tables[name]["amended"] for import_id, tables in said.items() if name in tables
        }
        lost = {import_id: rows - stored.get(import_id, 0) for import_id, rows in promised.items()}
        wrong = sum(1 for rows in lost.values() if rows)
        if wrong:
            message = f"Table {name} holds {sum(lost.values()):,} rows less than {wrong} of its imports brought."
            findings.append(Finding("error", "HW-C014", message, _RESTORE))
        strange = sum(rows for import_id, rows in stored.items() if import_id not in said)
        if strange:
            message = f"{strange:,} rows of {name} name an import that is not in the list of imports; they do not count."
            findings.append(Finding("error", "HW-C015", message, _RESTORE))
    return findings


def _check_names(facts: dict[str, pl.DataFrame]) -> list[Finding]:
    findings = []
    for child, key, parent, parent_key in _NAMED:
        named = facts[child].filter(pl.col(key).is_not_null())
        lost = named.join(facts[parent].select(pl.col(parent_key).alias(key)), on=key, how="anti")
        if lost.height:
            shown = ", ".join(lost[key].unique().sort().head(5).to_list())
            message = f"{lost.height:,} rows of {child} name {parent} that are not known: {shown}."
            findings.append(Finding("warning", "HW-C005", message, f"Import the table of {parent}"))
    return findings


def _check_populations(facts: dict[str, pl.DataFrame]) -> list[Finding]:
    dated = facts["populations"].select("site_id").unique()
    sampled = pl.concat([facts["samples"].select("site_id"), facts["reported_loads"].select("site_id")]).unique()
    known = facts["sites"].join(sampled, on="site_id", how="semi")
    without = known.filter(pl.col("population_served").is_null()).join(dated, on="site_id", how="anti")
    if without.is_empty():
        return []
    shown = ", ".join(without["site_id"].sort().head(5).to_list())
    message = f"{without.height:,} sampled sites have no population: {shown}."
    return [Finding("warning", "HW-C006", message, "Import the table populations; below a floor nothing is published")]
