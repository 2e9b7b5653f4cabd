from __future__ import annotations

import pytest

from headworks.core.errors import UsageError
from headworks.jobs.read_table import READABLE, read_table
from headworks.store import Workspace


def test_every_table_can_be_read(computed_plants: Workspace) -> None:
    for name in READABLE:
        assert read_table(computed_plants, name).columns


@pytest.mark.parametrize(
    ("where", "rows"),
    [
        ([("analyte", "ketamine")], 1),
        ([("analyte", "ketamine"), ("analyte", "methamphetamine")], 3),
        ([("analyte", "methamphetamine"), ("detection", "below_loq")], 1),
        ([("concentration_ng_per_l", "250")], 1),
        ([("concentration_ng_per_l", "2.5e2")], 1),
        ([("batch_id", "")], 7),
        ([("analyte", "o'clock; --")], 0),
    ],
)
def test_rows_are_selected_by_the_values_of_their_columns(where: list, rows: int, two_plants: Workspace) -> None:
    assert read_table(two_plants, "measurements", where=where).height == rows


def test_an_instant_is_selected_by_its_day_or_exactly(two_plants: Workspace) -> None:
    for text in ("2024-03-05", "2024-03-05T08:00Z", "2024-03-05T16:00+08:00"):
        assert read_table(two_plants, "samples", where=[("collected_from", text)]).height == 2
    assert read_table(two_plants, "areas", where=[("valid_from", "2020-01-01")]).height == 3


@pytest.mark.parametrize(
    ("table", "options", "said"),
    [
        ("measurement", {}, "Did you mean measurements"),
        ("qqq", {}, "Use one of areas"),
        ("measurements", {"where": [("analytes", "x")]}, "Did you mean analyte"),
        ("measurements", {"where": [("concentration_ng_per_l", "much")]}, "holds numbers"),
        ("samples", {"where": [("collected_from", "soon")]}, "not a moment"),
        ("imports", {"history": True}, "Only facts have a history"),
        ("loads", {}, "no results yet"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_guess(table: str, options: dict, said: str, two_plants: Workspace) -> None:
    with pytest.raises(UsageError, match=said):
        read_table(two_plants, table, **options)
