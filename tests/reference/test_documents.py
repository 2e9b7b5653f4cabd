"""The pages of the room name every file, column and function."""

from __future__ import annotations

from pathlib import Path

import pytest

from headworks import reference
from headworks.reference.parameter_files import BIOMARKER_COLUMNS, DATA_DIR, SET_COLUMNS, STATUSES, USES
from headworks.reference.set_reader import COMPUTED_COLUMNS

_PAGE = (Path(__file__).parents[2] / "docs" / "rooms" / "reference.md").read_text(encoding="utf-8")
_README = (DATA_DIR / "README.md").read_text(encoding="utf-8")
_FILES = sorted(path.name for path in DATA_DIR.glob("*.csv"))


@pytest.mark.parametrize(
    "name", [*reference.__all__, *COMPUTED_COLUMNS, "stated_in", "HW-P001", "HW-P002", "HW-P003", *_FILES]
)
def test_the_page_of_the_room_names(name):
    assert f"`{name}" in _PAGE


@pytest.mark.parametrize("name", [*_FILES, *BIOMARKER_COLUMNS, *SET_COLUMNS, *STATUSES, *USES])
def test_the_readme_of_the_data_names(name):
    assert f"`{name}`" in _README
