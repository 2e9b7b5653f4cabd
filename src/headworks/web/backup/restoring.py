"""Back from a backup, into a folder (and for PostgreSQL a database) that is empty."""

from __future__ import annotations

import os
import shutil
import tarfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from headworks.core.errors import UsageError
from headworks.store.workspace import SETTINGS
from headworks.web.backup.database import SQLITE_NAME, TABLES
from headworks.web.backup.manifest import NAME, BackupManifest, damaged, digest_of_file, read_manifest

_INSIDE: Final = "workspace/"
_MOST_MANIFEST: Final = 256 << 20


@dataclass(frozen=True)
class Restored:
    """What the backup was, and rows of its audit log that are not as they were written."""

    manifest: BackupManifest
    broken: tuple[str, ...]


def restore(
    file: Path, target: Path, *, database_url_file: str = "", tell: Callable[[str], None] = lambda step: None
) -> Restored:
    """Make a workspace and its database from a backup.

    Parameters
    ----------
    database_url_file
        For PostgreSQL: file with the URL of an empty database; else the one that the settings in the backup name.

    Raises
    ------
    UsageError
        ``HW-U117`` when the folder or the database is not empty.
    DataRefused
        ``HW-U116`` when the file is no backup, or a digest is another.
    """
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise UsageError(
            "A backup is restored into a new or empty folder.", where=str(target), remedy="Name another folder", code="HW-U117"
        )
    beside = target.with_name(f".{target.name}.restoring-{os.getpid()}")
    try:
        beside.mkdir(parents=True, mode=0o700)
        tell("unpacking")
        manifest = _unpack(file, beside)
        tell("comparing digests")
        _require_digests(file, beside, manifest)
        _place(beside, target, manifest)
        tell("making the database")
        broken = _fill(beside, target, manifest, database_url_file, tell)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return Restored(manifest, broken)


def _unpack(file: Path, beside: Path) -> BackupManifest:
    content = None
    try:
        with tarfile.open(file, mode="r:") as archive:
            for member in archive:
                if not member.isfile() or content is not None:
                    raise damaged(str(file), f"{member.name}: not a file of a backup")
                if member.name == NAME:
                    stream = archive.extractfile(member)
                    content = stream.read(_MOST_MANIFEST) if stream else b""
                    continue
                # Refuses names that lead elsewhere, links and devices.
                archive.extract(member, beside, filter="data")
    except (OSError, tarfile.TarError) as problem:
        raise damaged(str(file), str(problem)) from problem
    if content is None:
        raise damaged(str(file), "it ends before its manifest")
    return read_manifest(content, str(file))


def _require_digests(file: Path, beside: Path, manifest: BackupManifest) -> None:
    there = {path.relative_to(beside).as_posix() for path in beside.rglob("*") if path.is_file()}
    for name in sorted(there ^ manifest.files.keys()):
        raise damaged(str(file), f"{name}: {'not in its manifest' if name in there else 'missing'}")
    for name, said in manifest.files.items():
        if digest_of_file(beside / name) != said["sha256"]:
            raise damaged(str(file), f"{name}: other content than when it was written")
    if f"{_INSIDE}{SETTINGS}" not in there:
        raise damaged(str(file), "it holds no workspace")


def _place(beside: Path, target: Path, manifest: BackupManifest) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    folder = beside / "workspace"
    (folder / "server").chmod(0o700)
    if manifest.database == "sqlite":
        (beside / SQLITE_NAME).replace(folder / "server" / "headworks.sqlite3")
    if target.exists():
        target.rmdir()
    folder.replace(target)


def _fill(
    beside: Path, target: Path, manifest: BackupManifest, database_url_file: str, tell: Callable[[str], None]
) -> tuple[str, ...]:
    if database_url_file:
        os.environ["HEADWORKS_SERVER_DATABASE_URL_FILE"] = database_url_file
    elif manifest.database == "sqlite":
        # The file came with the backup, whatever database the settings have named since.
        os.environ["HEADWORKS_SERVER_DATABASE_URL_FILE"] = ""
    from headworks.web.service.start import open_server

    try:
        open_server(target)
        from django.core.management import call_command

        from headworks.web.backup.database import fill_database, require_empty_database

        if (beside / TABLES).is_dir():
            require_empty_database()
            fill_database(beside, manifest.migrations)
        else:
            call_command("migrate", verbosity=0, interactive=False)
        tell("looking at every row of the audit log")
        return _broken()
    except BaseException:
        shutil.rmtree(target, ignore_errors=True)
        raise


def _broken() -> tuple[str, ...]:
    from django.db import connections

    from headworks.web.audit.verification import verify

    found = tuple(f"row {one.seq}: {one.what}" for one in verify())
    connections.close_all()
    return found
