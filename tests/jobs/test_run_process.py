"""How the process of a run is set up: before the table library is there, never against the operator, and only once."""

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


def _answer(program: str, unset: str, **environment: str) -> list[str]:
    """What a process of its own prints, one variable of the environment taken away and others given."""
    inherited = {name: value for name, value in os.environ.items() if name != unset}
    done = subprocess.run(
        [sys.executable, "-c", program], env=inherited | environment, capture_output=True, text=True, check=True
    )
    return done.stdout.split()


def _said(before: str = "", **environment: str) -> list[str]:
    return _answer(_ASK.format(before=before), "_RJEM_MALLOC_CONF", **environment)


def test_it_is_asked_for_before_polars_is_imported() -> None:
    assert _said() == ["dirty_decay_ms:3000", "False"]


def test_what_the_operator_set_stands() -> None:
    assert _said(_RJEM_MALLOC_CONF="dirty_decay_ms:0") == ["dirty_decay_ms:0", "False"]


def test_a_c_library_without_settings_is_left_alone() -> None:
    assert _said("ctypes.CDLL = lambda name: object()") == ["dirty_decay_ms:3000", "False"]


_START = """
import gc, os, sys, threading
from headworks.jobs.run_process import quick_start
{before}
with quick_start():
    import polars
    inside = gc.isenabled()
for beside in threading.enumerate()[1:]:
    beside.join()
loaded = sys.modules.get("headworks.core.compiled")
is_ready = bool(loaded and loaded._unchanged.signatures)
print(inside, gc.isenabled(), gc.get_freeze_count() > 1_000, os.environ.get("OPENBLAS_NUM_THREADS"), is_ready)
"""


def _started(before: str = "", **environment: str) -> list[str]:
    return _answer(_START.format(before=before), "OPENBLAS_NUM_THREADS", **environment)


def test_garbage_is_not_looked_for_while_modules_come_and_linear_algebra_keeps_to_one_thread() -> None:
    assert _started()[:4] == ["False", "True", "True", "1"]


def test_the_compiler_gets_ready_beside() -> None:
    assert _started()[4] == "True"


def test_the_operator_s_threads_of_linear_algebra_stand() -> None:
    assert _started(OPENBLAS_NUM_THREADS="4")[3] == "4"


def test_a_process_that_has_the_table_library_already_is_left_as_it_is() -> None:
    assert _started("import polars") == ["True", "True", "False", "None", "False"]
