"""What is slow to make and not changed by tests: made once for all processes of tests."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock

# Tests that begin other tests tell them where that is.
SHARED = "HEADWORKS_TESTS_SHARED"


def shared_folder(request: pytest.FixtureRequest) -> Path:
    """Where all processes of tests keep what they share."""
    if told := os.environ.get(SHARED):
        return Path(told)
    base: Path = request.getfixturevalue("tmp_path_factory").getbasetemp()
    # Each process of tests has its folder beside those of the others.
    return base.parent if hasattr(request.config, "workerinput") else base


def made_once(request: pytest.FixtureRequest, name: str, make: Callable[[Path], object]) -> Path:
    """The folder of that name, which the first process that asks for it fills; the others wait."""
    folder = shared_folder(request) / name
    with FileLock(folder.with_suffix(".lock")):
        done = folder.with_suffix(".done")
        if not done.exists():
            folder.mkdir()
            make(folder)
            done.touch()
    return folder
