"""Text tables: every row read, refused or blank; no cell shifted."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headworks.core.errors import DataRefused
from headworks.intake.files.delimited import read_delimited


def rows(text, **said):
    return read_delimited(text if isinstance(text, bytes) else text.encode(), "x.csv", **said).frame.rows()


@pytest.mark.parametrize(
    "text",
    [
        "a,b\n1,2\n", "a;b\r\n1;2\r\n", "a\tb\n1\t2", "a|b\n1|2\n", "a,b\r1,2\r", "\ufeff\ufeffa,b\n1,2\n", '"a","b"\n"1","2"\n',
        "a,b\n 1 , 2\n", "a,b,,\n1,2,,\n", 'a, "b"\n1, "2"\n',
    ],
)  # fmt: skip
def test_the_usual_spellings_of_one_table(text):
    assert rows(text) == [("1", "2", 2)]


def test_excels_own_first_line_names_the_delimiter_and_counts_as_a_row():
    assert rows("sep=;\na;b\n1,5;2\n") == [("1,5", "2", 3)]


def test_blank_rows_are_no_rows_and_keep_the_count():
    assert rows("\n\na,b\n\n1,2\n,,\n , \n3,4\n") == [("1", "2", 5), ("3", "4", 8)]


def test_a_line_break_in_quotes_is_in_the_cell_and_the_next_row_is_the_next():
    assert rows('a,b\r\n"x\r\ny",2\r\n3,"4 ""q"""\r\n') == [("x\r\ny", "2", 2), ("3", '4 "q"', 3)]


def test_a_mixture_of_line_ends_loses_no_row():
    assert rows("a,b\r1,2\n3,4\r\n5,6") == [("1", "2", 2), ("3", "4", 3), ("5", "6", 4)]


def test_a_row_of_another_width_is_refused_by_itself_and_kept_as_written():
    table = read_delimited(b"a,b\n1\n1,2\n1,2,3\n", "x.csv")
    assert table.frame.rows() == [("1", "2", 3)]
    assert table.refusals.select("row", "code", "found").rows() == [(2, "HW-D109", "1"), (4, "HW-D109", "1,2,3")]
    assert table.misfits.rows() == [("1", 2), ("1,2,3", 4)]


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        (b"", "HW-D102", "empty"),
        (b"\n \n", "HW-D102", "empty"),
        (b"a,a\n1,2\n", "HW-D111", "same name.*row 1"),
        (b'a,b\n1,"2\n3,4\n', "HW-D102", "not closed.*row 2"),
        (b'a,b\n1,"2"x\n', "HW-D102", "followed by text.*row 2"),
        (b"a,b\n1,\x00\n", "HW-D102", "not a text table.*line 2"),
        (",".join(f"c{i}" for i in range(1_000_000)).encode(), "HW-D103", "too wide.*1,000,000 columns"),
        (",".join(f"c{i}" for i in range(2_001)).encode() + b"\n", "HW-D103", "too wide.*2,001 columns"),
        (b"a" * 1_000_001 + b"\n1\n", "HW-D103", "too wide"),
    ],
)
def test_a_file_that_is_no_table_is_refused(text, code, message):
    with pytest.raises(DataRefused, match=message) as refusal:
        read_delimited(text, "x.csv")
    assert refusal.value.code == code
    assert "x.csv" in refusal.value.where
    assert refusal.value.remedy


_cells = st.text(st.characters(exclude_categories=["Cc", "Cf", "Cs"], include_characters="\n\t"), max_size=8)


@given(st.lists(st.tuples(_cells, _cells), max_size=8), st.sampled_from([";", ",", "\t", "|"]), st.booleans())
def test_what_the_csv_module_writes_is_read_back(table, delimiter, quote_all):
    written = io.StringIO()
    quoting = csv.QUOTE_ALL if quote_all else csv.QUOTE_MINIMAL
    writer = csv.writer(written, delimiter=delimiter, quoting=quoting)
    writer.writerow(["left", "right"])
    writer.writerows(table)
    expected = [tuple(cell.strip() or None for cell in row) for row in table]
    read = [row[:2] for row in rows(written.getvalue(), delimiter=delimiter)]
    strip = [tuple(None if cell is None else cell.replace("\r\n", "\n") for cell in row) for row in read]
    assert strip == [row for row in expected if any(row)]
