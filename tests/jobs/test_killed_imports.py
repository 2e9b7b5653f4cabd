"""A process killed at any moment leaves all of its import or nothing; the same import again gives what one clean one gives."""

from __future__ import annotations

import os
import random
import shutil
import signal
import time
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal
from tests import forks

from headworks.jobs.check import check_workspace
from headworks.jobs.import_files import ImportOrder, import_file
from headworks.jobs.run import run
from headworks.store import Workspace, read_facts, read_imports, read_result, result_digest
from headworks.tables import FACTS, RESULTS

# Words: workspace, file or ``run``, format, and before which change on disk it dies.
WORK = "import sys; from tests.jobs.killed_import import work; work(*sys.argv[1:4], int(sys.argv[4]))"
# The same for a run, of which every moment is copied instead: a kill changes nothing on disk.
COPIES = "import sys; from tests.jobs.killed_import import run_with_copies; run_with_copies(*sys.argv[1:])"
KILLED_IN_EARNEST = 1 if os.environ.get("HEADWORKS_FULL") else 9
N_ROWS = 200_000
N_KILLS = 20 if os.environ.get("HEADWORKS_FULL") else 6
MOST_CHANGES = 40


def begin(workspace: Workspace, file: object, form: str = "headworks", number: int = 0) -> forks.Fork:
    """The process that imports, or runs; it dies before its N-th change on disk."""
    return forks.start(WORK, workspace.path, file, form, number)


def do(workspace: Workspace, file: object, form: str = "headworks", number: int = 0) -> int:
    """Its exit code."""
    return begin(workspace, file, form, number).wait()


def stored(workspace: Workspace, table: str) -> pl.DataFrame:
    """Rows as they are in the Delta table, whoever brought them."""
    path = workspace.facts(table)
    if not path.is_dir():
        return pl.DataFrame()
    frame = pl.read_delta(str(path))
    return frame.sort([name for name in frame.columns if name != "recorded_at"])


def require_same(left: Workspace, right: Workspace) -> None:
    for table in FACTS:
        assert_frame_equal(read_facts(left, table), read_facts(right, table))
        assert_frame_equal(stored(left, table), stored(right, table))
    assert_frame_equal(read_imports(left).drop("recorded_at", "seq"), read_imports(right).drop("recorded_at", "seq"))
    assert not list((left.path / "pending").iterdir())


def visible(workspace: Workspace) -> dict[str, int]:
    return {table: read_facts(workspace, table).height for table in FACTS}


@pytest.fixture(scope="module")
def large_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("large") / "measurements.csv"
    i = pl.int_range(N_ROWS, eager=True)
    frame = pl.DataFrame(
        {
            "sample_id": "S" + (i // 10).cast(pl.String),
            "analyte": ("analyte " + (i % 10).cast(pl.String)),
            "concentration_ng_per_l": 5 + (i * 7919 % 100_000) / 37,
            "loq_ng_per_l": 5.0,
        }
    )
    frame.write_csv(path)
    return path


@pytest.fixture(scope="module")
def clean(large_file: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Workspace, float]:
    """One clean import, and how many seconds it takes once the libraries are loaded."""
    workspace = Workspace.create(tmp_path_factory.mktemp("clean") / "ws")
    forks.run("")  # the process that is forked begins here, and is not counted
    began = time.perf_counter()
    assert do(workspace, large_file) == 0
    return workspace, time.perf_counter() - began


@pytest.mark.slow
@pytest.mark.parametrize("kill", range(N_KILLS))
def test_killed_at_a_random_moment_and_imported_again_equals_one_clean_import(
    kill: int, large_file: Path, clean: tuple[Workspace, float], tmp_path: Path
) -> None:
    reference, seconds = clean
    # One moment in each of equal parts of the import's duration.
    moment = (kill + random.Random(kill).random()) / N_KILLS * seconds
    workspace = Workspace.create(tmp_path / "ws")
    process = begin(workspace, large_file)
    time.sleep(moment)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert read_facts(workspace, "measurements").height in {0, N_ROWS}
    outcome = import_file(workspace, large_file, ImportOrder("headworks"))
    assert outcome.rows_new in {0, N_ROWS}
    require_same(workspace, reference)
    assert import_file(workspace, large_file, ImportOrder("headworks")).rows_new == 0
    assert [one.code for one in check_workspace(workspace) if one.severity == "error"] == []


@pytest.mark.slow
def test_killed_before_each_change_on_disk_an_import_of_several_tables_is_there_wholly_or_not(
    weeks: str, tmp_path: Path
) -> None:
    file = tmp_path / "weeks.csv"
    file.write_text(weeks, encoding="utf-8")
    reference = Workspace.create(tmp_path / "clean")
    import_file(reference, file, ImportOrder("score"))
    whole, nothing = visible(reference), dict.fromkeys(FACTS, 0)
    assert sum(height > 0 for height in whole.values()) == 4
    workspace = Workspace.create(tmp_path / "ws")
    seen = set()
    for number in range(1, MOST_CHANGES):
        shutil.rmtree(workspace.path)
        Workspace.create(workspace.path)
        code = do(workspace, file, "score", number)
        now = visible(workspace)
        assert now in (whole, nothing)
        seen.add(now == whole)
        # Killed a second time, while what the first left is being undone.
        do(workspace, file, "score", 1 + number % 4)
        assert visible(workspace) in (whole, nothing)
        import_file(workspace, file, ImportOrder("score"))
        require_same(workspace, reference)
        if code == 0:
            break
    assert code == 0
    assert number > 10
    assert seen == {True, False}


@pytest.mark.slow
def test_killed_before_each_change_on_disk_a_run_leaves_the_results_of_the_run_before(two_plants: Workspace, give) -> None:
    run(two_plants)
    before = {name: result_digest(read_result(two_plants, name), name) for name in RESULTS}
    give(two_plants, "measurements", "sample_id,analyte,concentration_ng_per_l\nA1,benzoylecgonine,999\n")
    pristine = two_plants.path.with_name("pristine")
    shutil.copytree(two_plants.path, pristine)
    run(two_plants)
    after = {name: result_digest(read_result(two_plants, name), name) for name in RESULTS}
    assert before != after
    left = two_plants.path.with_name("left")
    undisturbed = Workspace.open(shutil.copytree(pristine, two_plants.path.with_name("undisturbed")))
    assert forks.run(COPIES, undisturbed.path, left).returncode == 0
    assert {name: result_digest(read_result(undisturbed, name), name) for name in RESULTS} == after
    n_changes = len(list(left.iterdir()))
    assert n_changes > 7
    for number in range(1, n_changes + 1):
        workspace = Workspace.open(left / str(number))
        if number % KILLED_IN_EARNEST == 0:
            workspace = Workspace.open(shutil.copytree(pristine, left / f"killed-{number}"))
            assert do(workspace, "run", number=number) == -signal.SIGKILL
        now = {name: result_digest(read_result(workspace, name), name) for name in RESULTS}
        assert now in (before, after)
        if number % 3 == 0:
            run(workspace)
            assert {name: result_digest(read_result(workspace, name), name) for name in RESULTS} == after


def test_what_a_killed_import_left_is_named_and_removed(two_plants: Workspace) -> None:
    left = two_plants.facts("samples") / "part-00000-left-over.snappy.parquet"
    left.write_bytes(b"half a file")
    (two_plants.path / "pending" / ".note.json.abc").write_bytes(b"{")
    found = {one.code: one.message for one in check_workspace(two_plants)}
    assert "1 files" in found["HW-C019"]
    before = read_facts(two_plants, "samples")
    check_workspace(two_plants, compact=True)
    assert not left.exists()
    assert not list((two_plants.path / "pending").iterdir())
    assert_frame_equal(read_facts(two_plants, "samples"), before)
    assert "HW-C019" not in {one.code for one in check_workspace(two_plants)}


@pytest.mark.parametrize("note", ["", "{", '{"import_id": "other", "tables": "none"}'])
def test_a_damaged_note_of_an_unfinished_import_is_undone_all_the_same(note: str, two_plants: Workspace, give) -> None:
    from headworks.store import delta

    rows = pl.DataFrame({"sample_id": ["X"], "analyte": ["x"], "replicate": [1], "import_id": ["it's"], "source_row": [2]})
    delta.append(two_plants.facts("measurements"), rows.cast({"replicate": pl.Int16}))
    (two_plants.path / "pending" / "it's.json").write_text(note, encoding="utf-8")
    before = read_facts(two_plants, "measurements")
    assert "X" not in before["sample_id"]
    findings = check_workspace(two_plants)
    assert ["it's" in one.message for one in findings if one.code == "HW-C001"] == [True]
    assert "X" not in stored(two_plants, "measurements")["sample_id"]
    assert_frame_equal(read_facts(two_plants, "measurements"), before)
