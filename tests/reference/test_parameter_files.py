"""Refusals of cells, headers and rows, each with its place and a remedy."""

from __future__ import annotations

import pytest

from headworks.core.errors import ParameterError
from headworks.reference.parameter_files import NUMBERS, SET_COLUMNS, nearest, read_rows, require_none

_HEADER = "set_id,title,valid_from,version,extends,citation,note\n"


def read(tmp_path, text, columns=SET_COLUMNS):
    path = tmp_path / "sets.csv"
    path.write_text(text, encoding="utf-8")
    breaches = []
    return read_rows(path, columns, breaches), breaches


def test_a_good_row_keeps_its_cells_and_its_row_number(tmp_path):
    (row,), breaches = read(tmp_path, _HEADER + "ours,Ours,2026-02-01,1,,us,\n")
    assert breaches == []
    assert (row.number, row.text("title"), row.text("extends"), str(row.values["valid_from"])) == (2, "Ours", "", "2026-02-01")


def test_a_byte_order_mark_and_another_column_order_are_read(tmp_path):
    (row,), breaches = read(
        tmp_path, "\ufefftitle,set_id,valid_from,version,extends,citation,note\nOurs,ours,2026-02-01,1,,,\n"
    )
    assert not breaches
    assert row.text("set_id") == "ours"


@pytest.mark.parametrize(
    ("text", "what", "where", "remedy"),
    [
        ("", "other columns", "row 1", "add set_id"),
        ("set_id,titel\n", "other columns", "row 1", "remove titel: Did you mean title?"),
        (_HEADER + "ours,Ours\n", "too few or too many cells", "row 2", "Give 7 cells"),
        (_HEADER + ",Ours,2026-02-01,1,,,\n", "set_id cannot be used", "row 2, column set_id", "Give a set_id"),
        (_HEADER + "ours,Ours,1.2.26,1,,,\n", "valid_from cannot be used", "row 2, column valid_from", "2026-01-31"),
        (_HEADER + 'ours,"Ours,2026-02-01,1,,,\n', "cannot be read", "sets.csv", "CSV file in UTF-8"),
    ],
)
def test_a_bad_file_is_refused_with_its_place(tmp_path, text, what, where, remedy):
    _, (breach,) = read(tmp_path, text)
    assert what in breach.what
    assert where in breach.where
    assert remedy in breach.remedy


def test_a_missing_file_is_refused(tmp_path):
    breaches = []
    assert read_rows(tmp_path / "sets.csv", SET_COLUMNS, breaches) == []
    assert "cannot be read" in breaches[0].what


def test_a_file_in_another_encoding_is_refused(tmp_path):
    (tmp_path / "sets.csv").write_bytes((_HEADER + "ours,我们,2026-02-01,1,,,\n").encode("gb18030"))
    breaches = []
    read_rows(tmp_path / "sets.csv", SET_COLUMNS, breaches)
    assert "UTF-8" in breaches[0].remedy


@pytest.mark.parametrize("column", NUMBERS)
@pytest.mark.parametrize("text", ["0", "-1", "nan", "inf", "0,5", "n.d."])
def test_a_number_must_be_finite_and_above_zero(tmp_path, column, text):
    _, (breach,) = read(tmp_path, f'{column}\n"{text}"\n', [column])
    assert (breach.found, breach.remedy[:21]) == (text, "Give a number above 0")


def test_a_fraction_is_not_a_percentage(tmp_path):
    _, (breach,) = read(tmp_path, "excretion_fraction\n29.2\n", ["excretion_fraction"])
    assert breach.remedy == "Give a number above 0 and at most 1, with a decimal point"


def test_a_status_is_one_of_three_words(tmp_path):
    _, (breach,) = read(tmp_path, "dose_status\nremembered\n", ["dose_status"])
    assert breach.remedy == "Give one of verified, from memory, none"


def test_all_breaches_are_refused_together(tmp_path):
    _, breaches = read(tmp_path, "dose_mg,use\nten,\n1,main\n", ["dose_mg", "use"])
    with pytest.raises(ParameterError, match=r"dose_mg cannot be used\. use cannot be used\.") as refusal:
        require_none(breaches)
    assert refusal.value.code == "HW-P003"
    assert "row 2, column dose_mg" in refusal.value.where
    assert "row 3, column use" in refusal.value.where
    assert refusal.value.found == "ten; main"


def test_without_a_near_word_all_are_named():
    assert nearest("xyz", ["b", "a"]) == "Known: a, b"
