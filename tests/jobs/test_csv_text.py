from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headworks.jobs.csv_text import arm_formulas, csv_text, disarm_formulas, disarmed_csv
from headworks.reports.downloads import neutralise_formulas

TEXT = st.text(st.characters(codec="utf-8"), max_size=6) | st.from_regex(r"[=+\-@'＝][0-9.,eE+A-Z]{0,4}", fullmatch=True)


@given(st.lists(TEXT, min_size=1))
def test_all_that_the_reports_disarm_is_disarmed_but_plain_numbers(texts: list[str]) -> None:
    frame = pl.DataFrame({"x": texts})
    for text, ours, theirs in zip(texts, disarm_formulas(frame)["x"], neutralise_formulas(frame)["x"], strict=True):
        number = text[1:].replace(",", ".") if text[:1] in "+-" else "no number"
        if ours != theirs:
            assert float(number) >= 0
            assert ours == text


@given(st.lists(TEXT.filter(lambda text: not text.startswith("'")), min_size=1))
def test_what_was_disarmed_can_be_armed_again(texts: list[str]) -> None:
    frame = pl.DataFrame({"x": texts})
    assert arm_formulas(disarm_formulas(frame)).equals(frame)


@pytest.mark.parametrize("number", ["-3.7", "+5", "-1,5", "-1e-3", "-.5"])
def test_a_number_written_as_text_is_no_formula(number: str) -> None:
    assert disarm_formulas(pl.DataFrame({"x": [number]}))["x"].item() == number


@pytest.mark.parametrize("formula", ["=1+1", "+A1", "-A1", "-1+cmd|' /C calc'!A0", "@SUM(A1)", "\t=1", "＝1", "-", "+", "--1"])
def test_a_formula_is_disarmed_in_cells_and_in_names_of_columns(formula: str) -> None:
    frame = disarm_formulas(pl.DataFrame({formula: [formula]}))
    assert frame.columns == [f"'{formula}"]
    assert frame.to_series().item() == f"'{formula}"


def test_numbers_are_written_in_full_and_words_of_closed_lists_as_text() -> None:
    frame = pl.DataFrame({"x": [0.1 + 0.2], "w": ["a;b"]}, schema_overrides={"w": pl.Enum(["a;b"])})
    assert csv_text(frame) == "x,w\n0.30000000000000004,a;b\n"
    assert disarmed_csv(frame, ";") == '\ufeffx;w\n0.30000000000000004;"a;b"\n'
