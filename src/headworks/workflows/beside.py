"""Work done beside other work: in a thread of its own, or on the spot."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Protocol, TypeVar

T = TypeVar("T")


class Start(Protocol):
    """Starts a task; what it returns waits for the task and gives its result, or raises what went wrong."""

    def __call__(self, task: Callable[[], T], /) -> Callable[[], T]:
        """Start the task."""


@contextmanager
def beside(*, at_once: bool) -> Iterator[Start]:
    """How to start tasks beside the rest: one at a time in a thread, or, without ``at_once``, before going on.

    Both ways give the same results; the second holds less in memory. All tasks are over when the context is left.

    Examples
    --------
    >>> with beside(at_once=True) as start:
    ...     total = start(lambda: sum(range(4)))
    ...     print("meanwhile", total())
    meanwhile 6
    """
    if not at_once:

        def on_the_spot(task: Callable[[], T]) -> Callable[[], T]:
            result = task()
            return lambda: result

        yield on_the_spot
        return
    with ThreadPoolExecutor(1, thread_name_prefix="headworks-beside") as worker:

        def in_a_thread(task: Callable[[], T]) -> Callable[[], T]:
            return worker.submit(task).result

        yield in_a_thread
