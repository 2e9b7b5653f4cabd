"""Reading: by name, from a directory of one's own, cached, fast, and identified by its digest."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date

import pytest

from headworks.core.errors import ParameterError
from headworks.reference import DEFAULT_SET, list_sets, read_set, set_reader


def test_the_default_set_is_listed_first_with_its_date():
    assert list_sets().row(0)[:4] == (DEFAULT_SET, "Compiled table of Headworks", date(2026, 1, 1), "2026.1")


def test_every_listed_set_can_be_read_and_says_who_it_is():
    for listed in list_sets().iter_rows(named=True):
        parameters = read_set(listed["set_id"])
        assert (parameters.set_id, parameters.version, parameters.valid_from, parameters.title, parameters.citation) == tuple(
            listed[column] for column in ("set_id", "version", "valid_from", "title", "citation")
        )


def test_sets_of_ones_own_are_listed_after_the_shipped_ones(write_sets):
    directory = write_sets(complete=[{}])
    assert list_sets([directory])["set_id"].to_list() == [*list_sets()["set_id"], "ours"]
    assert "ours" not in list_sets()["set_id"]


def test_an_unknown_set_is_refused_with_the_nearest_name():
    with pytest.raises(ParameterError, match="Did you mean zuccato-2008") as refusal:
        read_set("zucato2008")
    assert (refusal.value.code, refusal.value.found) == ("HW-P001", "zucato2008")


def test_a_directory_without_files_is_refused(tmp_path):
    with pytest.raises(ParameterError, match=r"sets\.csv.*biomarkers\.csv") as refusal:
        read_set(DEFAULT_SET, [tmp_path])
    assert refusal.value.code == "HW-P003"


def test_a_set_is_read_once_and_again_after_its_file_changed(write_sets):
    directory = write_sets(complete=[{}])
    first = read_set("ours", [directory])
    assert read_set("ours", (str(directory),)) is first
    write_sets(complete=[{"excretion_fraction": "0.45"}])
    os.utime(directory / "biomarkers.csv", ns=(1, 1))
    assert read_set("ours", [directory]).primary("ketamine")["excretion_fraction"].item() == 0.45


def test_a_set_is_read_from_its_files_once():
    assert read_set() is read_set()


def test_the_digest_does_not_depend_on_the_process():
    code = "from headworks.reference import read_set; print(read_set().digest)"
    other = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={"PYTHONHASHSEED": "7"}
    )
    assert other.stdout.strip() == read_set().digest
    assert len(read_set().digest) == 64


def test_the_digest_is_blind_to_row_order_and_sees_every_cell(write_sets):
    rows = [{}, {"biomarker_id": "KET_NK", "analyte": "norketamine", "use": "ratio"}]

    def digest(*biomarkers):
        set_reader._read_set.cache_clear()
        set_reader._sets.cache_clear()
        return read_set("ours", [write_sets(complete=biomarkers)]).digest

    plain = digest(*rows)
    assert digest(*reversed(rows)) == plain
    assert digest(rows[0], {**rows[1], "citation_excretion": "another"}) != plain


def test_an_override_without_values_has_the_numbers_of_its_parent(write_sets):
    ours = read_set("ours", [write_sets([{"extends": DEFAULT_SET}], overrides=[{}])])
    assert ours.digest == read_set().digest
    assert ours.factors.drop("stated_in").equals(read_set().factors.drop("stated_in"))
