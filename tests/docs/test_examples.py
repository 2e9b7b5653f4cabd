"""Every example of the documentation runs and prints what the pages show.

``HEADWORKS_RECORD=1 pytest tests/docs/test_examples.py`` writes down what they print now.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from tests.docs.examples import EXAMPLES, printed

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    folder = tmp_path_factory.mktemp("own")
    shutil.copytree(EXAMPLES / "own-data", folder / "own-data")
    return folder, printed(EXAMPLES / "own_data.sh", folder)


def is_as_written(name: str, text: str) -> None:
    page = EXAMPLES / f"{Path(name).stem}{'.sh' if name.endswith('.sh') else ''}.out"
    if os.environ.get("HEADWORKS_RECORD"):
        page.write_text(text, encoding="utf-8")
    assert text == page.read_text(encoding="utf-8")


def test_the_demo_says_what_the_readme_and_the_tutorial_show(demo):
    is_as_written("demo.sh", (demo / "said.txt").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", ["look.sh", "highest.py", "rising.py", "other_factor.py"])
def test_questions_to_the_demo_workspace_are_answered_as_shown(demo, name):
    is_as_written(name, printed(EXAMPLES / name, demo))


def test_own_files_are_imported_as_shown(own):
    is_as_written("own_data.sh", own[1])


def test_own_loads_are_those_worked_by_hand(own):
    # 450 ng/L x 120,000 m3/d = 54,000 mg/d; / 380,000 x 1,000 = 142.105; x 3.59 = 510.158; / 100 mg = 5.1016.
    text = printed(EXAMPLES / "own_data.py", own[0])
    assert all(number in text for number in ("54,000 mg/d", "142.105", "510.158", "5.1016", "3.5907"))
    is_as_written("own_data.py", text)


@pytest.mark.parametrize("name", ["uncertainty.py", "factor_bounds.py"])
def test_worked_numbers_are_as_shown(name, tmp_path):
    is_as_written(name, printed(EXAMPLES / name, tmp_path))


def test_every_example_is_run_and_has_its_output():
    scripts = {path.name for path in EXAMPLES.iterdir() if path.suffix in {".py", ".sh"}}
    run = Path(__file__).read_text(encoding="utf-8")
    assert scripts == {name for name in scripts if f'"{name}"' in run}
    shown = {f"{Path(name).stem}{'.sh' if name.endswith('.sh') else ''}.out" for name in scripts}
    assert shown == {path.name for path in EXAMPLES.glob("*.out")}
