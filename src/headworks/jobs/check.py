"""Is the workspace sound, and do its figures still follow from its facts?

Findings name what is wrong and what would do. An ``error`` means that something promised does not hold; a ``warning`` that a
reader should look; an ``info`` is only told.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from headworks.core.errors import HeadworksError
from headworks.core.schema import require_promise
from headworks.jobs.run import method_of, touched_sites
from headworks.store import Workspace, delta, latest_run, read_facts, read_imports, read_result, result_digest, undo_unfinished
from headworks.tables import FACTS, RESULTS, SHELF
from headworks.workflows import derive_situation


@dataclass(frozen=True)
class Finding:
    """One thing to know about the workspace."""

    severity: str
    code: str
    message: str
    remedy: str = ""


def check_workspace(workspace: Workspace, *, reproduce: bool = False, compact: bool = False) -> list[Finding]:
    """Everything worth knowing about the state of a workspace.

    Parameters
    ----------
    reproduce
        Recompute the last run from its own inputs and compare the bits.
    compact
        Rewrite many small files as few.
    """
    findings: list[Finding] = []
    with workspace.writing():
        findings += [
            Finding("info", "HW-C001", f"An import that had been cut off was taken back: {name}", "Import the file again")
            for name in undo_unfinished(workspace)
        ]
        if compact:
            paths = [workspace.facts(name) for name in (*FACTS, "imports")] + [workspace.results(name) for name in RESULTS]
            findings.append(
                Finding("info", "HW-C002", f"{sum(delta.compact(path) for path in paths)} small files were put together.")
            )
    findings += _check_facts(workspace)
    findings += _check_results(workspace)
    if reproduce:
        findings += _reproduce(workspace)
    return findings


def _check_facts(workspace: Workspace) -> list[Finding]:
    findings = []
    facts = {name: read_facts(workspace, name) for name in FACTS}
    for name, frame in facts.items():
        try:
            require_promise(SHELF[name].schema, frame, where=name)
        except HeadworksError as problem:
            findings.append(Finding("error", "HW-C003", str(problem), "Restore the workspace from a backup"))
    refused = int(read_imports(workspace)["rows_refused"].sum())
    if refused:
        findings.append(
            Finding(
                "info", "HW-C004", f"{refused} rows were refused on import.", "headworks export WORKSPACE refusals mend.csv"
            )
        )
    for child, key, parent in (("measurements", "sample_id", "samples"), ("samples", "site_id", "sites")):
        lost = facts[child].join(facts[parent], on=key, how="anti")
        if lost.height:
            message = f"{lost.height} rows of {child} name {parent} that are not known, such as {lost[key][0]}."
            findings.append(Finding("warning", "HW-C005", message, f"Import the table of {parent}"))
    dated = facts["populations"].select("site_id").unique()
    sampled = pl.concat([facts["samples"].select("site_id"), facts["reported_loads"].select("site_id")]).unique()
    without = (
        facts["sites"]
        .join(sampled, on="site_id")
        .filter(pl.col("population_served").is_null())
        .join(dated, on="site_id", how="anti")
    )
    if without.height:
        message = f"{without.height} sampled sites have no population, such as {without['site_id'][0]}."
        findings.append(
            Finding("warning", "HW-C006", message, "Import the table populations; below a floor nothing is published")
        )
    return findings


def _check_results(workspace: Workspace) -> list[Finding]:
    run = latest_run(workspace)
    if run is None:
        return [Finding("info", "HW-C007", "There are no results yet.", "headworks run WORKSPACE")]
    findings = []
    behind = touched_sites(workspace, run.last_import_seq)
    if behind:
        findings.append(
            Finding("warning", "HW-C008", f"{len(behind)} sites have facts newer than the results.", "headworks run WORKSPACE")
        )
    if run.settings_digest != workspace.settings.digest:
        findings.append(Finding("warning", "HW-C009", "The settings changed since the last run.", "headworks run WORKSPACE"))
    findings += [
        Finding("error", "HW-C010", f"Table {name} is not what run {run.run_id} wrote.", "headworks run WORKSPACE --full")
        for name in RESULTS
        if result_digest(read_result(workspace, name), name) != run.results[name]["sha256"]
    ]
    inconsistent = read_result(workspace, "inconsistent_means")
    rows = inconsistent.select("site_id", "year", "week", "drug").unique().height
    if rows:
        message = f"{rows} published weeks have a mean that their printed days do not give."
        findings.append(Finding("info", "HW-C011", message, "headworks show WORKSPACE inconsistent_means"))
    return findings


def _reproduce(workspace: Workspace) -> list[Finding]:
    run = latest_run(workspace)
    if run is None:
        return []
    facts = {name: read_facts(workspace, name, up_to_seq=run.last_import_seq) for name in FACTS}
    again = derive_situation(facts, method_of(workspace)).tables
    wrong = [name for name in RESULTS if result_digest(again[name], name) != run.results[name]["sha256"]]
    if wrong:
        message = f"Recomputing run {run.run_id} gives other bits in: {', '.join(wrong)}."
        return [Finding("error", "HW-C012", message, "Compare the code version and the parameter set in its manifest")]
    return [Finding("info", "HW-C013", f"Run {run.run_id} was recomputed from its inputs: the same, bit for bit.")]
