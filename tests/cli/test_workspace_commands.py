from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from headworks.store import Workspace, read_imports


def test_init_makes_a_workspace_and_leaves_an_old_one_as_it_is(headworks, tmp_path: Path) -> None:
    answer = headworks("init", tmp_path / "ws", "--name", '省 "44"', "--timezone", "Asia/Shanghai")
    assert (answer.code, answer.out) == (0, f"Workspace ready: {tmp_path / 'ws'}\n")
    assert Workspace.open(tmp_path / "ws").settings.name == '省 "44"'
    again = headworks("init", tmp_path / "ws", "--name", "other")
    assert again.code == 0
    assert "left as it is" in again.err
    assert headworks("init", tmp_path / "other", "--timezone", "Mars/Base").code in {2, 3}
    assert not (tmp_path / "other").exists()
    assert headworks("init", tmp_path).code == 2


def test_run_says_what_was_recomputed_and_what_was_left_out(headworks, two_plants: Workspace, give) -> None:
    assert headworks("run", two_plants.path).out.splitlines()[0].endswith("everything recomputed.")
    assert headworks("run", two_plants.path).out.startswith("Up to date")
    give(two_plants, "measurements", "sample_id,analyte,concentration_ng_per_l\nX9,MDMA,5\nA1,ketamine,5\n")
    answer = headworks("run", two_plants.path)
    assert answer.out.splitlines()[0].endswith("loads of 1 sampling days recomputed, and what hangs on them in 2024, 2025.")
    assert "loads 8" in answer.out
    assert "1 results made no load: the sample is not known." in answer.err
    assert "left-out.csv" in answer.err
    give(two_plants, "areas", "area_id,level,name_en\nZ,1,Elsewhere\n")
    assert "the register of areas, sites or populations changed" in headworks("run", two_plants.path).err


def test_run_says_why_everything_was_recomputed(headworks, two_plants: Workspace) -> None:
    headworks("run", two_plants.path)
    (two_plants.path / "headworks.toml").write_text("format = 1\n[uncertainty]\nflow = 0.4\n")
    assert "Everything was recomputed: the settings" in headworks("run", two_plants.path).err
    full = json.loads(headworks("run", two_plants.path, "--full", "--json").out)
    assert (full["status"], full["recomputed"]["days"]) == ("computed", "all")


def test_run_of_an_empty_workspace_is_usage(headworks, workspace: Workspace) -> None:
    assert headworks("run", workspace.path).code == 2


def test_check_ends_with_0_when_sound_and_1_when_there_is_something_to_look_at(headworks, two_plants: Workspace, give) -> None:
    headworks("run", two_plants.path)
    answer = headworks("check", two_plants.path, "--reproduce", "--compact")
    assert answer.code == 0
    assert "the same, bit for bit" in answer.out
    assert answer.out.endswith("Sound.\n")
    give(two_plants, "measurements", "sample_id,analyte,concentration_ng_per_l\nA1,MDMA,5\n")
    answer = headworks("check", two_plants.path, "--json")
    assert answer.code == 1
    assert "HW-C008" in [one["code"] for one in json.loads(answer.out)["findings"]]


def test_report_is_written_to_a_file_or_stdout(headworks, two_plants: Workspace, tmp_path: Path) -> None:
    assert headworks("report", two_plants.path, "-o", tmp_path / "r.html").code == 2
    headworks("run", two_plants.path)
    target = tmp_path / "r" / "report.html"
    answer = headworks("report", two_plants.path, "--period", "2024", "-o", target)
    assert (answer.code, answer.out) == (0, f"Report: {target}\n")
    assert "</html>" in target.read_text(encoding="utf-8")
    assert "</html>" in headworks("report", two_plants.path, "-o", "-").out
    (tmp_path / "folder").mkdir()
    refused = headworks("report", two_plants.path, "-o", tmp_path / "folder")
    assert (refused.code, "HW-U013" in refused.err) == (2, True)


@pytest.mark.parametrize("words", [["--area", "Nowhere"], ["--period", "1999"], ["--period", "soon"], ["--language", "xx"]])
def test_a_report_of_something_that_is_not_there_is_refused(words: list[str], headworks, two_plants: Workspace) -> None:
    headworks("run", two_plants.path)
    assert headworks("report", two_plants.path, "-o", "-", *words).code in {2, 3}


def test_a_process_that_ends_at_once_has_said_everything_and_its_exit_code(two_plants: Workspace, tmp_path: Path) -> None:
    command = [sys.executable, "-c", "from headworks.cli import main; main()", "run"]
    done = subprocess.run([*command, str(two_plants.path)], capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert "Rows: loads 7" in done.stdout
    again = subprocess.run([*command, str(two_plants.path), "--json"], capture_output=True, text=True, check=True)
    assert json.loads(again.stdout)["status"] == "up_to_date"
    refused = subprocess.run([*command, str(tmp_path)], capture_output=True, text=True, check=False)
    assert (refused.returncode, "Traceback" in refused.stderr) == (2, False)


def test_the_demo_does_not_mix_its_data_with_others(headworks, two_plants: Workspace) -> None:
    answer = headworks("demo", two_plants.path, "--no-open")
    assert answer.code == 2
    assert "HW-U018" in answer.err
    assert read_imports(two_plants).height == 4


@pytest.mark.slow
def test_the_demo_makes_reports_from_nothing_and_again(headworks, demo: Path) -> None:
    reports = sorted(path.name for path in (demo / "demo-workspace" / "reports").iterdir())
    assert reports == ["situation-2022-en.html", "situation-2022-zh.html"]
    check = headworks("check", demo / "demo-workspace", "--reproduce")
    assert (check.code, "the same, bit for bit" in check.out) == (0, True)
