from __future__ import annotations

import json

from headworks.store import Workspace


def test_a_figure_is_explained_as_text_and_as_json(headworks, computed_plants: Workspace) -> None:
    asked = ("explain", computed_plants.path, "--area", "P", "--period", "2024", "--drug", "cocaine", "--tier", "steward")
    answer = headworks(*asked)
    assert answer.code == 0
    assert answer.out.startswith("How computed:")
    said = json.loads(headworks(*asked, "--json").out)
    assert said["n_members"] == len(said["members"])


def test_an_unknown_area_is_refused(headworks, computed_plants: Workspace) -> None:
    answer = headworks("explain", computed_plants.path, "--area", "Atlantis", "--period", "2024", "--drug", "cocaine")
    assert answer.code == 2
    assert "no such area" in answer.err
