"""Two processes at once, and readers while one writes."""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from filelock import FileLock

from headworks.core.errors import WorkspaceBusy
from headworks.store import Workspace, read_facts, read_imports

IMPORT = """
import sys
from headworks.cli.app import run_app
raise SystemExit(run_app(["import", *sys.argv[1:], "--as", "headworks", "--json"]))
"""
N_ROWS = 20_000


def measurements(path: Path, prefix: str) -> Path:
    rows = "".join(f"{prefix}{i},ketamine,{i}\n" for i in range(N_ROWS))
    path.write_text("sample_id,analyte,concentration_ng_per_l\n" + rows)
    return path


def at_once(workspace: Workspace, *files: Path) -> list[dict]:
    def one(file: Path) -> dict:
        words = [sys.executable, "-c", IMPORT, str(workspace.path), str(file)]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)["files"][0]

    with ThreadPoolExecutor(len(files)) as pool:
        running = [pool.submit(one, file) for file in files]
        seen = set()
        while not all(future.done() for future in running):
            seen.add(read_facts(workspace, "measurements").height)
        assert seen <= {0, N_ROWS, 2 * N_ROWS}
        return [future.result() for future in running]


@pytest.mark.slow
def test_two_files_at_once_are_both_imported_and_a_reader_sees_all_of_each_or_nothing(
    workspace: Workspace, tmp_path: Path
) -> None:
    answers = at_once(
        workspace, measurements(tmp_path / "measurements-a.csv", "A"), measurements(tmp_path / "measurements-b.csv", "B")
    )
    assert [one["rows_new"] for one in answers] == [N_ROWS, N_ROWS]
    assert read_imports(workspace)["seq"].to_list() == [1, 2]
    assert read_facts(workspace, "measurements").height == 2 * N_ROWS


@pytest.mark.slow
def test_the_same_file_twice_at_once_is_imported_once(workspace: Workspace, tmp_path: Path) -> None:
    file = measurements(tmp_path / "measurements.csv", "A")
    answers = at_once(workspace, file, file)
    assert sorted(one["rows_new"] for one in answers) == [0, N_ROWS]
    assert {one["status"] for one in answers} == {"imported", "already_imported"}
    assert read_facts(workspace, "measurements", history=True).height == N_ROWS


def test_who_waits_is_told_and_at_the_end_is_told_to_try_again(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("headworks.store.workspace._SILENT_SECONDS", 0.01)
    told: list[str] = []
    with FileLock(workspace.path / ".lock"), pytest.raises(WorkspaceBusy, match="try again"):  # noqa: SIM117
        with workspace.writing(0.05, told.append):
            raise AssertionError("two writers")
    assert told == ["waiting for another process that is writing"]


def test_a_lock_file_left_by_a_crash_holds_nobody_up(workspace: Workspace) -> None:
    (workspace.path / ".lock").write_text("left over")
    with workspace.writing(0.05):
        pass
