"""Runs, suspect lists and libraries sent to the server: kept, screened by the worker, and whose they are."""

import gzip

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.intake.spectra.mzml_builder import dda
from tests.jobs.screening.test_screen_files import SUSPECTS, compound, msp
from tests.web.api.test_leaks import _pair
from tests.web.operations.desk import planned, who

from headworks.core.errors import UsageError
from headworks.jobs.screening import list_archive, read_hits
from headworks.web.access.models import SiteNode
from headworks.web.access.policy import NotVisible
from headworks.web.audit.models import AuditRow
from headworks.web.operations.laboratory.screening.files import (
    WORK,
    libraries_of,
    remove_library,
    send_library,
    send_list,
    send_runs,
)
from headworks.web.operations.laboratory.screening.hits import expected_of, hits_of
from headworks.web.operations.laboratory.screening.work import screen_work
from headworks.web.work.models import WorkItem

RUN = dda([compound("methamphetamine", 1.0)], noise=50)
PAGE = "/release/screening/files/"


@pytest.fixture
def neighbours(own_province):
    """Paths of two neighbouring areas and a sample of each."""
    pair = _pair()
    samples = [planned(site=SiteNode.objects.filter(owner_path__startswith=area.path).first()) for area in pair]
    return [area.path for area in pair], [sample.sample_id for sample in samples]


def worked():
    """What the worker says of each item that waits, by turn."""
    waiting = WorkItem.objects.unscoped("a test").filter(kind=WORK, state="waiting").order_by("pk")
    said = [screen_work(item.said, str) for item in waiting]
    waiting.update(state="done")
    return said


def upload(name, content):
    return SimpleUploadedFile(name, content)


def test_a_run_and_a_list_are_sent_screened_and_reviewed(neighbours, own_province, account, browse):
    (mine, _theirs), (sample, foreign) = neighbours
    analyst = browse(account("analyst", mine, username="ana"))
    files = [upload(f"007_{sample}.mzML.gz", gzip.compress(RUN))]
    send = {"what": "list", "area": mine, "file": upload("list.csv", SUSPECTS.encode())}
    assert analyst.post(f"{PAGE}send/", send).status_code == 302
    assert analyst.post(f"{PAGE}send/", {"what": "runs", "area": mine, "file": files}).status_code == 302
    first, second = worked()
    assert (first["n_runs"], first["n_hits"]) == (0, 0)
    assert [second[name] for name in ("n_runs", "n_new", "n_suspects", "n_hits", "n_compounds")] == [1, 1, 2, 1, 1]
    assert [run.sample_id for run in list_archive(own_province)] == [sample]
    (hit,) = hits_of(who("analyst", mine, "ana")).to_dicts()
    assert (hit["substance"], expected_of(hit)) == ("methamphetamine", ([65.0386, 91.0542, 119.0855], None))
    page = analyst.get(PAGE).content.decode()
    assert f"007_{sample}.mzML.gz" in page
    # What was taken waits no more, and the archive has it.
    assert not list(own_province.path.rglob("*.mzML*"))
    assert {"screening_sent"} <= set(AuditRow.objects.filter(actor="ana").values_list("action", flat=True))
    assert foreign not in page


def test_a_library_stays_its_laboratorys_and_its_heights_are_drawn(neighbours, own_province, account, browse):
    (mine, theirs), (sample, foreign) = neighbours
    ana, bob = who("analyst", mine, "ana"), who("analyst", theirs, "bob")
    send_library(ana, mine, (msp().encode(), "own.msp"))
    send_list(bob, theirs, (SUSPECTS.encode(), "list.csv"))
    send_runs(bob, theirs, [(RUN, f"{foreign}.mzML")])
    other = dda([compound("methamphetamine", 1.0)], noise=50, started="2026-03-01T08:00:00Z")
    send_runs(ana, mine, [(other, "anything.mzML")], sample)
    worked()
    assert [path.name for path in libraries_of(mine)] == ["own.msp"]
    assert libraries_of(theirs) == []
    hits = {row["sample_id"]: row for row in read_hits(own_province).to_dicts()}
    assert (hits[sample]["library_record"], hits[foreign]["library_record"]) == ("methamphetamine", None)
    mz, share = expected_of(hits[sample])
    assert mz == pytest.approx([65.0386, 91.0542, 119.0855])
    assert share == pytest.approx([0.05, 1.0, 0.4])
    (own,) = hits_of(ana).to_dicts()
    analyst = browse(account("analyst", mine, username="ana"))
    assert "65.0386: 5.0 %" in analyst.get(f"/release/screening/{own['hit']}/").content.decode()

    sha256 = libraries_of(mine)[0].parent.name
    with pytest.raises(NotVisible):
        remove_library(bob, theirs, sha256)
    with pytest.raises(NotVisible):
        remove_library(bob, mine, sha256)
    assert analyst.post(f"{PAGE}{sha256}/remove/", {"area": mine}).status_code == 302
    assert libraries_of(mine) == []


def test_what_is_taken_already_is_not_done_again(neighbours):
    (mine, _theirs), (sample, _foreign) = neighbours
    ana = who("analyst", mine, "ana")
    send_list(ana, mine, (SUSPECTS.encode(), "list.csv"))
    item = send_runs(ana, mine, [(RUN, f"{sample}.mzML")])
    assert send_runs(ana, mine, [(RUN, f"{sample}.mzML")]).pk == item.pk
    worked()
    assert screen_work(item.said, str) == {"status": "taken before"}


def test_files_that_cannot_be_screened_are_refused_before_anything_is_kept(neighbours, own_province):
    (mine, theirs), (sample, foreign) = neighbours
    ana = who("analyst", mine, "ana")
    with pytest.raises(UsageError, match="not read here") as problem:
        send_runs(ana, mine, [(RUN, f"{sample}.mzML"), (b"x", "a.raw")])
    assert problem.value.code == "HW-U320"
    with pytest.raises(UsageError, match="no sample of yours") as problem:
        send_runs(ana, mine, [(RUN, f"{sample}.mzML"), (RUN, f"{foreign}.mzML"), (RUN, "blank.mzML")])
    assert (problem.value.code, problem.value.where) == ("HW-U321", f"{foreign}.mzML, blank.mzML")
    with pytest.raises(UsageError, match="broken, or unpacks to too much"):
        send_runs(ana, mine, [(gzip.compress(RUN)[:90], f"{sample}.mzML.gz")])
    for reader, area in ((ana, theirs), (ana, mine + "x"), (who("reviewer", mine), mine)):
        with pytest.raises(NotVisible):
            send_list(reader, area, (SUSPECTS.encode(), "list.csv"))
    assert not WorkItem.objects.unscoped("a test").filter(kind=WORK).exists()
    assert not list(own_province.path.rglob("screening/*"))


def test_a_packed_run_that_grows_without_end_is_refused(neighbours, settings):
    (mine, _theirs), (sample, _foreign) = neighbours
    settings.SERVER = type(settings.SERVER)(max_upload_mb=1)
    with pytest.raises(UsageError, match="unpacks to too much"):
        send_runs(who("analyst", mine), mine, [(gzip.compress(bytes(9_000_000)), f"{sample}.mzML.gz")])


def test_a_library_of_nothing_is_not_kept_and_the_page_says_so(neighbours, account, browse):
    (mine, _theirs), _samples = neighbours
    send_library(who("analyst", mine, "ana"), mine, (b"no spectra", "bad.msp"))
    with pytest.raises(Exception, match="no spectra in the file"):
        worked()
    assert libraries_of(mine) == []
    analyst = browse(account("analyst", mine, username="ana"))
    refused = analyst.post(f"{PAGE}send/", {"what": "library", "area": mine})
    assert (refused.status_code, "HW-U285" in refused.content.decode()) == (400, True)
    assert browse(account("sampler", mine, username="sam")).get(PAGE).status_code == 404
