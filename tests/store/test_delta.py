from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from headworks.core.errors import WorkspaceError
from headworks.store import delta

SCHEMA: dict[str, pl.DataType] = {"name": pl.String(), "x": pl.Int64()}
TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=8)


def rows(path: Path, at_version: int | None = None) -> list[tuple]:
    return delta.collect(path, delta.scan(path, SCHEMA, at_version)).sort("name", "x").rows()


def frame(*pairs: tuple[str, int]) -> pl.DataFrame:
    return pl.DataFrame(pairs, schema=SCHEMA, orient="row")


def test_a_table_that_was_never_written_is_empty(tmp_path: Path) -> None:
    assert rows(tmp_path / "t") == []
    assert delta.version(tmp_path / "t") == -1
    assert delta.delete(tmp_path / "t", "x = 1") == 0
    assert delta.compact(tmp_path / "t") == 0
    assert delta.unnamed_files(tmp_path / "t") == []


def test_a_named_commit_is_made_once_and_a_nameless_one_each_time(tmp_path: Path) -> None:
    for _ in range(2):
        delta.append(tmp_path / "t", frame(("a", 1)), transaction="one")
    assert rows(tmp_path / "t") == [("a", 1)]
    delta.append(tmp_path / "t", frame(("a", 1)))
    assert rows(tmp_path / "t") == [("a", 1), ("a", 1)]


def test_every_version_stays_readable_after_replacing_deleting_and_compacting(tmp_path: Path) -> None:
    path = tmp_path / "a blank 数据"
    delta.append(path, frame(("a", 1)))
    delta.append(path, frame(("b", 2)))
    assert delta.replace(path, frame(("a", 3)), "name IN ('a')") == 2
    assert delta.delete(path, "name = 'b'") == 1
    delta.append(path, frame(("c", 4)))
    assert delta.compact(path) > 1
    assert [rows(path, at) for at in range(5)] == [
        [("a", 1)],
        [("a", 1), ("b", 2)],
        [("a", 3), ("b", 2)],
        [("a", 3)],
        [("a", 3), ("c", 4)],
    ]
    assert rows(path) == rows(path, 4)


def test_only_compaction_leaves_a_version_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "t"
    assert delta.holds_version(path, -1)
    delta.append(path, frame(("a", 1)))
    delta.append(path, frame(("b", 1)))
    assert not delta.holds_version(path, 0)
    assert delta.holds_version(path, 1)
    delta.compact(path)
    assert delta.version(path) == 2
    assert delta.holds_version(path, 1)
    assert not delta.holds_version(path, 5)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kept=TEXT, gone=TEXT)
def test_any_text_can_stand_in_a_predicate(kept: str, gone: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("t") / "t"
    delta.append(path, frame((kept, 1), (gone, 2)))
    delta.replace(path, frame((gone, 3)), f"name IN ({delta.quoted(gone)})")
    assert rows(path) == sorted([(gone, 3)] + [(kept, 1)] * (kept != gone))


def test_a_column_added_later_is_empty_in_older_rows_and_one_left_out_is_not_read(tmp_path: Path) -> None:
    delta.append(tmp_path / "t", frame(("a", 1)).drop("x"))
    delta.append(tmp_path / "t", frame(("b", 2)).with_columns(more=pl.lit("?")))
    assert rows(tmp_path / "t") == [("a", None), ("b", 2)]


def test_words_of_a_closed_list_come_back_as_such(tmp_path: Path) -> None:
    words = pl.Enum(["low", "high"])
    delta.append(tmp_path / "t", pl.DataFrame({"x": ["high"]}, schema={"x": words}))
    assert delta.scan(tmp_path / "t", {"x": words}).collect().schema == {"x": words}


@pytest.mark.parametrize("harm", ["missing", "cut off", "log"])
def test_a_damaged_table_is_said_in_one_sentence(harm: str, tmp_path: Path) -> None:
    path = tmp_path / "t"
    delta.append(path, frame(("a", 1)))
    data = next(path.glob("*.parquet"))
    if harm == "missing":
        data.unlink()
    elif harm == "cut off":
        data.write_bytes(data.read_bytes()[:100])
    else:
        next((path / "_delta_log").glob("*.json")).write_text("{")
    with pytest.raises(WorkspaceError, match="cannot be read or written") as refusal:
        rows(path)
    assert "\n" not in str(refusal.value)


def test_files_that_no_commit_names_are_found(tmp_path: Path) -> None:
    path = tmp_path / "t"
    delta.append(path, frame(("a", 1)))
    delta.replace(path, frame(("b", 1)))
    assert delta.unnamed_files(path) == []
    for name in ("part-1.parquet", "part-2.parquet#1", "_delta_log/_commit_x.json.tmp"):
        (path / name).write_bytes(b"")
    assert {file.name for file in delta.unnamed_files(path)} == {"part-1.parquet", "part-2.parquet#1", "_commit_x.json.tmp"}


PARTED = {"part": pl.String(), "name": pl.String(), "x": pl.Int64()}


def parted(*rows: tuple[str, str, int]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=PARTED, orient="row")


def in_parts(*rows: tuple[str, str, int]) -> dict[str, pl.DataFrame]:
    return {part: parted(*(row for row in rows if row[0] == part)) for part in dict.fromkeys(row[0] for row in rows)}


NO_ROWS = parted().drop("part")


def test_replaced_parts_have_a_file_each_and_the_others_keep_theirs(tmp_path: Path) -> None:
    path = tmp_path / "数据 t"
    first = in_parts(("2025-01", "a", 1), ("2025-02", "b", 2), ("2025", "c", 3))
    assert delta.replace_parts(path, "part", first, NO_ROWS) == 0
    kept = set((path / "part=2025-02").iterdir())
    second = in_parts(("2025-01", "a", 7), ("2025-Q1", "d", 4)) | {"2025": NO_ROWS}
    assert delta.replace_parts(path, "part", second, NO_ROWS) == 1
    assert rows(path) == [("a", 7), ("b", 2), ("d", 4)]
    assert rows(path, 0) == [("a", 1), ("b", 2), ("c", 3)]
    assert set((path / "part=2025-02").iterdir()) == kept
    assert delta.unnamed_files(path) == []
    found = delta.collect(path, delta.scan(path, SCHEMA, parts=("part", ["2025-Q1"])))
    assert found.rows() == [("d", 4)]


def test_the_whole_of_a_table_in_parts_can_be_replaced_even_by_nothing(tmp_path: Path) -> None:
    path = tmp_path / "t"
    delta.replace_parts(path, "part", in_parts(("p", "a", 1), ("q", "b", 2)), NO_ROWS)
    delta.replace_parts(path, "part", in_parts(("q", "c", 3)), NO_ROWS, is_whole=True)
    assert rows(path) == [("c", 3)]
    delta.replace_parts(path, "part", {}, NO_ROWS, is_whole=True)
    assert rows(path) == []


def test_parts_can_be_put_together_again_with_what_was_written_earlier(tmp_path: Path) -> None:
    path = tmp_path / "t"
    delta.replace_parts(path, "part", in_parts(("p", "a", 1)), NO_ROWS)
    delta.replace_parts(path, "part", in_parts(("q", "b", 2)), NO_ROWS)
    delta.replace_parts(path, "part", in_parts(("p", "a", 3), ("p", "c", 4)), NO_ROWS)
    delta.compact(path)
    assert rows(path) == [("a", 3), ("b", 2), ("c", 4)]
    assert delta.replace_parts(path, "part", {"p": NO_ROWS}, NO_ROWS) > 2
    assert rows(path) == [("b", 2)]


def test_a_file_that_was_written_and_never_committed_is_not_read_and_is_found(tmp_path: Path, monkeypatch) -> None:
    path = tmp_path / "t"
    delta.replace_parts(path, "part", in_parts(("p", "a", 1)), NO_ROWS)

    def cut_off(*_: object, **__: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(delta.DeltaTable, "create_write_transaction", cut_off)
    with pytest.raises(WorkspaceError, match="cannot be read or written"):
        delta.replace_parts(path, "part", in_parts(("p", "a", 9)), NO_ROWS)
    assert rows(path) == [("a", 1)]
    assert [file.suffix for file in delta.unnamed_files(path)] == [".parquet"]


def test_parts_with_other_columns_than_the_table_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "t"
    delta.replace_parts(path, "part", in_parts(("p", "a", 1)), NO_ROWS)
    with_another = parted(("p", "a", 2)).with_columns(y=1)
    with pytest.raises(WorkspaceError) as refused:
        delta.replace_parts(path, "part", {"p": with_another}, with_another.drop("part"))
    assert "'y'" in str(refused.value.found)
    assert rows(path) == [("a", 1)]


def test_the_version_is_that_of_the_newest_commit_and_not_of_what_lies_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "t"
    delta.append(path, frame(("a", 1)))
    delta.append(path, frame(("a", 2)))
    (path / "_delta_log" / "00000000000000000009.json.tmp").write_text("{}", encoding="utf-8")
    (path / "_delta_log" / "note.json").write_text("{}", encoding="utf-8")
    assert delta.version(path) == 1
    assert delta.is_table(path)
    assert not delta.is_table(tmp_path / "nowhere")
