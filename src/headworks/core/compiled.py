"""Functions over whole batches of series, compiled on their first call and kept for the next process.

``compiled`` is Numba's ``njit`` with what this house wants of every kernel: the lock of the interpreter is released, so that
:func:`in_chunks` may run pieces on several threads; nothing is assumed about missing numbers (with ``fastmath`` the test
``x == x`` is removed and gaps become results); the machine code is kept in the user's cache (``NUMBA_CACHE_DIR`` says another
place), and where that cannot be written it is made anew in each process.

Numba looks at the file of a function alone, not at those of the functions it calls: machine code of an older version would
be run beside newer sources. So the folder is named after the digest of all modules with kernels.

The trap: a sum must not hang on how a batch was cut. Pieces are rows that do not meet, and each writes its own.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeVar, cast

import numba

Function = TypeVar("Function", bound=Callable[..., object])
_PIECES_A_THREAD = 4
_PACKAGE = Path(__file__).parents[1]
# Rooms with kernels.
_ROOMS = ("core", "lab", "loads", "trends", "warning")


def cache_folder() -> Path:
    """Where machine code of these sources is kept: ``headworks/kernels-…`` in the user's cache."""
    digest = hashlib.sha256()
    for path in sorted(path for room in _ROOMS for path in (_PACKAGE / room).rglob("*.py")):
        text = path.read_bytes()
        if b"core.compiled" in text or path == Path(__file__):
            digest.update(str(path).encode() + text)
    home = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")  # noqa: PTH111, PTH118
    return Path(home) / "headworks" / f"kernels-{digest.hexdigest()[:16]}"


_CONFIG: Any = numba.core.config
if not _CONFIG.CACHE_DIR:
    _CONFIG.CACHE_DIR = str(cache_folder())


def compiled(function: Function) -> Function:
    """A function of numbers and arrays as machine code, made on its first call.

    Examples
    --------
    >>> @compiled
    ... def half(x: float) -> float:
    ...     return x / 2.0
    >>> half(3.0)
    1.5
    """
    return _kept(function, inlined=False)


def inlined(function: Function) -> Function:
    """As :func:`compiled`, and always put into the function that calls it: a loop with a call in it is not done eight at once.

    Examples
    --------
    >>> @inlined
    ... def twice(x: float) -> float:
    ...     return 2.0 * x
    >>> twice(3.0)
    6.0
    """
    return _kept(function, inlined=True)


def _kept(function: Function, inlined: bool) -> Function:
    """Compiled, and kept for the next process where there is a folder for it."""
    # Both words are needed: loops are unrolled before the compiler's last stage puts calls in.
    how: dict[str, Any] = {
        "nogil": True,
        "error_model": "numpy",
        "forceinline": inlined,
        "inline": "always" if inlined else "never",
    }
    try:
        return cast("Function", numba.njit(cache=True, **how)(function))
    except RuntimeError:  # no folder to keep the machine code in, or no file the function comes from
        return cast("Function", numba.njit(**how)(function))


def be_ready() -> None:
    """Set the compiler up, which the first call of a compiled function does otherwise: a sixth of a second, in any thread."""
    _unchanged(0)


@compiled
def _unchanged(number: int) -> int:
    return number


def in_chunks(work: Callable[[int, int], None], n_rows: int, threads: int | None = None) -> None:
    """Let ``work(first, last)`` do rows ``first`` to ``last``, exclusive, of a batch, on several threads.

    Parameters
    ----------
    work
        Writes what it computes of its rows, and nothing else; releases the interpreter's lock, as compiled functions do.
    n_rows
        Rows of the batch, at least 0.
    threads
        Threads at most; those of this machine without.

    Examples
    --------
    >>> import numpy as np
    >>> squares = np.zeros(5)
    >>> def square(first: int, last: int) -> None:
    ...     squares[first:last] = np.arange(first, last) ** 2
    >>> in_chunks(square, 5, threads=2)
    >>> squares.tolist()
    [0.0, 1.0, 4.0, 9.0, 16.0]
    """
    workers = max(1, threads if threads is not None else (os.cpu_count() or 1))
    # As even as can be: the last piece is waited for by all.
    n_pieces = min(n_rows, workers * _PIECES_A_THREAD)
    cuts = [n_rows * piece // max(n_pieces, 1) for piece in range(n_pieces + 1)]
    pieces = list(pairwise(cuts))
    if workers == 1 or len(pieces) <= 1:
        for first, last in pieces:
            work(first, last)
        return
    with ThreadPoolExecutor(workers) as pool:
        for done in [pool.submit(work, first, last) for first, last in pieces]:
            done.result()
