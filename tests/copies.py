"""Copies of a workspace that a test may write to, without copying what nobody ever writes into again."""

from __future__ import annotations

import os
import shutil
from pathlib import Path


def copied_workspace(made: Path, to: Path, *without: str, with_server: bool = False) -> Path:
    """A copy of a workspace, without the folders of these names; what its server kept comes along only where that is asked.

    The prepared sets of pages are the larger part of a served workspace and are only ever written whole, under a new name:
    the copy shares them with the original.
    """
    ignored = shutil.ignore_patterns(*without, *(() if with_server else ("server",)))
    return Path(shutil.copytree(made, to, ignore=ignored, copy_function=_linked_or_copied))


def _linked_or_copied(file: str, to: str) -> object:
    return os.link(file, to) if file.endswith(".rows") else shutil.copy2(file, to)
