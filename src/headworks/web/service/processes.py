"""The processes of ``headworks serve``: one that watches, the pages beside the worker, each started again when it dies.

    watcher (the command)        holds server/serving.lock, so a workspace is served once
    ├── pages                    gunicorn: an arbiter and its workers
    └── worker                   takes what is asked for; holds server/worker.lock, so there is one

A child whose watcher was killed ends by itself. Each child is a process of its own, not a fork: nothing that has threads is
ever copied. One that dies at once again and again is started more and more rarely.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Final

from filelock import FileLock, Timeout

from headworks.core.errors import UsageError
from headworks.store import Workspace
from headworks.web.configuration import server_folder
from headworks.web.service.child import WATCHER

_GRACE_SECONDS: Final = 25.0
_TICK_SECONDS: Final = 0.25
_LONGEST_PAUSE: Final = 30.0
_STEADY_SECONDS: Final = 60.0


@dataclass
class _Child:
    name: str
    command: list[str]
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    pause: float = 0.0
    start_after: float = 0.0

    def start(self) -> None:
        # A terminal's Ctrl-C goes to the watcher alone, which then ends its children in order.
        self.process = subprocess.Popen(
            self.command, start_new_session=True, env={**os.environ, WATCHER: str(os.getpid())}
        )  # fmt: skip
        self.started_at = time.monotonic()

    def tend(self, tell: Callable[[str], None]) -> None:
        """Start it, or start it again when it has died."""
        now = time.monotonic()
        if self.process is not None and (code := self.process.poll()) is not None:
            is_steady = now - self.started_at > _STEADY_SECONDS
            self.pause = 0.0 if is_steady else min(max(0.5, 2 * self.pause), _LONGEST_PAUSE)
            tell(f"{self.name} ended ({code}); it is started again" + (f" in {self.pause:g} s" if self.pause else ""))
            self.process, self.start_after = None, now + self.pause
        if self.process is None and now >= self.start_after:
            self.start()

    def end(self, how: int) -> None:
        if self.process is not None and self.process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                self.process.send_signal(how)


@contextmanager
def serving_once(workspace: Workspace) -> Iterator[None]:
    """Hold the lock of the one server of a workspace.

    Raises
    ------
    UsageError
        ``HW-U119`` when another holds it.
    """
    folder = server_folder(workspace)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = FileLock(folder / "serving.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout as problem:
        raise UsageError(
            "This workspace is being served already.", where=str(workspace.path),
            remedy="End the other headworks serve first", code="HW-U119",
        ) from problem  # fmt: skip
    try:
        yield
    finally:
        lock.release()


def watch(workspace: Path, host: str, port: int, workers: int, *, with_worker: bool, tell: Callable[[str], None]) -> None:
    """Run the children until SIGTERM or Ctrl-C; then end them, and return when both are gone."""
    is_over = False

    def over(_signal: int, _frame: FrameType | None) -> None:
        nonlocal is_over
        is_over = True

    before = {number: signal.signal(number, over) for number in (signal.SIGTERM, signal.SIGINT)}
    start = [sys.executable, "-m", "headworks.web.service.child"]
    children = [_Child("pages", [*start, "pages", host, str(port), str(workers)])]
    if with_worker:
        children.append(_Child("worker", [*start, "worker", str(workspace)]))
    try:
        while not is_over:
            for child in children:
                child.tend(tell)
            time.sleep(_TICK_SECONDS)
    finally:
        _end_all(children)
        for number, handler in before.items():
            signal.signal(number, handler)


def _end_all(children: list[_Child]) -> None:
    for child in children:
        child.end(signal.SIGTERM)
    until = time.monotonic() + _GRACE_SECONDS
    while time.monotonic() < until and any(child.process and child.process.poll() is None for child in children):
        time.sleep(_TICK_SECONDS)
    for child in children:
        child.end(signal.SIGKILL)
        if child.process is not None:
            child.process.wait()
