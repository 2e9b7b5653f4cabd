"""Memory that a run keeps: asked for before the table library is there, and never against the operator."""

from __future__ import annotations

import os
import subprocess
import sys

# In a process of its own: the settings of this one would stay for all later tests.
_ASK = """
import ctypes, os, sys
from headworks.jobs.run_process import keep_freed_memory
{before}
keep_freed_memory()
print(os.environ.get("_RJEM_MALLOC_CONF"), "polars" in sys.modules)
"""


def _said(before: str = "", **environment: str) -> list[str]:
    inherited = {name: value for name, value in os.environ.items() if name != "_RJEM_MALLOC_CONF"}
    done = subprocess.run(
        [sys.executable, "-c", _ASK.format(before=before)],
        env=inherited | environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout.split()


def test_it_is_asked_for_before_polars_is_imported() -> None:
    assert _said() == ["dirty_decay_ms:3000", "False"]


def test_what_the_operator_set_stands() -> None:
    assert _said(_RJEM_MALLOC_CONF="dirty_decay_ms:0") == ["dirty_decay_ms:0", "False"]


def test_a_c_library_without_settings_is_left_alone() -> None:
    assert _said("ctypes.CDLL = lambda name: object()") == ["dirty_decay_ms:3000", "False"]
