from __future__ import annotations

import datetime as dt
import json
import shutil

import polars as pl
import pytest

from headworks.core.schema import polars_schema
from headworks.jobs import result_writer
from headworks.jobs.result_writer import Parts, ResultWriter, parts_replaced, rows_kept, split_parts
from headworks.jobs.run import run
from headworks.store import Workspace, read_result, read_result_of
from headworks.tables import PART, RESULTS, SHELF
from headworks.workflows import Scope
from headworks.workflows.scope import YearScope, scope_of_year
from headworks.workflows.year import Recomputed
from headworks.workflows.year_trends import quarters_of

TOUCHED = dt.date(2024, 3, 12)
QUARTERS = quarters_of(2024, has_before=False, has_after=False)
NEW = [
    ("samples", "sample_id,site_id,collected_from,flow_m3_per_day\nA3,A,2024-03-12T08:00Z,2100\n"),
    ("measurements", "sample_id,analyte,concentration_ng_per_l\nA3,benzoylecgonine,99\n"),
]


def recomputed(year: int = 2024, *, everything: bool = False) -> tuple[Recomputed, Scope]:
    if everything:
        return Recomputed(year, YearScope(), dt.date(year, 1, 1), QUARTERS), Scope()
    scope = Scope(frozenset({TOUCHED}))
    return Recomputed(year, scope_of_year(scope, year, [TOUCHED]), TOUCHED, QUARTERS), scope


def replaced(
    name: str, year: int = 2024, known: tuple[str, ...] = ("2024-01", "2024-03", "2024-12", "2024", "2025-01", "2025")
) -> list[str]:
    return parts_replaced(name, *recomputed(year), list(known))


def test_a_touched_day_replaces_the_parts_of_the_periods_that_hold_it_and_no_other() -> None:
    assert replaced("loads") == ["2024-03"]
    assert replaced("weekly_means") == ["2024-03"]
    assert replaced("area_loads") == ["2024", "2024-03", "2024-H1", "2024-Q1"]
    assert replaced("population_estimates") == ["2024", "2024-03", "2024-H1", "2024-Q1"]
    # A quarter is judged whole, and disposal from the touched day on.
    assert replaced("nonconformities") == ["2024-01", "2024-02", "2024-03"]
    assert replaced("disposal_events") == ["2024-03", "2024-12"]


def test_the_year_after_is_replaced_whole_but_for_its_days() -> None:
    assert replaced("period_means", 2025) == ["2025-01", "2025"]
    assert replaced("weekly_means", 2025) == ["2025-01", "2025"]
    assert replaced("loads", 2025) == []


def test_when_all_is_recomputed_no_part_is_kept() -> None:
    said, scope = recomputed(everything=True)
    assert parts_replaced("loads", said, scope, ["2024-03"]) == []
    assert rows_kept("period_means", said, scope) is None


@pytest.mark.parametrize(
    ("name", "rows", "left"),
    [
        ("loads", {"day": [TOUCHED, dt.date(2024, 3, 13)]}, [False, True]),
        ("disposal_events", {"day": [dt.date(2024, 3, 11), TOUCHED, dt.date(2024, 3, 13)]}, [True, False, False]),
        ("weekly_means", {"year": [2024, 2024], "week": [11, 12]}, [False, True]),
        ("area_loads", {"period": ["2024-03", "2024-02", "2024"]}, [False, True, False]),
        ("population_estimates", {"quarter": ["2024-Q1", "2024-Q2"]}, [False, True]),
    ],
)  # fmt: skip
def test_rows_that_were_not_recomputed_stay(name: str, rows: dict[str, list[object]], left: list[bool]) -> None:
    kept = rows_kept(name, *recomputed())
    assert kept is not None
    assert pl.DataFrame(rows).select(kept.alias("x")).to_series().to_list() == left


def test_rows_are_split_into_their_parts_in_the_columns_promised() -> None:
    schema = polars_schema(SHELF["inconsistent_means"].schema)
    frame = pl.DataFrame({name: [None, None] for name in schema} | {PART: ["2024-03", "2024"]})
    found = split_parts("inconsistent_means", frame.select(PART, *schema))
    assert set(found) == {"2024-03", "2024"}
    assert found["2024"].columns == [*schema, PART]


def test_a_part_without_rows_is_forgotten() -> None:
    parts = Parts()
    assert set(parts.said) == set(RESULTS)
    parts.said["loads"]["2024-03"] = {"rows": 1, "sha256": "x"}
    parts.take("loads", "2024-03", pl.DataFrame(schema=polars_schema(SHELF["loads"].schema) | {PART: pl.String()}))
    assert parts.said["loads"] == {}


def test_a_manifest_says_rows_and_digest_of_every_part(two_plants: Workspace) -> None:
    said = run(two_plants).manifest.results["loads"]
    assert {part: one["rows"] for part, one in said["parts"].items()} == {"2024-03": 6, "2025-03": 1}
    assert said["rows"] == 7
    assert all(len(one["sha256"]) == 64 for one in said["parts"].values())


def test_only_parts_that_came_out_otherwise_are_written(two_plants: Workspace, give) -> None:
    first = run(two_plants).manifest
    for name, text in NEW:
        give(two_plants, name, text)
    second = run(two_plants).manifest
    parts = [{part: one["sha256"] for part, one in manifest.results["loads"]["parts"].items()} for manifest in (first, second)]
    assert parts[0]["2024-03"] != parts[1]["2024-03"]
    assert parts[0]["2025-03"] == parts[1]["2025-03"]
    # What nothing touched is of the same version as before.
    assert second.results["nonconformities"]["version"] >= first.results["nonconformities"]["version"]
    assert second.results["inconsistent_means"]["version"] == first.results["inconsistent_means"]["version"]


def test_a_part_that_comes_out_the_same_is_not_written_again(two_plants: Workspace, give) -> None:
    first = run(two_plants).manifest
    give(two_plants, "areas", "area_id,level,name_en,valid_from\nZ,1,Elsewhere,2020-01-01\n")
    second = run(two_plants).manifest
    assert second.recomputed["days"] == "all"
    assert second.results == first.results


def test_a_part_that_is_no_more_is_emptied(computed_plants: Workspace, give) -> None:
    give(
        computed_plants, "measurements", "sample_id,analyte,concentration_ng_per_l,qc_flag\nB2,benzoylecgonine,140,rejected\n"
    )
    said = run(computed_plants).manifest.results
    assert "2025-03" not in said["loads"]["parts"]
    assert "2025" not in said["area_loads"]["parts"]
    assert read_result(computed_plants, "loads")["day"].dt.year().unique().to_list() == [2024]


def test_the_run_before_can_still_be_read(two_plants: Workspace, give) -> None:
    first = run(two_plants).manifest
    before = read_result(two_plants, "period_means")
    for name, text in NEW:
        give(two_plants, name, text)
    run(two_plants)
    assert read_result_of(two_plants, first, "period_means").equals(before)
    assert not read_result(two_plants, "period_means").equals(before)


def test_many_rows_are_written_as_they_come_and_few_at_the_end(two_plants: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = run(two_plants).manifest
    monkeypatch.setattr(result_writer, "_ENOUGH_ROWS", 0)
    in_pieces = run(two_plants, full=True).manifest
    assert {name: one["sha256"] for name, one in in_pieces.results.items()} == {
        name: one["sha256"] for name, one in whole.results.items()
    }


def test_tables_without_rows_exist_from_the_first_run_on(two_plants: Workspace) -> None:
    writer = ResultWriter(two_plants, Scope(), None)
    said = writer.finish()
    assert {name: one["rows"] for name, one in said.items()} == dict.fromkeys(RESULTS, 0)
    assert {one["version"] for one in said.values()} == {0}


def test_a_workspace_of_a_version_without_a_table_gets_it_with_the_next_run(two_plants: Workspace) -> None:
    first = run(two_plants).manifest
    path = next((two_plants.path / "runs").glob(f"*{first.run_id}*.json"))
    said = json.loads(path.read_text(encoding="utf-8"))
    del said["results"]["trends"]
    path.write_text(json.dumps(said | {"code_digest": "of another version"}), encoding="utf-8")
    shutil.rmtree(two_plants.results("trends"))
    outcome = run(two_plants)
    assert "changed" in outcome.reason
    assert outcome.manifest.results == first.results
