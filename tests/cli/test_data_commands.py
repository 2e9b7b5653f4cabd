from __future__ import annotations

import io
import json
from pathlib import Path

import polars as pl
import pytest

from headworks.store import Workspace, read_facts

GOOD = "sample_id,analyte,concentration_ng_per_l\nA1,MDMA,5\n"
HALF = GOOD + "A2,MDMA,x\n"


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "measurements-good.csv"
    path.write_text(GOOD)
    return path


@pytest.fixture
def half(tmp_path: Path) -> Path:
    path = tmp_path / "measurements-half.csv"
    path.write_text(HALF)
    return path


def test_the_same_file_twice_prints_0_new_rows(headworks, workspace: Workspace, good: Path) -> None:
    first = headworks("import", workspace.path, good, "--as", "headworks")
    again = headworks("import", workspace.path, good, "--as", "headworks")
    assert first.code == again.code == 0
    assert first.out == "measurements-good.csv: 1 rows read · 1 new rows · 0 amended · 0 unchanged · 0 refused\n"
    assert "0 new rows" in again.out
    assert "imported before; nothing was changed" in again.out


def test_refused_rows_end_with_1_and_name_file_row_and_column(headworks, workspace: Workspace, half: Path) -> None:
    answer = headworks("import", workspace.path, half, "--as", "headworks")
    assert answer.code == 1
    assert "1 refused" in answer.out
    assert "measurements-half.csv, row 3, column concentration_ng_per_l" in answer.err
    assert "headworks export WORKSPACE refusals" in answer.err
    again = headworks("import", workspace.path, half, "--as", "headworks")
    assert (again.code, "1 refused" in again.out) == (0, True)


def test_many_refused_rows_are_shown_in_part_and_counted(headworks, workspace: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "measurements.csv"
    path.write_text(GOOD + "".join(f"B{i},MDMA,x\n" for i in range(30)))
    answer = headworks("import", workspace.path, path, "--as", "headworks")
    assert answer.err.count("column concentration_ng_per_l") == 10
    assert "20 more refused rows." in answer.err


def test_strict_ends_with_3_and_keeps_nothing(headworks, workspace: Workspace, half: Path) -> None:
    answer = headworks("import", workspace.path, half, "--as", "headworks", "--strict")
    assert answer.code == 3
    assert "nothing of the file was kept" in answer.out
    assert read_facts(workspace, "measurements").is_empty()


def test_of_several_files_the_good_ones_are_kept(headworks, workspace: Workspace, good: Path, tmp_path: Path) -> None:
    bad, missing = tmp_path / "bad.csv", tmp_path / "missing.csv"
    bad.write_bytes(b"\x00\x01")
    answer = headworks("import", workspace.path, bad, missing, good, "--as", "headworks", "--json")
    files = json.loads(answer.out)["files"]
    assert answer.code == 3
    assert [one["status"] for one in files] == ["refused", "refused", "imported"]
    assert read_facts(workspace, "measurements").height == 1
    plain = headworks("import", workspace.path, bad, good, "--as", "headworks")
    assert "bad.csv" in plain.err


def test_where_the_workspace_is_at_fault_the_other_files_are_not_tried(
    headworks, workspace: Workspace, good: Path, half: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("headworks.store.delta.write_deltalake", full)
    answer = headworks("import", workspace.path, good, half, "--as", "headworks", "--json")
    assert answer.code == 2
    assert [one["status"] for one in json.loads(answer.out)["files"]] == ["not_tried"]


def test_an_unknown_format_is_usage(headworks, workspace: Workspace, good: Path) -> None:
    answer = headworks("import", workspace.path, good, "--as", "excel")
    assert answer.code == 2
    assert "Use --as headworks, score, odm" in answer.err


def test_a_dry_run_says_what_would_happen(headworks, workspace: Workspace, good: Path) -> None:
    answer = headworks("import", workspace.path, good, "--as", "headworks", "--dry-run")
    assert (answer.code, "dry run: nothing was changed" in answer.out) == (0, True)
    assert not (workspace.path / ".lock").exists()


def test_show_is_csv_when_piped_and_json_when_asked(headworks, two_plants: Workspace) -> None:
    shown = headworks("show", two_plants.path, "measurements", "--where", "analyte=ketamine", "--where", "analyte=MDMA")
    assert pl.read_csv(io.StringIO(shown.out))["sample_id"].to_list() == ["B1"]
    rows = json.loads(headworks("show", two_plants.path, "samples", "--json", "--limit", "2").out)
    assert [row["sample_id"] for row in rows] == ["A1", "A2"]


def test_show_without_a_table_says_what_the_workspace_holds(headworks, two_plants: Workspace) -> None:
    rows = json.loads(headworks("show", two_plants.path, "--json").out)
    assert {row["table"]: row["rows"] for row in rows if row["rows"]} == {
        "areas": 3, "sites": 2, "samples": 4, "measurements": 7, "imports": 4,
    }  # fmt: skip


def test_show_explains_columns_and_history(headworks, two_plants: Workspace) -> None:
    columns = json.loads(headworks("show", two_plants.path, "loads", "--columns", "--json").out)
    assert columns[3]["unit"] == "mg/d"
    history = headworks("show", two_plants.path, "sites", "--history")
    assert "recorded_at" in history.out.splitlines()[0]
    assert headworks("show", two_plants.path, "sites", "--as-of", "2001-01-01").out.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["measurment"], "Did you mean measurements?"),
        (["measurment", "--columns"], "Did you mean measurements?"),
        (["samples", "--where", "site=A"], "Did you mean site_id?"),
        (["samples", "--where", "site_id"], "equals sign"),
        (["loads"], "headworks run"),
        (["loads", "--history"], "Only facts have a history"),
    ],
)
def test_what_cannot_be_shown_is_refused_with_a_guess(words: list[str], said: str, headworks, two_plants: Workspace) -> None:
    answer = headworks("show", two_plants.path, *words)
    assert (answer.code, answer.out) == (2, "")
    assert said in answer.err


def test_export_to_a_file_and_to_stdout(headworks, two_plants: Workspace, tmp_path: Path) -> None:
    steward = ("--tier", "steward")
    answer = headworks("export", two_plants.path, "samples", tmp_path / "x.parquet", "--where", "site_id=A", *steward)
    assert (answer.code, answer.out) == (0, f"samples: 2 rows written to {tmp_path / 'x.parquet'}\n")
    assert "Withheld" not in answer.err
    piped = headworks("export", two_plants.path, "samples", "-", *steward)
    assert piped.out == headworks("show", two_plants.path, "samples").out
    wrong = headworks("export", two_plants.path, "samples", tmp_path / "x.doc")
    assert (wrong.code, "End the name in .csv" in wrong.err) == (2, True)
    assert headworks("export", two_plants.path, "samples", "-", "--import", "x").code == 2


def test_what_leaves_is_for_the_public_unless_another_tier_is_named(headworks, two_plants: Workspace, tmp_path: Path) -> None:
    # Plant A has 10,000 residents and B 50,000; neither is named.
    public = headworks("export", two_plants.path, "sites", tmp_path / "x.csv")
    assert public.out == f"sites: 0 rows written to {tmp_path / 'x.csv'}\n"
    assert "Withheld from public readers: 2 of 2 rows (1 primary_population, 1 primary_sites)" in public.err.replace("\n", " ")
    assert "--tier partner, analyst or steward" in public.err.replace("\n", " ")
    assert headworks("export", two_plants.path, "sites", "-", "--tier", "partner").out.count("\n") == 3
    assert headworks("show", two_plants.path, "sites").out.count("\n") == 3
    assert headworks("show", two_plants.path, "sites", "--tier", "public").out.count("\n") == 1
    refused = headworks("export", two_plants.path, "sites", "-", "--tier", "everyone")
    assert (refused.code, "no such tier" in refused.err) == (2, True)


def test_what_leaves_is_in_the_log_of_publications(headworks, two_plants: Workspace, tmp_path: Path) -> None:
    headworks("export", two_plants.path, "sites", tmp_path / "x.csv")
    headworks("export", two_plants.path, "samples", "-", "--tier", "steward")
    lines = [json.loads(line) for line in (two_plants.path / "publications" / "log.jsonl").read_text().splitlines()]
    assert [(one["what"], one["rule"]["tier"], one["rule"]["floor"], one["rows"], one["withheld"]) for one in lines] == [
        ("sites", "public", 20_000, 0, 2), ("samples", "steward", 0, 4, 0),
    ]  # fmt: skip


def test_refused_rows_are_exported_to_a_file_or_stdout(headworks, workspace: Workspace, half: Path, tmp_path: Path) -> None:
    assert headworks("export", workspace.path, "refusals", "-").code == 2
    headworks("import", workspace.path, half, "--as", "headworks")
    target = tmp_path / "mend-measurements.csv"
    assert headworks("export", workspace.path, "refusals", target).out == f"Refused rows: {target}\n"
    assert headworks("export", workspace.path, "refusals", "-").out == target.read_text(encoding="utf-8")
    target.write_text(target.read_text(encoding="utf-8").replace(",x", ",7"), encoding="utf-8")
    assert headworks("import", workspace.path, target, "--as", "headworks").code == 0
    assert read_facts(workspace, "measurements")["concentration_ng_per_l"].to_list() == [5.0, 7.0]
