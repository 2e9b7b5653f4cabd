"""Scores of rounds in a workspace: read, replaced, refused, and asked by the next evaluation."""

import io

import openpyxl
import pytest
from tests.workflows.laboratory.builders import SHEET, as_bytes, export_lines

from headworks.core.errors import DataRefused
from headworks.jobs.laboratory import EvaluationOrder, evaluate, lab_profile, override_verdict, read_rounds, save_rounds
from headworks.lab.quality import Override
from headworks.store import Workspace

HEAD = b"laboratory_id,analyte,round,reported_on,z,outcome\n"
PROFILE = lab_profile('[method]\nlaboratory_id = "lab-1"\nvolume_loaded_ml = 100.0\nvolume_final_ml = 1.0\n')


@pytest.fixture
def workspace(tmp_path):
    return Workspace.create(tmp_path / "ws")


def test_an_unsatisfactory_round_stops_the_analyte_until_a_second_person_decides(workspace):
    save_rounds(workspace, HEAD + b"lab-1,ketamine,2026-1,2026-02-01,-3.4,\nlab-1,cocaine,2026-1,2026-02-01,0.3,\n", "r.csv")
    order = EvaluationOrder(profile=PROFILE, sheet=(SHEET, "sheet.csv"), by="li")
    stored = evaluate(workspace, as_bytes(export_lines(0.01)), order, name="b1.csv").stored
    verdicts = {row["analyte"]: row for row in stored.verdicts.iter_rows(named=True)}
    assert verdicts["ketamine"]["verdict"] == "rejected"
    assert "The last round, 2026-1, was unsatisfactory: z = -3.4." in verdicts["ketamine"]["reasons"]
    assert not any("round" in reason for reason in verdicts["cocaine"]["reasons"])
    batch = verdicts["ketamine"]["batch_id"]
    decided = override_verdict(workspace, stored.id, Override(batch, "ketamine", "released", "wang", "Retested since."))
    assert decided.verdicts.filter(analyte="ketamine")["verdict"].to_list() == ["released"]


def test_a_round_given_again_replaces_what_was_kept(workspace):
    assert read_rounds(workspace).is_empty()
    save_rounds(workspace, HEAD + b"lab-1,ketamine,R1,2026-02-01,3.4,\nlab-1,ketamine,R2,2026-03-01,2.4,\n", "r.csv")
    save_rounds(
        workspace, "\ufefflaboratory_id,analyte,round,reported_on,z\nlab-1,ketamine,R1,2026-02-01,1.0\n".encode(), "r.csv"
    )
    assert read_rounds(workspace).select("round", "z", "outcome").rows() == [
        ("R1", 1.0, "satisfactory"), ("R2", 2.4, "questionable"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"", "empty"), (HEAD, "no row"), (b"analyte,z\nketamine,1\n", "no column laboratory_id, round, reported_on"),
        (HEAD + b"lab-1,ketamine,R1,1 March,1.0,\n", "rows 2"), (HEAD + b"lab-1,ketamine,R1,2026-03-01,,\n", "rows 2"),
        (HEAD + b"lab-1,ketamine,R1,2026-03-01,inf,\nlab-1,ketamine,R1,2026-03-01,x,satisfactory\n", "rows 2, 3"),
        (HEAD + b"lab-1,ketamine,R1,2026-03-01,1.0,fine\n,ketamine,R1,2026-03-01,1.0,\n", "rows 2, 3"),
        (b"\xff\xfe\x00,a\n1,2\n", "no column"),
    ],
)  # fmt: skip
def test_scores_that_cannot_be_used_are_refused_with_their_rows(workspace, content, found):
    with pytest.raises(DataRefused, match="scores of a round") as refused:
        save_rounds(workspace, content, "r.csv")
    assert refused.value.code == "HW-D686"
    assert found in str(refused.value)
    assert read_rounds(workspace).is_empty()


RESULTS = b"""laboratory_id;analyte;round;reported_on;sample;result;loq;assigned;sigma;u;u_assigned;expanded_u;expanded_u_assigned;unit
lab-1;ketamine;R1;2026-02-01;A;12;;10;1;;;;;ng/L
lab-1;ketamine;R1;2026-02-01;B;12;;10;1;;0,75;;;ng/L
lab-1;cocaine;R1;2026-02-01;A;15;;10;;3;4;;;ng/L
lab-1;MDMA;R1;2026-02-01;A;25;;10;;;;6;8;ng/L
lab-1;morphine;R1;2026-02-01;A;<5;;10;1;;;;;ng/L
lab-1;codeine;R1;2026-02-01;A;;20;10;1;;;;;ng/L
"""
SCORED = [
    ("ketamine", 2.0, "z", "satisfactory"), ("ketamine", 1.6, "z'", "satisfactory"), ("cocaine", 1.0, "zeta", "satisfactory"),
    ("MDMA", 1.5, "En", "unsatisfactory"), ("morphine", None, None, "false negative"),
    ("codeine", None, None, "agrees, below limit"),
]  # fmt: skip


def test_results_of_a_round_are_scored_as_the_round_allows(workspace):
    # (12 - 10) / 1; (12 - 10) / sqrt(1 + 0.5625); (15 - 10) / sqrt(9 + 16); (25 - 10) / sqrt(36 + 64).
    found = save_rounds(workspace, RESULTS, "r.csv").select("analyte", "z", "kind", "outcome")
    assert found.rows() == SCORED
    assert sorted(read_rounds(workspace).select("analyte", "z", "kind", "outcome").rows(), key=str) == sorted(SCORED, key=str)


def test_a_workbook_says_the_same(workspace):
    book = openpyxl.Workbook()
    for line in RESULTS.decode().splitlines():
        book.active.append([cell.replace(",", ".") for cell in line.split(";")])
    packed = io.BytesIO()
    book.save(packed)
    assert save_rounds(workspace, packed.getvalue(), "r.xlsx").select("analyte", "z", "kind", "outcome").rows() == SCORED


def test_what_was_kept_before_scores_had_a_kind_is_read(workspace):
    (workspace.path / "laboratory").mkdir(exist_ok=True)
    (workspace.path / "laboratory" / "rounds.csv").write_bytes(HEAD + b"lab-1,ketamine,R1,2026-02-01,3.4,unsatisfactory\n")
    assert read_rounds(workspace).select("z", "outcome", "kind", "sample").rows() == [(3.4, "unsatisfactory", None, None)]


@pytest.mark.parametrize(
    "row", ["12;;10;;;;;;", "12;;10;0;;;;;", "12;;10;x;;;;;", "x;;10;1;;;;;", "12;;10;;3;;;;", "12;;10;;0;4;;;"]
)  # fmt: skip
def test_a_result_of_which_no_score_follows_is_refused(workspace, row):
    head = RESULTS.split(b"\n")[0]
    with pytest.raises(DataRefused, match="rows 2"):
        save_rounds(workspace, head + f"\nlab-1;ketamine;R1;2026-02-01;A;{row}\n".encode(), "r.csv")
