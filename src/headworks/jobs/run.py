"""Compute what new facts touch, write it, and commit it with a manifest.

A run reads the facts as of the last finished import, recomputes the touched rows and replaces them in the result tables;
the manifest, written last, makes them the ones that are read. When settings, parameters or code changed, or an earlier run
was cut off, everything is recomputed. Nothing is drawn at random: bounds are in closed form, so the seed is recorded as 0.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import polars as pl

from headworks import __version__
from headworks.core.errors import UsageError
from headworks.jobs.clock import now
from headworks.loads.derive_consumption import RESIDUE_RULES, Residues
from headworks.reference import read_set, uncertainty_defaults, week_conventions
from headworks.reports import write_csv_text
from headworks.store import (
    Manifest,
    Workspace,
    latest_run,
    read_facts,
    read_imports,
    read_result,
    replace_result,
    result_digest,
    undo_unfinished,
    write_atomically,
    write_manifest,
)
from headworks.store.runs import read_result_version, result_versions
from headworks.tables import FACTS, RESULTS
from headworks.workflows import Method, Situation, derive_situation

_SITE_TABLES = ("loads", "consumption")


@dataclass(frozen=True)
class RunOutcome:
    """``status`` is computed or up_to_date."""

    status: str
    manifest: Manifest

    def as_dict(self) -> dict[str, object]:
        """For ``--json``."""
        return {"status": self.status, **asdict(self.manifest)}


def run(workspace: Workspace, *, full: bool = False, tell: Callable[[str], None] = lambda step: None) -> RunOutcome:
    """Bring the results up to date with the facts.

    Parameters
    ----------
    full
        Recompute everything.
    tell
        Called with the name of each step.

    Returns
    -------
    RunOutcome
        With the manifest of this run, or of the last one when nothing was new.
    """
    with workspace.writing():
        undo_unfinished(workspace)
        started = now()
        last = latest_run(workspace)
        method = method_of(workspace)
        imports = read_imports(workspace)
        if imports.is_empty():
            raise UsageError(
                "There is nothing to compute from.",
                where=str(workspace.path),
                remedy=f"Import a file first: headworks import {workspace.path} FILE --as FORMAT",
                code="HW-U010",
            )
        can_add = last is not None and not full and _is_same_method(workspace, last, method)
        sites = touched_sites(workspace, last.last_import_seq) if can_add and last is not None else None
        if sites is not None and not sites and last is not None and last.last_import_seq == imports["seq"].max():
            return RunOutcome("up_to_date", last)
        tell("facts")
        facts = {name: read_facts(workspace, name) for name in FACTS}
        previous = {name: read_result(workspace, name) for name in _SITE_TABLES} if sites is not None else None
        situation = derive_situation(facts, method, touched_sites=sites, previous=previous, tell=tell)
        tell("writing")
        versions = {name: _replace(workspace, name, situation) for name in RESULTS}
        manifest = _manifest(workspace, situation, versions, method, imports, last, started.isoformat(timespec="microseconds"))
        _write_left_out(workspace, manifest.run_id, situation.left_out)
        write_manifest(workspace, manifest)
    return RunOutcome("computed", manifest)


def method_of(workspace: Workspace) -> Method:
    """Parameter set, uncertainties and conventions as the workspace's settings say.

    Raises
    ------
    UsageError
        ``HW-U007`` for an unknown rule of residues.
    """
    settings = workspace.settings
    residues: Residues | None = next((rule for rule in RESIDUE_RULES if rule == settings.residues), None)
    if residues is None:
        raise UsageError(
            "There is no such rule of residues.",
            where=str(workspace.path / "headworks.toml"),
            found=settings.residues,
            remedy="Use " + " or ".join(RESIDUE_RULES),
            code="HW-U007",
        )
    defaults = dict(uncertainty_defaults().select("parameter", "rsd").rows())
    return Method(
        parameters=read_set(settings.parameter_set, parameter_dirs(workspace)),
        uncertainty={**defaults, **settings.uncertainty},
        conventions=_conventions(settings.week_conventions),
        residues=residues,
    )


def touched_sites(workspace: Workspace, since_seq: int) -> list[str]:
    """Sites that imports after ``since_seq`` brought facts about."""
    sites: set[str] = set()
    for name in FACTS:
        history = read_facts(workspace, name, history=True)
        fresh = history.filter(pl.col("seq") > since_seq)
        if fresh.is_empty():
            continue
        if "site_id" in fresh.columns:
            sites |= set(fresh["site_id"].to_list())
        elif name == "measurements":
            samples = read_facts(workspace, "samples")
            sites |= set(samples.join(fresh.select("sample_id"), on="sample_id", how="semi")["site_id"].to_list())
        elif name == "areas":
            owned = read_facts(workspace, "sites")
            sites |= set(owned.filter(pl.col("area_id").is_not_null())["site_id"].to_list())
        if name == "samples":
            # A sample that moved to another site leaves its old one.
            sites |= set(history.join(fresh.select("sample_id"), on="sample_id", how="semi")["site_id"].to_list())
    return sorted(sites)


def parameter_dirs(workspace: Workspace) -> tuple[Path, ...]:
    """Folders with parameter sets of the workspace's own."""
    return tuple(workspace.path / folder for folder in workspace.settings.parameter_dirs)


def _conventions(own: dict[str, dict[str, object]]) -> pl.DataFrame:
    columns = ["convention", "weekday_days", "weekend_days", "first_year", "last_year", "zero_is"]
    joined = pl.col("weekday_days", "weekend_days").cast(pl.List(pl.String)).list.join(";")
    shipped = week_conventions().with_columns(joined).select(columns)
    rows = [
        {"zero_is": "zero", "first_year": None, "last_year": None, **said, "convention": name} for name, said in own.items()
    ]
    if not rows:
        return shipped
    try:
        return pl.concat([pl.DataFrame(rows, schema=shipped.schema), shipped])
    except (pl.exceptions.PolarsError, TypeError) as problem:
        raise UsageError(
            "A week convention is incomplete.",
            where="headworks.toml, [week_conventions]",
            found=str(problem),
            remedy='Give weekday_days = "2;3;4" and weekend_days = "1;5;6;7"',
            code="HW-U011",
        ) from problem


def _is_same_method(workspace: Workspace, last: Manifest, method: Method) -> bool:
    unfinished = {
        name for name, at in result_versions(workspace).items() if at != last.results.get(name, {}).get("version", -1)
    }
    return (
        not unfinished
        and last.settings_digest == workspace.settings.digest
        and last.parameter_set_digest == method.parameters.digest
        and last.code_version == __version__
    )


def _replace(workspace: Workspace, name: str, situation: Situation) -> int:
    touched = situation.touched
    if touched.sites is None:
        part = None
    elif name in _SITE_TABLES:
        part = ("site_id", touched.sites)
    else:
        part = ("drug", touched.drugs or [])
    if part is not None and not part[1]:
        return result_versions(workspace)[name]
    return replace_result(workspace, name, situation.tables[name], part)


def _manifest(
    workspace: Workspace,
    situation: Situation,
    versions: dict[str, int],
    method: Method,
    imports: pl.DataFrame,
    last: Manifest | None,
    started: str,
) -> Manifest:
    results = {}
    for name, at in versions.items():
        frame = read_result_version(workspace, name, at)
        results[name] = {"version": at, "rows": frame.height, "sha256": result_digest(frame, name)}
    sites, drugs = situation.touched.sites, situation.touched.drugs
    left_out = dict(situation.left_out["reason"].value_counts().sort("reason").rows())
    finished = now()
    used = ("import_id", "seq", "file", "format", "content_sha256", "rows_read", "rows_refused")
    return Manifest(
        run_id=f"{finished:%Y%m%dT%H%M%SZ}-{uuid.uuid4().hex[:8]}",
        seq=(last.seq if last else 0) + 1,
        started_at=started,
        finished_at=finished.isoformat(timespec="microseconds"),
        code_version=__version__,
        settings_digest=workspace.settings.digest,
        parameter_set=method.parameters.set_id,
        parameter_set_digest=method.parameters.digest,
        seed=0,
        last_import_seq=int(imports["seq"].max()),  # type: ignore[arg-type]
        imports=imports.select(used).to_dicts(),
        results=results,
        recomputed={"sites": "all" if sites is None else len(sites), "drugs": "all" if drugs is None else drugs},
        left_out=left_out,
        timings_s=situation.timings_s,
    )


def _write_left_out(workspace: Workspace, run_id: str, left_out: pl.DataFrame) -> None:
    if left_out.height:
        write_atomically(workspace.path / "runs" / f"{run_id}-left-out.csv", write_csv_text(left_out))
