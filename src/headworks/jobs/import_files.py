"""Import a file into a workspace: parse, compare with what is known, make it visible all at once.

The name of an import is the SHA-256 of what was imported: the file's bytes, its format and its mapping. The same again
changes nothing. What was refused and what should be looked at is written beside the import, in ``imports/<name>/``:

    summary.json        counts by table
    findings.csv        kept, but look
    refusals.csv        file, row, column, what was found, what would do
    refused-rows.csv    the refused rows as written, to be mended and imported again
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import polars as pl

from headworks import __version__
from headworks.core.errors import UsageError
from headworks.intake import Mapping, Parsed, compare_with_known, parse_file, read_mapping
from headworks.jobs.clock import now
from headworks.reports import write_csv_text
from headworks.store import (
    Workspace,
    commit_import,
    is_imported,
    read_facts,
    read_imports,
    undo_unfinished,
    write_atomically,
    write_json,
)

_SHOWN = 20


@dataclass(frozen=True)
class ImportOutcome:
    """What became of one file; ``status`` is imported, already_imported, dry_run or refused."""

    file: str
    import_id: str
    status: str
    rows_read: int = 0
    rows_new: int = 0
    rows_amended: int = 0
    rows_unchanged: int = 0
    rows_refused: int = 0
    tables: dict[str, dict[str, int]] = field(default_factory=dict)
    refusals: list[dict[str, object]] = field(default_factory=list)
    findings: list[dict[str, object]] = field(default_factory=list)
    folder: str = ""

    def as_dict(self) -> dict[str, object]:
        """For ``--json``."""
        return asdict(self)


@dataclass(frozen=True)
class ImportOrder:
    """How files are to be imported."""

    format_name: str
    mapping: Mapping = field(default_factory=Mapping)
    strict: bool = False
    dry_run: bool = False


def read_mapping_file(path: Path | None) -> Mapping:
    """The mapping in a TOML file, or an empty one.

    Raises
    ------
    UsageError
        ``HW-U005`` when the file is not there or not a mapping.
    """
    if path is None:
        return Mapping()
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise UsageError(
            "The mapping cannot be read.",
            where=str(path),
            found=str(problem),
            remedy="Name a TOML file in UTF-8",
            code="HW-U005",
        ) from problem
    return read_mapping(text, str(path))


def import_file(
    workspace: Workspace, path: Path, order: ImportOrder, tell: Callable[[str], None] = lambda step: None
) -> ImportOutcome:
    """Import one file.

    Parameters
    ----------
    workspace
        Open workspace.
    path
        File.
    order
        Format, mapping, strict, dry run.
    tell
        Called with the name of each step.

    Returns
    -------
    ImportOutcome
        ``refused`` when nothing of the file was kept although it could be read.

    Raises
    ------
    DataRefused, UsageError, WorkspaceError
        When the file cannot be read at all, or the workspace is busy.
    """
    tell("reading")
    content = _read_bytes(path)
    import_id = import_name(content, order)
    with workspace.writing():
        undo_unfinished(workspace)
        if is_imported(workspace, import_id):
            return _again(workspace, import_id, path.name)
        tell("checking")
        parsed = parse_file(
            content,
            path.name,
            order.format_name,
            mapping=order.mapping,
            known_sites=known_sites(workspace),
            timezone=workspace.settings.timezone,
        )
        tell("comparing")
        outcome, rows = _compare(workspace, parsed, path.name, import_id)
        if order.dry_run:
            return replace(outcome, status="dry_run")
        if _is_refused(parsed, order):
            folder = _write_beside(workspace, replace(outcome, status="refused"), parsed)
            return replace(outcome, status="refused", rows_new=0, rows_amended=0, folder=str(folder))
        tell("writing")
        folder = _write_beside(workspace, outcome, parsed)
        commit_import(workspace, _record(outcome, order, content), rows)
    return replace(outcome, folder=str(folder))


def import_name(content: bytes, order: ImportOrder) -> str:
    """The name of an import: what it is made of, hashed."""
    digest = hashlib.sha256(content)
    digest.update(b"\0" + order.format_name.encode())
    if order.mapping != Mapping():
        digest.update(json.dumps(asdict(order.mapping), sort_keys=True).encode())
    return digest.hexdigest()[:32]


def known_sites(workspace: Workspace) -> pl.DataFrame:
    """Sites whose area lies in another: ``site_id, country, city`` with the outer area's code and the inner one's name."""
    areas = read_facts(workspace, "areas").sort("valid_from").unique("area_id", keep="last")
    sites = read_facts(workspace, "sites").select("site_id", "area_id")
    joined = sites.join(areas.select("area_id", country="parent_id", city="name_en"), on="area_id", how="inner")
    return joined.select("site_id", "country", "city").drop_nulls()


def _read_bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as problem:
        raise UsageError(
            "The file cannot be read.",
            where=str(path),
            found=problem.strerror or str(problem),
            remedy="Name a file that is there",
        ) from problem


def _again(workspace: Workspace, import_id: str, file: str) -> ImportOutcome:
    row = read_imports(workspace).filter(pl.col("import_id") == import_id).row(0, named=True)
    return ImportOutcome(file, import_id, "already_imported", rows_read=row["rows_read"], rows_unchanged=row["rows_read"])


def _compare(workspace: Workspace, parsed: Parsed, file: str, import_id: str) -> tuple[ImportOutcome, dict[str, pl.DataFrame]]:
    rows: dict[str, pl.DataFrame] = {}
    tables: dict[str, dict[str, int]] = {}
    for name, frame in parsed.tables.items():
        novelty = compare_with_known(name, frame, read_facts(workspace, name))
        rows[name] = novelty.rows
        tables[name] = {"new": novelty.n_new, "amended": novelty.n_amended, "unchanged": novelty.n_unchanged}
        for message in novelty.changed:
            parsed.note("HW-I210", "warning", file, message)
        if novelty.n_amended:
            parsed.note(
                "HW-I211", "info", file, f"{novelty.n_amended} rows of {name} amend what was known; the older stay readable."
            )
    _note_unknown_samples(workspace, parsed, file)
    outcome = ImportOutcome(
        file=file,
        import_id=import_id,
        status="imported",
        rows_read=parsed.n_rows,
        rows_new=sum(count["new"] for count in tables.values()),
        rows_amended=sum(count["amended"] for count in tables.values()),
        rows_unchanged=sum(count["unchanged"] for count in tables.values()),
        rows_refused=parsed.n_refused,
        tables=tables,
        refusals=parsed.refusals.head(_SHOWN).to_dicts(),
        findings=parsed.findings.to_dicts(),
    )
    return outcome, rows


def _note_unknown_samples(workspace: Workspace, parsed: Parsed, file: str) -> None:
    for child, key, parent in (("measurements", "sample_id", "samples"), ("samples", "site_id", "sites")):
        if child not in parsed.tables:
            continue
        known = [read_facts(workspace, parent).select(key)]
        if parent in parsed.tables:
            known.append(parsed.tables[parent].select(key))
        orphans = parsed.tables[child].select(key).unique().join(pl.concat(known), on=key, how="anti").sort(key)[key]
        if len(orphans):
            shown = ", ".join(orphans.head(5).to_list()) + (" …" if len(orphans) > 5 else "")
            message = (
                f"{len(orphans)} {parent} are not known yet ({shown}): import their table too; until then no load is computed."
            )
            parsed.note("HW-I212", "warning", file, message, column=key)


def _is_refused(parsed: Parsed, order: ImportOrder) -> bool:
    nothing_kept = parsed.n_refused > 0 and not any(frame.height for frame in parsed.tables.values())
    return nothing_kept or (order.strict and parsed.n_refused > 0)


def _record(outcome: ImportOutcome, order: ImportOrder, content: bytes) -> dict[str, object]:
    return {
        "import_id": outcome.import_id,
        "recorded_at": now(),
        "file": outcome.file,
        "format": order.format_name,
        "content_sha256": hashlib.sha256(content).hexdigest(),
        "rows_read": outcome.rows_read,
        "rows_new": outcome.rows_new,
        "rows_amended": outcome.rows_amended,
        "rows_unchanged": outcome.rows_unchanged,
        "rows_refused": outcome.rows_refused,
        "tables": json.dumps(outcome.tables),
        "code_version": __version__,
    }


def _write_beside(workspace: Workspace, outcome: ImportOutcome, parsed: Parsed) -> Path:
    folder = workspace.path / "imports" / outcome.import_id
    if parsed.findings.height:
        write_atomically(folder / "findings.csv", write_csv_text(parsed.findings))
    if parsed.refusals.height:
        write_atomically(folder / "refusals.csv", write_csv_text(parsed.refusals))
    for number, rows in enumerate(parsed.refused_raw, 1):
        suffix = f"-{number}" if len(parsed.refused_raw) > 1 else ""
        write_atomically(folder / f"refused-rows{suffix}.csv", write_csv_text(rows.rename({"source_row": "refusal_row"})))
    summary = {key: value for key, value in outcome.as_dict().items() if key not in {"refusals", "findings", "folder"}}
    write_json(folder / "summary.json", summary)
    return folder
