"""Folders of laboratories that work for one area, below the server's; without Django, so that the command line finds them too.

The folder's name is of the area's path, which may be long; ``area.txt`` in it says the path. The trap: whoever opens a
laboratory by a name of their own would evaluate beside it, unseen by the desk, so only laboratories that are there open.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from headworks.core.errors import UsageError
from headworks.store import Workspace, write_atomically
from headworks.web.configuration import server_folder

_SAYS = "area.txt"


def laboratory_folder(whole: Workspace, area_path: str) -> Path:
    """The folder of the laboratory of an area, made when it was not there."""
    folder = _all(whole) / hashlib.sha256(area_path.encode()).hexdigest()[:16]
    if not (folder / _SAYS).exists():
        write_atomically(folder / _SAYS, area_path.encode())
    return folder


def areas_with_laboratory(whole: Workspace) -> list[str]:
    """Paths of the areas that have a laboratory of their own."""
    return sorted(path.read_text(encoding="utf-8") for path in _all(whole).glob(f"*/{_SAYS}"))


def open_laboratory(whole: Workspace, area: str) -> Workspace:
    """The laboratory of an area, named by its code or its path; that of everything by an empty word.

    Raises
    ------
    UsageError
        ``HW-U322`` for an area without a laboratory, or a code of several areas.
    """
    if not area:
        return whole
    known = areas_with_laboratory(whole)
    found = [path for path in known if area in (path, path.rstrip("/").rpartition("/")[2])]
    if len(found) == 1:
        return Workspace(laboratory_folder(whole, found[0]), whole.settings)
    raise UsageError(
        "There is no such laboratory." if not found else "Several laboratories are called so.", where="--laboratory",
        found=", ".join(found) or area, code="HW-U322",
        remedy="Name one of: " + ", ".join(known) if known else "Leave it out; no area has a laboratory of its own",
    )  # fmt: skip


def _all(whole: Workspace) -> Path:
    return server_folder(whole) / "laboratories"
