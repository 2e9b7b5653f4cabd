from __future__ import annotations

import json

import pytest

from headworks.core.errors import WorkspaceError
from headworks.store import Manifest, Workspace, latest_run, read_manifests, write_manifest

ONE = Manifest(
    run_id="r1", seq=1, started_at="2026-03-01T00:00:00+00:00", finished_at="2026-03-01T00:00:01+00:00", code_version="1",
    settings_digest="s", parameter_set="p", parameter_set_digest="d", seed=0, last_import_seq=1, imports=[], results={},
    recomputed={},
)  # fmt: skip


def test_a_manifest_comes_back_as_it_was_written(workspace: Workspace) -> None:
    assert latest_run(workspace) is None
    write_manifest(workspace, ONE)
    assert read_manifests(workspace) == [ONE]


def test_a_field_that_a_later_version_adds_is_left_aside_and_one_that_an_older_lacks_has_its_default(
    workspace: Workspace,
) -> None:
    write_manifest(workspace, ONE)
    path = workspace.path / "runs" / "r1.json"
    said = json.loads(path.read_text())
    path.write_text(json.dumps({**said, "later": 1} | {}).replace('"code_digest": "", ', ""))
    assert read_manifests(workspace) == [ONE]


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "5", "{}", '{"seq": 1}', "\udcff", '{"finished_at": "yesterday"}', '{"seq": "one"}', '{"results": 3}'],
)
def test_a_damaged_manifest_is_named(text: str, workspace: Workspace) -> None:
    write_manifest(workspace, ONE)
    path = workspace.path / "runs" / "r1.json"
    if text.startswith('{"') and 'seq": 1' not in text:
        text = json.dumps(json.loads(path.read_text()) | json.loads(text))
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(WorkspaceError, match=r"manifest of a run is damaged.*r1\.json.*--full"):
        latest_run(workspace)
