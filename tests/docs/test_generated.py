"""The reference pages are what the code would write."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = ("tables.md", "commands.md", "errors.md", "settings.md", "parameter-sets.md", "python-api.md")


def generate(*arguments: str, columns: str = "80") -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "COLUMNS": columns}
    command = [sys.executable, "-m", "docs.generate", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("columns", ["40", "200"])
def test_no_page_is_stale_whatever_the_width_of_the_terminal(columns):
    done = generate("--check", columns=columns)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_stale_page_is_named(tmp_path):
    # The generator is pointed at an empty folder, so every page is stale.
    program = "import pathlib, docs.generate as g; g.REFERENCE = pathlib.Path({!r}); raise SystemExit(g.main(['--check']))"
    command = [sys.executable, "-c", program.format(str(tmp_path))]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert all(f"docs/reference/{name} is stale: run python -m docs.generate" in done.stderr for name in PAGES)
    assert list(tmp_path.iterdir()) == []


def test_another_argument_is_refused():
    assert generate("--chek").returncode == 2


@pytest.mark.parametrize("name", PAGES)
def test_a_generated_page_says_so(name):
    assert "*Written by `python -m docs.generate`" in (ROOT / "docs" / "reference" / name).read_text(encoding="utf-8")
