"""Residues of a drug, the primary one, and the one label of each analyte."""

from __future__ import annotations

import polars as pl
import pytest

from headworks.core.errors import ParameterError
from headworks.reference import list_sets, read_set


@pytest.mark.parametrize(
    ("drug", "analyte"),
    [("Cocaine", "benzoylecgonine"), ("大麻", "THC-COOH"), ("heroin", "morphine"), ("methadone", "EDDP"), ("KET", "ketamine")],
)
def test_consumption_is_computed_from_the_primary_residue(drug, analyte):
    assert read_set().primary(drug)["analyte"].to_list() == [analyte]


def test_a_mass_ratio_and_a_correction_factor_by_hand():
    # 309.45 / 277.41 = 1.11550, / 0.55 = 2.02818.
    row = read_set().primary("methadone").row(0, named=True)
    assert row["mass_ratio"] == pytest.approx(1.11550, abs=5e-6)
    assert row["correction_factor"] == pytest.approx(2.02818, abs=5e-6)


@pytest.mark.parametrize("drug", ["GHB", "tobacco", "xylazine", "3-MMC"])
def test_a_drug_without_a_primary_residue_is_refused_by_what_it_has(drug):
    with pytest.raises(ParameterError, match=r"has no primary residue.*Report its load only") as refusal:
        read_set().primary(drug)
    assert refusal.value.code == "HW-P002"
    assert refusal.value.found != "no residue"


def test_residues_of_all_drugs_are_all_factors():
    for set_id in list_sets()["set_id"]:
        parameters = read_set(set_id)
        drugs = parameters.factors["drug"].unique(maintain_order=True)
        assert pl.concat([parameters.residues(drug) for drug in drugs])["biomarker_id"].n_unique() == parameters.factors.height


def test_each_analyte_has_one_label():
    labels = read_set().analyte_to_drug()
    assert labels["analyte"].is_unique().all()
    assert set(labels["analyte"]) == set(read_set().factors["analyte"])


def test_a_primary_residue_is_labelled_by_a_drug_it_is_primary_for():
    factors, labels = read_set().factors, read_set().analyte_to_drug()
    primary = factors.filter(use="primary")["analyte"].unique()
    assert labels.filter(pl.col("analyte").is_in(primary.implode()))["use"].unique().to_list() == ["primary"]


def test_morphine_is_labelled_morphine_and_heroin_keeps_its_factor():
    assert read_set().analyte_to_drug().filter(analyte="morphine")["drug"].to_list() == ["morphine"]
    assert read_set().factors.filter(biomarker_id="HER_MOR").select("drug", "use").row(0) == ("heroin", "primary")


def test_a_factor_is_empty_without_a_fraction_and_full_with_one():
    factors = read_set().factors
    has_fraction = factors["excretion_fraction"].is_not_null()
    for column in ("correction_factor", "u_factor", "log_mean_shift", "log_sd", "log_skew", "log_excess_kurtosis"):
        assert (factors[column].is_not_null() == has_fraction).all()
    assert factors.filter(pl.col("mass_ratio").is_null())["biomarker_id"].to_list() == ["NITAZ"]
