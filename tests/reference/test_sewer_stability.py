"""Sewer, pairs, fractions and ratios: every row is of a known residue and says where it is from."""

import polars as pl
import pytest

from headworks.reference import names, read_set
from headworks.reference.parameter_files import STATUSES
from headworks.reference.residue_pairs import (
    DisposalRules,
    consumed_enantiomeric_fractions,
    disposal_rules,
    residue_pairs,
    splitting_ratios,
)
from headworks.reference.sewer_stability import sewer_constants, sewer_sorption, sewer_stability

TABLES = [sewer_stability, sewer_sorption, residue_pairs, consumed_enantiomeric_fractions, splitting_ratios]
ANALYTES = names().filter(kind="analyte")["id"].to_list()
DRUGS = names().filter(kind="drug")["id"].to_list()


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.__name__)
def test_every_row_has_a_status_and_a_citation_unless_it_says_none(table):
    rows = table()
    assert set(rows["status"]) <= set(STATUSES)
    assert rows.filter(pl.col("status") != "none")["citation"].null_count() == 0
    assert rows.filter(pl.col("status") == "none").select(pl.col("note").is_not_null().all()).item()


def test_every_residue_and_drug_is_known_by_name():
    for table, columns in [
        (sewer_stability(), ["analyte", "product"]), (sewer_sorption(), ["analyte"]),
        (residue_pairs(), ["numerator", "denominator"]), (consumed_enantiomeric_fractions(), ["analyte"]),
        (splitting_ratios(), ["residue", "source"]),
    ]:  # fmt: skip
        assert {name for column in columns for name in table[column].drop_nulls()} <= set(ANALYTES)
    assert set(residue_pairs()["drug"]) | set(consumed_enantiomeric_fractions()["drug"]) <= set(DRUGS)
    assert {name for kept in residue_pairs()["kept_out"] for name in kept.split(";")} <= set(ANALYTES)


def test_half_lives_agree_with_the_biomarkers():
    known = dict(sewer_stability().select("analyte", "half_life_h_20c").rows())
    for analyte, life in read_set().factors.drop_nulls("half_life_h_20c").select("analyte", "half_life_h_20c").rows():
        assert known[analyte] == life


def test_behaviour_and_numbers_agree():
    for row in sewer_stability().iter_rows(named=True):
        assert (row["behaviour"] == "lost") == (row["half_life_h_20c"] is not None)
        assert (row["behaviour"] == "forms") == (row["growth_per_h"] is not None)
        if row["half_life_h_10c"] is not None:
            assert row["half_life_h_10c"] > row["half_life_h_20c"]


def test_theta_is_the_tenth_root_of_the_half_lives_of_cocaine():
    assert sewer_constants()["theta"] == pytest.approx((173 / 35) ** 0.1, abs=5e-4)


def test_molar_masses_of_pairs_are_those_of_the_biomarkers():
    masses = dict(read_set().factors.select("analyte", "residue_molar_mass_g_per_mol").rows())
    for side in ("numerator", "denominator"):
        for analyte, mass in residue_pairs().select(side, f"{side}_molar_mass_g_per_mol").rows():
            assert mass == masses[analyte]


def test_pairs_point_somewhere_and_are_unique():
    pairs = residue_pairs()
    assert pairs.select("numerator", "denominator").is_unique().all()
    assert set(pairs["points_to_disposal"]) <= {"above", "below"}
    assert set(pairs["evidence"]) | set(consumed_enantiomeric_fractions()["evidence"]) <= {"decides", "hint"}
    assert (pairs["lower_bound"] < pairs["upper_bound"]).drop_nulls().all()


def test_a_fraction_after_use_differs_from_that_of_what_was_made():
    rows = consumed_enantiomeric_fractions()
    assert (rows["fraction_r_consumed"] != rows["fraction_r_disposed"]).all()
    assert rows.filter(analyte="amphetamine")["evidence"].item() == "hint"


def test_the_rules_are_whole_days_and_numbers():
    rules = disposal_rules()
    assert isinstance(rules, DisposalRules)
    assert (rules.history_days, rules.min_history, rules.jump_factor) == (365, 10, 5.0)
    assert [type(number) for number in rules] == [int, int, float, float, float, int, int]
