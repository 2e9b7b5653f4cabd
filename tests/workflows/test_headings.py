from __future__ import annotations

import polars as pl
import pytest

from headworks.reference import list_sets, read_set
from headworks.workflows import residue_headings
from headworks.workflows.headings import under_headings

SETS = list_sets()["set_id"].to_list()


@pytest.mark.parametrize("set_id", SETS)
def test_a_heading_belongs_to_one_residue_whatever_a_laboratory_calls_its_residues(set_id: str) -> None:
    parameters = read_set(set_id)
    names = set(parameters.factors["drug"]) | set(parameters.factors["analyte"]) | {"compound 7", "ketamine: norketamine"}
    headings = residue_headings(parameters, pl.DataFrame({"analyte": sorted(names)}))
    assert headings["analyte"].is_unique().all()
    assert headings["drug"].is_unique().all()


def test_published_rows_stand_under_our_headings_and_keep_their_order() -> None:
    published = pl.DataFrame({"analyte": ["b", "a", "z"], "drug": ["theirs", "theirs", "theirs"], "x": [1, 2, 3]})
    headings = pl.DataFrame({"analyte": ["a", "b"], "drug": ["A", "B"]})
    assert under_headings(published, headings).rows() == [("b", "B", 1), ("a", "A", 2), ("z", "theirs", 3)]
