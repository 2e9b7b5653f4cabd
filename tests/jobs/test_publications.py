"""The log of what left the workspace is read whatever a power cut left at its end."""

import pytest

from headworks.jobs.disclosure import rule_of
from headworks.jobs.publications import log_publication, read_publications


@pytest.fixture
def logged(workspace):
    def add(target):
        log_publication(workspace, rule_of(workspace, "public"), "report", target, "run", rows=1)

    return add


def targets(workspace):
    return [line["target"] for line in read_publications(workspace)]


def test_lines_are_read_in_the_order_they_were_written(workspace, logged):
    for target in ("a", "b\u2028c"):
        logged(target)
    assert targets(workspace) == ["a", "b\u2028c"]


@pytest.mark.parametrize("kept", [1, 20])
def test_a_line_that_was_cut_off_hides_no_other(workspace, logged, kept):
    logged("before")
    path = workspace.path / "publications" / "log.jsonl"
    whole = path.read_bytes()
    path.write_bytes(whole + whole[:kept])
    assert targets(workspace) == ["before"]
    logged("after")
    assert targets(workspace) == ["before", "after"]


def test_without_a_log_nothing_was_published(workspace):
    assert read_publications(workspace) == []
