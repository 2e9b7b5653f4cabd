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
import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import BaseFileLock, FileLock, Timeout

from headworks.core.errors import WorkspaceBusy, WorkspaceError
from headworks.store.settings import FORMAT, Settings, read_settings

SETTINGS = "headworks.toml"
_NO_ADDRESS = re.compile(r"[\[\]^|\\\x00-\x1f\x7f]|%[0-9A-Fa-f]{2}")
_WAIT_SECONDS = 120.0
# Longer than a small import holds the lock, so that a wait nobody notices is not announced.
_SILENT_SECONDS = 1.0


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
            ``HW-W004`` when the folder holds something else, ``HW-W006`` when it cannot be written to, ``HW-W008`` when its
            name has a sign that a table's address cannot have.
        """
        _require_plain_name(path)
        if is_workspace(path):
            return cls.open(path)
        with refusing_os_errors(path):
            is_taken = path.exists() and (not path.is_dir() or any(path.iterdir()))
        if is_taken:
            raise WorkspaceError(
                "The folder is not empty and is no workspace.",
                where=str(path),
                remedy="Name a new or an empty folder",
                code="HW-W004",
            )
        lines = [f"format = {FORMAT}", f"name = {json.dumps(name, ensure_ascii=False)}"]
        if timezone:
            lines.append(f"timezone = {json.dumps(timezone)}  # of local times that come without an offset")
        lines += ["", "[run]", f'parameter_set = "{Settings.parameter_set}"', f'residues = "{Settings.residues}"', ""]
        with refusing_os_errors(path):
            path.mkdir(parents=True, exist_ok=True)
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
        _require_plain_name(path)
        settings_file = path / SETTINGS
        if not is_workspace(path):
            raise WorkspaceError(
                "There is no workspace here.", where=str(path), remedy=f"Make one: headworks init {path}", code="HW-W001"
            )
        try:
            text = settings_file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as problem:
            raise WorkspaceError(
                "The settings cannot be read.",
                where=str(settings_file),
                found=str(problem),
                remedy="Save the file as UTF-8, readable for you",
                code="HW-W003",
            ) from problem
        return cls(path, read_settings(text, str(settings_file)))

    @contextmanager
    def writing(self, wait_seconds: float = _WAIT_SECONDS, tell: Callable[[str], None] = lambda step: None) -> Iterator[None]:
        """Hold the workspace's lock; one writer at a time.

        Parameters
        ----------
        wait_seconds
            How long to wait for another writer.
        tell
            Told when there is another writer to wait for.

        Raises
        ------
        WorkspaceBusy
            ``HW-W002`` when another process holds it for longer than ``wait_seconds``.
        WorkspaceError
            ``HW-W006`` when the disk is full or the folder is not writable.
        """
        lock = FileLock(self.path / ".lock")
        with refusing_os_errors(self.path):
            self._acquire(lock, wait_seconds, tell)
            try:
                yield
            finally:
                lock.release()

    def _acquire(self, lock: BaseFileLock, wait_seconds: float, tell: Callable[[str], None]) -> None:
        try:
            try:
                lock.acquire(timeout=min(_SILENT_SECONDS, wait_seconds))
            except Timeout:
                tell("waiting for another process that is writing")
                lock.acquire(timeout=max(0.0, wait_seconds - _SILENT_SECONDS))
        except Timeout as problem:
            raise WorkspaceBusy(
                "Another process is writing to this workspace.",
                where=str(self.path),
                remedy="Nothing was changed; try again when it has finished",
            ) from problem

    def facts(self, table: str) -> Path:
        """Folder of a fact table."""
        return self.path / "facts" / table

    def results(self, table: str) -> Path:
        """Folder of a result table."""
        return self.path / "results" / table


def _require_plain_name(path: Path) -> None:
    """Blanks, quotes and letters of any script are well; Delta Lake makes addresses of folders, and a few signs break them."""
    found = _NO_ADDRESS.search(path.absolute().as_posix())
    if found:
        raise WorkspaceError(
            "A workspace cannot be kept in a folder of this name.",
            where=repr(str(path)),
            found=repr(found.group()),
            remedy="Choose a folder, and folders above it, without [ ] ^ | \\ %20 and control characters",
            code="HW-W008",
        )


def is_workspace(path: Path) -> bool:
    """Whether a folder has the settings of a workspace."""
    try:
        return (path / SETTINGS).is_file()
    except OSError:
        return False


@contextmanager
def refusing_os_errors(path: Path) -> Iterator[None]:
    """What the operating system refuses inside becomes a refusal of ours, ``HW-W006``."""
    try:
        yield
    except OSError as problem:
        raise WorkspaceError(
            "The workspace cannot be written to.",
            where=problem.filename if isinstance(problem.filename, str) else str(path),
            found=problem.strerror or str(problem),
            remedy="See whether the disk is full and the folder writable, then try again; nothing was counted",
            code="HW-W006",
        ) from problem


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
