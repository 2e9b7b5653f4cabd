"""Three states of a result, from the ways laboratories write them."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headworks.intake.cells import CellReader
from headworks.intake.detection import STATES, read_result
from headworks.intake.raw import build_raw


def read(cell, lod=None, loq=None, stated=None, factor=1.0):
    raw = build_raw(pl.DataFrame({"c": [cell], "id": ["S"]}), pl.Series([2]), "x.csv", notes=("delimiter ','",))
    reader = CellReader(raw, numeric=["c"])
    series = {k: pl.Series([v], dtype=pl.Float64) for k, v in (("lod", lod), ("loq", loq))}
    state = None if stated is None else pl.Series([stated])
    return read_result(reader, "c", **series, stated=state, factor=factor).row(0), reader.refusals()


@pytest.mark.parametrize(
    ("cell", "lod", "loq", "value", "state"),
    [
        ("12.5", 1.0, 3.0, 12.5, "quantified"),
        ("3", 1.0, 3.0, 3.0, "quantified"),
        ("2", 1.0, 3.0, 2.0, "below_loq"),
        ("0.5", 1.0, 3.0, 0.5, "not_detected"),
        ("0", 1.0, 3.0, None, "not_detected"),
        ("0", None, 3.0, None, "below_loq"),
        ("<LOQ", 1.0, 3.0, None, "below_loq"),
        ("< loq", None, None, None, "below_loq"),
        ("bql", None, 3.0, None, "below_loq"),
        ("n.d.", 1.0, None, None, "not_detected"),
        ("未检出", None, None, None, "not_detected"),
        ("＜LOD", 1.0, 3.0, None, "not_detected"),
        ("<3", 1.0, 3.0, None, "below_loq"),
        ("≤1", 1.0, 3.0, None, "not_detected"),
    ],
)
def test_a_result_has_one_of_three_states(cell, lod, loq, value, state):
    row, refusals = read(cell, lod, loq)
    assert row == (value, state, lod, loq, False)
    assert refusals.is_empty()


@pytest.mark.parametrize("cell", ["0", "0.0", "-0", "0e5"])
def test_a_zero_without_a_limit_is_not_quantified_with_the_limit_unknown(cell):
    assert read(cell)[0] == (None, "below_loq", None, None, False)


def test_a_limit_alone_is_taken_as_the_loq_and_converted():
    # "<10" in ug/L is a limit of 10 x 1000 = 10,000 ng/L.
    assert read("<10", factor=1000.0)[0] == (None, "below_loq", None, 10_000.0, False)


@pytest.mark.parametrize("cell", ["NA", "n/a", "-", "缺测", ""])
def test_a_missing_result_is_none_of_the_three(cell):
    row, refusals = read(cell)
    assert row[4] is True
    assert refusals.is_empty()


@pytest.mark.parametrize(
    ("cell", "lod", "loq", "stated", "problem"),
    [
        (">1000", None, None, None, "above the calibrated range"),
        ("<7", 1.0, 3.0, None, "neither the LOD nor the LOQ"),
        ("-3", None, None, None, "below zero"),
        ("5", 0.0, 3.0, None, "not above zero"),
        ("<0", None, None, None, "not above zero"),
        ("0", None, None, "quantified", "no value above zero"),
        ("2", 1.0, 3.0, "quantified", "lies below its limit"),
        ("5", 1.0, 3.0, "below_loq", "lies above its limit"),
        ("2", 1.0, 3.0, "not_detected", "lies above its limit"),
        ("<LOD", 1.0, 3.0, "below_loq", "do not agree"),
        ("<3", 1.0, 3.0, "quantified", "do not agree"),
    ],
)
def test_what_contradicts_itself_is_refused(cell, lod, loq, stated, problem):
    refusals = read(cell, lod, loq, stated)[1]
    assert problem in " ".join(refusals["problem"])
    if not problem.endswith("not above zero"):
        assert refusals["found"][0] == cell


def test_a_stated_state_is_taken():
    assert read("2.5", 2.0, 3.0, "below_loq")[0] == (2.5, "below_loq", 2.0, 3.0, False)
    assert read("<5", stated="not_detected")[0] == (None, "not_detected", 5.0, None, False)


@given(st.floats(1e-6, 1e6), st.floats(1e-6, 1e6), st.floats(1.0, 10.0), st.sampled_from([1e-3, 1.0, 1e3]))
def test_the_state_does_not_depend_on_the_unit(value, lod, ratio, factor):
    plain, scaled = (
        read(repr(value), lod, lod * ratio)[0],
        read(repr(value), lod * factor, lod * ratio * factor, None, factor)[0],
    )
    near = any(abs(value - limit) < 1e-9 * limit for limit in (lod, lod * ratio))
    assert near or plain[1] == scaled[1]
    assert plain[1] in STATES
