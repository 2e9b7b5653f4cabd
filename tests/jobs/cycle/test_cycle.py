"""Snapshots, editions, ledger, states, calendar, decisions: on a workspace without figures, and on one of two plants."""

from __future__ import annotations

import datetime as dt
import json
import os
from dataclasses import replace
from pathlib import Path

import docx
import openpyxl
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.reports.cycle.builders import FACTS, city, order

from headworks.core.errors import DataRefused, UsageError
from headworks.core.periods import Period
from headworks.jobs.cycle import all_editions, editions_of, find_edition, move, next_states, report_calendar, verify_ledger
from headworks.jobs.cycle.calendar import due_dates
from headworks.jobs.cycle.decisions import KeptDisclosure
from headworks.jobs.cycle.editions import freeze, read_tables
from headworks.jobs.cycle.evidence import selected_lists, selected_signals
from headworks.jobs.cycle.ledger import head_of, ledger_file, read_ledger
from headworks.jobs.cycle.make import CycleOrder, draft_report, make_reports, print_edition
from headworks.jobs.cycle.outcomes import kept_outcomes, kept_signals
from headworks.jobs.disclosure import Disclosure
from headworks.jobs.publications import read_publications
from headworks.jobs.run import run
from headworks.store import Workspace

ALL = ("approve", "publish", "decide")


@pytest.fixture
def empty(tmp_path: Path) -> Workspace:
    return Workspace.create(tmp_path / "ws", name="Test")


def other(factor: float = 2.0):
    value = "load_mg_per_1000_per_day"
    return replace(city(), figures=city().figures.with_columns(pl.col(value) * factor))


def test_the_same_figures_are_the_same_edition_whoever_asks(empty: Workspace):
    first = freeze(empty, city(), order(), by="ann")
    again = freeze(empty, city(), replace(order(), facts={**FACTS, "run_id": "r-9", "made_on": "2027-01-01"}), by="bob")
    assert (first.number, first.snapshot_id) == (again.number, again.snapshot_id)
    assert len(read_ledger(empty)) == 1


def test_other_figures_are_the_next_edition_with_its_revisions(empty: Workspace):
    freeze(empty, city(), order(), by="ann")
    second = freeze(empty, other(), replace(order(), facts={**FACTS, "imports": ["a.csv", "b.csv"]}), by="ann")
    assert (second.number, second.previous_number) == (2, 1)
    # 42 and 1,234.5 were doubled.
    assert read_tables(second).revisions.select("before", "after").rows() == [(42.0, 84.0), (1234.5, 2469.0)]


def test_figures_that_come_back_are_an_edition_of_their_own(empty: Workspace):
    made = [freeze(empty, tables, order(), by="ann") for tables in (city(), other(), city())]
    assert [one.number for one in made] == [1, 2, 3]
    assert len({one.snapshot_id for one in made}) == 3


def test_an_edition_is_compared_with_the_newest_published_one(empty: Workspace):
    first = freeze(empty, city(), order(), by="ann")
    for state in ("reviewed", "approved", "published"):
        move(empty, first.snapshot_id, state, by="bob", scopes=ALL)
    freeze(empty, other(2.0), order(), by="ann")
    third = freeze(empty, other(3.0), order(), by="ann")
    assert (third.number, third.previous_number) == (3, 1)


def test_a_snapshot_that_was_changed_is_refused(empty: Workspace):
    edition = freeze(empty, city(), order(), by="ann")
    other().figures.write_parquet(edition.folder / "figures.parquet")
    with pytest.raises(DataRefused, match=r"snapshot of a report is damaged.*not those it was made of") as refused:
        read_tables(edition)
    assert refused.value.code == "HW-D801"
    (edition.folder / "snapshot.json").write_text("{", encoding="utf-8")
    with pytest.raises(DataRefused, match="snapshot of a report is damaged"):
        all_editions(empty)


def test_a_line_of_the_ledger_that_was_changed_is_found(empty: Workspace):
    freeze(empty, city(), order(), by="ann")
    freeze(empty, other(), order(), by="ann")
    assert verify_ledger(empty) == []
    assert head_of(empty) == read_ledger(empty)[-1]["hash"]
    lines = ledger_file(empty).read_text(encoding="utf-8").splitlines()
    ledger_file(empty).write_text("\n".join([lines[0].replace('"ann"', '"eve"'), lines[1]]) + "\n", encoding="utf-8")
    assert verify_ledger(empty) == [1]
    ledger_file(empty).write_text(lines[1] + "\n", encoding="utf-8")
    assert verify_ledger(empty) == [1]
    ledger_file(empty).write_text("no line\n", encoding="utf-8")
    with pytest.raises(DataRefused, match=r"ledger of reports is damaged.*line 1") as refused:
        read_ledger(empty)
    assert refused.value.code == "HW-D800"


def test_two_people_take_an_edition_from_draft_to_published(empty: Workspace):
    edition = freeze(empty, city(), order(), by="ann")
    states = [move(empty, edition.snapshot_id[:6], step, by="bob", scopes=ALL).state for step in ("reviewed", "approved")]
    assert [*states, move(empty, edition.snapshot_id, "published", by="ann", scopes=["publish"]).state] == [
        "reviewed", "approved", "published",
    ]  # fmt: skip
    assert [line["action"] for line in read_ledger(empty)] == ["draft", "reviewed", "approved", "published"]
    assert verify_ledger(empty) == []


def refusal(workspace: Workspace, snapshot: str, step: str, **said) -> tuple[str, str]:
    with pytest.raises(UsageError) as refused:
        move(workspace, snapshot, step, **{"by": "bob", "scopes": ALL, **said})
    return refused.value.code, str(refused.value)


def test_steps_that_may_not_be_taken_are_refused(empty: Workspace):
    one = freeze(empty, city(), order(), by="ann").snapshot_id
    cases = [
        refusal(empty, "nothing", "reviewed"), refusal(empty, one, "published"), refusal(empty, one, "reviewed", scopes=["view"]),
        refusal(empty, one, "reviewed", by="ann"), refusal(empty, one, "withdrawn"), refusal(empty, one, "reviewed", by=" "),
    ]  # fmt: skip
    assert [code for code, _ in cases] == ["HW-U272", "HW-U273", "HW-U274", "HW-U275", "HW-U276", "HW-U276"]
    assert "Possible: reviewed, withdrawn" in cases[1][1]
    assert "It needs approve or decide" in cases[2][1]


def test_sending_back_makes_nobody_the_author(empty: Workspace):
    one = freeze(empty, city(), order(), by="ann").snapshot_id
    move(empty, one, "reviewed", by="bob", scopes=ALL)
    move(empty, one, "draft", by="bob", scopes=ALL, reason="a county is missing")
    assert refusal(empty, one, "reviewed", by="ann")[0] == "HW-U275"
    assert move(empty, one, "reviewed", by="bob", scopes=ALL).state == "reviewed"


def test_what_may_follow_depends_on_the_scopes():
    assert next_states("draft", ["view"]) == []
    assert next_states("draft", ["decide"]) == ["reviewed"]
    assert next_states("published", ALL) == ["withdrawn"]


def test_the_calendar_says_what_is_missing_and_late(empty: Workspace):
    freeze(empty, city(), order("weekly"), by="ann")
    # Week 46 of 2026 ends on 15 November; its bulletin is due four days later.
    found = report_calendar(
        empty, "C", "analyst", first=dt.date(2026, 11, 19), last=dt.date(2026, 11, 26), today=dt.date(2026, 11, 22)
    )
    assert found.select("kind", "period", "due", "state", "is_late").rows() == [
        ("weekly", "2026-W46", dt.date(2026, 11, 19), "draft", True),
        ("weekly", "2026-W47", dt.date(2026, 11, 26), "missing", False),
    ]
    with pytest.raises(UsageError, match="no stretch of a calendar") as refused:
        report_calendar(empty, "C", "analyst", first=dt.date(2026, 2, 1), last=dt.date(2026, 1, 1), today=dt.date(2026, 1, 1))
    assert refused.value.code == "HW-U277"


@given(st.dates(dt.date(2020, 1, 1), dt.date(2030, 1, 1)), st.integers(0, 300), st.integers(1, 300))
@settings(max_examples=30, deadline=None)
def test_every_report_is_due_once_however_the_calendar_is_cut(first: dt.date, n: int, m: int):
    middle, last = first + dt.timedelta(days=n), first + dt.timedelta(days=n + m)
    halves = due_dates(first, middle) + due_dates(middle + dt.timedelta(days=1), last)
    assert sorted((kind, period.label) for kind, period, _ in halves) == sorted(
        (kind, period.label) for kind, period, _ in due_dates(first, last)
    )


def test_a_report_of_two_plants_is_written_once_and_the_decision_is_kept(computed_plants: Workspace, tmp_path: Path):
    asked = CycleOrder("annual", "all", "2024", "analyst", ("html", "xlsx"), ("en", "ja"))
    edition, paths = make_reports(computed_plants, asked, tmp_path / "out")
    assert sorted(path.name for path in paths) == [
        f"annual-2024-all-analyst-e1.{language}.{name}" for language in ("en", "ja") for name in ("html", "xlsx")
    ]
    assert len(list((computed_plants.path / "publications" / "decisions").glob("*.parquet"))) == 1
    assert KeptDisclosure(computed_plants, "analyst").units.equals(
        Disclosure(computed_plants, "analyst").units, null_equal=True
    ) or (
        KeptDisclosure(computed_plants, "analyst").units.sort(pl.all()).rows()
        == Disclosure(computed_plants, "analyst").units.sort(pl.all()).rows()
    )
    assert draft_report(computed_plants, asked).snapshot_id == edition.snapshot_id
    assert read_publications(computed_plants)[-1]["what"] == "cycle report"
    assert [one.snapshot_id for one in editions_of(computed_plants, "annual", "all", "2024", "analyst")] == [
        edition.snapshot_id
    ]
    assert find_edition(computed_plants, edition.snapshot_id[:5]).folder == edition.folder
    with pytest.raises(UsageError, match="no figure of this area in this period") as refused:
        draft_report(computed_plants, replace(asked, period="1999"))
    assert refused.value.code == "HW-U279"
    for wrong, code in ((replace(asked, formats=("odt",)), "HW-U278"), (replace(asked, languages=()), "HW-U005")):
        with pytest.raises(UsageError) as refused:
            make_reports(computed_plants, wrong, tmp_path)
        assert refused.value.code == code


def test_nothing_the_public_may_not_see_is_in_its_report(computed_plants: Workspace):
    """Both plants are small and alone: the steward sees their areas' figures, the public none of them, in no format."""
    open_order = CycleOrder("annual", "all", "2024", "steward")
    whole = read_tables(draft_report(computed_plants, open_order)).figures
    assert (whole["state"] == "value").any()
    edition = draft_report(computed_plants, replace(open_order, tier="public"))
    tables = read_tables(edition)
    assert set(tables.figures["state"]) == {"suppressed"}
    # Of a withheld figure nothing is kept but that it is there.
    numbers = tables.figures.select(pl.exclude("area_id", "drug", "analyte", "state", "why"))
    assert all(count == tables.figures.height for count in numbers.null_count().row(0))
    assert tables.changes.is_empty()
    assert tables.consumption.is_empty()
    assert tables.parts.is_empty()
    assert tables.late.is_empty()
    hidden = {f"{value:,.2f}" for value in whole["load_mg_per_1000_per_day"].drop_nulls()}
    text = print_edition(computed_plants, edition, ("html",), ("en",))["html", "en"].decode()
    assert not [value for value in hidden if f">{value}<" in text]


def test_signals_and_lists_are_shown_only_where_the_figure_of_the_area_is():
    class Said:
        class rule:  # noqa: N801
            is_open = False

        units = pl.DataFrame(
            {
                "unit_kind": ["area"] * 2,
                "unit_id": ["C", "C2"],
                "period": ["2026-W46"] * 2,
                "why": [None, "primary_population"],
            }
        )

    rows = pl.DataFrame(
        {"unit_kind": ["area"] * 3, "unit_id": ["C", "C2", "X"], "period": ["2026-W46"] * 3, "drug": "d", "analyte": "a", "kind": "rise",
         "q_value": 0.1, "expected": 1.0, "observed": 2.0, "since": None}
    )  # fmt: skip
    week = Period.parse("2026-W46")
    assert selected_signals(Said(), rows, city().tree, week)["unit_id"].to_list() == ["C"]
    lists = pl.DataFrame(
        {"area_id": ["C", "C2"], "period": "2026-W46", "rule_set": "r", "list_name": "l", "outcome": "entered", "previous": "off",
         "since": None, "probability": 0.9, "criterion": "c", "change_factor": None}
    )  # fmt: skip
    assert selected_lists(Said(), lists, city().tree, week)["area_id"].to_list() == ["C"]
    assert selected_signals(Said(), None, city().tree, week).is_empty()


def test_the_snapshot_says_how_it_was_made(empty: Workspace):
    edition = freeze(empty, city(), order(), by="ann")
    said = json.loads((edition.folder / "snapshot.json").read_text(encoding="utf-8"))
    assert said["facts"]["parameter_set"] == "p-1"
    assert {path.stem for path in edition.folder.glob("*.parquet")} >= {"figures", "changes", "tree", "revisions"}


def test_an_edition_frozen_before_a_column_was_there_is_read_all_the_same(empty: Workspace):
    old = replace(city(), figures=city().figures.drop("why"), signals=city().signals.drop("explanation"))
    edition = freeze(empty, old, order(), by="ann")
    read = read_tables(edition)
    assert read.figures.equals(city().figures, null_equal=True)
    assert read.signals.columns == city().signals.columns


def test_a_measurement_that_is_corrected_is_a_second_edition_that_says_so_in_every_format(
    two_plants: Workspace, give, tmp_path: Path
):
    run(two_plants)
    asked = CycleOrder("annual", "all", "2024", "steward", ("html", "docx", "xlsx"), ("en",))
    first, _ = make_reports(two_plants, asked, tmp_path)
    # The laboratory gives another concentration for a sample that it had released.
    corrected = "sample_id,analyte,concentration_ng_per_l,lod_ng_per_l,loq_ng_per_l\nA2,benzoylecgonine,600,1,5\n"
    give(two_plants, "measurements", corrected)
    run(two_plants)
    second, paths = make_reports(two_plants, asked, tmp_path)
    assert (first.number, second.number, second.previous_number) == (1, 2, 1)
    revisions = read_tables(second).revisions
    assert revisions.height > 0
    assert revisions["reason"].str.starts_with("import:measurements.csv").all()
    before, after = (read_tables(one).figures for one in (first, second))
    key = ["area_id", "drug", "analyte"]
    value = "load_mg_per_1000_per_day"
    both = before.select(*key, old=value).join(after.select(*key, new=value), on=key)
    n_moved = both.filter((pl.col("new") - pl.col("old")).abs() > 5e-4 * pl.col("old")).height
    assert revisions.filter(pl.col("what") == value).height == n_moved
    page, document, book = paths
    text = page.read_text(encoding="utf-8")
    assert f"{revisions.height} figures changed because results came in or were corrected: measurements.csv" in text
    assert f"Compared with edition {first.number}" in text
    tables = [[cell.text for cell in table.rows[0].cells] for table in docx.Document(str(document)).tables]
    assert ["Area", "Drug or list", "Before\nmg/d per 1,000 people", "Now\nmg/d per 1,000 people", "By\npercent"] in tables
    sheet = openpyxl.load_workbook(book)["What changed since the last edi"]
    rows = list(sheet.iter_rows(values_only=True))[1:]
    assert [row[4] for row in rows] == pytest.approx(revisions["before"].to_list())
    assert all(isinstance(number, int | float) for row in rows for number in row[4:10])


def outcomes(run_id: str) -> pl.DataFrame:
    return pl.DataFrame({"area_id": ["C"], "outcome": ["entered"], "run_id": [run_id]})


def kept(workspace: Workspace, run_id: str, name: str, *, is_draft: bool = False, moment: int = 0) -> Path:
    folder = workspace.path / "assessments" / "r-1" / "2026-Q4" / f"{run_id}-{name}"
    folder.mkdir(parents=True)
    outcomes(name).write_parquet(folder / "outcomes.parquet")
    path = folder / "assessment.json"
    path.write_text(json.dumps({"is_draft": is_draft}), encoding="utf-8")
    os.utime(path, (moment, moment))
    return path


def test_of_the_assessments_of_a_run_the_newest_counts_and_no_draft(empty: Workspace):
    class Run:
        run_id = "run-9"

    assert kept_outcomes(empty, Run(), Period.parse("2026-Q4")) is None
    kept(empty, "run-9", "new", moment=20)
    kept(empty, "run-9", "old", moment=10)
    kept(empty, "run-9", "draft", is_draft=True, moment=30)
    kept(empty, "run-8", "other", moment=40)
    found = kept_outcomes(empty, Run(), Period.parse("2026-Q4"))
    assert found["run_id"].to_list() == ["new"]
    # What was assessed for another period says nothing of this one.
    assert kept_outcomes(empty, Run(), Period.parse("2026-Q3")) is None
    assert kept_signals(empty, Run(), Period.parse("2026-W46")) is None
    folder = empty.path / "signals" / "2026-W46" / "run-9-a"
    folder.mkdir(parents=True)
    pl.DataFrame({"unit_id": ["C"]}).write_parquet(folder / "signals.parquet")
    (folder / "signals.json").write_text("{}", encoding="utf-8")
    assert kept_signals(empty, Run(), Period.parse("2026-11"))["unit_id"].to_list() == ["C"]
    assert kept_signals(empty, Run(), Period.parse("2026-W45")) is None
    broken = kept(empty, "run-9", "broken", moment=50)
    broken.write_text("{", encoding="utf-8")
    with pytest.raises(DataRefused, match=r"kept assessment is damaged.*headworks assess") as refused:
        kept_outcomes(empty, Run(), Period.parse("2026-Q4"))
    assert refused.value.code == "HW-D802"
