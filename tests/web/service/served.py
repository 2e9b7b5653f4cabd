"""A workspace that is served by real processes, and the command line in processes of its own."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

from tests import forks
from tests.forks import CLEAN

_MAIN = "from headworks.cli import main; main()"


def headworks(*words, **more):
    """A command in a process of its own, run to its end."""
    return forks.run(_MAIN, *words, **more)


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


class Served:
    """``headworks serve`` under way."""

    def __init__(self, workspace, log, *words, **more):
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.log = Path(log)
        with self.log.open("wb") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-c", _MAIN, "serve", str(workspace), "--port", str(self.port), *words],
                stdout=out, stderr=out, env=CLEAN | more,
            )  # fmt: skip

    def wait_until(self, is_so, seconds=60):
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            found = is_so()
            if found:
                return found
            time.sleep(0.1)
        raise AssertionError(self.log.read_text())

    def answers(self, path="/sign-in/"):
        try:
            with urllib.request.urlopen(self.address + path, timeout=20) as answer:  # noqa: S310  an address of this machine
                return answer.status == 200
        except OSError:
            return False

    def code(self):
        found = re.search(r"^\s+([A-Z2-9]{5}(?:-[A-Z2-9]{5}){4})$", self.log.read_text(), re.MULTILINE)
        return found and found.group(1)

    def children(self):
        """Number of each process below, by what it does."""
        found = {}
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                parent = int(stat.read_text().rsplit(")", 1)[1].split()[1])
                words = (stat.parent / "cmdline").read_text().split("\0")
            except OSError:
                continue
            if parent == self.process.pid and "headworks.web.service.child" in words:
                found[words[words.index("headworks.web.service.child") + 1]] = int(stat.parent.name)
        return found

    def end(self, how=signal.SIGTERM):
        if self.process.poll() is None:
            self.process.send_signal(how)
        return self.process.wait(60)


@contextmanager
def serving(workspace, log, *words, **more):
    server = Served(workspace, log, *words, **more)
    try:
        yield server
    finally:
        server.end()


def is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False
