"""The chain of custody: whatever is done to a row behind the server's back is found and named."""

import pytest
from tests.web.operations.desk import fresh, planned, said, taken, who

from headworks.web.operations.custody import broken_events, events_of, perform, verify_custody
from headworks.web.operations.custody.chain import event_hash
from headworks.web.operations.models import CustodyEvent, SampleRecord


@pytest.fixture
def sample(province):
    found = taken(planned())
    perform(who("analyst"), found.sample_id, said("note"))
    return fresh(found)


def rows():
    return CustodyEvent.objects.unscoped("a test").order_by("seq")


def test_a_chain_that_nobody_touched_holds(sample):
    assert [event.kind for event in events_of(sample.sample_id, who("officer"))] == ["collect", "hand_over", "receive", "note"]
    assert verify_custody() == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("temperature_c", 2.5),
        ("seal", "S-9"),
        ("actor", "somebody"),
        ("note", "other"),
        ("state_to", "lost"),
        ("utc_offset_min", 60),
        ("detail", {"ph": 1}),
        ("place_to", "elsewhere"),
        ("said_digest", "0"),
    ],
)
def test_a_changed_field_is_found(sample, field, value):
    for seq in (1, 2, 3):
        before = rows().get(seq=seq)
        rows().filter(seq=seq).update(**{field: value})
        assert [(one.seq, one.what) for one in broken_events(sample)] == [(seq, "its content is not what was written")]
        rows().filter(seq=seq).update(**{field: getattr(before, field)})
    assert broken_events(sample) == []


@pytest.mark.parametrize("seq", [1, 2, 3])
def test_a_deleted_event_is_found(sample, seq):
    rows().filter(seq=seq).delete()
    assert broken_events(sample)[0].seq == seq


def test_an_event_cut_off_at_the_end_is_found_even_when_the_sample_says_so_too(sample):
    last = rows().last()
    rows().filter(pk=last.pk).delete()
    assert "row says" in broken_events(sample)[0].what
    SampleRecord.objects.unscoped("a test").update(n_events=3, head_hash=rows().last().hash)
    assert "audit log says" in broken_events(fresh(sample))[0].what


def test_events_in_another_order_are_found(sample):
    one, other = rows().get(seq=2), rows().get(seq=3)
    rows().filter(pk=one.pk).update(seq=99)
    rows().filter(pk=other.pk).update(seq=2)
    rows().filter(pk=one.pk).update(seq=3)
    assert {found.seq for found in broken_events(sample)} >= {2, 3}


def test_a_chain_computed_anew_by_somebody_disagrees_with_the_audit_log(sample):
    previous = "0" * 64
    for event in rows():
        event.previous_hash = previous
        event.temperature_c = 1.0
        event.hash = previous = event_hash(event)
        rows().filter(pk=event.pk).update(temperature_c=1.0, previous_hash=event.previous_hash, hash=event.hash)
    SampleRecord.objects.unscoped("a test").update(head_hash=previous)
    assert [one.what for one in broken_events(fresh(sample))] == ["the chain does not end where the audit log says"]


def test_events_are_there_for_whoever_sees_the_sample_and_for_nobody_else(sample):
    assert len(events_of(sample.sample_id, who("sampler", sample.owner_path))) == 4
    assert events_of(sample.sample_id, who("officer", "999/")) == []
    assert events_of("no such sample", who("officer")) == []
