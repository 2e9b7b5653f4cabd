"""Import a file into a workspace: parse, compare with what is known, make it visible all at once.

The name of an import is the SHA-256 of what was imported: the file's bytes, its format and its mapping. The same again
changes nothing. What was refused and what should be looked at is written beside the import (``import_record``). A dry run
writes nothing at all, not even the lock.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from contextlib import nullcontext, suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import polars as pl

from headworks import __version__
from headworks.core.errors import UsageError, WorkspaceError
from headworks.intake import Mapping, Parsed, parse_file, read_mapping
from headworks.jobs.clock import now
from headworks.jobs.import_comparison import compare_with_workspace, known_sites
from headworks.jobs.import_record import import_folder, write_beside
from headworks.store import (
    Workspace,
    begin_import,
    commit_import,
    is_imported,
    put_facts_together,
    read_imports,
    undo_unfinished,
)

_SHOWN = 20
# A thousand files of a few rows make every reading slow.
_PUT_TOGETHER_EVERY = 100


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
    rows_refused_before: int = 0
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
    sha256, import_id = _names(content, order)
    file = _label(path)
    with nullcontext() if order.dry_run else workspace.writing(tell=tell):
        if not order.dry_run:
            undo_unfinished(workspace)
        if is_imported(workspace, import_id):
            return _again(workspace, import_id, file)
        tell("checking")
        parsed = parse_file(
            content,
            file,
            order.format_name,
            mapping=order.mapping,
            known_sites=known_sites(workspace),
            timezone=workspace.settings.timezone,
        )
        del content
        tell("comparing")
        outcome, rows = _compare(workspace, parsed, file, import_id)
        if order.dry_run:
            return replace(outcome, status="dry_run")
        tell("writing")
        if _is_refused(parsed, order):
            unkept = {name: dict.fromkeys(counts, 0) for name, counts in outcome.tables.items()}
            outcome = replace(outcome, status="refused", rows_new=0, rows_amended=0, rows_unchanged=0, tables=unkept)
            return _with_papers(workspace, outcome, parsed, order)
        begin_import(workspace, import_id)
        outcome = _with_papers(workspace, outcome, parsed, order)
        seq = commit_import(workspace, _record(outcome, order, sha256), rows, now)
        if seq % _PUT_TOGETHER_EVERY == 0:
            tell("putting small files together")
            # The import is done; where there is no room for this, it waits for the next time.
            with suppress(WorkspaceError):
                put_facts_together(workspace)
    return outcome


def import_name(content: bytes, order: ImportOrder) -> str:
    """The name of an import: what it is made of, hashed."""
    return _names(content, order)[1]


def _names(content: bytes, order: ImportOrder) -> tuple[str, str]:
    """SHA-256 of the file alone, and the name of the import; the bytes are hashed once."""
    digest = hashlib.sha256(content)
    alone = digest.hexdigest()
    digest.update(b"\0" + order.format_name.encode())
    if order.mapping != Mapping():
        digest.update(json.dumps(asdict(order.mapping), sort_keys=True).encode())
    return alone, digest.hexdigest()[:32]


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


def _label(path: Path) -> str:
    """The file's name as text that can be written; a byte that is none becomes a question mark."""
    return path.name.encode("utf-8", "replace").decode()


def _again(workspace: Workspace, import_id: str, file: str) -> ImportOutcome:
    row = read_imports(workspace).filter(pl.col("import_id") == import_id).row(0, named=True)
    refused = row["rows_refused"]
    return ImportOutcome(
        file,
        import_id,
        "already_imported",
        rows_read=row["rows_read"],
        rows_unchanged=row["rows_read"] - refused,
        rows_refused_before=refused,
        folder=str(import_folder(workspace, import_id)),
    )


def _compare(workspace: Workspace, parsed: Parsed, file: str, import_id: str) -> tuple[ImportOutcome, dict[str, pl.DataFrame]]:
    rows, tables = compare_with_workspace(workspace, parsed, file)
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


def _is_refused(parsed: Parsed, order: ImportOrder) -> bool:
    nothing_kept = parsed.n_refused > 0 and not any(frame.height for frame in parsed.tables.values())
    return nothing_kept or (order.strict and parsed.n_refused > 0)


def _record(outcome: ImportOutcome, order: ImportOrder, sha256: str) -> dict[str, object]:
    return {
        "import_id": outcome.import_id,
        "file": outcome.file,
        "format": order.format_name,
        "content_sha256": sha256,
        "rows_read": outcome.rows_read,
        "rows_new": outcome.rows_new,
        "rows_amended": outcome.rows_amended,
        "rows_unchanged": outcome.rows_unchanged,
        "rows_refused": outcome.rows_refused,
        "tables": json.dumps(outcome.tables),
        "code_version": __version__,
    }


def _with_papers(workspace: Workspace, outcome: ImportOutcome, parsed: Parsed, order: ImportOrder) -> ImportOutcome:
    aside = {"refusals", "findings", "folder", "rows_refused_before"}
    summary = {key: value for key, value in outcome.as_dict().items() if key not in aside}
    summary["recorded_at"] = now().isoformat(timespec="microseconds")
    folder = write_beside(workspace, outcome.import_id, summary, parsed, order.mapping)
    return replace(outcome, folder=str(folder))
