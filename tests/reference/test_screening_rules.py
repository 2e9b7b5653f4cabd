"""The rules of screening as data."""

import pytest

from headworks.core.errors import ParameterError
from headworks.reference.parameter_files import DATA_DIR
from headworks.reference.screening_rules import LEVEL_COLUMNS, adducts, isomer_groups, isotopes, level_rules


def test_abundances_of_an_element_sum_to_one():
    assert all(sum(one.abundance for one in rows) == pytest.approx(1.0, abs=1e-3) for rows in isotopes().values())


def test_every_adduct_is_made_of_known_elements_and_has_the_sign_of_its_polarity():
    assert all((one.charge > 0) == (one.polarity == "positive") for one in adducts().values())


def test_every_group_of_isomers_has_at_least_two_names():
    assert isomer_groups().group_by("group").len()["len"].min() >= 2


def test_rules_end_with_one_that_always_holds():
    last = level_rules()[-1]
    assert (last.level, last.library, last.least_score, last.least_fragments) == ("5", "", None, None)


def test_an_unknown_profile_is_refused_with_the_nearest():
    with pytest.raises(ParameterError, match="headworks-default"):
        level_rules("headworks-defualt")


def test_an_own_file_is_read_and_its_bad_cells_are_refused_together(tmp_path):
    text = (DATA_DIR / "screening_levels.csv").read_text()
    (tmp_path / "own.csv").write_text(text.replace("headworks-default", "ours"))
    assert level_rules("ours", tmp_path / "own.csv")[0].level == "1"
    (tmp_path / "bad.csv").write_text(text.replace(",3a,", ",7,").replace(",0.9,0.1,", ",high,0.1,"))
    with pytest.raises(ParameterError, match="level is not one of those known") as problem:
        level_rules(own_file=tmp_path / "bad.csv")
    assert "A number of a rule is not one" in str(problem.value)
    assert "screening_levels.csv" not in ",".join(LEVEL_COLUMNS)
