from __future__ import annotations

import errno
import json
import os
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from headworks.core.errors import DataRefused, UsageError, WorkspaceError
from headworks.intake import Mapping
from headworks.jobs.export import write_refused_rows
from headworks.jobs.import_files import ImportOrder, import_file, import_name, read_mapping_file
from headworks.jobs.import_record import refused_files
from headworks.store import Workspace, read_facts, read_imports
from headworks.store import imports as store_imports
from headworks.tables import FACTS

HEAD = "sample_id,analyte,concentration_ng_per_l\n"


def tree(folder: Path) -> dict[str, tuple[int, int]]:
    return {str(path): (path.stat().st_size, path.stat().st_mtime_ns) for path in sorted(folder.rglob("*"))}


def test_the_same_file_twice_changes_nothing(workspace: Workspace, give) -> None:
    first = give(workspace, "measurements", HEAD + "A1,ketamine,5\n")
    facts = read_facts(workspace, "measurements", history=True)
    again = give(workspace, "measurements", HEAD + "A1,ketamine,5\n")
    assert (first.status, first.rows_new) == ("imported", 1)
    assert (again.status, again.rows_new, again.rows_unchanged) == ("already_imported", 0, 1)
    assert_frame_equal(read_facts(workspace, "measurements", history=True), facts)
    assert read_imports(workspace).height == 1


def test_the_name_of_an_import_is_its_bytes_its_format_and_its_mapping() -> None:
    plain = ImportOrder("headworks")
    assert import_name(b"a", plain) == import_name(b"a", ImportOrder("headworks", strict=True))
    mapped = ImportOrder("headworks", Mapping(decimal=","))
    assert len({import_name(b"a", one) for one in (plain, ImportOrder("odm"), mapped)} | {import_name(b"b", plain)}) == 4


def test_a_row_said_again_in_another_file_is_unchanged_and_another_value_amends_it(workspace: Workspace, give) -> None:
    give(workspace, "measurements", HEAD + "A1,ketamine,5\nA2,ketamine,6\n")
    outcome = give(workspace, "measurements", HEAD + "A1,ketamine,5\nA2,ketamine,7\nA3,ketamine,8\n")
    assert (outcome.rows_new, outcome.rows_amended, outcome.rows_unchanged) == (1, 1, 1)
    assert read_facts(workspace, "measurements")["concentration_ng_per_l"].to_list() == [5.0, 7.0, 8.0]
    history = read_facts(workspace, "measurements", history=True)
    assert history.select("sample_id", "concentration_ng_per_l", "seq").rows() == [
        ("A1", 5.0, 1),
        ("A2", 6.0, 1),
        ("A2", 7.0, 2),
        ("A3", 8.0, 2),
    ]


def test_facts_of_an_earlier_moment_are_read_back(workspace: Workspace, give) -> None:
    give(workspace, "measurements", HEAD + "A1,ketamine,5\n")
    moment = read_imports(workspace)["recorded_at"][0]
    give(workspace, "measurements", HEAD + "A1,ketamine,7\n")
    assert read_facts(workspace, "measurements", moment)["concentration_ng_per_l"].to_list() == [5.0]
    assert read_facts(workspace, "measurements")["concentration_ng_per_l"].to_list() == [7.0]
    assert read_facts(workspace, "measurements", up_to_seq=0).is_empty()


def test_a_dry_run_says_what_would_happen_and_writes_nothing_at_all(two_plants: Workspace, give) -> None:
    before = tree(two_plants.path)
    outcome = give(two_plants, "measurements", HEAD + "A1,ketamine,5\nA1,benzoylecgonine,1\n,x,1\n", dry_run=True)
    assert (outcome.status, outcome.rows_new, outcome.rows_amended, outcome.rows_refused) == ("dry_run", 1, 1, 1)
    assert tree(two_plants.path) == before


def test_strict_refuses_the_whole_file_and_keeps_its_refusals(workspace: Workspace, give) -> None:
    outcome = give(workspace, "measurements", HEAD + "A1,ketamine,5\nA2,ketamine,-6\n", strict=True)
    assert (outcome.status, outcome.rows_new, outcome.rows_refused) == ("refused", 0, 1)
    assert read_facts(workspace, "measurements").is_empty()
    assert read_imports(workspace).is_empty()
    assert (Path(outcome.folder) / "refusals.csv").is_file()
    assert give(workspace, "measurements", HEAD + "A1,ketamine,5\nA2,ketamine,-6\n").status == "imported"


def test_a_file_refused_whole_leaves_nothing_and_is_imported_once_mended(workspace: Workspace, give) -> None:
    with pytest.raises(DataRefused, match="lacks required columns: sample_id"):
        give(workspace, "measurements", "analyte,concentration_ng_per_l\nketamine,5\n")
    assert read_imports(workspace).is_empty()
    assert give(workspace, "measurements", HEAD + "A1,ketamine,5\n").rows_new == 1


def test_a_file_of_refused_rows_only_is_refused_and_its_papers_can_be_mended(workspace: Workspace, give) -> None:
    outcome = give(workspace, "measurements", HEAD + "A1,ketamine,five\n")
    assert outcome.status == "refused"
    assert outcome.tables["measurements"] == {"new": 0, "amended": 0, "unchanged": 0}
    assert json.loads((Path(outcome.folder) / "summary.json").read_text())["status"] == "refused"


@pytest.mark.parametrize(("delimiter", "encoding"), [(None, None), (";", None), ("\t", "gb18030")])
def test_refused_rows_exported_mended_and_imported_again_equal_a_clean_file(
    delimiter: str | None, encoding: str | None, tmp_path: Path
) -> None:
    mark = delimiter or ","
    rows = ["samples_id", "A,厂甲,2024-03-05T08:00Z,2000,-3.5", "B,厂乙,yesterday,2000,-4"]
    rows[0] = "sample_id,site_id,collected_from,flow_m3_per_day,temperature_c"
    order = ImportOrder("headworks", Mapping(delimiter=delimiter, encoding=encoding))
    code = encoding or "utf-8"
    clean, mended = Workspace.create(tmp_path / "clean"), Workspace.create(tmp_path / "mended")
    dirty = tmp_path / "samples.csv"
    dirty.write_bytes("\n".join(rows).replace(",", mark).encode(code))
    assert import_file(mended, dirty, order).rows_refused == 1
    target = tmp_path / "mend-samples.csv"
    write_refused_rows(mended, None, target)
    text = target.read_bytes().decode(code)
    assert "-4" in text
    target.write_bytes(text.replace("yesterday", "2024-03-06T08:00Z").encode(code))
    assert import_file(mended, target, order).rows_new == 1
    dirty.write_bytes("\n".join(rows).replace("yesterday", "2024-03-06T08:00Z").replace(",", mark).encode(code))
    assert import_file(clean, dirty, order).rows_new == 2
    assert_frame_equal(read_facts(mended, "samples"), read_facts(clean, "samples"))


def test_the_newest_refusals_are_those_of_a_file_refused_whole_after_others(workspace: Workspace, give) -> None:
    give(workspace, "measurements", HEAD + "A1,ketamine,5\nA2,ketamine,old\n")
    give(workspace, "measurements", HEAD + "A1,ketamine,newest\n")
    assert "newest" in refused_files(workspace, None)[0].read_text()


@pytest.mark.parametrize("said", ["../..", "/", "*", "[a-f]", "nothing"])
def test_a_name_that_no_import_has_finds_no_refusals(said: str, workspace: Workspace, give) -> None:
    give(workspace, "measurements", HEAD + "A1,ketamine,5\nA2,ketamine,old\n")
    with pytest.raises(UsageError, match="No refused rows are kept"):
        refused_files(workspace, said)


def test_papers_of_an_earlier_attempt_do_not_stay(workspace: Workspace, give) -> None:
    text = HEAD + "A1,ketamine,5\nA2,ketamine,old\n"
    outcome = give(workspace, "measurements", text, strict=True)
    stray = Path(outcome.folder) / "refused-rows-7.csv"
    stray.write_text("left over")
    give(workspace, "measurements", text)
    assert not stray.exists()


def test_samples_nobody_knows_yet_are_named(workspace: Workspace, give) -> None:
    outcome = give(workspace, "measurements", HEAD + "A1,ketamine,5\n")
    assert ["A1" in str(one["message"]) for one in outcome.findings if one["code"] == "HW-I212"] == [True]


@pytest.mark.parametrize("name", ["b'c.csv", "数据 1.csv", "measurements {1}#%&?.csv", ":bug: *.csv"])
def test_a_file_and_a_workspace_may_be_called_anything(name: str, tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / f"ws {name}")
    file = tmp_path / name
    file.write_text(HEAD + "A1,ketamine,5\n")
    mapping = Mapping(table="measurements")
    assert import_file(workspace, file, ImportOrder("headworks", mapping)).rows_new == 1
    file.write_text(HEAD + "A1,ketamine,6\n")
    assert import_file(Workspace.open(workspace.path), file, ImportOrder("headworks", mapping)).rows_amended == 1
    assert read_facts(workspace, "measurements")["concentration_ng_per_l"].to_list() == [6.0]


def test_a_name_with_bytes_that_are_no_text_is_written_with_question_marks(workspace: Workspace, tmp_path: Path) -> None:
    file = Path(os.fsdecode(os.fsencode(tmp_path) + b"/measurements-\xff.csv"))
    file.write_text(HEAD + "A1,ketamine,5\n")
    assert import_file(workspace, file, ImportOrder("headworks")).file == "measurements-?.csv"


@pytest.mark.parametrize("step", ["begin_import", "append", "write_json"])
def test_a_full_disk_is_said_counts_nothing_and_the_next_import_works(
    step: str, workspace: Workspace, give, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched:
        if step == "begin_import":
            patched.setattr(store_imports, "write_json", full)
        elif step == "write_json":
            patched.setattr("headworks.jobs.import_record.write_json", full)
        else:
            patched.setattr("headworks.store.delta.write_deltalake", full)
        with pytest.raises(WorkspaceError, match="No space left on device") as refusal:
            give(workspace, "measurements", HEAD + "A1,ketamine,5\n")
        assert refusal.value.exit_code == 2
    assert read_facts(workspace, "measurements").is_empty()
    assert give(workspace, "measurements", HEAD + "A1,ketamine,5\n").rows_new == 1
    assert read_facts(workspace, "measurements").height == 1


def test_small_files_are_put_together_now_and_then(workspace: Workspace, give, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("headworks.jobs.import_files._PUT_TOGETHER_EVERY", 3)
    for number in range(1, 5):
        give(workspace, "measurements", HEAD + f"A{number},ketamine,5\n")
        assert read_facts(workspace, "measurements").height == number
        assert give(workspace, "measurements", HEAD + f"A{number},ketamine,5\n").rows_new == 0
    from deltalake import DeltaTable

    assert len(DeltaTable(str(workspace.facts("measurements"))).file_uris()) == 2


@pytest.mark.parametrize("text", ["decimal = 3", "\udcff", "nonsense = 1"])
def test_a_mapping_that_is_none_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "m.toml"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(UsageError, match="mapping"):
        read_mapping_file(path)


def test_a_week_is_visible_in_all_of_its_tables(workspace: Workspace, give, weeks: str) -> None:
    give(workspace, "weeks", weeks, "score")
    heights = {name: read_facts(workspace, name).height for name in FACTS}
    assert {name: n for name, n in heights.items() if n} == {
        "areas": 4, "sites": 2, "reported_loads": 14, "published_means": 2,
    }  # fmt: skip
    assert read_facts(workspace, "reported_loads", among=pl.DataFrame({"site_id": ["ES/Reus"]})).height == 7
