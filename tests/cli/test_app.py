from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from headworks import __version__
from headworks.cli import app as app_module
from headworks.cli.app import run_app
from headworks.store import Workspace

HEAVY = ("polars", "altair", "deltalake", "scipy", "numpy", "dataframely", "jinja2", "xlsxwriter")
MODULES = f"""
import sys
from headworks.cli.app import run_app
run_app(sys.argv[1:])
print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)
"""
PLAIN = {**os.environ, "NO_COLOR": "1", "TERM": "dumb"}


def modules_after(*words: object) -> str:
    command = [sys.executable, "-c", MODULES, *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=PLAIN)
    return done.stderr.splitlines()[-1]


@pytest.mark.parametrize("words", [["--help"], ["import", "--help"], ["reference", "--help"], ["--version"]])
def test_help_and_version_load_nothing_heavy(words: list[str]) -> None:
    assert modules_after(*words) == "[]"


def test_an_import_loads_no_drawing_and_no_pages(workspace: Workspace, tmp_path: Path) -> None:
    file = tmp_path / "measurements.csv"
    file.write_text("sample_id,analyte,concentration_ng_per_l\nA1,MDMA,5\nA2,MDMA,x\n")
    loaded = modules_after("import", workspace.path, file, "--as", "headworks")
    assert "polars" in loaded
    assert not any(name in loaded for name in ("altair", "jinja2", "xlsxwriter"))


def test_every_command_is_there_with_its_help(headworks) -> None:
    listed = headworks("--help").out
    for name in ("init", "import", "run", "show", "export", "report", "check", "reference", "demo"):
        assert name in listed
        assert headworks(name, "--help").code == 0


def test_the_version_is_printed(headworks) -> None:
    assert headworks("--version") == (0, f"headworks {__version__}\n", "")


@pytest.mark.parametrize(
    "words", [["nonsense"], ["show"], ["run", "--nonsense"], ["show", "x", "--limit", "0"], ["import", "x"]]
)
def test_a_command_line_that_is_off_ends_with_2(words: list[str], headworks) -> None:
    answer = headworks(*words)
    assert answer.code == 2
    assert answer.out == ""


def test_a_refusal_is_one_sentence_on_stderr_or_json_on_stdout(headworks, tmp_path: Path) -> None:
    said = headworks("run", tmp_path)
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith("HW-W001: There is no workspace here. Where: ")
    as_json = headworks("run", tmp_path, "--json")
    assert as_json.code == 2
    assert json.loads(as_json.out)["error"]["code"] == "HW-W001"


def test_what_nobody_foresaw_is_a_sentence_and_a_trace_in_a_file(
    headworks, workspace: Workspace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("out of [cheese] :bug:")

    monkeypatch.setattr("headworks.jobs.run.run", broken)
    monkeypatch.setattr(app_module.tempfile, "gettempdir", lambda: str(tmp_path))
    answer = headworks("run", workspace.path)
    assert answer.code == 2
    assert "out of [cheese] :bug:" in answer.err
    assert "RuntimeError" in next(tmp_path.glob("headworks-*.log")).read_text()


def test_an_interrupt_ends_with_130(headworks, workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("headworks.jobs.run.run", interrupted)
    answer = headworks("run", workspace.path)
    assert answer.code == 130
    assert "Interrupted" in answer.err


@pytest.mark.parametrize("reader", ["head -n 1", "true"])
def test_a_reader_that_stops_early_is_no_error(reader: str, two_plants: Workspace) -> None:
    command = f'"{sys.executable}" -c "from headworks.cli import main; main()" show "{two_plants.path}" measurements'
    script = f"set -o pipefail; for i in 1 2; do {command}; done | {reader}"
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert done.stderr == ""
    assert done.stdout == "" or done.stdout.startswith("sample_id,analyte,replicate,")
    assert done.stdout.count("\n") < 2


WORDS = st.sampled_from(
    [
        "show", "export", "import", "run", "check", "report", "reference", "list", "diff", "init", "WS", "WS/no", "FILE", "-", "--",
        "measurements", "samples", "loads", "imports", "refusals", "measurement", "--where", "analyte=ketamine", "x=y", "=", "a",
        "--limit", "3", "-1", "--history", "--columns", "--as-of", "2024-01-01", "2030-01-01T00:00+14:00", "soon", "--json", "--as",
        "headworks", "score", "odm", "--strict", "--dry-run", "--mapping", "OUT.csv", "OUT.xlsx", "OUT.doc", "--import", "*",
        "--area", "P/a", "--period", "2024", "2024-H1", "2024-13", "--tier", "public", "--drug", "cocaine", "冰毒", "--language", "zh",
        "-o", "--output", "OUT.html", "--reproduce", "--compact", "--full", "--timezone", "Mars/Base", "--name", "--dir", "--help", "",
        "\x00", "[red]", ":bug:", "'", '"', "é" * 300,
    ]
)  # fmt: skip
COMMANDS = st.sampled_from(["show", "export", "import", "run", "check", "report", "reference", "init"])


@pytest.mark.slow
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True)
@given(command=COMMANDS, words=st.lists(WORDS, max_size=7))
@example(command="export", words=["WS", "refusals", "-", "--import", "/"])
@example(command="show", words=["WS", "samples", "--where", "collected_from=\x00"])
@example(command="show", words=["\x00"])
@example(command="import", words=["WS", "\x00", "--as", "headworks"])
@example(command="export", words=["WS", "sites", "\x00.csv"])
@example(command="report", words=["WS", "-o", "\x00"])
@example(command="report", words=["WS", "--period", "2024-13"])
@example(command="init", words=["é" * 300])
@example(command="report", words=["WS", "-o", "WS"])
def test_no_command_line_shows_a_trace(
    command: str, words: list[str], two_plants: Workspace, tables: dict[str, str], tmp_path: Path,
    capsys: pytest.CaptureFixture[str], monkeypatch,
) -> None:  # fmt: skip
    (tmp_path / "sites.csv").write_text(tables["sites"], encoding="utf-8")
    places = {"WS": str(two_plants.path), "WS/no": str(tmp_path / "no"), "FILE": str(tmp_path / "sites.csv")}
    monkeypatch.chdir(tmp_path)
    code = run_app([command, *[places.get(word, word) for word in words]])
    out, err = capsys.readouterr()
    assert code in {0, 1, 2, 3}
    assert "Traceback" not in out + err
    assert "HW-X001" not in err
