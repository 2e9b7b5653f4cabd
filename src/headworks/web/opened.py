"""The workspace that this process serves."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from headworks.store import Workspace


@lru_cache(maxsize=4)
def _open(path: str, settings_changed_at: int) -> Workspace:
    return Workspace.open(Path(path))


def the_workspace() -> Workspace:
    """The workspace; its settings are read again when their file changed.

    Raises
    ------
    WorkspaceError
        When it is not there any more.
    """
    path = settings.HEADWORKS_WORKSPACE
    try:
        changed = (Path(path) / "headworks.toml").stat().st_mtime_ns
    except OSError:
        changed = 0
    return _open(path, changed)
