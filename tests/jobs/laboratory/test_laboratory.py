"""The laboratory of a workspace: evaluated once, decided by two, never overwritten, released by the import of every other release."""

import shutil

import polars as pl
import pytest
from tests.workflows.laboratory.builders import SHEET, as_bytes, changed, export_lines

from headworks.core.errors import DataRefused, UsageError
from headworks.intake.instrument import Profile
from headworks.jobs.import_files import ImportOrder, import_file
from headworks.jobs.laboratory import (
    EvaluationOrder,
    Exclusion,
    LabProfile,
    chart_svg,
    evaluate,
    exclude_calibrators,
    list_evaluations,
    list_profiles,
    list_versions,
    override_verdict,
    read_evaluation,
    read_profile,
    release,
    report_html,
    report_tables,
    retract,
    save_profile,
)
from headworks.jobs.read_table import read_table
from headworks.lab.quality import Override
from headworks.store import Workspace
from headworks.workflows.laboratory import BatchMethod

SITES = "site_id,name,country,city,latitude,longitude,matrix,population_served\nG,Graz,AT,Graz,47.1,15.4,sewage,250000\n"
TAKEN = "sample_id,site_id,matrix,collected_from,utc_offset_min,mode,flow_m3_per_day\n" + "".join(
    f"G-{n},G,sewage,2026-03-01T08:00:00+00:00,60,flow_proportional,40000\n" for n in (1, 2, 3, 4)
)


@pytest.fixture(scope="module")
def evaluated_workspace(tmp_path_factory):
    workspace = Workspace.create(tmp_path_factory.mktemp("lab") / "ws")
    evaluate(workspace, as_bytes(export_lines()), EvaluationOrder(sheet=(SHEET, "s.csv"), by="li"), name="b1.csv")
    return workspace


@pytest.fixture
def workspace(evaluated_workspace, tmp_path):
    shutil.copytree(evaluated_workspace.path, tmp_path / "ws")
    return Workspace.open(tmp_path / "ws")


def only(workspace):
    (one,) = list_evaluations(workspace)
    return one


def test_the_same_again_changes_nothing(workspace):
    before = only(workspace)
    again = evaluate(workspace, as_bytes(export_lines()), EvaluationOrder(sheet=(SHEET, "s.csv"), by="wang"), name="b1.csv")
    assert (again.status, again.stored.version) == ("already_evaluated", 1)
    assert again.stored.record == before.record
    assert (workspace.path / "laboratory" / "sources" / before.record["content_hash"]).read_bytes() == as_bytes(export_lines())


def test_another_method_makes_a_version_and_the_first_stays(workspace):
    order = EvaluationOrder(LabProfile(method=BatchMethod(weight="1/x")), (SHEET, "s.csv"), by="li")
    later = evaluate(workspace, as_bytes(export_lines()), order, name="b1.csv").stored
    assert [one.version for one in list_versions(workspace, later.id)] == [1, 2]
    assert [one.table("curves")["weight"][0] for one in list_versions(workspace, later.id)] != ["1/x", "1/x"]
    assert later.table("curves")["weight"].to_list() == ["1/x", "1/x"]


def test_open_points_keep_nothing(tmp_path):
    workspace = Workspace.create(tmp_path / "ws")
    text = as_bytes(export_lines()).replace(b",calibrator,", b",calibrater,").replace(b"ng/mL", b"")
    asked = evaluate(workspace, text, name="b1.csv")
    assert asked.status == "questions"
    assert {question.code for question in asked.questions if question.is_blocking} == {"HW-D643", "HW-D645"}
    assert list_evaluations(workspace) == []
    guessed = evaluate(
        workspace, text, EvaluationOrder(LabProfile(Profile(concentration_unit="ng/mL")), accept_guesses=True), name="b1.csv"
    )
    assert guessed.status == "evaluated"
    save_profile(workspace, "default", guessed.profile)
    assert list_profiles(workspace) == ["default"]
    # The workspace's own profile answers the next batch.
    assert evaluate(workspace, text.replace(b"2026-03-02", b"2026-03-09"), name="b2.csv").status == "evaluated"


def test_a_profile_is_read_back_as_it_was_kept(workspace):
    mine = LabProfile(
        Profile(decimal=",", samples={"B1": "blank"}), BatchMethod(weight="1/x", loq={"ketamine": 2.0}, name="M 3")
    )
    save_profile(workspace, "lab-1", mine)
    assert read_profile(workspace, "lab-1") == mine
    with pytest.raises(UsageError, match="one of lab-1"):
        read_profile(workspace, "lab-2")
    with pytest.raises(UsageError, match="no name for a profile"):
        save_profile(workspace, "../x", mine)


def test_only_a_second_person_overrules_with_a_reason_and_nothing_is_overwritten(workspace):
    one = only(workspace)
    with pytest.raises(DataRefused, match="second person"):
        override_verdict(workspace, one.id, Override("b1", "ketamine", "rejected", "Li", "I say so"))
    with pytest.raises(DataRefused, match="with a reason"):
        override_verdict(workspace, one.id, Override("b1", "ketamine", "rejected", "wang", " "))
    with pytest.raises(UsageError, match="no such verdict"):
        override_verdict(workspace, one.id, Override("b1", "heroin", "rejected", "wang", "Seen"))
    later = override_verdict(workspace, one.id, Override("b1", "ketamine", "rejected", "wang", "Wrong vial"))
    row = later.verdicts.filter(analyte="ketamine").row(0, named=True)
    assert (row["verdict"], row["computed_verdict"], row["decided_by"]) == ("rejected", "released", "wang")
    assert read_evaluation(workspace, one.id, 1).verdicts.filter(analyte="ketamine")["verdict"].to_list() == ["released"]
    assert later.release.measurements.filter(analyte="ketamine").is_empty()


def test_a_calibrator_left_out_is_kept_with_its_reason_over_versions(workspace):
    one = only(workspace)
    later = exclude_calibrators(workspace, one.id, [Exclusion("b1", "ketamine", 2, "Empty vial")], by="wang")
    assert later.table("calibrators").filter(analyte="ketamine", sample_name="Cal1")["not_used_reason"].to_list() == [
        "Empty vial"
    ]
    assert (later.record["kind"], later.people) == ("exclusion", frozenset({"li", "wang"}))
    anew = evaluate(
        workspace,
        as_bytes(export_lines()),
        EvaluationOrder(LabProfile(method=BatchMethod(u_bias=0.05)), by="li"),
        name="b1.csv",
    )
    assert anew.stored.record["exclusions"] == later.record["exclusions"]
    with pytest.raises(UsageError, match="must be said"):
        exclude_calibrators(workspace, one.id, [Exclusion("b1", "ketamine", 2, "Empty vial")], by=" ")


def test_released_results_are_measurements_and_are_taken_back_with_a_reason(workspace, tmp_path):
    for name, text in (("sites", SITES), ("samples", TAKEN)):
        path = tmp_path / f"{name}.csv"
        path.write_text(text, encoding="utf-8")
        assert import_file(workspace, path, ImportOrder("headworks")).rows_refused == 0
    one = only(workspace)
    with pytest.raises(UsageError, match="second person"):
        release(workspace, one.id, by="LI")
    done = release(workspace, one.id, by="wang")
    rows = read_table(workspace, "measurements")
    mine = rows.filter(analyte="ketamine", sample_id="G-1", replicate=1).row(0, named=True)
    assert (done.n_measurements, rows.height) == (8, 8)
    assert mine["concentration_ng_per_l"] == pytest.approx(4000.0)
    assert (mine["batch_id"], str(mine["qc_flag"]), mine["u_analysis"] is not None) == ("b1", "accepted", True)
    # A crash after the version and before the import, and once more: nothing is there twice.
    again = release(workspace, one.id, by="wang")
    assert (again.imported.status, again.stored.version) == ("already_imported", done.stored.version)
    back = retract(workspace, one.id, Override("b1", "ketamine", "rejected", "chen", "Standard had expired"))
    flags = read_table(workspace, "measurements").filter(analyte="ketamine")["qc_flag"].cast(pl.String).unique().to_list()
    assert (back.stored.record["kind"], flags) == ("retraction", ["rejected"])
    with pytest.raises(UsageError, match="Nothing of this analyte was released"):
        retract(workspace, one.id, Override("b1", "heroin", "rejected", "chen", "No such thing"))


def test_nothing_to_release_says_why(tmp_path):
    workspace = Workspace.create(tmp_path / "ws")
    one = evaluate(workspace, as_bytes(export_lines()), EvaluationOrder(by="li"), name="b1.csv").stored
    with pytest.raises(UsageError, match="the verdict is needs_a_look"):
        release(workspace, one.id, by="wang")


def test_without_a_first_person_there_is_no_second_until_one_is_named(tmp_path):
    workspace = Workspace.create(tmp_path / "ws")
    sheet = (SHEET, "s.csv")
    one = evaluate(workspace, as_bytes(export_lines()), EvaluationOrder(sheet=sheet), name="b1.csv").stored
    with pytest.raises(UsageError, match="Nobody is named"):
        release(workspace, one.id, by="wang")
    with pytest.raises(UsageError, match="Nobody is named"):
        override_verdict(workspace, one.id, Override("b1", "ketamine", "rejected", "wang", "Seen"))
    named = evaluate(workspace, as_bytes(export_lines()), EvaluationOrder(sheet=sheet, by="li"), name="b1.csv")
    assert (named.status, named.stored.version, named.stored.people) == ("evaluated", 2, frozenset({"li"}))


def test_what_a_crash_left_is_removed_and_no_reader_sees_it(workspace):
    left = workspace.path / "laboratory" / "under-way" / "half"
    left.mkdir(parents=True)
    half = workspace.path / "laboratory" / "evaluations" / only(workspace).id / "v0009"
    half.mkdir()
    assert only(workspace).version == 1
    half.rmdir()
    override_verdict(workspace, only(workspace).id, Override("b1", "ketamine", "rejected", "wang", "Seen"))
    assert not left.exists()


def test_the_report_shows_verdicts_before_charts_before_tables_and_no_number_of_a_review(workspace):
    order = EvaluationOrder(sheet=None, by="<li>")
    rows = [["<b>S1</b>" if cell == "S1" else cell for cell in row] for row in changed(export_lines(), "Cal1", "area", "9000")]
    one = evaluate(workspace, as_bytes(rows), order, name="b2.csv").stored
    html = report_html(one)
    places = [html.index(f'id="{part}"') for part in ("verdicts", "charts", "tables")]
    assert places == sorted(places)
    assert "<b>S1</b>" not in html
    assert "&lt;b&gt;S1&lt;/b&gt;" in html
    assert html.count("<svg") == 4
    papers = report_tables(one)
    assert "estimate" not in papers["results.csv"].splitlines()[0]
    assert papers["results.csv"].count("\n") == one.table("results").height + 1


def test_the_chart_of_an_analyte_is_over_all_batches(workspace):
    later = [[*row[:-1], row[-1].replace("2026-03-02", "2026-03-09")] for row in export_lines(0.02)]
    evaluate(workspace, as_bytes(later), EvaluationOrder(by="li"), name="b2.csv")
    svg, rows = chart_svg(workspace, "Ketamine")
    assert rows["batch_id"].unique().sort().to_list() == ["b1", "b2"]
    assert svg.count("<title") > rows.height
    with pytest.raises(UsageError, match="cocaine, ketamine"):
        chart_svg(workspace, "heroin")


def test_an_evaluation_is_found_by_its_file_and_by_its_batch(workspace):
    one = only(workspace)
    assert (
        read_evaluation(workspace, "b1").id
        == read_evaluation(workspace, "b1.csv").id
        == read_evaluation(workspace, one.id[:5]).id
    )
    with pytest.raises(UsageError, match="no such evaluation"):
        read_evaluation(workspace, "b7")
