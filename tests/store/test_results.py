from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from headworks.core.errors import UsageError
from headworks.core.schema import polars_schema
from headworks.store import Workspace, read_result, result_digest
from headworks.store.results import digest_of_pieces, piece_digests, read_result_version, replace_result
from headworks.tables import PeriodConsumption

ROW = {
    "site_id": "A", "period": "2024", "drug": "x", "residues": "x", "consumption_mg_per_1000_per_day": 1.5, "lower": 0.0,
    "upper": None, "detection": "quantified", "u_factor": 0.1, "parameter_set": "p",
}  # fmt: skip
TABLE = "period_consumption"


def rows(*changes: dict) -> pl.DataFrame:
    return pl.DataFrame([ROW | change for change in changes], schema=polars_schema(PeriodConsumption))


def test_equal_tables_have_equal_digests_whatever_their_order() -> None:
    one, other = {"drug": "x"}, {"drug": "y"}
    assert result_digest(rows(one, other), TABLE) == result_digest(rows(other, one), TABLE)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ({"lower": 0.0}, {"lower": -0.0}),
        ({"lower": 0.1 + 0.2}, {"lower": 0.3}),
        ({"upper": None}, {"upper": 0.0}),
        ({"residues": "ab", "parameter_set": "c"}, {"residues": "a", "parameter_set": "bc"}),
        ({"detection": "quantified"}, {"detection": "below_loq"}),
    ],
)
def test_a_single_bit_makes_another_digest(left: dict, right: dict) -> None:
    assert result_digest(rows(left), TABLE) != result_digest(rows(right), TABLE)


def test_a_digest_by_pieces_is_that_of_the_pieces_in_whatever_order_the_rows_come(workspace: Workspace) -> None:
    one, other = rows({"drug": "x"}), rows({"drug": "y", "lower": 2.0})
    whole = result_digest(pl.concat([other, one]), TABLE, by="drug")
    assert whole == digest_of_pieces(piece_digests(one, "drug") | piece_digests(other, "drug"))
    assert whole != result_digest(pl.concat([other, one]), TABLE)
    assert whole != result_digest(pl.concat([other.with_columns(lower=2.5), one]), TABLE, by="drug")


def test_replacing_some_parts_of_a_table_keeps_the_rest(workspace: Workspace) -> None:
    first = replace_result(workspace, TABLE, {"2024": rows({"drug": "x"}), "2024-05": rows({"drug": "y"}, {"drug": "z"})})
    second = replace_result(workspace, TABLE, {"2024-05": rows({"drug": "y", "lower": 9.0})})
    assert read_result_version(workspace, TABLE, second).select("drug", "lower").rows() == [("x", 0.0), ("y", 9.0)]
    assert read_result_version(workspace, TABLE, second, ["2024"])["drug"].to_list() == ["x"]
    assert read_result_version(workspace, TABLE, second, ["2023"]).is_empty()
    assert read_result_version(workspace, TABLE, first).height == 3


def test_a_part_that_lost_its_rows_is_gone(workspace: Workspace) -> None:
    replace_result(workspace, TABLE, {one: rows({"drug": one}) for one in "ab"})
    at = replace_result(workspace, TABLE, {"a": rows().clear()})
    assert read_result_version(workspace, TABLE, at)["drug"].to_list() == ["b"]


def test_a_table_of_an_earlier_layout_is_set_aside(workspace: Workspace) -> None:
    from headworks.store import delta

    delta.replace(workspace.results(TABLE), rows({"drug": "old"}))
    at = replace_result(workspace, TABLE, {"2024": rows({"drug": "new"})})
    assert read_result_version(workspace, TABLE, at)["drug"].to_list() == ["new"]
    assert delta.is_table(workspace.results(TABLE).with_name(f"{TABLE}.before-parts"))


def test_there_are_no_results_before_the_first_run(workspace: Workspace) -> None:
    with pytest.raises(UsageError, match="no results yet"):
        read_result(workspace, TABLE)
    with pytest.raises(UsageError, match="no results by then"):
        read_result(workspace, TABLE, dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
