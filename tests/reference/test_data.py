"""The shipped table: every value has a status and a source, every mass follows from its formula."""

from __future__ import annotations

import re

import polars as pl
import pytest

from headworks.reference import list_sets, read_set
from headworks.reference.parameter_files import DATA_DIR, USES

# Abridged standard atomic weights, IUPAC 2021.
_ATOMIC_WEIGHT = {"H": 1.008, "C": 12.011, "N": 14.007, "O": 15.999, "S": 32.06, "Cl": 35.45}
_SETS = list_sets()["set_id"].to_list()


def molar_mass(formula):
    assert re.fullmatch(r"([A-Z][a-z]?\d*)+", formula)
    return sum(_ATOMIC_WEIGHT[atom] * int(count or 1) for atom, count in re.findall(r"([A-Z][a-z]?)(\d*)", formula))


def test_a_molar_mass_by_hand():
    # Ethanol: 2 x 12.011 + 6 x 1.008 + 15.999 = 46.069.
    assert molar_mass("C2H6O") == pytest.approx(46.069)


@pytest.mark.parametrize("which", ["parent", "residue"])
def test_every_molar_mass_follows_from_its_formula(which):
    # The masses are printed with two decimals.
    masses = read_set().factors.drop_nulls(f"{which}_formula")
    for formula, mass in masses.select(f"{which}_formula", f"{which}_molar_mass_g_per_mol").iter_rows():
        assert mass == pytest.approx(molar_mass(formula), abs=0.0101), formula


def test_a_residue_that_is_its_parent_has_its_mass():
    same = read_set().factors.filter(pl.col("parent_formula") == pl.col("residue_formula"))
    assert (same["mass_ratio"] == 1).all()
    assert same.height > 10


@pytest.mark.parametrize("set_id", _SETS)
@pytest.mark.parametrize(
    ("values", "status"),
    [
        (["excretion_fraction", "excretion_low", "excretion_high"], "excretion_status"),
        (["factor_rsd"], "factor_rsd_status"),
        (["dose_mg"], "dose_status"),
        (["lod_ng_per_l", "loq_ng_per_l"], "limits_status"),
        (["half_life_h_20c", "half_life_h_10c"], "stability_status"),
    ],
)
def test_every_value_has_a_status_and_only_a_value_has_one(set_id, values, status):
    factors = read_set(set_id).factors
    has_value = factors.select(pl.any_horizontal(pl.col(values).is_not_null())).to_series()
    has_status = factors[status] != "none"
    assert (has_status | ~has_value).all()
    if status != "stability_status":  # a stability class in words has a status too
        assert (has_value | ~has_status).all()


@pytest.mark.parametrize("set_id", _SETS)
@pytest.mark.parametrize("field", ["excretion", "stability"])
def test_every_status_has_a_citation(set_id, field):
    stated = read_set(set_id).factors.filter(pl.col(f"{field}_status") != "none")
    assert stated[f"citation_{field}"].null_count() == 0


def test_a_verified_value_does_not_cite_memory_alone():
    verified = read_set().factors.filter(excretion_status="verified")
    assert not verified["citation_excretion"].str.starts_with("from memory").any()


def test_uses_are_normalised_and_the_first_wording_is_kept():
    factors = read_set().factors
    assert set(factors["use"]) == set(USES)
    assert factors["use_note"].null_count() == 0


@pytest.mark.parametrize(
    ("set_id", "biomarker_id", "fraction", "status"),
    [
        ("zuccato-2008", "COC_BE", 0.45, "from memory"),
        ("zuccato-2008", "METH", 0.43, "from memory"),
        ("zuccato-2008", "MDMA", 0.65, "from memory"),
        ("gracia-lor-2016", "AMP", 0.363, "from memory"),
        ("gracia-lor-2016", "METH", 0.227, "from memory"),
        ("gracia-lor-2016", "MDMA", 0.225, "from memory"),
        ("thai-2016", "MTD", 0.275, "verified"),
        ("thai-2016", "MTD_EDDP", 0.55, "verified"),
        ("thai-2016", "COD", 0.30, "verified"),
        ("du-2020", "KET", 0.20, "verified"),
        ("acic-from-memory", "METH", 0.39, "from memory"),
        ("castiglioni-2013", "COC_BE", 0.292, "from memory"),
    ],
)
def test_a_published_set_states_its_values_itself(set_id, biomarker_id, fraction, status):
    row = read_set(set_id).factors.filter(biomarker_id=biomarker_id).row(0, named=True)
    assert (row["excretion_fraction"], row["excretion_status"], row["stated_in"]) == (fraction, status, set_id)


def test_no_file_of_the_reference_names_a_machine_path():
    for path in (path for path in DATA_DIR.rglob("*") if path.is_file()):
        assert not re.search(r"(^|\s)/\w|[A-Z]:\\", path.read_text(encoding="utf-8")), path.name
