"""Rows that break a promise are refused, each with words for the rule."""

import datetime as dt

import polars as pl
import pytest

from headworks.intake import promise
from headworks.intake.formats.table_headers import IMPORTABLE
from headworks.intake.promise import keep_promise
from headworks.intake.raw import build_raw
from headworks.tables import SHELF, Flows

RAW = build_raw(pl.DataFrame({"x": ["1", "2", "3"]}), pl.Series([2, 3, 4]), "x.csv")


def flows(*rows):
    frame = pl.DataFrame(
        [(site, dt.date(2024, 1, 1), flow, None, None, row) for row, (site, flow) in enumerate(rows, 2)],
        schema={"site_id": pl.String, "day": pl.Date, "flow_m3_per_day": pl.Float64, "u_flow": pl.Float64,
                "flow_source": pl.String, "source_row": pl.Int64}, orient="row",
    )  # fmt: skip
    return keep_promise(Flows, frame, RAW, {"flow_m3_per_day": "Q"})


def test_a_row_that_keeps_it_is_kept_and_one_that_breaks_it_refused():
    kept, refusals, repeated = flows(("A", 5.0), ("B", -1.0), ("C", None))
    assert kept["site_id"].to_list() == ["A"]
    assert refusals.select("row", "column", "code").rows() == [(4, "Q", "HW-D107"), (3, "Q", "HW-D112")]
    assert repeated.is_empty()


def test_the_same_row_twice_is_kept_once_and_said():
    kept, refusals, repeated = flows(("A", 5.0), ("A", 5.0))
    assert (kept["source_row"].to_list(), refusals.height, repeated.to_list()) == ([2], 0, [3])


def test_two_rows_of_one_key_that_differ_are_all_refused_also_the_repeated_one():
    kept, refusals, repeated = flows(("A", 5.0), ("A", 6.0), ("A", 5.0))
    assert (kept.height, refusals["row"].to_list(), len(repeated)) == (0, [2, 3, 4], 0)
    assert refusals["code"].unique().to_list() == ["HW-D110"]


@pytest.mark.parametrize("name", [*IMPORTABLE, "reported_loads", "published_means"])
def test_every_rule_over_several_columns_has_words(name):
    schema = SHELF[name].schema
    rules = set(schema._schema_validation_rules()) if hasattr(schema, "_schema_validation_rules") else set()
    assert rules - {"primary_key"} <= set(promise._RULES)
