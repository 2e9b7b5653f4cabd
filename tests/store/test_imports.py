"""The rest of what is promised of imports is in ``tests/jobs/test_killed_imports.py``."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from headworks.store import Workspace, begin_import, commit_import, is_imported, read_facts, read_imports, undo_unfinished

NOW = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
RECORD = {"import_id": "it's", "file": "f", "tables": '{"sites": {"new": 1, "amended": 0, "unchanged": 0}}'}
SITES = pl.DataFrame({"site_id": ["A"], "kind": ["plant_influent"], "matrix": ["sewage"], "source_row": [2]})


def test_an_import_is_visible_from_its_moment_on(workspace: Workspace) -> None:
    begin_import(workspace, "it's")
    assert commit_import(workspace, RECORD, {"sites": SITES}, lambda: NOW) == 1
    assert is_imported(workspace, "it's")
    assert read_facts(workspace, "sites", NOW).height == 1
    assert read_facts(workspace, "sites", NOW - dt.timedelta(seconds=1)).is_empty()
    assert undo_unfinished(workspace) == []


def test_an_import_begun_and_not_finished_is_taken_back_and_can_be_made_again(workspace: Workspace) -> None:
    def stopped() -> dt.datetime:
        raise KeyboardInterrupt

    begin_import(workspace, "it's")
    with pytest.raises(KeyboardInterrupt):
        commit_import(workspace, RECORD, {"sites": SITES}, stopped)
    assert read_facts(workspace, "sites").is_empty()
    assert not is_imported(workspace, "it's")
    assert undo_unfinished(workspace) == ["it's"]
    assert pl.read_delta(str(workspace.facts("sites"))).is_empty()
    begin_import(workspace, "it's")
    commit_import(workspace, RECORD, {"sites": SITES}, lambda: NOW)
    assert read_facts(workspace, "sites").height == 1


def test_an_import_of_no_rows_counts_too(workspace: Workspace) -> None:
    begin_import(workspace, "none")
    commit_import(workspace, {"import_id": "none", "tables": "{}"}, {"sites": SITES.clear()}, lambda: NOW)
    assert read_imports(workspace)["import_id"].to_list() == ["none"]
