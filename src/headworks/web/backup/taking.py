"""Take a backup while the server runs."""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import shutil
import tarfile
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final

from django.db import connection

import headworks
from headworks.core.errors import UsageError
from headworks.jobs.clock import now
from headworks.jobs.serving import FOLDER as SERVING
from headworks.store import Workspace
from headworks.web.audit.heads import NAME as HEADS
from headworks.web.backup.database import last_migrations, snapshot
from headworks.web.backup.manifest import NAME, BackupManifest

_BESIDE: Final = ".backup-"
# Made anew at any time, of this process only, or snapshotted as the database.
_LEFT_OUT: Final = (SERVING, ".lock")
_SERVER_LEFT_OUT: Final = (".lock", ".sqlite3", ".sqlite3-wal", ".sqlite3-shm", ".new", HEADS)
_SETTLED_SECONDS: Final = 60.0


@dataclass(frozen=True)
class BackedUp:
    """The archive, how much is in it, and for how long writers had to wait."""

    path: Path
    n_files: int
    n_bytes: int
    locked_seconds: float


def back_up(workspace: Workspace, target: Path, tell: Callable[[str], None] = lambda step: None) -> BackedUp:
    """Write a backup; nothing is there before it is whole.

    Raises
    ------
    UsageError
        ``HW-U117`` when the file is there already, or lies in the workspace.
    WorkspaceBusy
        When another process writes for longer than the lock waits.
    """
    if target.exists() or target.resolve().is_relative_to(workspace.path.resolve()):
        raise UsageError(
            "A backup is a new file outside of the workspace.", where=str(target), remedy="Name another file", code="HW-U117"
        )
    _remove_left(workspace)
    # On the same disk as the workspace, so that linking is possible.
    with tempfile.TemporaryDirectory(prefix=_BESIDE, dir=workspace.path) as name:
        beside = Path(name)
        locked_seconds, manifest = _stage(workspace, beside, tell)
        tell("writing the archive")
        n_bytes = _write(beside, manifest, target)
    return BackedUp(target, len(manifest.files), n_bytes, locked_seconds)


def _remove_left(workspace: Workspace) -> None:
    """What backups that were killed left, older than a day."""
    for left in workspace.path.glob(_BESIDE + "*"):
        if time.time() - left.stat().st_mtime > 86_400:
            shutil.rmtree(left, ignore_errors=True)


def _stage(workspace: Workspace, beside: Path, tell: Callable[[str], None]) -> tuple[float, BackupManifest]:
    with ExitStack() as open_until_written:
        with workspace.writing(tell=tell):
            begun = time.monotonic()
            # The heads before the rows: a head without its row would read as rows cut off.
            heads = workspace.path / "server" / HEADS
            if heads.is_file():
                _take(heads, beside / "workspace" / "server" / HEADS, shutil.copy2)
            held = open_until_written.enter_context(snapshot())
            # Other files after the rows: what a row names is there.
            _link_files(workspace, beside / "workspace")
            locked = time.monotonic() - begun
        tell("writing the database")
        seq, head = held.audit_head()
        held.write(beside)
    said = BackupManifest(now().isoformat(), headworks.__version__, connection.vendor, seq, head, last_migrations())
    return locked, said


def _link_files(workspace: Workspace, target: Path) -> None:
    for entry in sorted(workspace.path.iterdir()):
        if entry.name in _LEFT_OUT or entry.name.startswith(_BESIDE):
            continue
        for path in [entry] if entry.is_file() else _files(entry):
            if entry.name != "server" or not path.name.endswith(_SERVER_LEFT_OUT):
                _take(path, target / path.relative_to(workspace.path), _link)


def _take(path: Path, target: Path, how: Callable[..., object]) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        how(path, target)
    except FileNotFoundError:
        # A temporary file that was renamed or removed since it was listed; what it became is listed by its own name.
        if path.exists():
            raise


def _link(path: Path, target: Path) -> None:
    # Logs are appended to; an upload may still be arriving.
    if path.suffix != ".jsonl" and time.time() - path.stat().st_mtime > _SETTLED_SECONDS:
        with contextlib.suppress(OSError):
            os.link(path, target)
            return
    shutil.copy2(path, target)


def _files(folder: Path) -> Iterator[Path]:
    """Regular files below a folder, in order; links are not followed."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            yield path


def _write(beside: Path, manifest: BackupManifest, target: Path) -> int:
    partly = target.with_name(f".{target.name}.{os.getpid()}")
    handle = os.open(partly, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file, tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as archive:
            for path in _files(beside):
                name = path.relative_to(beside).as_posix()
                manifest.files[name] = _add(archive, path, name)
            content = manifest.as_json()
            member = tarfile.TarInfo(NAME)
            member.size, member.mode = len(content), 0o600
            archive.addfile(member, io.BytesIO(content))
            file.flush()
        with partly.open("rb") as written:
            os.fsync(written.fileno())
        partly.replace(target)
    except BaseException:
        partly.unlink(missing_ok=True)
        raise
    return target.stat().st_size


def _add(archive: tarfile.TarFile, path: Path, name: str) -> dict[str, Any]:
    """Put a file in; the digest is of what went in."""
    with path.open("rb") as file:
        member = archive.gettarinfo(arcname=name, fileobj=file)
        # A second link to a file that is in already would be stored as a name only.
        member.type, member.linkname = tarfile.REGTYPE, ""
        member.size = os.fstat(file.fileno()).st_size
        member.uid = member.gid = 0
        member.uname = member.gname = ""
        reading = _Digesting(file)
        archive.addfile(member, reading)  # type: ignore[arg-type]
    return {"bytes": member.size, "sha256": reading.digest.hexdigest()}


class _Digesting:
    """A file that is digested while it is read."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        block = self._file.read(size)
        self.digest.update(block)
        return block
