from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from headworks.jobs.check import check_workspace
from headworks.jobs.run import run
from headworks.store import Workspace, delta, read_result


def codes(workspace: Workspace, severity: str, **options: bool) -> list[str]:
    return [one.code for one in check_workspace(workspace, **options) if one.severity == severity]


def test_a_sound_workspace_has_nothing_to_look_at(computed_plants: Workspace) -> None:
    found = check_workspace(computed_plants, reproduce=True)
    assert {one.severity for one in found} == {"info"}
    assert "HW-C013" in {one.code for one in found}


def test_an_empty_workspace_has_no_results_and_that_is_told(workspace: Workspace) -> None:
    assert [one.code for one in check_workspace(workspace, reproduce=True)] == ["HW-C007"]


def test_names_nobody_knows_and_sites_without_people_are_named(two_plants: Workspace, give) -> None:
    give(two_plants, "measurements", "sample_id,analyte,concentration_ng_per_l\nlost one,MDMA,5\n")
    give(two_plants, "samples", "sample_id,site_id,collected_from\nC1,C,2024-03-05T08:00Z\nD1,D,2024-03-05T08:00Z\n")
    give(two_plants, "sites", "site_id,area_id\nD,nowhere\n")
    said = "\n".join(one.message for one in check_workspace(two_plants) if one.severity == "warning")
    for word in ("lost one", "sites that are not known: C.", "areas that are not known: nowhere.", "have no population: D."):
        assert word in said


def test_new_facts_make_the_results_old(computed_plants: Workspace, give) -> None:
    give(computed_plants, "measurements", "sample_id,analyte,concentration_ng_per_l\nA1,MDMA,5\n")
    assert codes(computed_plants, "warning") == ["HW-C008"]


@pytest.mark.parametrize("how", ["row", "bit", "gone", "table"])
def test_a_result_that_was_tampered_with_is_found_and_a_run_mends_it(how: str, computed_plants: Workspace) -> None:
    path = computed_plants.results("loads")
    file = next(path.rglob("*.parquet"))
    frame = pl.read_parquet(file)
    if how == "row":
        frame.head(frame.height - 1).write_parquet(file)
    elif how == "bit":
        frame.with_columns(upper=pl.col("upper") * (1 + 2**-50)).write_parquet(file)
    elif how == "gone":
        file.unlink()
    else:
        path.rename(path.with_name("hidden"))
    assert codes(computed_plants, "error") == ["HW-C010"]
    run(computed_plants, full=True)
    assert codes(computed_plants, "error", reproduce=True) == []


def test_facts_that_are_gone_or_nobody_brought_are_found(two_plants: Workspace) -> None:
    delta.delete(two_plants.facts("samples"), "sample_id = 'A2'")
    strange = pl.DataFrame(
        {"site_id": ["Z"], "kind": ["manhole"], "matrix": ["sewage"], "import_id": ["x"], "source_row": [2]}
    )
    delta.append(two_plants.facts("sites"), strange)
    found = {one.code: one.message for one in check_workspace(two_plants) if one.severity == "error"}
    assert "samples holds 1 rows less" in found["HW-C014"]
    assert "1 rows of sites name an import" in found["HW-C015"]


def test_a_damaged_manifest_is_an_error_and_not_the_end(two_plants: Workspace) -> None:
    manifest = run(two_plants).manifest
    (two_plants.path / "runs" / f"{manifest.run_id}.json").write_text("{")
    assert codes(two_plants, "error", reproduce=True) == ["HW-C016"]


def test_a_table_of_facts_that_cannot_be_read_is_an_error(two_plants: Workspace) -> None:
    next(two_plants.facts("samples").glob("*.parquet")).unlink()
    assert set(codes(two_plants, "error")) == {"HW-C003"}


def test_a_run_is_reproduced_with_the_settings_it_had(computed_plants: Workspace) -> None:
    (computed_plants.path / "headworks.toml").write_text("format = 1\n[uncertainty]\nflow = 0.4\n")
    changed = Workspace.open(computed_plants.path)
    assert codes(changed, "error", reproduce=True) == []
    assert codes(changed, "warning") == ["HW-C009"]


def test_a_run_that_other_numbers_were_written_into_is_not_reproduced(two_plants: Workspace) -> None:
    manifest = run(two_plants).manifest
    path = two_plants.path / "runs" / f"{manifest.run_id}.json"
    said = json.loads(path.read_text())
    said["method"]["uncertainty"]["flow"] = 0.5
    path.write_text(json.dumps(said))
    message = next(one for one in check_workspace(two_plants, reproduce=True) if one.code == "HW-C012").message
    assert "loads" in message
    path.write_text(json.dumps(said | {"method": {}}))
    assert "HW-C012" in codes(two_plants, "error", reproduce=True)


def test_columns_that_a_later_version_adds_do_not_make_an_older_run_wrong(
    two_plants: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    manifest = run(two_plants).manifest
    path = two_plants.path / "runs" / f"{manifest.run_id}.json"
    said = json.loads(path.read_text())
    from headworks.store import result_digest

    older = read_result(two_plants, "loads").drop("n_results")
    said["results"]["loads"]["columns"] = older.columns
    for part, promised in said["results"]["loads"]["parts"].items():
        promised["sha256"] = result_digest(older.filter(pl.col("day").dt.strftime("%Y-%m") == part), "loads")
    path.write_text(json.dumps(said))
    assert codes(two_plants, "error") == []


def test_refused_rows_are_told_with_the_command_that_exports_them(workspace: Workspace, give, tmp_path: Path) -> None:
    give(workspace, "measurements", "sample_id,analyte,concentration_ng_per_l\nA1,MDMA,5\nA2,MDMA,x\n")
    found = next(one for one in check_workspace(workspace) if one.code == "HW-C004")
    assert found.message == "1 rows were refused on import."
    assert found.remedy == f"headworks export {workspace.path} refusals mend.csv"
