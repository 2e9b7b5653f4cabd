"""Sets side by side, and what differs between two."""

from __future__ import annotations

import polars as pl
import pytest

from headworks.core.errors import ParameterError
from headworks.reference import DEFAULT_SET, compare_sets, list_sets, read_set, show_factor


def test_every_set_shows_every_residue_of_a_drug():
    shown = show_factor("COCAINE")
    assert shown.select("biomarker_id", "set_id").rows() == [
        (biomarker, set_id) for biomarker in ("COC_BE", "COC_COC") for set_id in list_sets()["set_id"]
    ]


def test_a_set_shows_which_values_are_its_own():
    own = show_factor("COCAINE").filter(~pl.col("is_inherited"), biomarker_id="COC_BE")
    assert own.select("set_id", "excretion_fraction", "excretion_status").rows() == [
        (DEFAULT_SET, 0.292, "from memory"),
        ("zuccato-2008", 0.45, "from memory"),
        ("castiglioni-2013", 0.292, "from memory"),
    ]
    assert own["citation_excretion"].null_count() == 0


def test_the_old_and_the_new_cocaine_factor_differ_by_the_ratio_of_the_fractions():
    found = compare_sets(DEFAULT_SET, "zuccato-2008").filter(biomarker_id="COC_BE").select("field", "ratio")
    assert found["field"].to_list() == ["excretion_fraction", "correction_factor"]
    assert found["ratio"].to_list() == pytest.approx([0.45 / 0.292, 0.292 / 0.45])


def test_comparing_the_other_way_inverts_every_ratio():
    there, back = compare_sets("zuccato-2008", "gracia-lor-2016"), compare_sets("gracia-lor-2016", "zuccato-2008")
    assert there.select("biomarker_id", "field").equals(back.select("biomarker_id", "field"))
    assert (there["a"] == back["b"]).all()
    assert (there["ratio"] * back["ratio"]).to_list() == pytest.approx([1.0] * there.height)


@pytest.mark.parametrize("set_id", ["thai-2016", "du-2020", "castiglioni-2013"])
def test_a_published_set_that_the_default_adopted_differs_in_nothing(set_id):
    assert compare_sets(DEFAULT_SET, set_id).is_empty()


def test_a_set_does_not_differ_from_itself():
    for set_id in list_sets()["set_id"]:
        assert compare_sets(set_id, set_id).is_empty()


def test_unknown_names_are_refused():
    with pytest.raises(ParameterError, match="There is no drug of that name"):
        show_factor("water")
    with pytest.raises(ParameterError, match="There is no parameter set"):
        compare_sets(read_set().set_id, "newest")
