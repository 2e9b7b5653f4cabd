"""The worker releases what was approved: a file of facts, its import, then the states; a step done is known when repeated.

Killed before the import, nothing is released; killed after it, the import is known by its content and the states follow. All
states of a release change in one transaction, so no half of a batch is ever seen as released.
"""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.db import transaction
from django.utils import timezone

from headworks.core.errors import HeadworksError
from headworks.jobs.desk import ReleaseContent, release_results
from headworks.store import read_facts
from headworks.web.audit.chain import record
from headworks.web.configuration import server_folder
from headworks.web.opened import the_workspace
from headworks.web.operations.custody import Said, advance
from headworks.web.operations.laboratory.batches.entries import VALUES
from headworks.web.operations.laboratory.releases import free_entries
from headworks.web.operations.laboratory.rounds import held_by_rounds
from headworks.web.operations.models import Deviation, MeasurementEntry, Release, SampleRecord
from headworks.web.work.kinds import Tell
from headworks.web.work.queue import ask

_WORKER = "the worker releases what was approved"
_EVENT_OF = {"release": "release", "amendment": "amend", "withdrawal": "withdraw"}
_OF_SAMPLE = (
    "sample_id", "site_id", "collected_from", "collected_to", "utc_offset_min", "mode", "interval_min", "flow_m3_per_day",
    "temperature_c", "ph", "volume_ml", "role", "transport_temperature_c", "received_at", "extracted_at",
)  # fmt: skip


def release_work(said: dict[str, Any], tell: Tell) -> dict[str, Any]:
    """Release, amend or withdraw; ask for a run."""
    release = Release.objects.unscoped(_WORKER).select_related("batch").get(pk=said["release"])
    if release.state != "releasing":
        return {"status": release.state, "release": release.pk}
    entries = list(MeasurementEntry.objects.unscoped(_WORKER).filter(release=release).order_by("pk"))
    sample_ids = sorted({entry.sample_id for entry in entries})
    try:
        outcome = release_results(the_workspace(), folder_of_releases(), content_of(release, entries), tell)
    except HeadworksError as problem:
        if problem.code.startswith("HW-W"):
            raise  # busy or full: the same again later
        _fail(release, problem)
        raise
    tell("states")
    with transaction.atomic():
        _close(release, entries, outcome.import_id, sample_ids)
        ask("run", once="run")
    return {"status": outcome.status, "release": release.pk, "import_id": outcome.import_id, "samples": len(sample_ids)}


def folder_of_releases() -> Any:
    """Where files of releases are kept."""
    return server_folder(the_workspace()) / "releases"


def content_of(release: Release, entries: list[MeasurementEntry]) -> ReleaseContent:
    """Rows of facts of a release; of a correction the samples stand in the facts already."""
    samples = SampleRecord.objects.unscoped(_WORKER).filter(pk__in={entry.sample_id for entry in entries})
    rows = [] if release.kind != "release" else [_sample_row(sample) for sample in samples]
    _add_matrices(rows)
    doubted = _doubted(release, entries)
    results = [
        {
            "sample_id": entry.sample_id, "analyte": entry.analyte, "replicate": entry.replicate,
            "batch_id": release.batch.name, "method": release.batch.method,
            **{name: getattr(entry, name) for name in VALUES},
            **({"qc_flag": "suspect"} if entry.analyte in doubted and entry.qc_flag == "accepted" else {}),
        }
        for entry in entries
    ]  # fmt: skip
    return ReleaseContent(f"{release.pk:08d}", rows, results)


def _doubted(release: Release, entries: list[MeasurementEntry]) -> set[str]:
    """Analytes that were released all the same: those a round held back, or all where quality control was not accepted."""
    if not release.override_reason:
        return set()
    if release.batch.verdict == "accepted":
        held = held_by_rounds(release.batch, entries, release.proposed_at.date())
        if held:
            return {one.analyte for one in held}
    return {entry.analyte for entry in entries}


def sample_row(sample: SampleRecord) -> dict[str, Any]:
    """The sample as a row of table ``samples``, for its conformity before it is released."""
    return _sample_row(sample)


def _sample_row(sample: SampleRecord) -> dict[str, Any]:
    row = {name: _utc(getattr(sample, name)) for name in _OF_SAMPLE}
    found = Deviation.objects.unscoped("deviations of one sample").filter(sample_id=sample.sample_id).order_by("pk")
    return row | {"matrix": "sewage", "deviation": "; ".join(found.values_list("found", flat=True)) or None}


def _utc(value: Any) -> Any:
    return value.astimezone(dt.UTC) if isinstance(value, dt.datetime) else value


def _add_matrices(rows: list[dict[str, Any]]) -> None:
    """What each site's water is, as the register says."""
    if rows:
        sites = read_facts(the_workspace(), "sites").select("site_id", "matrix")
        known = dict(sites.rows())
        for row in rows:
            row["matrix"] = str(known.get(row["site_id"]) or "sewage")


def _fail(release: Release, problem: HeadworksError) -> None:
    with transaction.atomic():
        free_entries(release)
        Release.objects.unscoped(_WORKER).filter(pk=release.pk).update(state="failed", problem=problem.as_dict())


def _close(release: Release, entries: list[MeasurementEntry], import_id: str, sample_ids: list[str]) -> None:
    kind = _EVENT_OF[release.kind]
    for sample_id in sample_ids:
        said = Said(
            event_id=str(uuid.uuid5(uuid.NAMESPACE_OID, f"release-{release.pk}-{sample_id}")), kind=kind,
            at=release.decided_at, note=release.reason, attachment_hash=import_id,
        )  # fmt: skip
        advance(sample_id, said, actor=release.decided_by)
    if release.override_reason:
        _keep_override(release, entries, sample_ids)
    MeasurementEntry.objects.unscoped(_WORKER).filter(release=release).update(is_released=True)
    Release.objects.unscoped(_WORKER).filter(pk=release.pk).update(
        state="released", released_at=timezone.now(), import_id=import_id
    )
    record(
        f"{release.kind}_done", actor=release.decided_by, object_kind="release", object_id=str(release.pk),
        area_path=release.area_path, detail={"samples": len(sample_ids), "import_id": import_id},
    )  # fmt: skip


def _keep_override(release: Release, entries: list[MeasurementEntry], sample_ids: list[str]) -> None:
    held = held_by_rounds(release.batch, entries, release.proposed_at.date())
    said = [f"{release.batch.name}: {release.batch.get_verdict_display()}", *(f"{one.analyte}: {one.reason}" for one in held)]
    for sample in SampleRecord.objects.unscoped(_WORKER).filter(pk__in=sample_ids):
        Deviation.objects.create(
            sample_id=sample.sample_id, site_id=sample.site_id, owner_path=sample.owner_path, at=timezone.now(),
            actor=release.proposed_by, event_id=f"release-{release.pk}", kind="quality_control",
            found="; ".join(said)[:400], reason=release.override_reason,
        )  # fmt: skip
