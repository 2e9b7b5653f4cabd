"""What a backup says of itself: its files with sizes and SHA-256, the kind of database, and the code that made it.

The manifest is the archive's last member: it is known when everything else has been written.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from headworks.core.errors import DataRefused

NAME: Final = "manifest.json"
FORMAT: Final = 1
_BLOCK: Final = 1 << 20


@dataclass
class BackupManifest:
    """The content of a backup."""

    taken_at: str
    code_version: str
    database: str
    audit_seq: int
    audit_head: str
    migrations: dict[str, str] = field(default_factory=dict)
    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    format: int = FORMAT

    def as_json(self) -> bytes:
        """As it stands in the archive."""
        return (json.dumps(asdict(self), ensure_ascii=False, indent=1) + "\n").encode()


def read_manifest(content: bytes, where: str) -> BackupManifest:
    """The manifest of an archive.

    Raises
    ------
    DataRefused
        ``HW-U116`` when it is none, or of a later version.
    """
    try:
        said = json.loads(content)
        if said["format"] != FORMAT:
            raise DataRefused(
                "The backup was made by a later version.", where=where, found=f"format {said['format']}",
                remedy="Install the version that made it", code="HW-U116",
            )  # fmt: skip
        return BackupManifest(**said)
    except (ValueError, TypeError, KeyError) as problem:
        raise damaged(where, "its manifest cannot be read") from problem


def damaged(where: str, found: str) -> DataRefused:
    """A backup that is not as it was written."""
    return DataRefused("The backup is damaged.", where=where, found=found, remedy="Use another backup", code="HW-U116")


def digest_of_file(path: Path) -> str:
    """SHA-256 of a file."""
    found = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            found.update(block)
    return found.hexdigest()
