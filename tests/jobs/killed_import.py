"""An import or a run in a process of its own, which can be killed at any moment, or dies before its N-th change on disk.

``file`` may be ``run``; with N = 0 the process is left alone.
"""

from __future__ import annotations

import os
import shutil
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from headworks.jobs.import_files import ImportOrder, import_file
from headworks.jobs.run import run
from headworks.store import Workspace, delta


def before_each_change(act: Callable[[int], object]) -> None:
    """Do something before the first, second, ... change on disk, while nothing else changes there."""
    changes = 0
    alone = threading.RLock()

    def counted(function: Any) -> Any:
        def change(*arguments: Any, **options: Any) -> Any:
            nonlocal changes
            with alone:
                changes += 1
                act(changes)
                return function(*arguments, **options)

        return change

    # Every way in which an import, its undoing or a run changes the disk.
    delta._write = counted(delta._write)
    delta._write_part = counted(delta._write_part)
    delta._commit_parts = counted(delta._commit_parts)
    delta.delete = counted(delta.delete)
    os.fsync = counted(os.fsync)
    Path.replace = counted(Path.replace)  # type: ignore[method-assign]
    Path.unlink = counted(Path.unlink)  # type: ignore[method-assign]


def run_with_copies(folder: str, to: str) -> None:
    """A run, and copies of what a kill before each of its changes would leave: ``to/1``, ``to/2``, ..."""
    before_each_change(lambda number: shutil.copytree(folder, f"{to}/{number}"))
    run(Workspace.open(Path(folder)))


def work(folder: str, file: str, form: str, number: int) -> None:
    if number:
        before_each_change(lambda change: change == number and os.kill(os.getpid(), signal.SIGKILL))
    if file == "run":
        run(Workspace.open(Path(folder)))
    else:
        import_file(Workspace.open(Path(folder)), Path(file), ImportOrder(form))
