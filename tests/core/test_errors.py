"""An error says what, where, what was found and what would do."""

import pytest

from headworks.core import errors
from headworks.core.errors import DataRefused, HeadworksError, ParameterError, UsageError, WorkspaceBusy, WorkspaceError


def test_the_sentence_has_its_four_parts_in_order():
    problem = DataRefused("A flow is below zero.", where="flows.csv, row 7", found="-3", remedy="Give m3/d of at least 0")
    assert str(problem) == "A flow is below zero. Where: flows.csv, row 7. Found: -3. Remedy: Give m3/d of at least 0."
    assert problem.as_dict()["code"] == "HW-D001"


@pytest.mark.parametrize(
    ("kind", "exit_code"), [(UsageError, 2), (DataRefused, 3), (ParameterError, 3), (WorkspaceError, 2), (WorkspaceBusy, 2)]
)
def test_every_branch_has_its_exit_code_and_a_code_of_its_own(kind, exit_code):
    problem = kind("No.")
    assert isinstance(problem, HeadworksError)
    assert problem.exit_code == exit_code
    assert problem.code.startswith("HW-")


def test_the_tree_in_the_docstring_names_every_error():
    named = [name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, HeadworksError)]
    assert all(name in (errors.__doc__ or "") for name in named)
