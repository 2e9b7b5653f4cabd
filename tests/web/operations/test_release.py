"""From results to facts, and back: two people, one import, a run that sees it."""

import datetime as dt

import openpyxl
import polars as pl
import pytest
from tests.web.operations.desk import approved, fresh, measured, planned, result, said, taken, who

from headworks.core.errors import UsageError
from headworks.jobs.run import run
from headworks.store import read_facts, read_imports
from headworks.store.results import read_result
from headworks.web.access.models import SiteNode
from headworks.web.access.policy import NotVisible
from headworks.web.operations.custody import broken_events, events_of, perform
from headworks.web.operations.laboratory.batches import give_verdict
from headworks.web.operations.laboratory.batches.entries import keep_rows, read_sheet
from headworks.web.operations.laboratory.releases import (
    approve,
    propose_amendment,
    propose_release,
    propose_withdrawal,
    refuse,
    review,
)
from headworks.web.operations.laboratory.releases.work import release_work
from headworks.web.operations.models import Deviation, MeasurementEntry, Release
from headworks.web.work.models import WorkItem
from headworks.web.work.worker import work_once


def received(n=2):
    sites = SiteNode.objects.exclude(owner_path="").order_by("site_id")[:n]
    return [taken(planned(site)) for site in sites]


def facts(workspace, samples):
    found = read_facts(workspace, "measurements")
    return found.filter(pl.col("sample_id").is_in([sample.sample_id for sample in samples]))


def loads_of(workspace, sample):
    rows = read_result(workspace, "loads")
    return rows.filter(
        pl.col("site_id") == sample.site_id,
        pl.col("day") == fresh(sample).collected_from.astimezone(dt.timezone(dt.timedelta(hours=8))).date(),
    )


def test_a_release_becomes_facts_and_the_next_run_has_its_loads(own_province):
    samples = received()
    release = approved(measured(samples))
    assert release.state == "releasing"
    before = read_imports(own_province).height
    assert facts(own_province, samples).is_empty()
    assert work_once()
    release = fresh(release)
    assert release.state == "released"
    assert read_imports(own_province).height == before + 1
    kept = facts(own_province, samples)
    assert kept["concentration_ng_per_l"].to_list() == [812.5, 812.5]
    assert kept["batch_id"].to_list() == ["B1", "B1"]
    sample_rows = read_facts(own_province, "samples").filter(pl.col("sample_id") == samples[0].sample_id).row(0, named=True)
    assert sample_rows["flow_m3_per_day"] == 12_345.6
    assert sample_rows["collected_from"] == fresh(samples[0]).collected_from
    assert sample_rows["transport_temperature_c"] == 4.0
    for sample in samples:
        assert fresh(sample).state == "released"
        assert broken_events(fresh(sample)) == []
        assert events_of(sample.sample_id, who("officer"))[-1].attachment_hash == release.import_id
    assert WorkItem.objects.unscoped("a test").filter(kind="run", state="waiting").count() == 1
    run(own_province)
    # 812.5 ng/L in 12,345.6 m3 a day: 10,031 mg.
    assert loads_of(own_province, samples[0])["load_mg_per_day"].to_list() == pytest.approx([812.5 * 12_345.6 * 1e-3])


def test_an_amendment_and_a_withdrawal_change_the_loads_and_the_older_versions_stay(own_province):
    samples = received(1)
    approved(measured(samples))
    work_once()
    analyst, reviewer = who("analyst", username="ana"), who("reviewer", username="rev")
    amendment = propose_amendment(analyst, fresh(samples[0]), [result(samples[0], value=400.0)], "dilution was entered twice")
    assert facts(own_province, samples)["concentration_ng_per_l"].to_list() == [812.5]
    approve(reviewer, amendment)
    assert release_work({"release": amendment.pk}, lambda step: None)["status"] == "imported"
    assert facts(own_province, samples)["concentration_ng_per_l"].to_list() == [400.0]
    assert fresh(samples[0]).state == "amended"
    withdrawal = propose_withdrawal(analyst, fresh(samples[0]), "the standard had expired")
    approve(reviewer, withdrawal)
    release_work({"release": withdrawal.pk}, lambda step: None)
    now = facts(own_province, samples)
    assert now["qc_flag"].cast(pl.String).to_list() == ["rejected"]
    assert now["concentration_ng_per_l"].to_list() == [400.0]
    assert fresh(samples[0]).state == "withdrawn"
    versions = MeasurementEntry.objects.unscoped("a test").filter(sample=samples[0]).order_by("version")
    assert [(one.version, one.concentration_ng_per_l, one.qc_flag, one.reason) for one in versions] == [
        (1, 812.5, "accepted", ""),
        (2, 400.0, "accepted", "dilution was entered twice"),
        (3, 400.0, "rejected", "the standard had expired"),
    ]
    history = read_facts(own_province, "measurements", history=True).filter(pl.col("sample_id") == samples[0].sample_id)
    assert history.height == 3
    run(own_province)
    assert loads_of(own_province, samples[0]).is_empty()


def test_the_work_done_twice_changes_nothing_the_second_time(own_province):
    samples = received(1)
    release = approved(measured(samples))
    release_work({"release": release.pk}, lambda step: None)
    n_events, n_imports = len(events_of(samples[0].sample_id, who("officer"))), read_imports(own_province).height
    # As if the worker had died after the import and before it wrote the states.
    Release.objects.unscoped("a test").update(state="releasing")
    release_work({"release": release.pk}, lambda step: None)
    assert read_imports(own_province).height == n_imports
    assert len(events_of(samples[0].sample_id, who("officer"))) == n_events
    assert fresh(release).state == "released"
    assert release_work({"release": release.pk}, lambda step: None) == {"status": "released", "release": release.pk}


def test_two_people_release(own_province, settings):
    batch = measured(received(1))
    both = who("analyst", username="ana")
    both = type(both)(1, "ana", (*both.rights, *who("reviewer").rights))
    review(who("reviewer", username="rev"), batch)
    give_verdict(both, batch, "accepted", "")
    release = propose_release(both, batch)
    with pytest.raises(UsageError) as refused:
        approve(both, release)
    assert refused.value.code == "HW-U144"
    assert fresh(release).state == "proposed"
    with pytest.raises(NotVisible):
        approve(who("analyst", username="bea"), release)
    with pytest.raises(NotVisible):
        approve(who("assessor", username="ass"), release)
    approve(who("reviewer", username="rev"), release)
    with pytest.raises(UsageError, match="decided already"):
        approve(who("reviewer", username="rev2"), release)


def test_one_person_may_release_where_the_operator_switched_that_off_but_never_over_a_verdict(own_province, settings):
    from dataclasses import replace

    settings.SERVER = replace(settings.SERVER, two_person_release=False)
    batch = measured(received(1))
    both = type(who("analyst"))(1, "rev", (*who("analyst").rights, *who("reviewer").rights))
    review(both, batch)
    override = propose_release(both, batch, override_reason="only the blank is missing")
    with pytest.raises(UsageError, match="does not approve"):
        approve(both, override)
    refuse(both, override, "again, with a verdict")
    give_verdict(both, batch, "accepted", "")
    approve(both, propose_release(both, fresh(batch)))


def test_a_batch_without_an_accepted_verdict_is_released_only_with_a_reason_and_marked(own_province):
    samples = received(1)
    batch = measured(samples)
    reviewer, analyst = who("reviewer", username="rev"), who("analyst", username="ana")
    review(reviewer, batch)
    give_verdict(reviewer, batch, "rejected", "the blank was above the LOQ")
    with pytest.raises(UsageError) as refused:
        propose_release(analyst, batch)
    assert refused.value.code == "HW-U154"
    release = propose_release(analyst, batch, override_reason="far above the blank")
    approve(reviewer, release)
    release_work({"release": release.pk}, lambda step: None)
    assert facts(own_province, samples)["qc_flag"].cast(pl.String).to_list() == ["suspect"]
    kept = Deviation.objects.unscoped("a test").filter(kind="quality_control").get()
    assert kept.reason == "far above the blank"


def test_nothing_is_released_unreviewed_and_one_release_waits_at_a_time(own_province):
    batch = measured(received(1))
    analyst, reviewer = who("analyst", username="ana"), who("reviewer", username="rev")
    give_verdict(reviewer, batch, "accepted", "")
    with pytest.raises(UsageError, match="nothing to release"):
        propose_release(analyst, batch)
    review(reviewer, batch)
    propose_release(analyst, batch)
    with pytest.raises(UsageError, match="waits already"):
        propose_release(analyst, batch)


def test_a_refused_release_leaves_its_results_to_be_proposed_again(own_province):
    samples = received(1)
    batch = measured(samples)
    review(who("reviewer", username="rev"), batch)
    give_verdict(who("reviewer", username="rev"), batch, "accepted", "")
    release = propose_release(who("analyst", username="ana"), batch)
    with pytest.raises(UsageError) as held:
        perform(who("reviewer"), samples[0].sample_id, said("send_back"))
    assert "waits for approval" in held.value.found
    with pytest.raises(UsageError, match="reason"):
        refuse(who("reviewer", username="rev"), release, " ")
    refuse(who("reviewer", username="rev"), release, "one value looks off")
    assert perform(who("reviewer"), samples[0].sample_id, said("send_back")).event.state_to == "prepared"
    keep_rows(who("analyst", username="ana"), batch, [result(samples[0], value=700.0)])
    assert approved(batch).state == "releasing"
    assert work_once()
    assert facts(own_province, samples)["concentration_ng_per_l"].to_list() == [700.0]


def test_a_released_version_refuses_to_be_changed(own_province):
    samples = received(1)
    approved(measured(samples))
    work_once()
    entry = MeasurementEntry.objects.unscoped("a test").get()
    entry.concentration_ng_per_l = 1.0
    with pytest.raises(ValueError, match="stays as it is"):
        entry.save()
    with pytest.raises(UsageError, match="in this state"):
        keep_rows(who("analyst"), entry.batch, [result(samples[0], value=1.0)])


def test_a_release_that_the_import_refuses_fails_whole_and_says_why(own_province):
    samples = received(2)
    batch = measured(samples)
    MeasurementEntry.objects.unscoped("a test").filter(sample=samples[0]).update(lod_ng_per_l=5.0)  # above its LOQ
    release = approved(batch)
    assert work_once()
    assert fresh(release).state == "failed"
    assert fresh(release).problem["code"] == "HW-U157"
    assert facts(own_province, samples).is_empty()
    assert {fresh(sample).state for sample in samples} == {"reviewed"}


def sheet(reader, batch, text, name="results.csv"):
    return read_sheet(reader, batch, text.encode(), name)


def test_every_fault_of_a_file_is_said_by_row_and_column_and_nothing_is_kept(own_province):
    samples = received(1)
    batch = measured(samples)
    MeasurementEntry.objects.unscoped("a test").all().delete()
    head = "sample_id,analyte,concentration_ng_per_l,loq_ng_per_l,detection\n"
    mine = samples[0].sample_id
    found = sheet(
        who("analyst"), batch,
        f"{head}{mine},cocaine,=1+1,1,quantified\n{mine},MDMA,-3,1,quantified\nP999-20250101-01-A,MDMA,4,1,quantified\n{mine},ketamine,5,1,quantified\n",
    )  # fmt: skip
    places = {(2, "concentration_ng_per_l"), (3, "concentration_ng_per_l"), (4, "sample_id")}
    assert {(one["row"], one["column"]) for one in found.faults} == places
    assert not MeasurementEntry.objects.unscoped("a test").exists()


@pytest.mark.parametrize(("text", "words"), [("phone,sample_id\n1,2\n", "person"), ("", "empty"), ("a,b\n1,2\n", "no column")])
def test_a_file_that_is_no_table_of_results_is_refused_whole(own_province, text, words):
    batch = measured(received(1))
    found = sheet(who("analyst"), batch, text)
    assert found.rows == []
    assert len(found.faults) >= 1


def test_another_kind_of_file_is_refused(own_province):
    batch = measured(received(1))
    with pytest.raises(UsageError) as refused:
        sheet(who("analyst"), batch, "x", "results.xlsm")
    assert refused.value.code == "HW-U151"


def test_the_workbook_of_a_release_can_be_read_by_people(own_province):
    samples = received(1)
    release = approved(measured(samples))
    work_once()
    path = own_province.path / "server" / "releases" / f"{release.pk:08d}" / "facts.xlsx"
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["samples", "measurements"]
    assert book["measurements"].cell(2, 1).value == samples[0].sample_id
