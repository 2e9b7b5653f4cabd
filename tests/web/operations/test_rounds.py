"""Rounds between laboratories on the desk: sent, shown to their laboratory alone, asked before a release."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.web.api.test_leaks import _pair
from tests.web.operations.desk import fresh, measured, planned, taken, who
from tests.workflows.laboratory.builders import SHEET, as_bytes, export_lines

from headworks.core.errors import UsageError
from headworks.jobs.laboratory import EvaluationOrder, evaluate, lab_profile, read_rounds
from headworks.web.access.policy import NotVisible
from headworks.web.audit.models import AuditRow
from headworks.web.operations.laboratory.batches import give_verdict
from headworks.web.operations.laboratory.releases import propose_release, review
from headworks.web.operations.laboratory.releases.work import content_of
from headworks.web.operations.laboratory.rounds import held_by_rounds, keep_round
from headworks.web.operations.models import Batch, MeasurementEntry

ROUND = """laboratory_id,analyte,round,reported_on,sample,result,assigned,sigma,loq
L7,benzoylecgonine,R1,2026-01-05,A,11,10,1,
L7,benzoylecgonine,R2,2026-03-05,A,14,10,1,
L7,cocaine,R2,2026-03-05,A,<2,10,1,
L7,ketamine,R2,2026-03-05,A,,10,1,20
"""


def sent(visitor, text=ROUND, name="round.csv", area=""):
    """The answer to a file sent for the laboratory of an area."""
    return visitor.post("/release/rounds/send/", {"area": area, "file": SimpleUploadedFile(name, text.encode())})


def test_a_round_is_sent_and_shown_with_what_it_holds_back(own_province, account, browse):
    analyst = browse(account("analyst", "", username="ana"))
    assert b"No round is known yet" in analyst.get("/release/rounds/").content
    assert sent(analyst).status_code == 302
    assert read_rounds(own_province).height == 4
    page = analyst.get("/release/rounds/?analyte=benzoylecgonine").content.decode()
    assert "Rounds hold 2 residues back" in page
    assert "The last round, R2, was unsatisfactory: z = 4.0." in page
    assert "the substance was there and was not found" in page
    assert "2 entries. 1 is at fault." in page
    assert AuditRow.objects.filter(action="round_kept", actor="ana").count() == 1
    assert analyst.get("/release/rounds/?laboratory=nowhere").status_code == 404


@pytest.mark.parametrize("language", ["zh-hans", "ja"])
def test_the_page_stands_in_other_languages(own_province, account, browse, language):
    keep_round(who("analyst"), "", (ROUND.encode(), "r.csv"))
    visitor = browse(account("analyst", ""))
    visitor.cookies["headworks-language"] = language
    page = visitor.get("/release/rounds/").content.decode()
    assert "<svg" in page
    assert f'<html lang="{language}"'.lower() in page.lower()


def test_what_cannot_be_used_is_refused_on_the_page(own_province, account, browse):
    analyst = browse(account("analyst", ""))
    for text, name, code in ((ROUND, "round.pdf", "HW-U341"), ("analyte,z\na,1\n", "r.csv", "HW-D686")):
        refused = sent(analyst, text, name)
        assert (refused.status_code, code in refused.content.decode()) == (400, True)
    assert not AuditRow.objects.filter(action="round_kept").exists()


def test_a_laboratory_sees_its_own_rounds_and_only_those_who_measure_send(own_province, account, browse):
    mine, theirs = (area.path for area in _pair())
    keep_round(who("analyst", theirs), theirs, (ROUND.replace("L7", "theirs").encode(), "r.csv"))
    analyst = browse(account("analyst", mine, username="ana"))
    assert b"theirs" not in analyst.get("/release/rounds/").content
    assert analyst.get("/release/rounds/", {"laboratory": theirs}).status_code == 404
    assert sent(analyst, area=theirs).status_code == 404
    with pytest.raises(NotVisible):
        keep_round(who("reviewer"), "", (ROUND.encode(), "r.csv"))
    assert browse(account("sampler", "", username="sam")).get("/release/rounds/").status_code == 404


def test_an_analyte_with_a_failing_round_is_released_only_with_a_reason_and_marked_suspect(own_province):
    batch = measured([taken(planned())])
    keep_round(who("analyst"), "", (ROUND.encode(), "r.csv"))
    reviewer, analyst = who("reviewer", username="rev"), who("analyst", username="ana")
    review(reviewer, batch)
    give_verdict(reviewer, batch, "accepted", "")
    with pytest.raises(UsageError, match="holds results back") as refused:
        propose_release(analyst, batch)
    assert (refused.value.code, refused.value.found) == (
        "HW-U340", "benzoylecgonine: The last round, R2, was unsatisfactory: z = 4.0.",
    )  # fmt: skip
    release = fresh(propose_release(analyst, batch, override_reason="Measured again by another method."))
    entries = list(MeasurementEntry.objects.unscoped("a test").filter(release=release))
    assert [row["qc_flag"] for row in content_of(release, entries).measurements] == ["suspect"]


def test_a_good_round_after_a_bad_one_and_a_round_of_others_hold_nothing_back(own_province):
    batch = measured([taken(planned())])
    reviewer, analyst = who("reviewer", username="rev"), who("analyst", username="ana")
    today = f"L7,benzoylecgonine,R3,{dt.date(2026, 4, 1)},A,10.5,10,1,\n"
    keep_round(analyst, "", ((ROUND + today).encode(), "r.csv"))
    review(reviewer, batch)
    give_verdict(reviewer, batch, "accepted", "")
    assert propose_release(analyst, batch).state == "proposed"


def test_what_an_evaluation_asked_about_knowing_the_round_is_not_held_back_again(own_province):
    lines = "".join(f"lab-1,{name},R1,2026-02-01,,14,10,1,\n" for name in ("ketamine", "cocaine"))
    keep_round(who("analyst"), "", ((ROUND.partition("\n")[0] + "\n" + lines).encode(), "r.csv"))
    profile = lab_profile('[method]\nlaboratory_id = "lab-1"\nvolume_loaded_ml = 100.0\nvolume_final_ml = 1.0\n')
    order = EvaluationOrder(profile=profile, sheet=(SHEET, "sheet.csv"), by="li")
    stored = evaluate(own_province, as_bytes(export_lines(0.01)), order, name="b1.csv").stored
    batch, name = Batch(name="b", method="", area_path=""), f"{stored.id} v{stored.version}"
    evaluated, by_hand = (MeasurementEntry(analyte="ketamine", evaluation=one) for one in (name, ""))
    assert held_by_rounds(batch, [evaluated]) == []
    assert [one.analyte for one in held_by_rounds(batch, [evaluated, by_hand])] == ["ketamine"]
    assert held_by_rounds(batch, [by_hand], dt.date(2026, 1, 31)) == []
