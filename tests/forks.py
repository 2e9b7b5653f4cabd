"""Code in processes of their own, without the seconds in which each would load the libraries.

They are forks of one process that has loaded what the server and the commands need and has used none of it; besides that
each is as ``python -c CODE WORDS...`` would be: its own number, environment and output, to be killed at any moment.

The trap: settings are read when Django is asked for the first time, so nothing of ``headworks.web`` that asks is loaded before.
"""

from __future__ import annotations

import atexit
import functools
import gc
import importlib
import itertools
import json
import os
import pkgutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from pathlib import Path
from typing import Any, NoReturn

_ROOT = Path(__file__).resolve().parents[1]
CLEAN = {key: value for key, value in os.environ.items() if not key.startswith(("HEADWORKS", "DJANGO"))} | {
    "NO_COLOR": "1",
    "PYTHONPATH": os.pathsep.join([str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]),
}
_MOST_SECONDS = 300
# What the pages and the worker load besides the rooms, as far as it asks for no settings.
_LIBRARIES = (
    "headworks.web.service.start", "headworks.web.service.child", "django.core.management", "django.core.mail",
    "django.contrib.auth.hashers", "django.db.models", "django.db.migrations.executor", "django.db.backends.sqlite3.base",
    "django.forms", "django.test", "django.views.generic", "pydantic.main", "argon2",
)  # fmt: skip


class Fork:
    """One of these processes."""

    def __init__(self, pid: int, folder: Path) -> None:
        self.pid, self._folder = pid, folder
        self._code: int | None = None

    def send_signal(self, number: int) -> None:
        """Nobody else can get its number until it was waited for."""
        if self._code is None:
            os.kill(self.pid, number)

    def wait(self) -> int:
        """Its exit code, as ``Popen`` tells it; -9 when it had to be ended because it took minutes."""
        if self._code is None:
            self._code = _asked({"wait": self.pid})
        return self._code

    def said(self, stream: str = "stdout") -> str:
        """What it wrote so far."""
        return (self._folder / stream).read_text(encoding="utf-8")

    def lines(self, number: int, seconds: float = 120.0) -> list[str]:
        """So many lines, once it has written them."""
        until = time.monotonic() + seconds
        while (said := self.said()).count("\n") < number:
            assert time.monotonic() < until, said + self.said("stderr")
            time.sleep(0.01)
        return said.splitlines()[:number]


def start(code: str, *words: object, **environment: str) -> Fork:
    """A process that does a code and goes on beside this one."""
    folder = _folder() / str(next(_NUMBERS))
    folder.mkdir()
    for name in ("stdout", "stderr"):
        (folder / name).touch()
    said = {"code": code, "words": [str(word) for word in words], "environment": CLEAN | environment, "folder": str(folder)}
    return Fork(_asked(said), folder)


def run(code: str, *words: object, **environment: str) -> subprocess.CompletedProcess[str]:
    """The same to its end."""
    fork = start(code, *words, **environment)
    ended = fork.wait()
    return subprocess.CompletedProcess([code, *words], ended, fork.said(), fork.said("stderr"))


_NUMBERS = itertools.count()


@functools.cache
def _folder() -> Path:
    made = tempfile.TemporaryDirectory(prefix="forks-")
    atexit.register(made.cleanup)
    return Path(made.name)


@functools.cache
def _server() -> subprocess.Popen[str]:
    words = [sys.executable, "-W", "ignore", str(Path(__file__))]
    server = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=CLEAN)
    atexit.register(server.communicate)
    return server


def _asked(order: dict[str, Any]) -> int:
    server = _server()
    assert server.stdin is not None
    assert server.stdout is not None
    server.stdin.write(json.dumps(order) + "\n")
    server.stdin.flush()
    return int(server.stdout.readline())


# ---- in the process that is forked ----


def _load() -> None:
    package = importlib.import_module("headworks")
    for room in pkgutil.iter_modules(package.__path__, "headworks."):
        if room.name != "headworks.web":
            loaded = importlib.import_module(room.name)
            for module in pkgutil.walk_packages(getattr(loaded, "__path__", []), f"{room.name}."):
                importlib.import_module(module.name)
    for name in _LIBRARIES:
        importlib.import_module(name)


def _become(order: dict[str, Any]) -> NoReturn:
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for number, name in ((1, "stdout"), (2, "stderr")):
        os.dup2(os.open(f"{order['folder']}/{name}", os.O_WRONLY), number)
    os.environ.clear()
    os.environ.update(order["environment"])
    sys.argv = ["-c", *order["words"]]
    sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: PTH123, SIM115  what was read of the orders is not for this one
    code: object = 1
    try:
        exec(order["code"], {"__name__": "__main__"})  # noqa: S102  as python -c does
        code = 0
    except SystemExit as ended:
        code = ended.code
    except BaseException:  # noqa: BLE001  as the interpreter does
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code if isinstance(code, int) else int(code is not None))


def _exit_code(pid: int) -> int:
    until = time.monotonic() + _MOST_SECONDS
    while (ended := os.waitpid(pid, os.WNOHANG))[0] == 0:
        if time.monotonic() > until:
            os.kill(pid, signal.SIGKILL)
        time.sleep(0.005)
    return os.waitstatus_to_exitcode(ended[1])


def _serve() -> None:
    _load()
    gc.freeze()
    for line in sys.stdin:
        order = json.loads(line)
        if "wait" in order:
            answer = _exit_code(order["wait"])
        elif (answer := os.fork()) == 0:
            _become(order)
        print(answer, flush=True)


if __name__ == "__main__":
    _serve()
