from __future__ import annotations

import json
from pathlib import Path

import polars as pl
from tests.jobs.test_planner import AREAS, SITES


def test_power_says_a_sentence_a_table_and_writes_both_files(headworks, tmp_path: Path) -> None:
    table, picture = tmp_path / "plans.csv", tmp_path / "plans.svg"
    shown = headworks("plan", "power", "--days-per-week", "2", "--change", "0.2", "--csv", table, "--svg", picture)
    assert shown.code == 0
    assert "it sees a rise by 16% or a fall by 14% with 80% probability" in shown.out
    assert "Scatter as the reference expects it" in shown.err
    assert pl.read_csv(table).height == 5
    assert picture.read_text(encoding="utf-8").startswith("<svg")


def test_power_as_json_holds_what_was_asked_and_the_check(headworks) -> None:
    words = (
        "plan",
        "power",
        "--weekdays",
        "mon,thu",
        "--period",
        "month",
        "--years",
        "1",
        "--check",
        "--json",
        "--day-sd",
        "0.5",
    )
    found = json.loads(headworks(*words).out)
    assert found["plan"] == "2 days a week, Mon Thu"
    assert found["scatter"]["day_sd"] == 0.5
    assert len(found["check"]) == 3


def test_plans_that_cannot_be_are_refused_with_their_code(headworks) -> None:
    for words, code in (
        (("--days-per-week", "2", "--days-per-quarter", "7"), "HW-U181"),
        (("--days-per-quarter", "7", "--period", "month"), "HW-U182"),
        (("--day-sd", "-1"), "HW-U184"),
        (("--power", "2"), "HW-U185"),
        (("--workspace", "nowhere"), "HW-U195"),
        (("--csv", "no/such/folder/file.csv"), "HW-U195"),
    ):
        shown = headworks("plan", "power", *words)
        assert (shown.code, shown.err.split(":")[0]) == (2, code)


def test_detect_says_users_grams_and_what_absence_proves(headworks, tmp_path: Path) -> None:
    shown = headworks("plan", "detect", "冰毒", "--people", "100000", "--users", "3", "--csv", tmp_path / "curve.csv")
    assert shown.code == 0
    assert "sees 5.74 users of methamphetamine a day" in shown.out
    assert "With 3 users a day" in shown.out
    assert "without a trace would prove" in shown.out
    assert "Poured in at once on one day" in shown.out
    assert pl.read_csv(tmp_path / "curve.csv").columns == ["users", "probability"]
    found = json.loads(headworks("plan", "detect", "METH", "--people", "100000", "--json").out)
    assert round(found["users"], 2) == 5.74
    assert headworks("plan", "detect", "METH", "--people", "-1").err.startswith("HW-U186")
    assert headworks("plan", "detect", "METH", "--people", "9", "--probability", "1").err.startswith("HW-U187")


def test_sites_are_named_with_the_share_they_cover(headworks, tmp_path: Path) -> None:
    home = tmp_path / "ws"
    headworks("init", home)
    for name, text in (("areas", AREAS), ("sites", SITES)):
        file = tmp_path / f"{name}.csv"
        file.write_text(text, encoding="utf-8")
        assert headworks("import", home, file, "--as", "headworks").code == 0
    shown = headworks("plan", "sites", home, "--budget", "104", "--svg", tmp_path / "f.svg", "--csv", tmp_path / "s.csv")
    assert shown.code == 0
    assert "2 sites cover 60,000 people, 100.0% of those at any site" in shown.err
    assert pl.read_csv(tmp_path / "s.csv")["is_chosen"].sum() == 2
    found = json.loads(headworks("plan", "sites", home, "--budget", "104", "--nested", "--in", "V", "--json").out)
    assert {row["site_id"] for row in found["sites"]} == {"B", "V"}
    assert found["gap"] == 0.0
    assert headworks("plan", "sites", home, "--budget", "10", "--one-per-county").err.startswith("HW-U190")
    assert headworks("plan", "sites", home, "--out", "Z").err.startswith("HW-U189")
