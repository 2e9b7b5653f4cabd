"""Functions over whole batches of series, compiled on their first call and kept for the next process.

``compiled`` is Numba's ``njit`` with what this house wants of every kernel: the lock of the interpreter is released, so that
:func:`in_chunks` may run pieces on several threads; nothing is assumed about missing numbers (with ``fastmath`` the test
``x == x`` is removed and gaps become results); the machine code is kept beside the module, or in a folder of the user, and
where neither can be written it is made anew in each process.

The trap: a sum must not hang on how a batch was cut. Pieces are rows that do not meet, and each writes its own.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar, cast

import numba

Function = TypeVar("Function", bound=Callable[..., object])
_PIECES_A_THREAD = 4


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
    try:
        return cast("Function", numba.njit(cache=True, nogil=True, error_model="numpy")(function))
    except RuntimeError:  # no folder to keep the machine code in, or no file the function comes from
        return cast("Function", numba.njit(nogil=True, error_model="numpy")(function))


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
    step = max(1, -(-n_rows // (workers * _PIECES_A_THREAD)))
    pieces = [(first, min(first + step, n_rows)) for first in range(0, n_rows, step)]
    if workers == 1 or len(pieces) <= 1:
        for first, last in pieces:
            work(first, last)
        return
    with ThreadPoolExecutor(workers) as pool:
        for done in [pool.submit(work, first, last) for first, last in pieces]:
            done.result()
