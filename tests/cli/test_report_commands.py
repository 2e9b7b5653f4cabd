"""report: the five reports from the command line, beside the situation report as it always was."""

from __future__ import annotations

import json
from pathlib import Path

from headworks.store import Workspace


def test_a_report_is_written_reviewed_and_listed(headworks, two_plants: Workspace, tmp_path: Path) -> None:
    headworks("run", two_plants.path)
    words = ("--year", "2024", "--tier", "analyst", "--format", "html,docx", "--language", "en,zh", "--by", "ann")
    answer = headworks("report", "annual", two_plants.path, *words, "--out", tmp_path, "--json")
    said = json.loads(answer.out)
    assert (answer.code, said["edition"], said["state"], len(said["files"])) == (0, 1, "draft", 4)
    assert all(Path(path).is_file() for path in said["files"])
    assert headworks("report", "state", said["snapshot_id"], two_plants.path, "--to", "reviewed", "--by", "ann").code == 2
    answer = headworks("report", "state", said["snapshot_id"], two_plants.path, "--to", "reviewed", "--by", "bob")
    assert answer.out.strip() == "Edition 1 of the annual report of 2024 is reviewed."
    assert "reviewed" in headworks("report", "editions", two_plants.path).out
    found = headworks(
        "report", "calendar", two_plants.path, "--tier", "analyst", "--from", "2025-03-01", "--to", "2025-03-01", "--json"
    )
    assert [(row["kind"], row["state"]) for row in json.loads(found.out)] == [("annual", "reviewed")]


def test_a_first_word_that_is_no_report_is_a_workspace(headworks, two_plants: Workspace, tmp_path: Path) -> None:
    headworks("run", two_plants.path)
    for words in (("report", two_plants.path), ("report", "situation", two_plants.path)):
        target = tmp_path / f"{len(words)}.html"
        assert headworks(*words, "--period", "2024", "-o", target).code == 0
        assert "</html>" in target.read_text(encoding="utf-8")


def test_a_period_of_another_kind_a_bad_day_and_a_missing_week_are_refused(headworks, two_plants: Workspace) -> None:
    answer = headworks("report", "weekly", two_plants.path, "--week", "2024", "--json")
    assert (answer.code, json.loads(answer.out)["error"]["code"]) == (2, "HW-U271")
    assert headworks("report", "calendar", two_plants.path, "--from", "soon").code == 2
    assert headworks("report", "weekly", two_plants.path).code == 2
