"""``kill -9`` of the worker at random moments of an import: afterwards all is as if nothing had happened."""

import json
import random
import signal
import sqlite3
import time
from contextlib import closing

import polars as pl
import pytest
from tests import forks
from tests.copies import copied_workspace
from tests.web.service.served import headworks

from headworks.jobs.demo_province import demo_plan
from headworks.jobs.import_files import ImportOrder, import_file
from headworks.jobs.run import run
from headworks.jobs.serving import current_run
from headworks.jobs.simulate import SimulateOrder, simulate
from headworks.store import Workspace, latest_run, read_facts, read_imports
from headworks.web.work.queue import MOST_ATTEMPTS

pytestmark = pytest.mark.slow
WORKER = "import sys; from headworks.web.service.child import main; main(['worker', sys.argv[1]])"


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    """A small workspace in which an import waits."""
    folder = tmp_path_factory.mktemp("waiting")
    base = folder / "base"
    written = simulate(base, demo_plan("44", n_sites=6), SimulateOrder())
    for path in written.files:
        import_file(Workspace.open(base), path, ImportOrder("headworks"))
    run(Workspace.open(base))
    assert headworks("user", "add", base, "boss", "--role", "administrator").returncode == 0
    file = folder / "more.csv"
    sites = read_facts(Workspace.open(base), "samples").sort("sample_id").head(40)
    rows = ["sample_id,analyte,concentration_ng_per_l"] + [
        f"{name},ketamine,{20 + n}" for n, name in enumerate(sites["sample_id"])
    ]
    file.write_text("\n".join(rows) + "\n")
    said = json.dumps({"path": str(file), "name": "more.csv", "format": "headworks"})
    with closing(sqlite3.connect(base / "server" / "headworks.sqlite3")) as database, database:
        database.execute(
            "INSERT INTO work_workitem (kind, said, state, asked_by, area_path, asked_at, step, attempts, is_cancel_asked, outcome,"
            " once_key) VALUES ('import', ?, 'waiting', 'boss', '', '2026-01-01', '', 0, 0, '{}', '')",
            [said],
        )

    return base


@pytest.fixture
def waiting(base, tmp_path):
    """Copies of it."""
    return lambda name: copied_workspace(base, tmp_path / name, with_server=True)


def states(folder):
    with closing(sqlite3.connect(folder / "server" / "headworks.sqlite3", timeout=20)) as database:
        return database.execute("SELECT kind, state, attempts FROM work_workitem ORDER BY id").fetchall()


def work(folder, kill_after=None):
    """Run a worker until all is done, or until it is killed; whether it was."""
    process = forks.start(WORKER, folder)
    begun = time.monotonic()
    try:
        while time.monotonic() - begun < (kill_after or 120):
            found = states(folder)
            if len(found) == 4 and all(state not in ("waiting", "running") for _, state, _ in found):
                return False
            time.sleep(0.02)
        assert kill_after, "the worker did not come to an end"
        return True
    finally:
        process.send_signal(signal.SIGKILL if kill_after else signal.SIGTERM)
        process.wait()


def outcome(folder):
    """What people see in the end: facts, results by their digests, which run is shown."""
    workspace = Workspace.open(folder)
    facts = read_facts(workspace, "measurements").drop("import_id", strict=False)
    newest = latest_run(workspace)
    return (
        facts.select(sorted(set(facts.columns) - {"imported_at", "import_seq"})).sort(pl.all()).write_csv(),
        {name: said["rows"] for name, said in newest.results.items()},
        [
            {key: part[key] for key in ("rows", "sha256") if key in part}
            for name in sorted(newest.results)
            for part in parts(newest, name)
        ],
        current_run(workspace) == newest.run_id,
        read_imports(workspace).height,
    )


def parts(newest, name):
    found = newest.results[name].get("parts", {})
    return list(found.values()) if isinstance(found, dict) else list(found)


def test_a_killed_worker_is_followed_by_one_that_ends_what_it_began(waiting):
    plain = waiting("plain")
    begun = time.monotonic()
    assert not work(plain)
    took = time.monotonic() - begun
    expected = outcome(plain)
    rng = random.Random(44)
    for number in range(2):
        folder = waiting(f"killed-{number}")
        kills = 0
        while kills < MOST_ATTEMPTS - 2 and work(folder, kill_after=rng.random() * took):
            kills += 1
        work(folder)
        assert [kind for kind, _, _ in states(folder)] == ["import", "run", "serve_figures", "warn"]
        assert {state for _, state, _ in states(folder)} == {"done"}
        assert outcome(folder) == expected, kills
        assert headworks("audit", "verify", folder).returncode == 0


def test_there_is_one_worker(waiting):
    folder = waiting("two")
    first, second = forks.start(WORKER, folder), forks.start(WORKER, folder)
    try:
        until = time.monotonic() + 90
        while time.monotonic() < until and not (len(states(folder)) == 4 and {one[1] for one in states(folder)} == {"done"}):
            time.sleep(0.1)
        assert {(state, attempts) for _, state, attempts in states(folder)} == {("done", 1)}
    finally:
        for process in (first, second):
            process.send_signal(signal.SIGTERM)
        assert {first.wait(), second.wait()} == {0}
