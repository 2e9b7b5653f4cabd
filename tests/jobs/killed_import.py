"""An import or a run in a process of its own, which can be killed at any moment, or dies before its N-th change on disk.

``file`` may be ``run``; with N = 0 the process is left alone.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

from headworks.jobs.import_files import ImportOrder, import_file
from headworks.jobs.run import run
from headworks.store import Workspace, delta


def die_before_change(number: int) -> None:
    changes = 0

    def counted(function: Any) -> Any:
        def change(*arguments: Any, **options: Any) -> Any:
            nonlocal changes
            changes += 1
            if changes == number:
                os.kill(os.getpid(), signal.SIGKILL)
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


def work(folder: str, file: str, form: str, number: int) -> None:
    if number:
        die_before_change(number)
    if file == "run":
        run(Workspace.open(Path(folder)))
    else:
        import_file(Workspace.open(Path(folder)), Path(file), ImportOrder(form))
