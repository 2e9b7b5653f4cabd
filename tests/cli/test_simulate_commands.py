from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest

SMALL = ("--province", "44", "--sites", "20", "--weeks", "2", "--analytes", "2")


def test_simulate_prints_the_commands_that_import_and_run(headworks, tmp_path: Path) -> None:
    answer = headworks("simulate", tmp_path / "ws", *SMALL)
    assert answer.code == 0
    first, importing, running = answer.out.splitlines()
    assert first.startswith("Simulated: areas 1,90")
    assert "never to be imported" in answer.err
    words = shlex.split(importing)
    assert (words[:2], words[-2:]) == (["headworks", "import"], ["--as", "headworks"])
    assert headworks(*words[1:]).code == 0
    assert headworks(*shlex.split(running)[1:]).code == 0


def test_simulate_answers_as_json(headworks, tmp_path: Path) -> None:
    answer = headworks("simulate", tmp_path / "ws", *SMALL, "--no-truth", "--json")
    said = json.loads(answer.out)
    assert said["rows"]["sites"] == 20
    assert said["truth"] == []
    assert all(Path(path).is_file() for path in said["files"])


@pytest.mark.parametrize(
    ("more", "code"),
    [
        (("--province", "11"), "HW-U061"),
        (("--sites", "9999"), "HW-U062"),
        (("--weeks", "0"), "HW-U063"),
        (("--start", "2025-01-07"), "HW-U063"),
        (("--analytes", "99"), "HW-U064"),
        (("--seed", "-1"), "HW-U067"),
        (("--from-week", "3"), "HW-U068"),
        (("--start", "soon"), "HW-U069"),
    ],
)
def test_simulate_says_no_by_code_and_writes_nothing(headworks, tmp_path: Path, more, code) -> None:
    answer = headworks("simulate", tmp_path / "ws", *SMALL, *more, "--json")
    assert answer.code == 2
    assert json.loads(answer.out)["error"]["code"] == code
    assert not (tmp_path / "ws").exists()


@pytest.mark.slow
def test_demo_province_names_its_reports(headworks, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("HEADWORKS_NO_OPEN", "1")
    answer = headworks("demo-province", tmp_path / "demo", "--sites", "3", "--weeks", "1", "--no-open")
    assert f"headworks serve {tmp_path / 'demo'} --demo" in answer.out
    assert answer.code == 0
    report = Path(answer.out.splitlines()[0].removeprefix("Report: "))
    assert report.is_file()
    assert "every figure is simulated" in answer.out
