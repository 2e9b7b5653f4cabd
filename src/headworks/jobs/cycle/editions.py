"""Frozen snapshots and their editions.

    reports/cycle/<kind>/<period>/<area>-<tier>/<number>/
        snapshot.json      id, request, facts, what it was compared with
        <frame>.parquet    the frames, as the tier may see them

A snapshot's id is the hash of what it says and the number of the edition: the same figures have the same hash, whoever
computes them and when, and asking again gives the same edition. Other figures make the next edition, which is compared with
the newest published one, or the newest where none was. The trap: the hash is of the frames before revisions are added, or an
edition would hang on its past.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl

from headworks.core.errors import DataRefused, UsageError
from headworks.core.periods import Period
from headworks.jobs.cycle.ledger import append_line, head_of, read_ledger
from headworks.reports.cycle import CycleRequest, CycleTables, Edition, revisions_between
from headworks.reports.cycle.inputs import FIGURES, REVISIONS, SIGNALS
from headworks.store import Workspace, write_json

_ID_LENGTH = 16
_UNSAFE = re.compile(r"[^A-Za-z0-9_-]")
_COUNTS = ("has_signals", "has_lists", "n_events", "n_waiting")


@dataclass(frozen=True)
class StoredEdition:
    """An edition as it lies in the workspace; ``state`` is what the ledger says of it last."""

    kind: str
    area_id: str
    period: str
    tier: str
    number: int
    snapshot_id: str
    floor: int
    facts: dict[str, Any]
    counts: dict[str, Any]
    previous: str
    previous_number: int
    folder: Path
    state: str = "draft"

    @property
    def digest(self) -> str:
        """Hash of what it says."""
        return self.snapshot_id.partition("-")[0]


def freeze(workspace: Workspace, tables: CycleTables, order: CycleRequest, *, by: str) -> StoredEdition:
    """Keep the frames as an edition; the newest one again when nothing differs.

    Parameters
    ----------
    tables
        As collected, without revisions.
    order
        Which report; its edition is not looked at.
    by
        Who drafts it.
    """
    found = digest_of(tables, order)
    with workspace.writing():
        earlier = editions_of(workspace, order.kind, order.area_id, order.period.label, order.tier)
        if earlier and earlier[-1].digest == found:
            return earlier[-1]
        before = _compared_with(earlier)
        if before is not None:
            old = read_tables(before)
            tables = replace(tables, revisions=revisions_between(old, tables, before.facts, order.facts))
        number = earlier[-1].number + 1 if earlier else 1
        folder = _folder(workspace, order.kind, order.area_id, order.period.label, order.tier) / f"{number:03d}"
        edition = StoredEdition(
            kind=order.kind, area_id=order.area_id, period=order.period.label, tier=order.tier, number=number,
            snapshot_id=f"{found}-{number}", floor=order.floor, facts=dict(order.facts), folder=folder,
            counts={name: getattr(tables, name) for name in _COUNTS}, previous=before.snapshot_id if before else "",
            previous_number=before.number if before else 0,
        )  # fmt: skip
        _write(edition, tables)
        append_line(
            workspace, action="draft", kind=order.kind, area_id=order.area_id, period=order.period.label, tier=order.tier,
            edition=number, snapshot_id=edition.snapshot_id, by=by, reason="",
        )  # fmt: skip
    return edition


def digest_of(tables: CycleTables, order: CycleRequest) -> str:
    """Hash of what a report is made of: request and frames, no run, no date, no revisions."""
    said = hashlib.sha256(repr((order.kind, order.area_id, order.period.label, order.tier, order.floor)).encode())
    for name in CycleTables.frames():
        if name != "revisions":
            frame = getattr(tables, name)
            said.update(f"{name}\n{frame.schema}\n{frame.write_csv(null_value='NULL')}".encode())
    said.update(repr([getattr(tables, name) for name in _COUNTS]).encode())
    return said.hexdigest()[:_ID_LENGTH]


def _compared_with(earlier: list[StoredEdition]) -> StoredEdition | None:
    published = [one for one in earlier if one.state == "published"]
    return (published or earlier or [None])[-1]  # type: ignore[list-item]


def editions_of(workspace: Workspace, kind: str, area_id: str, period: str, tier: str) -> list[StoredEdition]:
    """Editions of one report, oldest first."""
    folder = _folder(workspace, kind, area_id, period, tier)
    return _in(workspace, sorted(folder.glob("*/snapshot.json")))


def all_editions(workspace: Workspace) -> list[StoredEdition]:
    """Every edition of every report, by kind, period, area and number."""
    return _in(workspace, sorted((workspace.path / "reports" / "cycle").glob("*/*/*/*/snapshot.json")))


def find_edition(workspace: Workspace, said: str) -> StoredEdition:
    """The edition whose snapshot id is or begins so.

    Raises
    ------
    UsageError
        ``HW-U272`` when there is none, or several.
    """
    found = [one for one in all_editions(workspace) if said and one.snapshot_id.startswith(said)]
    if len(found) == 1:
        return found[0]
    raise UsageError(
        "Several editions are meant." if found else "There is no such edition.", found=said,
        remedy="Give the id as `headworks report editions` prints it", code="HW-U272",
    )  # fmt: skip


def read_tables(edition: StoredEdition) -> CycleTables:
    """The frozen frames.

    Raises
    ------
    DataRefused
        ``HW-D801`` when one is gone or damaged, or is not what its id says.
    """
    try:
        frames: dict[str, Any] = {name: pl.read_parquet(edition.folder / f"{name}.parquet") for name in CycleTables.frames()}
    except (OSError, pl.exceptions.PolarsError) as problem:
        raise _damaged(edition, str(problem)) from problem
    tables = CycleTables(**frames, **edition.counts)
    if digest_of(tables, request_of(edition)) != edition.digest:
        raise _damaged(edition, "its frames are not those it was made of")
    grown = {"figures": FIGURES, "signals": SIGNALS, "revisions": REVISIONS}
    completed: dict[str, Any] = {name: _completed(getattr(tables, name), schema) for name, schema in grown.items()}
    return replace(tables, **completed)


def _completed(frame: pl.DataFrame, schema: dict[str, Any]) -> pl.DataFrame:
    """With the columns that came to the frame after the edition was frozen, empty."""
    missing = [pl.lit(None, kind).alias(name) for name, kind in schema.items() if name not in frame.columns]
    return frame.with_columns(missing).select(list(schema))


def request_of(edition: StoredEdition, audit_head: str = "") -> CycleRequest:
    """The request as it is printed."""
    shown = Edition(edition.number, edition.state, edition.snapshot_id, audit_head, edition.previous, edition.previous_number)
    return CycleRequest(
        edition.kind, edition.area_id, Period.parse(edition.period), edition.tier, edition.floor, shown, edition.facts
    )


def printed_request(workspace: Workspace, edition: StoredEdition, audit_head: str = "") -> CycleRequest:
    """As :func:`request_of`, with the head of the ledger where the server gives no other."""
    return request_of(edition, audit_head or head_of(workspace))


def _folder(workspace: Workspace, kind: str, area_id: str, period: str, tier: str) -> Path:
    return workspace.path / "reports" / "cycle" / kind / period / f"{_UNSAFE.sub('_', area_id)}-{tier}"


def _in(workspace: Workspace, files: list[Path]) -> list[StoredEdition]:
    states = {line.get("snapshot_id"): line["action"] for line in read_ledger(workspace)} if files else {}
    found = []
    for path in files:
        try:
            said = json.loads(path.read_text(encoding="utf-8"))
            found.append(StoredEdition(**said, folder=path.parent, state=states.get(said["snapshot_id"], "draft")))
        except (OSError, ValueError, TypeError, KeyError) as problem:
            raise DataRefused(
                "A snapshot of a report is damaged.", where=str(path), found=str(problem), remedy="Restore it from a backup",
                code="HW-D801",
            ) from problem  # fmt: skip
    return found


def _write(edition: StoredEdition, tables: CycleTables) -> None:
    edition.folder.mkdir(parents=True, exist_ok=True)
    for name in CycleTables.frames():
        getattr(tables, name).write_parquet(edition.folder / f"{name}.parquet")
    said = {name: value for name, value in asdict(edition).items() if name not in ("folder", "state")}
    # Last, for a folder without it is no edition.
    write_json(edition.folder / "snapshot.json", said)


def _damaged(edition: StoredEdition, found: str) -> DataRefused:
    return DataRefused(
        "A snapshot of a report is damaged.", where=str(edition.folder), found=found, remedy="Restore it from a backup",
        code="HW-D801",
    )  # fmt: skip
