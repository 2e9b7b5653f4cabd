"""The reference pages are what the code would write."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from tests import forks

ROOT = Path(__file__).parents[2]
PAGES = ("tables.md", "commands.md", "errors.md", "settings.md", "parameter-sets.md", "python-api.md")


def generate(*arguments: str, columns: str = "80") -> subprocess.CompletedProcess[str]:
    program = "import sys; from docs.generate import main; raise SystemExit(main(sys.argv[1:]))"
    return forks.run(program, *arguments, COLUMNS=columns)


@pytest.mark.parametrize("columns", ["40", "200"])
def test_no_page_is_stale_whatever_the_width_of_the_terminal(columns):
    done = generate("--check", columns=columns)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_stale_page_is_named(tmp_path):
    # The generator is pointed at an empty folder, so every page is stale.
    program = (
        "import pathlib, sys; import docs.generate as g; g.REFERENCE = pathlib.Path(sys.argv[1]);"
        "raise SystemExit(g.main(['--check']))"
    )
    done = forks.run(program, tmp_path)
    assert done.returncode == 1
    assert all(f"docs/reference/{name} is stale: run python -m docs.generate" in done.stderr for name in PAGES)
    assert list(tmp_path.iterdir()) == []


def test_another_argument_is_refused():
    assert generate("--chek").returncode == 2


@pytest.mark.parametrize("name", PAGES)
def test_a_generated_page_says_so(name):
    assert "*Written by `python -m docs.generate`" in (ROOT / "docs" / "reference" / name).read_text(encoding="utf-8")
