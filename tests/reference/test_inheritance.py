"""What a set inherits, and the refusals of sets that do not fit together."""

from __future__ import annotations

import pytest

from headworks.core.errors import ParameterError
from headworks.reference import DEFAULT_SET, read_set

_STATED = {"excretion_status": "verified", "citation_excretion": "our laboratory 2026"}


def refusal_of(directory):
    with pytest.raises(ParameterError) as refusal:
        read_set("ours", [directory])
    return refusal.value


def test_a_set_that_extends_overrides_a_cell_and_inherits_the_rest(write_sets):
    row = {"excretion_fraction": "0.3", **_STATED}
    ours = read_set("ours", [write_sets([{"extends": DEFAULT_SET}], overrides=[row])])
    meth = ours.factors.filter(biomarker_id="METH").row(0, named=True)
    shipped = read_set().factors.filter(biomarker_id="METH").row(0, named=True)
    changed = {column for column in meth if meth[column] != shipped[column]}
    assert (meth["excretion_fraction"], meth["stated_in"]) == (0.3, "ours")
    assert changed == {
        "excretion_fraction", "excretion_status", "citation_excretion", "stated_in", "correction_factor",
        "log_mean_shift", "log_sd", "log_skew", "log_excess_kurtosis", "u_factor",
    }  # fmt: skip
    assert ours.factors.height == read_set().factors.height


def test_grandchildren_inherit_through_their_parent(write_sets):
    sets = [{"extends": "zuccato-2008"}, {"set_id": "child", "extends": "ours"}]
    rows = [{"dose_mg": "15", "dose_status": "verified"}]
    child = read_set("child", [write_sets(sets, overrides=rows)]).factors
    assert child.filter(biomarker_id="COC_BE")["excretion_fraction"].item() == 0.45  # of the grandparent
    assert child.filter(biomarker_id="METH").select("dose_mg", "stated_in").row(0) == (15.0, "ours")


def test_a_set_that_extends_nothing_stands_alone(write_sets):
    ours = read_set("ours", [write_sets(complete=[{}])])
    # 200 / 100 / 0.5 = 4.
    assert ours.primary("ketamine").select("mass_ratio", "correction_factor").row(0) == (2.0, 4.0)
    assert ours.factors.height == 1


@pytest.mark.parametrize(
    ("sets", "biomarkers", "what", "where", "remedy"),
    [
        ([{}, {}], [], "named twice", "sets.csv, row 3, column set_id", "own set_id"),
        ([{"set_id": DEFAULT_SET}], [], "named twice", "sets.csv, row 2, column set_id", "own set_id"),
        ([{"extends": "zucatto"}], [], "does not exist", "row 2, column extends", "Did you mean zuccato-2008?"),
        ([{"extends": "ours"}], [], "in a circle", "row 2, column extends", "extend nothing"),
        (
            [{"extends": "b"}, {"set_id": "b", "extends": "ours"}],
            [],
            "in a circle",
            "row 3, column extends",
            "extend nothing",
        ),
        ([{}], [{}, {}], "biomarker twice", "biomarkers.csv, row 3, column biomarker_id", "Keep one"),
        ([{}], [{"set_id": "zuccato-2008"}], "not in sets.csv beside it", "row 2, column set_id", "sets.csv"),
        ([{}], [{"drug": "ketamin"}], "not in names.csv", "row 2, column drug", "Did you mean ketamine?"),
        ([{}], [{"excretion_status": "none"}], "without its excretion_status", "excretion_status", "Say where"),
        ([{}], [{"citation_excretion": ""}], "without its citation", "column citation_excretion", "Say where"),
        ([{}], [{"loq_ng_per_l": "2"}], "without its limits_status", "column limits_status", "Say where"),
        ([{}], [{"use": ""}], "has no use", "row 2, column use", "Give a use"),
        ([{}], [{"excretion_low": "0.55"}], "within its range", "column excretion_fraction", "Give low <="),
        ([{}], [{"residue_molar_mass_g_per_mol": ""}], "without molar masses", "row 2", "both molar masses"),
        (
            [{}],
            [{"lod_ng_per_l": "3", "loq_ng_per_l": "2", "limits_status": "verified"}],
            "LOD is above the LOQ",
            "column lod_ng_per_l",
            "at most 2",
        ),
        (
            [{}],
            [{}, {"biomarker_id": "KET_NK", "analyte": "norketamine"}],
            "ketamine has two primary residues",
            "row 3, column use",
            "secondary",
        ),
    ],
)
def test_sets_that_do_not_fit_together_are_refused(write_sets, sets, biomarkers, what, where, remedy):
    refusal = refusal_of(write_sets(sets, biomarkers))
    assert refusal.code == "HW-P003"
    assert what in refusal.what
    assert where in refusal.where
    assert refusal.found
    assert remedy in refusal.remedy


def test_an_overridden_fraction_must_fit_the_inherited_range(write_sets):
    row = {"excretion_fraction": "0.6", **_STATED}
    refusal = refusal_of(write_sets([{"extends": DEFAULT_SET}], overrides=[row]))
    assert refusal.found == "0.227, 0.6, 0.5 (triangular)"


def test_breaches_of_both_files_are_refused_together(write_sets):
    refusal = refusal_of(write_sets([{}, {}], [{"dose_mg": "ten"}]))
    assert "sets.csv, row 3" in refusal.where
    assert "biomarkers.csv, row 2, column dose_mg" in refusal.where
