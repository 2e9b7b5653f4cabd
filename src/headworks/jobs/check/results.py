"""Are the results what the last run wrote, do they follow from its facts, and are they behind?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from headworks.core.errors import HeadworksError
from headworks.jobs.check.findings import Finding
from headworks.jobs.left_out import read_left_out
from headworks.jobs.method import code_digest, environment, is_method_of, method_of, method_of_run
from headworks.jobs.result_writer import Parts
from headworks.jobs.stored_source import StoredSource
from headworks.jobs.touched import touched_scope
from headworks.store import Manifest, Workspace, latest_run, read_imports, read_result_of, result_digest
from headworks.store.results import digest_of_parts
from headworks.tables import RESULTS
from headworks.workflows import Scope, Steps, derive_years
from headworks.workflows.year import Recomputed


def check_results(workspace: Workspace, *, reproduce: bool) -> list[Finding]:
    """Findings about the last run; with ``reproduce`` it is done again and the bits are compared."""
    try:
        run = latest_run(workspace)
    except HeadworksError as problem:
        return [Finding("error", "HW-C016", str(problem), problem.remedy)]
    if run is None:
        return [Finding("info", "HW-C007", "There are no results yet.", f"headworks run {workspace.path}")]
    findings = _check_age(workspace, run) + _check_bits(workspace, run)
    return findings + (_reproduce(workspace, run) if reproduce else [])


def _check_age(workspace: Workspace, run: Manifest) -> list[Finding]:
    findings = []
    remedy = f"headworks run {workspace.path}"
    try:
        behind = touched_scope(workspace, run.last_import_seq, read_imports(workspace))
    except HeadworksError as problem:
        return [Finding("error", "HW-C003", str(problem), "Restore the workspace from a backup")]
    if behind.days is None:
        message = "The register of areas, sites or populations is newer than the results."
        findings.append(Finding("warning", "HW-C008", message, remedy))
    elif not behind.is_empty:
        message = f"{len(behind.days) + len(behind.years):,} sampling days or years have facts newer than the results."
        findings.append(Finding("warning", "HW-C008", message, remedy))
    if not is_method_of(run, method_of(workspace)):
        message = "The settings, the parameters, the code or its libraries changed since the last run."
        findings.append(Finding("warning", "HW-C009", message, remedy))
    for reason, rows in run.left_out.items():
        findings.append(Finding("info", "HW-C017", f"{rows:,} results made no load: {reason}."))
    return findings


def _check_bits(workspace: Workspace, run: Manifest) -> list[Finding]:
    findings = []
    remedy = f"headworks run {workspace.path} --full"
    weeks = 0
    for name in RESULTS:
        said = run.results.get(name, {})
        for part, promised in said.get("parts", {}).items():
            try:
                rows = read_result_of(workspace, run, name, [part])
            except HeadworksError as problem:
                findings.append(Finding("error", "HW-C010", f"Table {name} of run {run.run_id}: {problem}", remedy))
                break
            # A later version's columns were not there when the digest was taken.
            columns = said.get("columns", rows.columns)
            if set(columns) <= set(rows.columns) and _digest(rows.select(columns), name, promised) != promised["sha256"]:
                message = f"Table {name} is not what run {run.run_id} wrote, in its part {part}."
                findings.append(Finding("error", "HW-C010", message, remedy))
            if name == "inconsistent_means":
                weeks += rows.select("site_id", "year", "week", "drug").unique().height
    if weeks:
        message = f"{weeks:,} published weeks have a mean that their printed days do not give."
        findings.append(Finding("info", "HW-C011", message, f"headworks show {workspace.path} inconsistent_means"))
    return findings


def _digest(rows: pl.DataFrame, name: str, promised: Mapping[str, Any]) -> str:
    return result_digest(rows, name, by=promised.get("by"))


def _reproduce(workspace: Workspace, run: Manifest) -> list[Finding]:
    try:
        method = method_of_run(workspace, run)
        source = StoredSource(workspace, read_imports(workspace, up_to_seq=run.last_import_seq), None)
    except (HeadworksError, KeyError) as problem:
        message = f"Run {run.run_id} cannot be recomputed: {problem}"
        return [Finding("error", "HW-C012", message, "Bring back its facts and its parameter set")]
    parts = Parts()

    def note(_: Recomputed, name: str, frame: pl.DataFrame, /, *, more: bool = False) -> None:
        parts.take_all(name, frame, more=more)

    again = derive_years(source, method, Scope(), Steps(), note)
    wrong = [name for name in RESULTS if digest_of_parts(parts.said[name]) != run.results.get(name, {}).get("sha256")]
    listed = again.left_out
    if not listed.sort(listed.columns).equals(read_left_out(workspace, run).sort(listed.columns)):
        wrong.append("the list of what was left out")
    if not wrong:
        return [Finding("info", "HW-C013", f"Run {run.run_id} was recomputed from its inputs: the same, bit for bit.")]
    causes = {
        "the parameter set": run.parameter_set_digest == method.parameters.digest,
        "the code": run.code_digest == code_digest(),
        "the libraries": run.environment == environment(),
    }
    changed = ", ".join(name for name, same in causes.items() if not same)
    remedy = f"Since then {changed} changed" if changed else "Its inputs and its code are the same: restore from a backup"
    return [Finding("error", "HW-C012", f"Recomputing run {run.run_id} gives other bits in: {', '.join(wrong)}.", remedy)]
