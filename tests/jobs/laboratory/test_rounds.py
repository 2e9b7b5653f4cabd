"""Scores of rounds in a workspace: read, replaced, refused, and asked by the next evaluation."""

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
