"""What the watcher starts: the pages, or the worker. Not for people; they say ``headworks serve``.

The arbiter of the pages forks its workers, so it loads nothing that brings threads: no table library, no Django.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any, Final

WATCHER: Final = "HEADWORKS_WATCHER"
_THREADS: Final = 4
_TIMEOUT_SECONDS: Final = 120
_LOOK_SECONDS: Final = 1.0


def main(words: list[str]) -> None:
    """``pages HOST PORT WORKERS`` for the workspace named in the environment, or ``worker WORKSPACE``."""
    if words[0] == "pages":
        _end_with_the_watcher()
        _serve_pages(f"{_bracketed(words[1])}:{words[2]}", int(words[3]))
    else:
        _work(Path(words[1]))


def watcher_is_gone() -> bool:
    """Whether the watcher that started this process has died."""
    said = os.environ.get(WATCHER)
    return said is not None and os.getppid() != int(said)


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _end_with_the_watcher() -> None:
    def look() -> None:
        while not watcher_is_gone():
            time.sleep(_LOOK_SECONDS)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=look, daemon=True).start()


def _serve_pages(bind: str, workers: int) -> None:
    # Pages ask small tables and several are asked at once: threads for each question would wait for one another.
    os.environ.setdefault("POLARS_MAX_THREADS", "1")
    from gunicorn.app.base import BaseApplication

    class Pages(BaseApplication):
        def load_config(self) -> None:
            for name, value in _settings(bind, workers).items():
                # A setting that this version of gunicorn does not have has nothing to switch off.
                if name in self.cfg.settings:
                    self.cfg.set(name, value)

        def load(self) -> Callable[..., Any]:
            from headworks.web.wsgi import application  # isort: skip  sets Django up
            from headworks.web.situation.beforehand import load_pages, make_beforehand

            # Called in each process that answers: what its pages begin with is there before it is asked for.
            load_pages()
            threading.Thread(target=make_beforehand, daemon=True).start()
            return application  # type: ignore[no-any-return]

    Pages().run()


def _settings(bind: str, workers: int) -> dict[str, Any]:
    """Of gunicorn: few threads, short lines, and no word of what it is."""
    return {
        "bind": [bind], "workers": workers, "worker_class": "gthread", "threads": _THREADS, "timeout": _TIMEOUT_SECONDS,
        "graceful_timeout": 15, "keepalive": 5, "limit_request_line": 4094, "limit_request_fields": 60,
        "limit_request_field_size": 8190, "backlog": 256, "max_requests": 20_000, "max_requests_jitter": 2_000,
        "forwarded_allow_ips": "", "loglevel": "warning", "control_socket_disable": True,
    }  # fmt: skip


def _work(path: Path) -> None:
    from filelock import FileLock, Timeout

    from headworks.web.configuration import server_folder
    from headworks.web.service.start import open_server

    workspace = open_server(path)
    from headworks.web.work.queue import take_back
    from headworks.web.work.worker import work_until

    stop = threading.Event()

    def over(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, over)
    signal.signal(signal.SIGINT, over)
    lock = FileLock(server_folder(workspace) / "worker.lock")
    while not (stop.is_set() or watcher_is_gone()):
        try:
            with lock.acquire(timeout=_LOOK_SECONDS):
                take_back()
                work_until(lambda: stop.is_set() or watcher_is_gone())
        except Timeout:
            # Another worker is at it; this one takes over when it ends.
            continue


if __name__ == "__main__":
    main(sys.argv[1:])
