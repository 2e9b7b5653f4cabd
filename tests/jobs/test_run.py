from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
from deltalake import DeltaTable
from polars.testing import assert_frame_equal

from headworks.core.errors import UsageError, WorkspaceError
from headworks.jobs import run as run_module
from headworks.jobs.check import check_workspace
from headworks.jobs.left_out import left_out_file, read_left_out
from headworks.jobs.run import run
from headworks.store import Workspace, delta, latest_run, read_manifests, read_result
from headworks.tables import FACTS, RESULTS

AMENDED = "sample_id,analyte,concentration_ng_per_l,lod_ng_per_l,loq_ng_per_l\nA1,benzoylecgonine,500,1,5\n"


def load_of(workspace: Workspace, as_of: dt.datetime | None = None) -> float:
    loads = read_result(workspace, "loads", as_of).filter(site_id="A", analyte="benzoylecgonine").sort("day")
    return loads["load_mg_per_day"][0]


def test_there_is_nothing_to_compute_in_an_empty_workspace(workspace: Workspace) -> None:
    with pytest.raises(UsageError, match="nothing to compute from"):
        run(workspace)


def test_the_load_is_concentration_times_flow(computed_plants: Workspace) -> None:
    # 250 ng/L x 2,000 m3/d x 1e-3 = 500 mg/d.
    assert load_of(computed_plants) == pytest.approx(500.0)


def test_the_second_run_has_nothing_to_do(two_plants: Workspace) -> None:
    first, second = run(two_plants), run(two_plants)
    assert (first.status, first.reason) == ("computed", "this is the first run")
    assert second.status == "up_to_date"
    assert second.manifest == first.manifest == latest_run(two_plants)


def test_a_published_result_is_read_back_after_an_amendment(two_plants: Workspace, give) -> None:
    published = run(two_plants).manifest
    give(two_plants, "measurements", AMENDED)
    run(two_plants)
    then = dt.datetime.fromisoformat(published.finished_at)
    assert load_of(two_plants) == pytest.approx(1_000.0)
    assert load_of(two_plants, then) == pytest.approx(500.0)
    with pytest.raises(UsageError, match="no results by then"):
        read_result(two_plants, "loads", then - dt.timedelta(days=1))


def test_a_manifest_says_what_went_in_and_what_came_out(two_plants: Workspace) -> None:
    manifest = run(two_plants).manifest
    said = json.loads((two_plants.path / "runs" / f"{manifest.run_id}.json").read_text(encoding="utf-8"))
    assert [one["file"] for one in said["imports"]] == ["areas.csv", "sites.csv", "samples.csv", "measurements.csv"]
    assert all(len(one["content_sha256"]) == 64 for one in said["imports"])
    assert set(said["inputs"]) == set(FACTS)
    assert said["inputs"]["flows"] == -1
    assert set(said["results"]) == set(RESULTS)
    assert {"version", "rows", "sha256"} <= set(said["results"]["loads"])
    assert said["results"]["loads"]["rows"] == 7
    assert said["parameter_set"] == "headworks-2026.1"
    assert said["seed"] == 0
    assert said["environment"]["polars"] == pl.__version__
    assert {"facts", "loads", "writing the rest"} <= set(said["timings_s"])


def test_facts_in_another_order_give_the_same_bits(tmp_path: Path, give, tables: dict[str, str]) -> None:
    digests = []
    for order in (list(tables), list(reversed(tables))):
        workspace = Workspace.create(tmp_path / "-".join(order))
        for name in order:
            give(workspace, name, tables[name])
        digests.append({name: said["sha256"] for name, said in run(workspace).manifest.results.items()})
    assert digests[0] == digests[1]


@pytest.mark.slow
def test_four_threads_give_the_bits_of_one(computed_plants: Workspace, two_plants_made: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(two_plants_made, tmp_path / "four")
    code = "import sys; from pathlib import Path; from headworks.jobs.run import run; from headworks.store import Workspace; run(Workspace.open(Path(sys.argv[1])))"
    environment = {**os.environ, "POLARS_MAX_THREADS": "4"}
    subprocess.run([sys.executable, "-c", code, str(folder)], env=environment, check=True)
    assert latest_run(Workspace.open(folder)).results == latest_run(computed_plants).results


@pytest.mark.parametrize(
    "setting",
    [
        '[run]\nresidues = "molar_sum"\n',
        "[uncertainty]\nflow = 0.3\n",
        '[run]\nparameter_set = "zuccato-2008"\n',
        '[week_conventions.ours]\nweekday_days = "1;2"\nweekend_days = "6;7"\nfirst_year = 2024\n',
    ],
)
def test_another_setting_recomputes_everything_and_says_why(setting: str, computed_plants: Workspace) -> None:
    (computed_plants.path / "headworks.toml").write_text(f"format = 1\n{setting}", encoding="utf-8")
    changed = Workspace.open(computed_plants.path)
    assert "HW-C009" in {one.code for one in check_workspace(changed)}
    outcome = run(changed)
    assert outcome.manifest.recomputed["days"] == "all"
    assert "settings" in outcome.reason
    assert run(changed).status == "up_to_date"


def test_another_name_recomputes_nothing(computed_plants: Workspace) -> None:
    (computed_plants.path / "headworks.toml").write_text('format = 1\nname = "Other"\ntimezone = "Asia/Shanghai"\n')
    assert run(Workspace.open(computed_plants.path)).status == "up_to_date"


def test_a_run_cut_off_before_its_manifest_and_then_other_settings_leave_no_trace(
    two_plants: Workspace, give, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = run(two_plants).manifest
    give(two_plants, "measurements", AMENDED)
    (two_plants.path / "headworks.toml").write_text("format = 1\n[uncertainty]\nflow = 0.3\n")

    def cut_off(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(run_module, "write_manifest", cut_off)
        with pytest.raises(KeyboardInterrupt):
            run(Workspace.open(two_plants.path))
    (two_plants.path / "headworks.toml").write_text("format = 1\n")
    back = Workspace.open(two_plants.path)
    assert load_of(back) == pytest.approx(500.0)
    assert latest_run(back) == first
    outcome = run(back)
    assert "cut off" in outcome.reason
    assert [one.code for one in check_workspace(back, reproduce=True) if one.severity != "info"] == []
    assert load_of(back) == pytest.approx(1_000.0)


def test_compaction_changes_no_result_and_forces_no_full_run(computed_plants: Workspace, give) -> None:
    give(computed_plants, "measurements", AMENDED)
    before = run(computed_plants).manifest
    check_workspace(computed_plants, compact=True)
    DeltaTable(str(computed_plants.results("loads"))).optimize.z_order(["site_id"])
    assert delta.version(computed_plants.results("loads")) > before.results["loads"]["version"]
    assert run(computed_plants).status == "up_to_date"
    give(computed_plants, "measurements", AMENDED.replace("500", "250"))
    after = run(computed_plants)
    assert after.manifest.recomputed["days"] == 1
    assert load_of(computed_plants) == pytest.approx(500.0)
    assert [one.code for one in check_workspace(computed_plants, reproduce=True) if one.severity != "info"] == []


def test_what_made_no_load_is_listed_and_carried_over(two_plants: Workspace, give) -> None:
    head = "sample_id,analyte,concentration_ng_per_l,qc_flag\n"
    give(two_plants, "measurements", head + "B1,MDMA,5,rejected\nX9,MDMA,5,accepted\n")
    first = run(two_plants).manifest
    assert first.left_out == {"quality control rejected the result": 1, "the sample is not known": 1}
    give(two_plants, "measurements", head + "A1,MDMA,5,rejected\n")
    second = run(two_plants).manifest
    assert second.recomputed["days"] == 1
    assert second.left_out == {"quality control rejected the result": 2, "the sample is not known": 1}
    assert read_left_out(two_plants, second)["sample_id"].to_list() == ["A1", "B1", "X9"]
    assert left_out_file(two_plants, second.run_id).is_file()


def test_an_identifier_that_looks_like_a_formula_is_carried_over_as_it_is(two_plants: Workspace, give) -> None:
    head = "sample_id,analyte,concentration_ng_per_l,qc_flag\n"
    give(two_plants, "samples", "sample_id,site_id,collected_from\n@B9,B,2024-03-05T08:00Z\n")
    give(two_plants, "measurements", head + "@B9,MDMA,5,rejected\n")
    manifest = run(two_plants).manifest
    assert "'@B9" in left_out_file(two_plants, manifest.run_id).read_text()
    give(two_plants, "measurements", head + "A1,MDMA,5,rejected\n")
    assert read_left_out(two_plants, run(two_plants).manifest)["sample_id"].to_list() == ["@B9", "A1"]


def test_a_result_file_that_is_gone_is_said_and_a_full_run_brings_it_back(computed_plants: Workspace, give) -> None:
    for file in computed_plants.results("loads").rglob("*.parquet"):
        file.unlink()
    assert [one.code for one in check_workspace(computed_plants) if one.severity == "error"] == ["HW-C010"]
    with pytest.raises(WorkspaceError, match="cannot be read"):
        read_result(computed_plants, "loads")
    give(computed_plants, "measurements", AMENDED)
    with pytest.raises(WorkspaceError, match="results can be recomputed"):
        run(computed_plants)
    run(computed_plants, full=True)
    assert load_of(computed_plants) == pytest.approx(1_000.0)


def test_a_published_day_stays_where_our_own_load_has_no_population(two_plants: Workspace, give) -> None:
    # Week 10 of 2024, Tuesday: 5 March. Site Z has no population, so its load says nothing per 1,000 people.
    give(two_plants, "samples", "sample_id,site_id,collected_from,flow_m3_per_day\nZ1,ES/Reus,2024-03-05T08:00Z,2000\n")
    give(two_plants, "measurements", "sample_id,analyte,concentration_ng_per_l\nZ1,benzoylecgonine,5\n")
    days = "monday,tuesday,wednesday,thursday,friday,saturday,sunday"
    give(two_plants, "weeks", f"year,week,country,city,drug,{days}\n2024,10,ES,Reus,cocaine,,77,,,,,\n", "score")
    run(two_plants)
    week = read_result(two_plants, "weekly_means").filter(site_id="ES/Reus")
    assert week.select("week", "n_days", "daily_mean").rows() == [(10, 1, 77.0)]
    # Once the population is known our own day counts: 5 ng/L x 2,000 m3 / 10,000 people = 1 mg per 1,000.
    give(two_plants, "populations", "site_id,valid_from,population,population_method\nES/Reus,2020-01-01,10000,census\n")
    run(two_plants)
    week = read_result(two_plants, "weekly_means").filter(site_id="ES/Reus")
    assert week["daily_mean"].to_list() == pytest.approx([1.0])


def test_runs_are_read_in_the_order_they_were_made(two_plants: Workspace) -> None:
    for _ in range(3):
        run(two_plants, full=True)
    assert [one.seq for one in read_manifests(two_plants)] == [1, 2, 3]
    assert_frame_equal(
        read_result(two_plants, "loads"),
        read_result(two_plants, "loads", dt.datetime.fromisoformat(read_manifests(two_plants)[0].finished_at)),
    )
