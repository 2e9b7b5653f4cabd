from __future__ import annotations

import io
import json
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from headworks.core.errors import UsageError
from headworks.jobs import export
from headworks.jobs.export import export_table, write_refused_rows
from headworks.jobs.read_table import READABLE, read_table
from headworks.jobs.run import run
from headworks.store import Workspace

FORMULA = "=HYPERLINK(1)"


@pytest.mark.parametrize("ending", [".csv", ".parquet", ".xlsx", ".json"])
def test_every_table_is_written_in_every_format_with_all_of_its_rows(
    ending: str, two_plants: Workspace, give, weeks: str, tmp_path: Path
) -> None:
    give(two_plants, "weeks", weeks, "score")
    run(two_plants)
    for name in READABLE:
        frame = read_table(two_plants, name)
        target = tmp_path / "out" / f"{name}{ending}"
        export_table(frame, name, target)
        if ending == ".csv":
            back = pl.read_csv(target, infer_schema=False)
        elif ending == ".parquet":
            back = pl.read_parquet(target)
            assert back.equals(frame.with_columns(pl.col(pl.Enum).cast(pl.String)))
        elif ending == ".json":
            rows = json.loads(target.read_text(encoding="utf-8"))
            assert len(rows) == frame.height
            continue
        else:
            sheet = openpyxl.load_workbook(io.BytesIO(target.read_bytes()))[name[:31]]
            assert [cell.value for cell in sheet[1]] == frame.columns
            assert sheet.max_row == frame.height + 1
            continue
        assert (back.height, back.columns) == (frame.height, frame.columns)


def test_an_instant_in_a_workbook_is_read_as_the_same_instant(two_plants: Workspace, tmp_path: Path) -> None:
    export_table(read_table(two_plants, "samples"), "samples", tmp_path / "x.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "x.xlsx")["samples"]
    cell = str(sheet.cell(2, [one.value for one in sheet[1]].index("collected_from") + 1).value)
    assert pl.Series([cell]).str.to_datetime(time_zone="UTC")[0].isoformat() == "2024-03-05T08:00:00+00:00"


@pytest.mark.parametrize("ending", [".csv", ".xlsx", ".parquet", ".json"])
def test_a_formula_is_disarmed_where_a_spreadsheet_would_run_it(ending: str, tmp_path: Path) -> None:
    target = tmp_path / f"x{ending}"
    export_table(pl.DataFrame({"name": [FORMULA]}), "sites", target)
    if ending == ".csv":
        found = pl.read_csv(target)["name"].item()
    elif ending == ".xlsx":
        found = openpyxl.load_workbook(target)["sites"].cell(2, 1).value
    elif ending == ".parquet":
        found = pl.read_parquet(target)["name"].item()
    else:
        found = json.loads(target.read_text())[0]["name"]
    assert found == ("'" + FORMULA if ending in {".csv", ".xlsx"} else FORMULA)


def test_an_unknown_ending_and_a_place_that_cannot_be_written_are_refused(tmp_path: Path) -> None:
    frame = pl.DataFrame({"x": [1]})
    with pytest.raises(UsageError, match="ending is not known"):
        export_table(frame, "sites", tmp_path / "x.doc")
    (tmp_path / "folder.csv").mkdir()
    for target in (tmp_path / "folder.csv", tmp_path / "folder.csv" / "x.csv" / "y.csv", Path("/proc/x.csv")):
        if target.name == "y.csv":
            target.parent.write_text("a file")
        with pytest.raises(UsageError, match="cannot be written"):
            export_table(frame, "sites", target)


def test_a_table_too_long_for_a_sheet_is_not_cut_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "_MOST_SHEET_ROWS", 2)
    with pytest.raises(UsageError, match="more rows than a sheet can hold"):
        export_table(pl.DataFrame({"x": [1, 2, 3]}), "sites", tmp_path / "x.xlsx")
    assert not list(tmp_path.iterdir())


def test_refused_rows_of_several_sheets_become_numbered_files(workspace: Workspace, tmp_path: Path) -> None:
    import xlsxwriter

    from headworks.jobs.import_files import ImportOrder, import_file

    file = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(file) as book:
        for name in ("measurements", "measurements 2"):
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, ["sample_id", "analyte", "concentration_ng_per_l"])
            sheet.write_row(1, 0, ["A1", "MDMA", "5" if name.endswith("s") else "6x"])
            sheet.write_row(2, 0, ["A2", "MDMA", "x"])
    outcome = import_file(workspace, file, ImportOrder("headworks"))
    assert outcome.rows_refused == 3
    written = write_refused_rows(workspace, None, tmp_path / "mend.csv")
    assert [path.name for path in written] == ["mend-1.csv", "mend-2.csv"]
    assert [pl.read_csv(path).height for path in written] == [1, 2]
    with pytest.raises(UsageError, match="Refused rows are CSV"):
        write_refused_rows(workspace, None, tmp_path / "mend.xlsx")
