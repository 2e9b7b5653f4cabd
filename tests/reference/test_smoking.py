"""Cigarettes per head by area: shipped empty, given by the user."""

import csv

import pytest

from headworks.core.errors import ParameterError
from headworks.reference.smoking import SMOKING_COLUMNS, smoking

GOOD = {"area_id": "440000", "code_system": "gbt-2260", "cigarettes_per_person_day": "4", "cigarettes_low": "3",
        "cigarettes_high": "5", "status": "from memory", "citation": "our survey"}  # fmt: skip


@pytest.fixture
def written(tmp_path):
    def write(*rows):
        path = tmp_path / "smoking.csv"
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, SMOKING_COLUMNS, restval="")
            writer.writeheader()
            writer.writerows([GOOD | row for row in rows])
        return path

    return write


def test_the_shipped_table_names_the_provinces_and_makes_up_no_number():
    table = smoking()
    assert table.filter(code_system="gbt-2260").height == 31
    assert table["cigarettes_per_person_day"].null_count() == table.height == 62
    assert set(table["status"]) == {"none"}
    assert table["area_id"].is_unique().all()


def test_a_province_has_the_code_of_either_system():
    rows = smoking().filter(name_en="Guizhou").select("area_id", "code_system").rows()
    assert rows == [("520000", "gbt-2260"), ("520000000000", "stats-cn-12")]


def test_the_users_rows_go_before_the_shipped_ones(written):
    table = smoking(written({}, {"area_id": "4401", "code_system": "ours", "cigarettes_low": "", "cigarettes_high": ""}))
    given = table.filter(table["cigarettes_per_person_day"].is_not_null())
    assert given.select("area_id", "cigarettes_per_person_day", "cigarettes_low").rows() == [
        ("440000", 4.0, 3.0), ("440000000000", 4.0, 3.0), ("4401", 4.0, None),
    ]  # fmt: skip
    assert table["area_id"].is_unique().all()
    assert table.height == 63


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"cigarettes_per_person_day": "four"}, "cigarettes_per_person_day cannot be used"),
        ({"cigarettes_per_person_day": "0"}, "cigarettes_per_person_day cannot be used"),
        ({"cigarettes_low": "-1"}, "cigarettes_low cannot be used"),
        ({"cigarettes_low": "4.5"}, "range does not hold the number"),
        ({"cigarettes_high": "3.5"}, "range does not hold the number"),
        ({"status": "none"}, "Status and number do not fit"),
        ({"cigarettes_per_person_day": ""}, "Status and number do not fit"),
        ({"status": "sure"}, "status is not one of those known"),
        ({"area_id": ""}, "A row names no area"),
    ],
)
def test_a_cell_that_cannot_be_used_is_refused_with_its_place(written, change, message):
    with pytest.raises(ParameterError, match=message) as refusal:
        smoking(written(change))
    assert "smoking.csv, row 2" in refusal.value.where


def test_an_area_named_twice_is_refused(written):
    with pytest.raises(ParameterError, match="An area is named twice"):
        smoking(written({}, {}))
