"""A workspace: a folder with settings, facts, results, runs and reports.

    headworks.toml      settings
    facts/<table>/      Delta tables, append-only; every row names its import
    results/<table>/    Delta tables; a run replaces the rows it recomputed
    imports/            one folder per import: summary, findings, refusals, refused rows as written
    pending/            imports under way; what is left there after a crash is undone by the next writer
    runs/               one manifest per finished run
    reports/

Writers hold a lock that the operating system lets go of when a process dies; readers never wait.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from headworks.core.errors import WorkspaceBusy, WorkspaceError
from headworks.store.settings import FORMAT, Settings, read_settings

SETTINGS = "headworks.toml"
_WAIT_SECONDS = 120.0


@dataclass(frozen=True)
class Workspace:
    """An open workspace."""

    path: Path
    settings: Settings

    @classmethod
    def create(cls, path: Path, *, name: str = "", timezone: str | None = None) -> Workspace:
        """A new workspace in an empty or new folder; an existing workspace is opened.

        Raises
        ------
        WorkspaceError
            ``HW-W004`` when the folder holds something else.
        """
        if (path / SETTINGS).is_file():
            return cls.open(path)
        if path.exists() and (not path.is_dir() or any(path.iterdir())):
            raise WorkspaceError(
                "The folder is not empty and is no workspace.",
                where=str(path),
                remedy="Name a new or an empty folder",
                code="HW-W004",
            )
        path.mkdir(parents=True, exist_ok=True)
        lines = [f"format = {FORMAT}", f"name = {json.dumps(name, ensure_ascii=False)}"]
        if timezone:
            lines.append(f"timezone = {json.dumps(timezone)}  # of local times that come without an offset")
        lines += ["", "[run]", f'parameter_set = "{Settings.parameter_set}"', f'residues = "{Settings.residues}"', ""]
        write_atomically(path / SETTINGS, "\n".join(lines))
        return cls.open(path)

    @classmethod
    def open(cls, path: Path) -> Workspace:
        """The workspace in a folder.

        Raises
        ------
        WorkspaceError
            ``HW-W001`` when there is none, ``HW-W003`` when its settings are at fault.
        """
        settings_file = path / SETTINGS
        if not settings_file.is_file():
            raise WorkspaceError(
                "There is no workspace here.", where=str(path), remedy=f"Make one: headworks init {path}", code="HW-W001"
            )
        return cls(path, read_settings(settings_file.read_text(encoding="utf-8"), str(settings_file)))

    @contextmanager
    def writing(self, wait_seconds: float = _WAIT_SECONDS) -> Iterator[None]:
        """Hold the workspace's lock; one writer at a time.

        Raises
        ------
        WorkspaceBusy
            ``HW-W002`` when another process holds it for longer than ``wait_seconds``.
        """
        lock = FileLock(self.path / ".lock")
        try:
            lock.acquire(timeout=wait_seconds)
        except Timeout as problem:
            raise WorkspaceBusy(
                "Another process is writing to this workspace.",
                where=str(self.path),
                remedy="Nothing was changed; try again when it has finished",
            ) from problem
        try:
            yield
        finally:
            lock.release()

    def facts(self, table: str) -> Path:
        """Folder of a fact table."""
        return self.path / "facts" / table

    def results(self, table: str) -> Path:
        """Folder of a result table."""
        return self.path / "results" / table


def write_atomically(path: Path, content: str | bytes) -> None:
    """Write a file so that a reader, or a crash, meets all of it or nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    data = content.encode() if isinstance(content, str) else content
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def write_json(path: Path, content: Any) -> None:
    """Write JSON atomically, readable, keys in the order given."""
    write_atomically(path, json.dumps(content, ensure_ascii=False, indent=2, default=str) + "\n")
