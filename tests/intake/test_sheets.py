"""The sheets of one workbook together."""

import io

import openpyxl
import pytest

from headworks.core.errors import DataRefused
from headworks.intake import parse_file

MEASUREMENTS = ["sample_id", "analyte", "concentration_ng_per_l"]


def parse(sheets, format_name="headworks", hidden=(), **said):
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
        sheet.sheet_state = "hidden" if name in hidden else "visible"
    written = io.BytesIO()
    made.save(written)
    return parse_file(written.getvalue(), "lab.xlsx", format_name, **said)


def test_every_sheet_is_its_own_table_and_notes_are_left_out_and_said():
    parsed = parse(
        {
            "sites": [["site_id", "kind"], ["A", "manhole"]],
            "measurements": [MEASUREMENTS, ["S1", "BE", 5]],
            "Notes": [["Read me"], ["hello"]],
        }
    )
    assert {name: table.height for name, table in parsed.tables.items()} == {"sites": 1, "measurements": 1}
    assert (parsed.set_aside["not_ours"], parsed.n_rows) == (1, 3)
    assert "'Notes' is none of our tables" in " ".join(parsed.findings["message"])


def test_a_key_in_two_sheets_is_one_row_when_they_agree_and_refused_when_not():
    parsed = parse(
        {
            "measurements 1": [MEASUREMENTS, ["S1", "BE", 5], ["S2", "BE", 5], ["S3", "BE", 1]],
            "measurements 2": [MEASUREMENTS, ["S1", "BE", 5], ["S2", "BE", 6]],
        }
    )
    assert parsed.tables["measurements"]["sample_id"].to_list() == ["S1", "S3"]
    assert parsed.refusals.select("sheet", "row").rows() == [("measurements 1", 3), ("measurements 2", 3)]
    assert (parsed.n_refused, parsed.set_aside["repeated"], parsed.n_rows) == (2, 1, 5)


def test_a_list_of_sites_fills_what_a_sheet_of_loads_leaves_open():
    days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
    parsed = parse(
        {
            "loads": [
                ["year", "drug", "site_id", "country", "city", *days],
                [2024, "cocaine", "A", "AT", "Graz", *range(1, 8)],
            ],
            "sites": [
                ["site_id", "country", "city", "latitude", "longitude", "population"],
                ["A", "AT", "Graz", 47, 15, 425000],
            ],
        },
        "score",
    )
    assert parsed.tables["sites"].select("site_id", "population_served").rows() == [("A", 425_000.0)]
    assert parsed.n_refused == 0


def test_one_identifier_for_two_cities_in_two_sheets_is_kept_apart():
    days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
    head = ["year", "drug", "site_id", "country", "city", *days]
    sheets = {city: [head, [2024, "cocaine", "IT002", "IT", city, *range(1, 8)]] for city in ("Milan", "Bozen")}
    assert sorted(parse(sheets, "score").tables["sites"]["site_id"]) == ["IT002", "IT002@Bozen"]


def test_a_hidden_sheet_is_said():
    sheets = {"measurements": [MEASUREMENTS, ["S1", "BE", 5]], "measurements old": [MEASUREMENTS, ["S9", "BE", 5]]}
    parsed = parse(sheets, hidden=("measurements old",))
    assert parsed.tables["measurements"]["sample_id"].to_list() == ["S1"]
    assert "hidden and was not read" in " ".join(parsed.findings["message"])


def test_a_workbook_with_nothing_of_ours_is_refused():
    with pytest.raises(DataRefused, match=r"not clear which table.*lab.xlsx, sheet Notes"):
        parse({"Notes": [["Read me"]], "More": [["x"]]})
    with pytest.raises(DataRefused, match=r"workbook is empty.*lab.xlsx"):
        parse({"Empty": []})
