"""An export of an instrument on its way through the desk: asked, evaluated, decided by a second person, taken over, taken back."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.web.operations.desk import fresh, who
from tests.web.operations.exports import export_of, prepared, sheet_of
from tests.workflows.laboratory.builders import changed, export_lines

from headworks.core.errors import DataRefused, UsageError
from headworks.jobs.read_table import read_table
from headworks.web.access.policy import NotVisible
from headworks.web.audit.models import AuditRow
from headworks.web.operations.laboratory.batches import give_verdict, make_batch
from headworks.web.operations.laboratory.exports import files as export_files
from headworks.web.operations.laboratory.exports.answers import asked_of, keep_answers, keep_profile
from headworks.web.operations.laboratory.exports.decisions import leave_out, overrule
from headworks.web.operations.laboratory.exports.files import (
    evaluate_soon,
    evaluation_of,
    keep_file,
    require_file,
    say_samples,
)
from headworks.web.operations.laboratory.exports.taking import take_results
from headworks.web.operations.laboratory.laboratories import laboratory_of
from headworks.web.operations.laboratory.releases import approve, propose_release, review
from headworks.web.operations.laboratory.releases.work import release_work
from headworks.web.operations.models import InstrumentFile, MeasurementEntry
from headworks.web.work.worker import work_once

ANA, REV = who("analyst", username="ana"), who("reviewer", username="rev")
# The other person may do everything, so that what stops them is their hand in the batch.
BOTH = (*ANA.rights, *REV.rights)


def sent(batch, content, sheet=None, name="run.csv"):
    file = keep_file(ANA, batch, (content, name), sheet=(sheet, "sheet.csv") if sheet else None)
    evaluate_soon(file, "ana")
    return fresh(file)


@pytest.fixture
def evaluated(own_province):
    """A batch, the codes of its samples, and its export with all its samples, as evaluated by ana."""
    batch, codes = prepared()
    return batch, codes, sent(batch, export_of(codes), sheet_of(codes))


def entries(batch):
    rows = MeasurementEntry.objects.unscoped("a test").filter(batch=batch, is_dropped=False).order_by("version")
    return {(row.sample_id, row.analyte, row.replicate): row for row in rows}


def freed(file):
    """Verdicts that the second person sets to released, so that results may go on whatever the profile asks for."""
    for row in evaluation_of(file).verdicts.to_dicts():
        overrule(who("reviewer", username=f"r-{row['analyte']}"), file, (row["batch_id"], row["analyte"]), "released", "Seen.")


def test_an_export_goes_the_way_of_every_result_and_is_taken_back_with_a_reason(evaluated):
    batch, codes, file = evaluated
    assert (file.state, file.problem) == ("evaluated", {})
    freed(file)
    taken = take_results(ANA, file)
    stored = evaluation_of(file)
    assert taken.n_kept == stored.release.measurements.height > 0
    found = entries(batch)
    assert {key[0] for key in found} <= set(codes)
    # S1 holds 4 ng/mL, which is 4,000 ng/L.
    one = found[codes[0], "ketamine", 1]
    assert one.concentration_ng_per_l == pytest.approx(4_000, rel=1e-3)
    assert one.evaluation == f"{stored.id} v{stored.version}"
    assert one.u_batch is not None
    with pytest.raises(UsageError, match="nothing to take over"):
        take_results(ANA, file)

    review(REV, batch)
    give_verdict(REV, batch, "accepted", "")
    released = propose_release(ANA, batch)
    approve(REV, released)
    release_work({"release": released.pk}, str)
    facts = read_table(laboratory_of(""), "measurements").filter(batch_id="X1", analyte="ketamine")
    assert facts.height == sum(key[1] == "ketamine" for key in found)
    assert facts.filter(detection="quantified")["u_batch"].null_count() == 0

    third = who("reviewer", username="third")
    overrule(third, file, (stored.record["batches"][0], "ketamine"), "rejected", "The standard had run out.")
    taken = take_results(ANA, file)
    assert (taken.n_kept, taken.amendment.state, taken.amendment.kind) == (0, "proposed", "amendment")
    with pytest.raises(UsageError, match="does not approve"):
        approve(who("reviewer", username="ana"), taken.amendment)
    approve(third, taken.amendment)
    release_work({"release": taken.amendment.pk}, str)
    facts = read_table(laboratory_of(""), "measurements").filter(batch_id="X1")
    flags = dict(facts.select("analyte", "qc_flag").unique().rows())
    assert (str(flags["ketamine"]), str(flags["cocaine"])) == ("rejected", "accepted")
    assert "The standard had run out." in {row.reason for row in entries(batch).values()}
    said = list(AuditRow.objects.filter(object_kind="export").values_list("action", flat=True))
    assert {"export_sent", "evaluation_overruled", "evaluation_taken"} <= set(said)


def test_four_eyes_hold_for_verdicts_calibrators_and_the_review(evaluated):
    batch, _codes, file = evaluated
    stored = evaluation_of(file)
    curve = (stored.record["batches"][0], "ketamine")
    same = type(ANA)(1, "Ana", BOTH)
    with pytest.raises(DataRefused, match="overruled by a second person"):
        overrule(same, file, curve, "released", "It is well.")
    with pytest.raises(UsageError, match="left out by a second person") as refused:
        leave_out(same, file, curve, 2, "It is off.")
    assert refused.value.code == "HW-U289"
    with pytest.raises(NotVisible):
        overrule(ANA, file, curve, "released", "It is well.")
    with pytest.raises(DataRefused, match="with a reason"):
        overrule(REV, file, curve, "released", " ")
    place = stored.table("calibrators").filter(analyte="ketamine")["injection"][0]
    with pytest.raises(DataRefused, match="reason"):
        leave_out(REV, file, curve, place, "")
    assert leave_out(REV, file, curve, place, "Spilt.").version == 2
    freed(file)
    # Another analyst takes the results over; who evaluated them still does not review them.
    take_results(who("analyst", username="second"), file)
    done, refused = review(ANA, batch)
    assert not done
    assert {str(one.what) for one in refused} == {"Who entered results does not review them."}
    assert review(REV, batch)[0]


def test_names_that_are_no_codes_are_listed_until_somebody_says_whose_they_are(own_province):
    batch, codes = prepared()
    file = sent(batch, export_of(codes[:2]))
    held = evaluation_of(file).release.held
    assert {"S3", "S4"} <= set(held["sample_name"])
    with pytest.raises(UsageError, match="no such sample") as refused:
        say_samples(ANA, file, {"S3": "P1-20200101-01-0"})
    assert refused.value.code == "HW-U286"
    say_samples(ANA, file, {"S3": codes[2], "S4": ""})
    evaluate_soon(file, "ana")
    sheet = dict(evaluation_of(file).table("sheet").select("sample_name", "sample_id").rows())
    assert sheet["S3"] == codes[2]
    assert "S4" not in sheet


def test_questions_are_answered_once_and_kept_for_the_next_export(own_province):
    batch, codes = prepared()
    lines = [row if row[1] != "qc" else [row[0], "EQCX", *row[2:]] for row in export_lines()]
    file = sent(batch, export_of(codes, lines))
    assert file.state == "questions"
    assert evaluation_of(file) is None
    (one, *_) = [one for one in asked_of(file) if one.question["found"].startswith("EQCX")]
    assert "qc" in one.choices
    with pytest.raises(UsageError, match="before this is answered") as refused:
        keep_answers(ANA, file, {})
    assert refused.value.code == "HW-U287"
    with pytest.raises(UsageError, match="cannot be used"):
        keep_answers(ANA, file, {one.field: "nonsense"})
    assert keep_answers(ANA, file, {one.field: "qc"}) == 1
    evaluate_soon(file, "ana")
    assert fresh(file).state == "evaluated"
    later = [[*row[:-1], row[-1].replace("2026-03-02", "2026-03-03")] for row in lines]
    assert sent(batch, export_of(codes, later), name="next.csv").state == "evaluated"


def test_the_profile_is_mended_as_a_whole(evaluated):
    _batch, _codes, file = evaluated
    keep_profile(ANA, file, '[method]\nweight = "1/x"\n')
    evaluate_soon(file, "ana")
    assert set(evaluation_of(file).table("curves")["weight"]) == {"1/x"}
    with pytest.raises(UsageError, match="not TOML"):
        keep_profile(ANA, file, "[method")
    with pytest.raises(UsageError, match="too long"):
        keep_profile(ANA, file, "#" * 200_000)


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"", "run.csv", "HW-D"), (b"\x00\xff\x00\xff" * 40, "run.csv", "HW-D"), (b"PK\x03\x04broken", "run.xlsx", "HW-D"),
        (b"a,b\n1,2\n", "run.csv", "HW-"), (b"sample_name,passport_number,analyte,area\nS,1,ketamine,2\n", "run.csv", "HW-D114"),
    ],
)  # fmt: skip
def test_a_hostile_file_is_a_sentence_and_no_number(own_province, content, name, code):
    batch, _codes = prepared()
    file = sent(batch, content, name=name)
    assert file.state in ("failed", "questions")
    said = str(file.problem) + str(file.questions)
    assert code in said
    assert "Traceback" not in said
    assert evaluation_of(file) is None


def test_a_missing_internal_standard_leaves_its_result_without_a_number(own_province):
    batch, codes = prepared()
    lines = [row for row in export_lines() if not (row[0] == "S2" and row[3] == "ketamine-d")]
    file = sent(batch, export_of(codes, lines), sheet_of(codes))
    freed(file)
    assert codes[1] not in set(evaluation_of(file).release.measurements.filter(analyte="ketamine")["sample_id"])


def test_an_export_is_sent_once_and_for_one_batch(evaluated):
    batch, codes, file = evaluated
    assert keep_file(ANA, batch, (export_of(codes), "again.csv")).pk == file.pk
    other = make_batch(ANA, "X2", "LC-MS/MS 1", "")
    with pytest.raises(UsageError, match="another batch") as refused:
        keep_file(ANA, other, (export_of(codes), "again.csv"))
    assert refused.value.found == "X1"
    with pytest.raises(UsageError, match="not read here"):
        keep_file(ANA, batch, (b"x", "run.exe"))
    with pytest.raises(NotVisible):
        keep_file(REV, batch, (b"x", "run.csv"))


def test_a_large_export_is_left_to_the_worker(own_province, monkeypatch):
    monkeypatch.setattr(export_files, "SMALL_BYTES", 10)
    batch, codes = prepared()
    file = sent(batch, export_of(codes))
    assert file.state == "waiting"
    work_once()
    assert fresh(file).state == "evaluated"


def test_a_page_does_not_wait_for_another_writer(own_province):
    batch, codes = prepared()
    with own_province.writing():
        file = sent(batch, export_of(codes))
    assert file.state == "waiting"
    work_once()
    assert fresh(file).state == "evaluated"


def test_laboratories_of_two_areas_never_meet(own_province, account, browse):
    from tests.web.api.test_leaks import _pair

    from headworks.web.access.models import SiteNode

    mine, theirs = _pair()
    site = SiteNode.objects.filter(owner_path__startswith=theirs.path).first()
    batch, codes = prepared("their-batch", theirs.path, site=site)
    analyst = who("analyst", theirs.path, "ana")
    file = keep_file(analyst, batch, (export_of(codes), "their-run.csv"))
    evaluate_soon(file, "ana")
    file = fresh(file)
    assert file.state == "evaluated"
    assert laboratory_of(theirs.path).path != laboratory_of(mine.path).path != laboratory_of("").path
    neighbour = browse(account("analyst", mine.path))
    for address in (f"/release/exports/{file.pk}/", f"/release/exports/{file.pk}/report/", "/release/exports/999/"):
        assert neighbour.get(address).status_code == 404
    assert b"their" not in neighbour.get("/release/controls/").content
    own, foreign = neighbour.get("/release/controls/"), neighbour.get("/release/controls/", {"laboratory": theirs.path})
    assert b"ketamine" not in own.content + foreign.content
    with pytest.raises(NotVisible):
        require_file(who("steward", theirs.path), file.pk)
    with pytest.raises(NotVisible):
        require_file(who("analyst", mine.path), file.pk)


def test_the_pages_lead_from_the_file_to_the_batch_without_script(own_province, account, browse):
    batch, codes = prepared()
    analyst, reviewer = browse(account("analyst", "", username="ana")), browse(account("reviewer", "", username="rev"))
    lines = changed(export_lines(), "Cal3", "area", "99")
    files = {
        "export": SimpleUploadedFile("run.csv", export_of(codes[:3], lines)),
        "sheet": SimpleUploadedFile("sheet.csv", sheet_of(codes[:3])),
    }
    answer = analyst.post(f"/release/batches/{batch.pk}/exports/", files, follow=True)
    page = answer.content.decode()
    assert answer.status_code == 200
    (file,) = InstrumentFile.objects.unscoped("a test")
    assert answer.request["PATH_INFO"] == f"/release/exports/{file.pk}/"
    assert page.index('class="finding') < page.index("What may be released") < page.index("Everything")
    assert "<svg" in page
    assert codes[3] in page
    assert "run.csv" in analyst.get(f"/release/batches/{batch.pk}/").content.decode()
    assert "HW-U289" not in page
    said = {"what": "samples", "sample:S4": codes[3]}
    assert analyst.post(f"/release/exports/{file.pk}/say/", said).status_code == 302
    assert analyst.post(f"/release/exports/{file.pk}/decide/", {"what": "overrule"}).status_code == 404
    stored = evaluation_of(file := fresh(file))
    name = stored.record["batches"][0]
    for analyte in ("cocaine",):
        form = {"what": "overrule", "curve": f"{name}\t{analyte}", "verdict": "released", "reason": "Seen."}
        assert reviewer.post(f"/release/exports/{file.pk}/decide/", form).status_code == 302
    answer = analyst.post(f"/release/exports/{file.pk}/take/", follow=True)
    assert "results are kept" in answer.content.decode()
    report = analyst.get(f"/release/exports/{file.pk}/report/")
    assert report["Content-Disposition"].startswith("attachment")
    charts = analyst.get("/release/controls/", {"laboratory": "", "analyte": "cocaine"}).content.decode()
    assert "<svg" in charts
    refused = analyst.post(f"/release/exports/{file.pk}/say/", {"what": "profile", "profile": "[broken"})
    assert refused.status_code == 400
    assert "not TOML" in refused.content.decode()
