"""The door: what becomes of good, doubtful and hostile exports."""

from __future__ import annotations

import time

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.intake.instrument.builders import HEADER, batch, cells, workbook

from headworks.core.errors import DataRefused, HeadworksError
from headworks.intake.instrument import Profile, read_instrument_export
from headworks.tables.instrument import InjectionResults


def read(text, profile=None, file="x.csv", **more):
    return read_instrument_export(text if isinstance(text, bytes) else text.encode(), profile, file=file, **more)


def codes(export):
    return set(export.faults["code"])


def test_a_batch_becomes_one_row_per_injection_and_compound_and_keeps_the_promise_of_the_table():
    export = read(batch())
    InjectionResults.validate(export.rows.select(InjectionResults.column_names()))
    assert (export.rows.height, export.is_ready, export.questions, export.faults.height) == (10, True, (), 0)
    row = export.rows.row(by_predicate=(pl.col("sample_name") == "C2") & (pl.col("analyte") == "coc"), named=True)
    # The third injection of the file; area 1000 x (2 + 1).
    assert (row["injection"], row["level"], row["expected_concentration"], row["concentration_unit"]) == (
        3,
        "2",
        10.0,
        "ng/mL",
    )
    assert (row["area"], row["retention_time_min"], row["is_manual_integration"]) == (3000.0, 2.5, False)
    assert (row["role"], row["internal_standard"], row["ion"], row["source_row"]) == ("target", "coc-d3", "quantifier", 6)
    assert (row["batch_id"], row["acquired_at"].isoformat(), row["utc_offset_min"]) == ("x", "2024-11-26T02:00:00", None)


def test_the_same_bytes_give_the_same_rows_and_the_same_hash_and_other_bytes_another():
    first, second = read(batch()), read(batch())
    assert first.rows.equals(second.rows)
    assert first.content_hash == second.content_hash != read(batch() + "\n").content_hash


@settings(max_examples=15)
@given(st.permutations(range(10)))
def test_the_order_of_the_rows_changes_no_value(order):
    lines = batch().strip().split("\n")
    shuffled = "\n".join([lines[0], *(lines[1 + place] for place in order)]) + "\n"
    key = ["injection", "analyte"]
    mine, theirs = (read(text).rows.drop("source_row").sort(key) for text in (batch(), shuffled))
    assert mine.equals(theirs)


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + batch().encode(),
        batch().encode("utf-16"),
        batch().replace(",", "\t"),
        batch().replace(",", ";").replace("2.5", "2,5"),
        '"sep=,"\n' + batch(),
        "Batch report of today\n\n" + batch(),
        workbook(cells(batch())),
        batch().replace("\n", "\r\n"),
    ],
    ids=["bom", "utf16", "tabs", "decimal comma", "sep line", "title", "xlsx", "crlf"],
)
def test_encodings_delimiters_titles_and_workbooks_say_the_same(content):
    drop = ["source_row"]
    export = read(content)
    assert export.rows.drop(drop).equals(read(batch()).rows.drop(drop))
    assert export.faults.is_empty()


def swap(old, new, count=-1):
    return lambda rows: rows.replace(old, new, count)


# Name, text, code, row, column, and a word of the problem.
FAULTS = [
    ("truncated", batch()[:-60], "HW-D109", 11, "(row)", "cells"),
    ("cut after a row", batch(lambda r: r.rsplit("\n", 2)[0] + "\n"), "HW-D657", 10, "(row)", "cut off"),
    ("two samples of one name", batch(lambda r: r.replace("S1,", "C3,").replace(" 04:", " 03:")), "HW-D648", 8, "(row)", "differ"),
    ("one name, two times", batch(swap("S1,", "C3,")), "HW-D649", 8, "sample_name", "same sample name"),
    ("said twice", batch(lambda r: r + r.split("\n")[-2] + "\n"), "HW-D648", 12, "(row)", "kept once"),
    ("mixed dates", batch(lambda r: r.replace("2024-11-26 00", "13/04/2024 00").replace("2024-11-26 01", "04/13/2024 01").replace("2024-11-26", "03/04/2024")), "HW-D647", 6, "acquired_at", "either"),
    ("no such day", batch(swap("2024-11-26 02", "2024-02-30 02")), "HW-D647", 6, "acquired_at", "not a time"),
    ("missing standard", batch(lambda r: "\n".join(x for x in r.split("\n") if "coc-d3,internal" not in x)), "HW-D656", 2, "internal_standard", "no rows"),
    ("empty standard", batch(swap("C3,calibrator,3,coc-d3,internal_standard,,,ng/mL,5000", "C3,calibrator,3,coc-d3,internal_standard,,,ng/mL,")), "HW-D656", 9, "area", "no area"),
    ("negative area", batch(swap(",3000,", ",-3000,")), "HW-D646", 6, "area", "below"),
    ("text for a number", batch(swap(",3000,", ",abc,")), "HW-D105", 6, "area", "not a number"),
    ("formula", workbook([["=A1*2" if c == "3000" else c for c in row] for row in cells(batch())]), "HW-D113", 6, "area", "formula"),
    ("formula as a name", batch(swap("S1,", "=cmd(),")), "HW-D113", 10, "sample_name", "formula"),
    ("no calibrators", batch(swap("calibrator", "sample")), "HW-D653", None, "sample_type", "no calibrators"),
    ("calibrator without value", batch(swap("coc-d3,10,ng", "coc-d3,,ng")), "HW-D655", 6, "expected_concentration", "no expected"),
    ("level of two values", batch(swap("calibrator,2", "calibrator,3")), "HW-D654", 6, "level", "two expected"),
    ("two levels of one value", batch(swap(",100,ng", ",10,ng")), "HW-D654", 6, "level", "same expected"),
    ("mixed decimals", batch(swap("2.5", "2,5", 3)).replace(",", ";").replace("2;5", "2,5"), "HW-D105", 2, "retention_time_min", "mixes"),
    ("neither yes nor no", batch(swap("false", "maybe", 1)).replace("is_manual_integration", "is_excluded_by_vendor"), "HW-D658", 2, "is_excluded_by_vendor", "neither"),
    ("no sample", batch(swap("S1,", ",")), "HW-D107", 10, "sample_name", "does not say"),
    ("long cell", batch(swap("S1,", "S" * 40_000 + ",")), "HW-D103", 10, "sample_name", "too long"),
    ("unseen mark", batch(swap("S1,", "S\u200e1,")), "HW-D108", 10, "sample_name", "cannot be seen"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "code", "row", "column", "word"), [case[1:] for case in FAULTS], ids=[case[0] for case in FAULTS]
)
def test_a_fault_is_told_by_code_row_column_and_remedy_and_the_rest_is_kept(text, code, row, column, word):
    export = read(text)
    fault = export.faults.filter(pl.col("code") == code).row(0, named=True)
    assert (fault["file"], fault["row"], fault["column"]) == ("x.csv", row, column)
    assert word in fault["problem"]
    assert fault["remedy"]
    assert export.rows.height >= 5


@pytest.mark.parametrize(
    ("edit", "field"), [(swap(",3000,", ",-3000,"), "area"), (swap("calibrator,2", "calibrator,3"), "expected_concentration")]
)
def test_a_cell_at_fault_is_empty_and_its_row_says_so(edit, field):
    row = read(batch(edit)).rows.row(by_predicate=(pl.col("sample_name") == "C2") & (pl.col("analyte") == "coc"), named=True)
    assert row[field] is None
    assert row["fault_code"] in {"HW-D646", "HW-D654"}


def test_nothing_found_is_neither_a_fault_nor_a_zero():
    export = read(batch(swap(",3000,", ",N/A,")))
    assert export.faults.is_empty()
    assert export.rows.filter(pl.col("sample_name") == "C2")["area"].to_list() == [None, 5000.0]


def test_two_rows_that_cannot_be_told_apart_are_both_left_out():
    export = read(batch(lambda r: r.replace("S1,", "C3,").replace(" 04:", " 03:")))
    assert "C3" not in export.rows["sample_name"].to_list()
    assert export.rows.height == 6


WHOLE = [
    ("empty", b"", "empty"),
    ("open quote", batch() + '"S9,sam', "not closed"),
    ("nul", batch().replace("S1", "S\0"), "not a text table"),
    ("utf-16 without a mark", batch().encode("utf-16-le"), "not a text table"),
    ("mixed encodings", batch().encode() + "Sä,x\n".encode("latin-1"), "neither UTF-8 nor GB18030"),
    ("picture", b"\x89PNG\r\n\x1a\n", "not a text table"),
    ("torn workbook", b"PK\x03\x04aaa", "not an XLSX"),
    ("empty workbook", workbook([]), "workbook is empty"),
    ("wide", ",".join(f"c{i}" for i in range(5_000)), "too wide"),
    ("huge cell", batch(swap("S1,", "S" * 400_000 + ",")), "too long"),
    ("persons", batch().replace("acquired_at", "patient"), "about persons"),
]


@pytest.mark.parametrize(("content", "word"), [case[1:] for case in WHOLE], ids=[case[0] for case in WHOLE])
def test_a_file_that_is_no_export_is_refused_whole(content, word):
    with pytest.raises(DataRefused, match=word) as refusal:
        read(content)
    assert "x.csv" in refusal.value.where
    assert refusal.value.remedy


def test_two_gigabytes_are_refused_by_their_size_before_they_are_read(tmp_path):
    path = tmp_path / "huge.csv"
    with path.open("wb") as file:
        file.truncate(2 << 30)
    with pytest.raises(DataRefused, match="too large") as refusal:
        read_instrument_export(path)
    assert refusal.value.code == "HW-D641"


def test_a_file_that_is_not_there_is_refused_without_a_trace(tmp_path):
    with pytest.raises(DataRefused, match="cannot be opened") as refusal:
        read_instrument_export(tmp_path / "none.csv")
    assert refusal.value.code == "HW-D641"


# Text, code, guess, whether it stands in the way, and where the answer goes.
QUESTIONS = [
    ("sample type", batch(swap("calibrator", "Calibartor")), "HW-D643", "calibrator", True, ("sample_types", "Calibartor")),
    ("column", batch().replace("retention", "retnetion"), "HW-D642", "retention_time_min", False, ("columns", "retnetion_time_min")),
    ("no area", batch().replace("area", "arae"), "HW-D640", "area", True, ("columns", "arae")),
    ("unit", batch().replace("ng/mL", ""), "HW-D645", "", True, ("", "concentration_unit")),
    ("day or month", batch(swap("2024-11-26", "03/04/2024")), "HW-D644", "", False, ("", "date_order")),
    ("no rows", HEADER, "HW-D640", "", True, ("", "sheet")),
    ("standard", batch(lambda r: r.replace("target,coc-d3", "target,")), "HW-D650", "coc-d3", True, ("internal_standards", "coc")),
    ("integration", batch(swap("false", "By hand", 1)), "HW-D658", "automatic", False, ("integrations", "By hand")),
    ("two standards", batch(swap("coc-d3,10,", "coc-d6,10,")), "HW-D650", "coc-d3", True, ("internal_standards", "coc")),
    ("two roles", batch(swap("coc,target", "coc,istd", 1)), "HW-D651", "internal_standard", True, ("roles", "coc")),
    ("a blank called sample", batch(swap("B1,blank", "SBLK1,sample")), "HW-D659", "solvent_blank", False, ("samples", "SBLK1")),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "code", "guess", "blocks", "answer_in"), [case[1:] for case in QUESTIONS], ids=[case[0] for case in QUESTIONS]
)
def test_what_the_file_leaves_open_is_asked_once_with_the_nearest_guess_and_nothing_is_filled_in(
    text, code, guess, blocks, answer_in
):
    export = read(text)
    asked = [question for question in export.questions if question.code == code]
    assert [(q.guess, q.is_blocking, q.answer_in) for q in asked] == [(guess, blocks, answer_in)]
    assert export.is_ready is not blocks
    assert "x.csv" in asked[0].where


def test_day_and_month_are_left_empty_until_the_order_is_said():
    text = batch(swap("2024-11-26", "03/04/2024"))
    assert read(text).rows["acquired_at"].null_count() == 10
    assert read(text, Profile(date_order="dmy")).rows["acquired_at"][0].isoformat() == "2024-04-03T00:00:00"
    assert read(text, Profile(date_order="mdy")).rows["acquired_at"][0].isoformat() == "2024-03-04T00:00:00"


def test_injections_are_counted_by_time_when_all_have_one_else_by_the_file():
    turned = batch(lambda r: "\n".join(reversed(r.strip().split("\n"))) + "\n")
    by_time = read(turned).rows.unique("injection", maintain_order=True).sort("injection")["sample_name"].to_list()
    assert by_time == ["B1", "C1", "C2", "C3", "S1"]
    untimed = read(turned.replace("acquired_at", "ignored_at"), Profile(ignored=("ignored_at",)))
    assert untimed.rows.filter(pl.col("injection") == 1)["sample_name"][0] == "S1"


def test_a_time_zone_gives_the_offset_and_a_unit_said_once_is_every_rows():
    export = read(batch().replace("ng/mL", ""), Profile(timezone="Asia/Shanghai", concentration_unit="ug/L"))
    assert export.rows["utc_offset_min"].unique().to_list() == [480]
    assert export.rows["concentration_unit"].unique().to_list() == ["ug/L"]
    assert export.is_ready


def test_a_profile_of_another_unit_is_asked_about_and_the_files_own_kept():
    export = read(batch(), Profile(concentration_unit="ug/L"))
    assert export.rows["concentration_unit"].unique().to_list() == ["ng/mL"]
    assert [question.code for question in export.questions] == ["HW-D645"]


def test_seconds_become_minutes():
    assert read(batch().replace("2.5", "150"), Profile(retention_time_unit="s")).rows["retention_time_min"][0] == 2.5


@settings(max_examples=60)
@given(st.binary(max_size=300), st.integers(0, 900))
def test_no_bytes_end_in_anything_but_an_outcome_or_a_refusal(noise, place):
    content = batch().encode()
    try:
        export = read(content[:place] + noise + content[place:])
    except HeadworksError as refusal:
        assert refusal.remedy  # noqa: PT017
    else:
        InjectionResults.validate(export.rows.select(InjectionResults.column_names()))


def test_two_unlike_columns_of_areas_block_until_somebody_says_which_it_is():
    text = "sample,sample_type,compound,area,Area\nS1,sample,coc,5,7\n"
    export = read(text)
    assert not export.is_ready
    assert [(q.code, q.answer_in, q.guess, q.is_blocking) for q in export.questions] == [
        ("HW-D642", ("columns", "area"), "area", True), ("HW-D642", ("columns", "Area"), "ignored", True),
    ]  # fmt: skip
    for column, area in (("area", 5.0), ("Area", 7.0)):
        said = read(text, Profile().with_answer("columns", column, "area"))
        assert (said.rows["area"].to_list(), said.questions) == ([area], ())


def test_of_two_columns_of_one_name_either_can_be_said():
    text = "sample,sample_type,compound,Area,Area\nS1,sample,coc,5,7\n"
    for answers, area in (
        ([("Area", "area")], 5.0), ([("Area (column E)", "area")], 7.0), ([("Area (column E)", "ignored")], 5.0),
        ([("Area", "ignored"), ("Area (column E)", "area")], 7.0),
    ):  # fmt: skip
        profile = Profile()
        for label, answer in answers:
            profile = profile.with_answer("columns", label, answer)
        said = read(text, profile)
        assert (said.rows["area"].to_list(), said.questions) == ([area], ())


def test_two_columns_that_say_the_same_are_not_asked_about():
    export = read("sample,sample_type,compound,area,Area,level,Level\nS1,sample,coc,5,5,1,2\n")
    assert [(q.answer_in, q.is_blocking) for q in export.questions] == [(("columns", "level"), False)]


def test_five_thousand_rows_take_well_under_a_second():
    start = "S{0},sample,,A{1},target,A{1}-d3,,ng/mL,{2},2.5,false,2024-11-{3:02d} {4:02d}:{5:02d}"
    rows = [start.format(i, c, 100 + i, 1 + i // 1000, i // 60 % 24, i % 60) for i in range(500) for c in range(10)]
    content = (HEADER + "\n".join(rows) + "\n").encode()
    spent = []
    for _ in range(3):
        began = time.process_time()
        assert read(content).rows.height == 5_000
        spent.append(time.process_time() - began)
    # About 0.1 s here; the bound only catches a change of kind.
    assert min(spent) < 1.0
