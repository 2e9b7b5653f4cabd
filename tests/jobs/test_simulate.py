from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from headworks.core.errors import UsageError
from headworks.jobs.demo_province import demo_plan, demo_province
from headworks.jobs.import_files import ImportOrder, import_file
from headworks.jobs.run import run
from headworks.jobs.simulate import SimulateOrder, simulate
from headworks.planning import SimulationPlan
from headworks.store import Workspace, read_facts, read_result

PLAN = SimulationPlan(n_sites=20, n_weeks=4, n_analytes=4)
ORDER = SimulateOrder(weeks_per_file=2)


def contents(paths) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in paths}


def test_what_is_written_imports_whole_and_runs(tmp_path: Path) -> None:
    written = simulate(tmp_path / "ws", PLAN, ORDER)
    workspace = Workspace.open(tmp_path / "ws")
    outcomes = [import_file(workspace, path, ImportOrder("headworks", strict=True)) for path in written.files]
    assert [outcome.rows_refused for outcome in outcomes] == [0] * 8
    assert [finding for outcome in outcomes for finding in outcome.findings if finding["severity"] != "info"] == []
    rows = {name: read_facts(workspace, name).height for name in written.rows if name != "enantiomeric_fractions"}
    assert rows == {name: count for name, count in written.rows.items() if name in rows}
    run(workspace)
    truth = pl.read_parquet(tmp_path / "ws" / "truth" / "site_periods.parquet")
    means = read_result(workspace, "period_means").filter(pl.col("period_kind").cast(pl.String) == "month")
    both = means.join(truth, on=["site_id", "period", "analyte"])
    assert both.height == means.height > 0
    assert both["mean"].sum() / both["load_mg_per_1000_per_day"].sum() == pytest.approx(1.0, abs=0.4)


def test_facts_come_back_from_the_files_as_they_were_simulated(tmp_path: Path) -> None:
    written = simulate(tmp_path / "ws", PLAN, ORDER)
    workspace = Workspace.open(tmp_path / "ws")
    for path in written.files:
        import_file(workspace, path, ImportOrder("headworks"))
    stored = read_facts(workspace, "samples").sort("sample_id")
    given = pl.concat([pl.read_parquet(path) for path in written.files if path.name.startswith("samples")])
    assert stored.select(given.columns).equals(given.sort("sample_id"))


def test_a_week_more_is_a_file_more_and_the_others_are_the_same_bytes(tmp_path: Path) -> None:
    before = contents(simulate(tmp_path / "one", PLAN, ORDER).files)
    after = contents(simulate(tmp_path / "two", replace(PLAN, n_weeks=5), ORDER).files)
    assert {name: after[name] for name in before} == before
    assert after.keys() - before.keys() == {f"{name}-2025-W06-to-2025-W06.parquet" for name in ("samples", "measurements")}


def test_one_more_week_can_be_written_alone_into_the_same_workspace(tmp_path: Path) -> None:
    simulate(tmp_path / "ws", PLAN, ORDER)
    written = simulate(tmp_path / "ws", replace(PLAN, n_weeks=5), replace(ORDER, from_week=5))
    assert sorted(path.name for path in written.files) == [
        "measurements-2025-W06-to-2025-W06.parquet", "samples-2025-W06-to-2025-W06.parquet",
    ]  # fmt: skip
    assert "measurements-2025-W06" in written.commands[0]
    truth = pl.read_parquet(tmp_path / "ws" / "truth" / "site_periods.parquet")
    assert truth.filter(period_kind="year")["n_days"].unique().to_list() == [35]


def test_truth_is_apart_and_can_be_left_out(tmp_path: Path) -> None:
    written = simulate(tmp_path / "with", PLAN, ORDER)
    assert {path.name for path in written.truth} == {
        "site_periods.parquet", "population.parquet", "events.parquet", "batch_biases.parquet", "parameters.json",
    }  # fmt: skip
    assert not {path.parent.name for path in written.truth} & {path.parent.name for path in written.files}
    parameters = json.loads((tmp_path / "with" / "truth" / "parameters.json").read_text("utf-8"))
    assert parameters["plan"]["errors"]["sampling"] == 0.1
    assert simulate(tmp_path / "without", PLAN, replace(ORDER, with_truth=False)).truth == ()
    assert not (tmp_path / "without" / "truth").exists()


def test_a_workspace_with_other_data_is_refused(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "ws")
    (tmp_path / "areas.csv").write_text("area_id,level,name_en\nZ,1,Elsewhere\n", encoding="utf-8")
    import_file(workspace, tmp_path / "areas.csv", ImportOrder("headworks"))
    with pytest.raises(UsageError, match=r"holds other data.*areas\.csv") as refused:
        simulate(tmp_path / "ws", PLAN)
    assert refused.value.code == "HW-U065"
    assert not (tmp_path / "ws" / "simulated").exists()


def test_another_simulation_in_the_same_workspace_is_refused(tmp_path: Path) -> None:
    simulate(tmp_path / "ws", PLAN, ORDER)
    with pytest.raises(UsageError, match=r"another simulation.*Found: seed 7") as refused:
        simulate(tmp_path / "ws", replace(PLAN, seed=8), ORDER)
    assert refused.value.code == "HW-U066"


@pytest.mark.parametrize("order", [SimulateOrder(from_week=0), SimulateOrder(from_week=5), SimulateOrder(weeks_per_file=0)])
def test_weeks_that_are_not_simulated_are_refused(tmp_path: Path, order) -> None:
    with pytest.raises(UsageError, match="--from-week from 1 to 4") as refused:
        simulate(tmp_path / "ws", PLAN, order)
    assert refused.value.code == "HW-U068"
    assert not (tmp_path / "ws").exists()


@pytest.mark.slow
def test_the_demo_goes_from_nothing_to_a_report_in_two_languages(tmp_path: Path) -> None:
    plan = replace(demo_plan("52", n_sites=20, n_weeks=9), analytes=("methamphetamine",))
    outcome = demo_province(tmp_path / "demo", plan)
    assert outcome.rows_refused == 0
    assert {path.suffix for path in outcome.reports.values()} == {".html"}
    assert all(path.stat().st_size > 10_000 for path in outcome.reports.values())
    assert "2 × outbreak" in outcome.sights[1]
