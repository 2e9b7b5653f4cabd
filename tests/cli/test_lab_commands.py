"""headworks lab: what an analyst types, and what a broken file answers."""

import json

import pytest
from tests.workflows.laboratory.builders import SHEET, as_bytes, changed, export_lines

from headworks.store import Workspace
from headworks.web.operations.laboratory.folders import laboratory_folder


@pytest.fixture
def laboratory(tmp_path):
    Workspace.create(tmp_path / "ws")
    (tmp_path / "sheet.csv").write_bytes(SHEET)
    (tmp_path / "b1.csv").write_bytes(as_bytes(export_lines()))
    return tmp_path


def test_a_batch_is_evaluated_with_its_sheet_and_report(headworks, laboratory):
    answer = headworks("lab", "evaluate", laboratory / "ws", laboratory / "b1.csv", "--sheet", laboratory / "sheet.csv",
                       "--by", "li", "--report", laboratory / "papers")  # fmt: skip
    assert answer.code == 0, answer.err
    assert "released      ketamine" in answer.out
    assert "May be released: 8 results; held: 2." in answer.out
    assert {path.name for path in (laboratory / "papers").iterdir()} >= {"report.html", "results.csv", "verdicts.csv"}
    again = headworks(
        "lab", "evaluate", laboratory / "ws", laboratory / "b1.csv", "--sheet", laboratory / "sheet.csv", "--json"
    )
    assert json.loads(again.out)["status"] == "already_evaluated"
    chart = headworks("lab", "chart", laboratory / "ws", "ketamine", "--out", laboratory / "c.svg", "--json")
    assert (chart.code, len(json.loads(chart.out))) == (0, 4)
    assert (laboratory / "c.svg").read_text(encoding="utf-8").startswith("<svg")


def test_a_laboratory_of_the_desk_is_opened_by_its_area(headworks, laboratory):
    whole = Workspace.open(laboratory / "ws")
    folder = laboratory_folder(whole, "44/4401/")
    asked = ("lab", "evaluate", whole.path, laboratory / "b1.csv", "--sheet", laboratory / "sheet.csv", "--laboratory")
    assert headworks(*asked, "4401").code == 0
    chart = ("lab", "chart", whole.path, "ketamine", "--json")
    # The desk's controls and those of the workspace never meet.
    assert len(json.loads(headworks(*chart, "--laboratory", "44/4401/").out)) == 4
    assert "HW-U229" in headworks(*chart).out
    assert list(folder.glob("**/*.parquet"))
    strange = headworks(*chart, "--laboratory", "4402")
    assert (strange.code, "HW-U322" in strange.out, "Name one of: 44/4401/" in strange.out) == (2, True, True)


def test_open_points_are_asked_with_the_line_that_answers_them(headworks, laboratory):
    path = laboratory / "b2.csv"
    path.write_bytes(as_bytes(export_lines()).replace(b",calibrator,", b",calibrater,").replace(b"ng/mL", b""))
    asked = headworks("lab", "evaluate", laboratory / "ws", path)
    assert asked.code == 3
    assert '[sample_types] "calibrater" = "calibrator"' in asked.err
    assert "concentration_unit" in asked.err
    assert "2 points are open" in asked.out
    kept = headworks(
        "lab", "evaluate", laboratory / "ws", path, "--accept-guesses", "--unit", "ng/mL", "--save-profile", "default"
    )
    assert kept.code == 0
    assert headworks("lab", "evaluate", laboratory / "ws", path).code == 0


HOSTILE = {
    "cut off": lambda text: text[: len(text) * 2 // 3],
    "one name twice": lambda text: text.replace(b"\nS2,", b"\nS1,"),
    "day and month": lambda text: text.replace(b"2026-03-02", b"02/03/2026"),
    "no standard": lambda text: b"\n".join(line for line in text.split(b"\n") if b"internal_standard,q" not in line),
    "no calibrators": lambda text: b"\n".join(line for line in text.split(b"\n") if b",calibrator," not in line),
    "a level twice": lambda text: text.replace(b"Cal2,calibrator,2", b"Cal2,calibrator,1"),
    "negative": lambda _: as_bytes(changed(export_lines(), "S1", "area", "-300")),
    "decimal comma": lambda text: text.replace(b",", b";").replace(b".", b","),
    "empty": lambda _: b"",
    "a header only": lambda text: text.split(b"\n")[0] + b"\n",
    "no text": lambda _: bytes(range(256)) * 20,
    "half a line": lambda text: text[:-7],
    "no analyte has a role": lambda text: text.replace(b",target,", b",,"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_whatever_is_wrong_with_a_file_there_is_an_answer_and_no_trace(headworks, laboratory, case):
    path = laboratory / "b3.csv"
    path.write_bytes(HOSTILE[case](as_bytes(export_lines())))
    answer = headworks("lab", "evaluate", laboratory / "ws", path, "--json")
    said = json.loads(answer.out)
    assert answer.code in (0, 2, 3)
    assert "HW-X001" not in answer.err
    if "error" in said:
        assert said["error"]["code"].startswith("HW-D")
        assert said["error"]["remedy"]
    elif said["status"] == "questions":
        assert said["questions"] or said["faults"]
    else:
        assert all(row["reasons"] or row["verdict"] == "released" for row in said["verdicts"])


def test_what_cannot_be_read_is_said(headworks, laboratory):
    for words, code in (
        (("lab", "evaluate", laboratory / "ws", laboratory / "none.csv"), "HW-U225"),
        (("lab", "evaluate", laboratory / "ws", laboratory / "b1.csv", "--profile", "none"), "HW-U221"),
        (("lab", "evaluate", laboratory / "ws", laboratory / "b1.csv", "--run-at", "noon"), "HW-U009"),
        (("lab", "chart", laboratory / "ws", "ketamine", "--out", laboratory / "c.png"), "HW-U204"),
    ):
        answer = headworks(*words)
        assert answer.code == 2
        assert code in answer.err


def test_scores_of_rounds_are_kept_shown_and_refused_with_their_rows(headworks, laboratory):
    file = laboratory / "rounds.csv"
    file.write_text("laboratory_id,analyte,round,reported_on,z\nlab-1,ketamine,2026-1,2026-02-01,-3.4\n", encoding="utf-8")
    answer = headworks("lab", "rounds", laboratory / "ws", file, "--json")
    assert answer.code == 0, answer.err
    assert [(row["analyte"], row["z"], row["outcome"]) for row in json.loads(answer.out)] == [
        ("ketamine", -3.4, "unsatisfactory")
    ]
    assert "2026-02-01" in headworks("lab", "rounds", laboratory / "ws").out
    file.write_text("laboratory_id,analyte,round,reported_on,z\nlab-1,ketamine,2026-2,May,x\n", encoding="utf-8")
    refused = headworks("lab", "rounds", laboratory / "ws", file)
    assert (refused.code, "HW-D686" in refused.err, "rows 2" in refused.err) == (3, True, True)
    assert "HW-U225" in headworks("lab", "rounds", laboratory / "ws", laboratory / "none.csv").err
