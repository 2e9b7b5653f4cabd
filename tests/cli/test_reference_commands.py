from __future__ import annotations

import io
import json

import polars as pl


def test_the_sets_are_listed(headworks) -> None:
    assert "headworks-2026.1" in [row["set_id"] for row in json.loads(headworks("reference", "list", "--json").out)]


def test_a_drug_is_shown_by_any_of_its_names(headworks) -> None:
    shown = headworks("reference", "show", "COCAINE")
    assert shown.code == 0
    assert pl.read_csv(io.StringIO(shown.out), infer_schema=False).height > 1
    assert headworks("reference", "show", "cocaine").out == shown.out


def test_two_sets_are_compared_and_an_unknown_one_is_data_refused(headworks) -> None:
    assert headworks("reference", "diff", "headworks-2026.1", "zuccato-2008", "--json").code == 0
    assert headworks("reference", "diff", "headworks-2026.1", "nonsense").code == 3
    assert headworks("reference", "show", "unobtainium").code == 3
