"""A PostgreSQL of one's own in a temporary folder, for tests; never one that runs already."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

_PLACES = ("/usr/lib/postgresql/*/bin", "/opt/homebrew/opt/postgresql*/bin", "/usr/local/opt/postgresql*/bin")


def programs():
    """Folder of ``initdb`` and ``pg_ctl``; None where there is none."""
    for pattern in _PLACES:
        for folder in sorted(Path("/").glob(pattern.lstrip("/")), reverse=True):
            if (folder / "initdb").is_file():
                return folder
    there = shutil.which("initdb")
    return Path(there).parent if there else None


def _unprivileged():
    """PostgreSQL refuses to be run by root: then it is run by its own account, or by nobody."""
    if os.geteuid() != 0:
        return [], None
    for name in ("postgres", "nobody"):
        try:
            account = pwd.getpwnam(name)
        except KeyError:
            continue
        return ["setpriv", f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups"], account
    return [], None


@contextmanager
def cluster():
    """A running cluster with an empty database; gives its URL."""
    # Not below the folder of the tests: that one is for its owner alone, and PostgreSQL runs as somebody else.
    with tempfile.TemporaryDirectory(prefix="headworks-pg-", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o711)
        with _running(Path(name)) as url:
            yield url


@contextmanager
def _running(folder):
    bin_folder = programs()
    before, account = _unprivileged()
    data, sockets = folder / "data", folder / "sockets"
    for path in (data, sockets):
        path.mkdir(parents=True)
        if account:
            os.chown(path, account.pw_uid, account.pw_gid)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    def call(program, *words):
        subprocess.run([*before, str(bin_folder / program), *words], check=True, stdout=subprocess.DEVNULL, cwd="/")

    call("initdb", "-D", str(data), "-U", "headworks", "-A", "trust", "-E", "UTF8", "--no-sync")
    said = f"-p {port} -k {sockets} -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=120"
    call("pg_ctl", "-D", str(data), "-w", "-l", str(data / "log"), "-o", said, "start")
    try:
        call("createdb", "-h", "127.0.0.1", "-p", str(port), "-U", "headworks", "headworks")
        yield f"postgresql://headworks@127.0.0.1:{port}/headworks"
    finally:
        call("pg_ctl", "-D", str(data), "-m", "immediate", "stop")
