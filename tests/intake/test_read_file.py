"""From bytes to tables: the same table in every container, accounts that close, mended files that come back."""

import io

import polars as pl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from headworks.core.errors import DataRefused, UsageError
from headworks.intake import parse_file

COLUMNS = ["sample_id", "analyte", "concentration_ng_per_l", "lod_ng_per_l", "loq_ng_per_l", "method"]
good = st.tuples(
    st.sampled_from([f"S{i}" for i in range(6)]),
    st.sampled_from(["BE", "MDMA", "苯丙胺"]),
    st.sampled_from(["12.5", "0", "3", "<LOQ", "ND", "NA", "", "0.25"]),
    st.sampled_from(["", "0.5"]),
    st.sampled_from(["", "1.5"]),
    st.sampled_from(["方法一", "LC-MS; a", 'say "x"', ""]),
)
bad_cells = st.sampled_from(
    [(0, ""), (1, ""), (2, "twelve"), (2, "-3"), (2, "NaN"), (2, "\u22125"), (3, "x"), (0, "=A1"), (3, "0")]
)
rows = st.lists(st.tuples(good, st.none() | bad_cells), max_size=12)


def spoil(table):
    made = []
    for row, bad in table:
        cells = list(row)
        if bad:
            cells[bad[0]] = bad[1]
        made.append(cells)
    return made


def parse_csv(table, delimiter=",", encoding="utf-8"):
    frame = pl.DataFrame(table, schema=dict.fromkeys(COLUMNS, pl.String), orient="row")
    return parse_file(frame.write_csv(separator=delimiter).encode(encoding), "measurements.csv", "headworks")


def content(parsed):
    return parsed.tables["measurements"].drop("source_row").sort("sample_id", "analyte", "replicate")


def kept_rows(parsed):
    return {row for table in parsed.tables.values() for row in table["source_row"].to_list()}


@given(rows)
@settings(max_examples=60, deadline=None)
def test_every_row_is_kept_refused_or_set_aside_and_none_is_invented(table):
    parsed = parse_csv(spoil(table))
    refused = set(parsed.refusals["row"].to_list())
    assert len(kept_rows(parsed)) + parsed.n_refused + sum(parsed.set_aside.values()) == parsed.n_rows == len(table)
    assert kept_rows(parsed).isdisjoint(refused)
    assert len(refused) == parsed.n_refused == sum(frame.height for frame in parsed.refused_raw)
    assert refused | kept_rows(parsed) <= set(range(2, len(table) + 2))


@given(rows, st.randoms())
@settings(max_examples=40, deadline=None)
def test_the_order_of_rows_does_not_matter(table, random):
    shuffled = table.copy()
    random.shuffle(shuffled)
    one, other = parse_csv(spoil(table)), parse_csv(spoil(shuffled))
    assert content(one).equals(content(other))
    assert (one.n_refused, one.set_aside) == (other.n_refused, other.set_aside)


def as_xlsx(table):
    written = io.BytesIO()
    book = xlsxwriter.Workbook(written, {"strings_to_formulas": False})
    sheet = book.add_worksheet("measurements")
    for r, cells in enumerate([COLUMNS, *table]):
        for c, cell in enumerate(cells):
            if cell and c in (2, 3, 4) and cell.replace(".", "").isdigit():
                sheet.write_number(r, c, float(cell))
            elif cell:
                sheet.write_string(r, c, cell)
    book.close()
    return written.getvalue()


def as_parquet(table):
    written = io.BytesIO()
    pl.DataFrame(table, schema=dict.fromkeys(COLUMNS, pl.String), orient="row").write_parquet(written)
    return written.getvalue()


def with_commas(table):
    return [[c.replace(".", ",") if i in (2, 3, 4) else c for i, c in enumerate(row)] for row in table]


@given(st.lists(good, max_size=8))
@settings(max_examples=25, deadline=None)
def test_a_table_is_the_same_in_every_container(table):
    plain = parse_csv([list(row) for row in table])
    assert content(plain).equals(content(parse_csv(with_commas(table), ";")))
    assert content(plain).equals(content(parse_csv([list(row) for row in table], "\t", "gb18030")))
    for file, written in (("measurements.xlsx", as_xlsx(table)), ("measurements.parquet", as_parquet(table))):
        other = parse_file(written, file, "headworks")
        assert content(plain).equals(content(other))
        assert plain.refusals["row"].to_list() == other.refusals["row"].to_list()


@given(rows)
@settings(max_examples=40, deadline=None)
def test_a_mended_file_of_refusals_gives_what_a_clean_file_would(table):
    # Distinct keys, so that a mended row meets no other.
    distinct = [((f"S{i}", *row[1:]), bad) for i, (row, bad) in enumerate(table)]
    clean = parse_csv([list(row) for row, _ in distinct])
    spoiled = parse_csv(spoil(distinct))
    tables = [content(spoiled)]
    for frame in spoiled.refused_raw:
        mended = pl.DataFrame(
            [[*distinct[row - 2][0], row, "see report"] for row in frame["source_row"].to_list()],
            schema=[*COLUMNS, "source_row", "refusal_problem"], orient="row",
        )  # fmt: skip
        assert set(COLUMNS) <= set(frame.columns)
        again = parse_file(mended.write_csv().encode(), "measurements.csv", "headworks")
        assert again.n_refused == 0
        tables.append(content(again))
    assert pl.concat(tables).sort("sample_id", "analyte").equals(content(clean))


def test_a_row_that_does_not_fit_comes_back_whole_and_is_refused_again_until_it_is_mended():
    parsed = parse_file(b"sample_id,analyte,concentration_ng_per_l\nS1,BE,1,5\n", "measurements.csv", "headworks")
    (frame,) = parsed.refused_raw
    assert frame["refusal_row_as_written"].to_list() == ["S1,BE,1,5"]
    assert parse_file(frame.write_csv().encode(), "measurements.csv", "headworks").n_refused == 1


def test_an_unknown_format_is_refused_with_those_that_exist():
    with pytest.raises(UsageError, match=r"no such format.*headworks, score, odm"):
        parse_file(b"", "x.csv", "nwss")


def test_a_zone_that_does_not_exist_is_refused():
    with pytest.raises(DataRefused, match=r"time zone"):
        parse_file(b"a\n", "x.csv", "headworks", timezone="Mars")


def test_a_header_without_rows_is_said():
    parsed = parse_file((",".join(COLUMNS) + "\n").encode(), "measurements.csv", "headworks")
    assert (parsed.n_rows, parsed.tables["measurements"].height) == (0, 0)
    assert "HW-I218" in parsed.findings["code"].to_list()
