"""How the process of a run is set up: what it lets go it keeps for its next table, and nothing works beside its own threads.

A run makes and drops thousands of arrays, from a few to hundreds of megabytes. As they come, the allocators hand a dropped one
back to the system within half a second (the table library's) or at once (the C library's), and the next one is given to the
run page by page, each cleared first: a tenth of the processor time of a full run. No figure hangs on where an array lies.
"""

from __future__ import annotations

import ctypes
import gc
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from threading import Thread

# How long the table library keeps what was dropped: as long as most steps take, and no longer, for a small table is computed
# after a large one.
_KEPT_MS = 3_000
_SETTING = "_RJEM_MALLOC_CONF"
_LINEAR_ALGEBRA = "OPENBLAS_NUM_THREADS"
# Half of what a run loads; the other half needs nothing of it.
_LOADED_BESIDE = ("numba", "scipy.special", "scipy.sparse.csgraph")
# Numbers of the C library's settings (malloc.h of glibc). Threads share two rooms: a room for each would keep its own share.
_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8
_MOST_ROOMS = 2
# The most that glibc takes; larger arrays still come from the system one by one.
_TAKEN_FROM_A_ROOM = 32 * 2**20
_KEPT_AT_THE_END = 256 * 2**20


def keep_freed_memory() -> None:
    """Let this process keep what it drops; call it before a table is made, best before Polars is imported.

    What the operator told the table library in the environment stands. Where the C library has no such settings, they are
    passed over.
    """
    os.environ.setdefault(_SETTING, f"dirty_decay_ms:{_KEPT_MS}")
    setting = getattr(ctypes.CDLL(None), "mallopt", None)
    if setting is None:
        return
    for number, value in (
        (_ARENA_MAX, _MOST_ROOMS),
        (_MMAP_THRESHOLD, _TAKEN_FROM_A_ROOM),
        (_TRIM_THRESHOLD, _KEPT_AT_THE_END),
    ):
        setting(number, value)


def _load_beside() -> None:
    # What is missing is told where it is needed.
    with suppress(ImportError, OSError):
        for name in _LOADED_BESIDE:
            import_module(name)
        from headworks.core.compiled import be_ready

        be_ready()


@contextmanager
def quick_start() -> Iterator[None]:
    """Import what a run needs inside this; where it was imported before, nothing is set up.

    Linear algebra keeps to the thread that asks for it: the run's own threads fill the processors, and those that the library
    starts with its import would wait for work by looking for it. What is imported stays to the end, so the collector of
    garbage looks at it neither while it comes nor later. The libraries that take longest come beside the rest, and the
    compiler gets ready; that may go on for a while after this is left.
    """
    if "polars" in sys.modules or not gc.isenabled():
        yield
        return
    keep_freed_memory()
    os.environ.setdefault(_LINEAR_ALGEBRA, "1")
    gc.disable()
    # Not waited for: it goes on while facts are read.
    Thread(target=_load_beside, name="headworks-loading").start()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
