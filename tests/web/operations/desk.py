"""Samples on their way through the desk, as readers with rights would move them. Not a test."""

import datetime as dt
import uuid

from django.utils import timezone

from headworks.jobs.desk import make_sample_code
from headworks.web.access.models import SiteNode
from headworks.web.access.reader import Reader, Right
from headworks.web.operations.custody import Said, perform
from headworks.web.operations.laboratory.batches import add_samples, give_verdict, make_batch
from headworks.web.operations.laboratory.batches.entries import keep_rows
from headworks.web.operations.laboratory.releases import approve, propose_release, review
from headworks.web.operations.models import SampleRecord


def who(role, path="", username=None):
    """A reader with one role."""
    return Reader(1, username or role, (Right(role, path, "steward"),))


def said(kind, **more):
    """What is said of an event, now, unless more is said."""
    defaults = {"event_id": str(uuid.uuid4()), "kind": kind, "at": timezone.now()}
    if kind == "collect":
        end = timezone.now() - dt.timedelta(hours=3)
        window = {"collected_from": end - dt.timedelta(hours=24), "collected_to": end, "mode": "flow_proportional"}
        fields = {"interval_min": 10.0, "flow_m3_per_day": 12_345.6, "temperature_c": 17.0, "ph": 7.2, "volume_ml": 1000.0}
        defaults |= {"seal": "S-1", "utc_offset_min": 480, "sample": {**window, **fields}}
    if kind.startswith("receive"):
        defaults |= {"is_seal_intact": True, "temperature_c": 4.0}
    if kind in ("reject", "lose", "cancel", "send_back", "note", "receive_with_deviation"):
        defaults |= {"note": "because"}
    return Said(**(defaults | more))


def planned(site=None, day=None, number=1, **more):
    """A planned sample."""
    site = site or SiteNode.objects.exclude(owner_path="").order_by("site_id").first()
    day = day or timezone.localdate()
    code = make_sample_code(site.site_id, day, number)
    return SampleRecord.objects.create(
        sample_id=code, site_id=site.site_id, owner_path=site.owner_path, planned_day=day, **more
    )


def taken(sample, *, to="received"):
    """The sample, moved on to a state on the usual way."""
    for kind, state, role in (
        ("collect", "collected", "sampler"),
        ("hand_over", "in_transit", "sampler"),
        ("receive", "received", "analyst"),
    ):
        perform(who(role), sample.sample_id, said(kind))
        if state == to:
            break
    return fresh(sample)


def fresh(row):
    """The row as it is now."""
    return type(row).objects.unscoped("a test").get(pk=row.pk)


def result(sample, analyte="benzoylecgonine", value=812.5, **more):
    """A row of results."""
    row = {
        "sample_id": sample.sample_id,
        "analyte": analyte,
        "replicate": 1,
        "concentration_ng_per_l": value,
        "detection": "quantified",
    }
    return row | {"lod_ng_per_l": 0.3, "loq_ng_per_l": 1.0, "u_analysis": 0.1, "qc_flag": "accepted"} | more


def measured(samples, name="B1", **more):
    """A batch with results of samples that were received."""
    analyst = who("analyst", username="ana")
    batch = make_batch(analyst, name, "LC-MS/MS 1", "")
    added, refused = add_samples(analyst, batch, [sample.sample_id for sample in samples])
    assert len(added) == len(samples), refused
    keep_rows(analyst, batch, [result(sample, **more) for sample in samples])
    return batch


def approved(batch):
    """The batch reviewed, proposed by the analyst and approved by the reviewer."""
    reviewer = who("reviewer", username="rev")
    review(reviewer, batch)
    give_verdict(reviewer, batch, "accepted", "")
    release = propose_release(who("analyst", username="ana"), batch)
    approve(reviewer, release)
    return fresh(release)
