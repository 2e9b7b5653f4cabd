"""Suspect lists as people write them."""

import pytest

from headworks.core.errors import DataRefused
from headworks.intake.spectra import read_suspects


def test_columns_by_their_usual_names_and_fragments_in_one_cell_or_many():
    one = read_suspects(b"Name,m/z,Fragments,RT\nmephedrone,178.1226,160.1121|145.0886,4.2\n", "a.csv")
    many = read_suspects(b"compound;mz;fragment_1;fragment_2;rt\nmephedrone;178,1226;160,1121;145,0886;4,2\n", "b.csv")
    wanted = ("mephedrone", 178.1226, [145.0886, 160.1121], 4.2)
    for read in (one, many):
        assert read.suspects.select("substance", "precursor_mz", "fragment_mz", "retention_time_min").row(0) == wanted


def test_rows_that_cannot_be_looked_for_are_left_out_by_row():
    text = b"name,formula,mz,fragments\na,C10H15N,,\nb,,,\n,C2H6,,\nc,,-5,\nd,C2H6,,91.1;x\na,C10H15N,,\n\n"
    read = read_suspects(text, "a.csv")
    assert read.suspects["substance"].to_list() == ["a"]
    assert read.faults["row"].to_list() == [3, 4, 5, 6, 7]


@pytest.mark.parametrize(
    ("text", "message"), [(b"", "no suspect list"), (b"a,b\n1,2\n", "no suspect list"), (b"name,mz\nx,\n", "No row")]
)
def test_what_is_no_suspect_list_is_refused(text, message):
    with pytest.raises(DataRefused, match=message) as problem:
        read_suspects(text, "a.csv")
    assert problem.value.code == "HW-D669"
