"""Pages of the server under load: 50 people at once on signed-in pages, and public pages, on PostgreSQL.

``python -m benchmarks.server_pages WORKSPACE`` on a workspace that was run; a copy of its database is made in a cluster of its
own. Client and server share the machine's cores, so what is measured is at most what the server would do alone. The peer, in
the same run: rows of an area read from the result tables as of the run, instead of from the prepared set.
"""

from __future__ import annotations

import http.client
import os
import random
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.web.postgres import cluster

USERS, SECONDS, PAUSE_SECONDS = 50, 30.0, 2.0
_READY_SECONDS = 120.0


def measure(workspace: Path, users: int = USERS, seconds: float = SECONDS) -> list[dict[str, Any]]:
    """Rows of a table: 95th percentiles in milliseconds, and the ratio of the two ways to read an area's rows."""
    rows = [_row_of_reading(workspace)]
    with cluster() as url, tempfile.TemporaryDirectory() as folder:
        secret = Path(folder) / "url"
        secret.write_text(url, encoding="utf-8")
        os.environ["HEADWORKS_SERVER_DATABASE_URL_FILE"] = str(secret)
        people = _people(workspace, users)
        with _served(workspace) as port:
            _get(port, "/public/en/", "")
            # Each process makes what a page shows of a run once: the first minutes after a run, and then.
            times, bad = _load(port, people, seconds, PAUSE_SECONDS)
            rows.append(_row(f"the same pages for the first time after a run, {users} people", times, bad, None))
            _load(port, people, 2 * seconds, PAUSE_SECONDS / 2)
            for pause in (PAUSE_SECONDS, 0.0):
                times, bad = _load(port, people, seconds, pause)
                rows.append(
                    _row(f"signed-in pages, {users} people, {pause:g} s between pages", times, bad, 300 if pause else None)
                )
            public = [("", ["/public/en/", "/public/en/areas/"])] * users
            times, bad = _load(port, public, seconds / 2, PAUSE_SECONDS / 4)
            rows.append(_row(f"public pages, {users} people", times, bad, 50))
    return rows


def _row(name: str, times: list[float], bad: int, target: float | None) -> dict[str, Any]:
    percentile = statistics.quantiles(times, n=100)[94] * 1e3
    rate = len(times)
    return {
        "name": f"{name} ({rate:,} answers, {bad} not 200)", "ours": percentile, "peer": None, "ratio": None, "target": target,
        "met": bad == 0 and (target is None or percentile < target), "unit": "ms, 95th percentile",
    }  # fmt: skip


def _row_of_reading(path: Path) -> dict[str, Any]:
    import polars as pl

    from headworks.jobs.serving import FOLDER, prepare_serving
    from headworks.store import Workspace, read_result_of, require_run
    from headworks.web.figures.sets import FigureSet, _rows

    workspace = Workspace.open(path)
    prepare_serving(workspace, tiers=["public", "steward"])
    run = require_run(workspace)
    served = FigureSet(path / FOLDER / run.run_id / "steward")
    areas = random.Random(1).sample(sorted(served._index["area_loads"]), 20)
    began = time.perf_counter()
    for area in areas:
        served.rows("area_loads", area)
    ours = (time.perf_counter() - began) / len(areas) * 1e3
    _rows.cache_clear()
    began = time.perf_counter()
    for area in areas[:5]:
        read_result_of(workspace, run, "area_loads", None, pl.col("area_id") == area)
    peer = (time.perf_counter() - began) / 5 * 1e3
    return {
        "name": "rows of an area", "ours": ours, "peer": peer, "ratio": peer / ours, "target": None, "met": peer > ours,
        "unit": "ms, from the prepared set / from the result tables",
    }  # fmt: skip


def _people(workspace: Path, users: int) -> list[tuple[str, list[str]]]:
    """A session cookie and the pages of each: officers of counties and cities, and a few who see the province."""
    from headworks.web.configuration import use_workspace

    opened = use_workspace(workspace)
    import django

    django.setup()
    from django.core.management import call_command
    from django.test import Client
    from django.utils import timezone

    from headworks.web.access.models import AreaNode, Grant
    from headworks.web.access.register import copy_register
    from headworks.web.accounts.models import Account

    call_command("migrate", verbosity=0)
    copy_register(opened)
    areas = [
        *AreaNode.objects.filter(level=3)[: users - 10],
        *AreaNode.objects.filter(level=2)[:8],
        *AreaNode.objects.filter(level=1),
    ]
    found = []
    for number in range(users):
        area = areas[number % len(areas)]
        account = Account.objects.create_account(f"officer-{number}", None, label="load")
        Grant.objects.create(account=account, role="officer", area_path=area.path, tier="steward", valid_from=timezone.now())
        client = Client(SERVER_NAME="localhost")
        client.force_login(account)
        client.session["purpose"] = "measurement"
        cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
        inside = AreaNode.objects.filter(path__startswith=area.path).order_by("level")[:6]
        pages = ["/situation/", *[f"/areas/{one.area_id}/" for one in inside], "/signals/", "/search/?q=a"]
        found.append((cookies, pages))
    return found


@contextmanager
def _served(workspace: Path) -> Any:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        str(Path(sys.executable).with_name("headworks")),
        "serve",
        str(workspace),
        "--port",
        str(port),
        "--workers",
        "2",
        "--no-worker",
    ]
    said = tempfile.TemporaryFile()  # noqa: SIM115  closed with the process
    server = subprocess.Popen(command, stdout=said, stderr=said)
    ends = time.monotonic() + _READY_SECONDS
    try:
        while _get(port, "/public/", "")[0] == 0:
            if time.monotonic() > ends or server.poll() is not None:
                said.seek(0)
                sys.exit(f"The server did not come up: exit {server.poll()}\n{said.read().decode()[-2000:]}")
            time.sleep(0.3)
        yield port
    finally:
        said.seek(0)
        sys.stderr.write(said.read().decode()[-1500:])
        server.send_signal(signal.SIGTERM)
        server.wait(30)


def _get(port: int, path: str, cookies: str, connection: http.client.HTTPConnection | None = None) -> tuple[int, float]:
    began = time.perf_counter()
    try:
        line = connection or http.client.HTTPConnection("localhost", port, timeout=30)
        line.request("GET", path, headers={"Cookie": cookies} if cookies else {})
        answer = line.getresponse()
        answer.read()
    except OSError:
        return 0, time.perf_counter() - began
    return answer.status, time.perf_counter() - began


def _load(port: int, people: list[tuple[str, list[str]]], seconds: float, pause: float) -> tuple[list[float], int]:
    """Times of every answer, and how many were not 200."""
    times: list[float] = []
    bad: list[int] = []
    ends = time.monotonic() + seconds

    def browse(number: int, cookies: str, pages: list[str]) -> None:
        chance = random.Random(number)
        line = http.client.HTTPConnection("localhost", port, timeout=30)
        time.sleep(chance.random() * pause)
        while time.monotonic() < ends:
            status, took = _get(port, chance.choice(pages), cookies, line)
            times.append(took)
            if status != http.client.OK:
                bad.append(status)
                line.close()
            time.sleep(pause * (0.5 + chance.random()))

    threads = [threading.Thread(target=browse, args=(i, *one)) for i, one in enumerate(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if bad:
        print("other answers:", Counter(bad).most_common(5))
    return times, len(bad)


def main() -> None:
    """Print the table."""
    for row in measure(Path(sys.argv[1])):
        ours, target = f"{row['ours']:,.4g}", "" if row["target"] is None else f"{row['target']:g}"
        ratio = "" if row["ratio"] is None else f" · {row['ratio']:,.3g} x"
        bound = f" (at most {target})" if target else ""
        print(f"{row['name']}: {ours} {row['unit']}{ratio}{bound} {'yes' if row['met'] else 'NO'}")


if __name__ == "__main__":
    main()
