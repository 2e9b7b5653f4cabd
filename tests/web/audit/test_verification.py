"""A tenth of the rows changed, taken away, exchanged or cut off, one at a time: each is found and named."""

import random

import pytest

from headworks.web.audit import chain, heads
from headworks.web.audit.models import AuditRow
from headworks.web.audit.verification import verify

N = 120
pytestmark = pytest.mark.django_db


@pytest.fixture
def log(tmp_path, settings, django_capture_on_commit_callbacks):
    """A log of 120 rows with its heads."""
    (tmp_path / "server").mkdir()
    settings.HEADWORKS_WORKSPACE = str(tmp_path)
    write(N, django_capture_on_commit_callbacks)
    return tmp_path / "server" / "audit-heads.jsonl"


def write(n, callbacks):
    with callbacks(execute=True):
        for number in range(n):
            chain.record(
                "view", actor=f"officer-{number % 7}", object_kind="area", object_id=str(number), detail={"n": number}
            )


def some_rows():
    return random.Random(4).sample(range(1, N + 1), N // 10)


def update(seq, **values):
    AuditRow.objects.filter(seq=seq).update(**values)


def rewrite_from(first):
    """The chain computed anew by somebody who has the database and not the key."""
    previous = AuditRow.objects.get(seq=first - 1).hash if first > 1 else chain.GENESIS
    for row in AuditRow.objects.filter(seq__gte=first).order_by("seq"):
        values = {name: getattr(row, name) for name in chain.FIELDS} | {"previous_hash": previous}
        previous = chain.row_hash(values)
        update(row.seq, previous_hash=values["previous_hash"], hash=previous)


def test_an_untouched_log_is_whole(log):
    assert verify() == []
    assert AuditRow.objects.count() == N


@pytest.mark.parametrize("field", ["actor", "action", "object_id", "detail", "at", "area_path", "purpose", "before", "hash"])
def test_each_changed_row_is_named(log, field):
    for seq in some_rows():
        old = getattr(AuditRow.objects.get(seq=seq), field)
        update(seq, **{field: old[:-1] + ("0" if old[-1:] != "0" else "1")})
        found = verify()
        assert found[0].seq == seq
        assert "its content is not what was written" in [one.what for one in found if one.seq == seq]
        update(seq, **{field: old})
    assert verify() == []


def test_each_missing_row_is_named(log):
    for seq in some_rows():
        row = AuditRow.objects.get(seq=seq)
        AuditRow.objects.filter(seq=seq).delete()
        assert verify()[0].seq == seq
        assert "missing" in verify()[0].what or "cut off" in verify()[0].what
        row.save(force_insert=True)
    assert verify() == []


def exchange(a, b):
    """Two rows change places, each keeping the number of the place."""
    first, second = AuditRow.objects.get(seq=a), AuditRow.objects.get(seq=b)
    fields = [name for name in (*chain.FIELDS, "hash") if name != "seq"]
    update(a, **{name: getattr(second, name) for name in fields})
    update(b, **{name: getattr(first, name) for name in fields})


def test_rows_that_changed_places_are_both_named(log):
    for seq in some_rows():
        other = seq % N + 1
        exchange(seq, other)
        named = {one.seq for one in verify()}
        assert {seq, other} <= named
        exchange(seq, other)
    assert verify() == []


def test_rows_cut_off_at_the_end_are_named(log):
    for length in range(1, N // 10 + 1):
        cut = list(AuditRow.objects.order_by("-seq")[:length])
        AuditRow.objects.filter(seq__gt=N - length).delete()
        (found,) = verify()
        assert found.seq == N - length + 1
        assert "cut off at the end" in found.what
        AuditRow.objects.bulk_create(cut)
    assert verify() == []


def test_a_chain_computed_anew_without_the_key_is_named_where_it_begins(log):
    for seq in (1, 17, N):
        old = AuditRow.objects.get(seq=seq).actor
        update(seq, actor="somebody-else")
        rewrite_from(seq)
        found = verify()
        assert found[0].seq == seq
        assert found[0].what == "is another row than the one whose head was signed"
        update(seq, actor=old)
        rewrite_from(seq)
    assert verify() == []


def test_a_row_added_at_the_end_in_place_of_another_is_named(log, django_capture_on_commit_callbacks):
    AuditRow.objects.filter(seq=N).delete()
    write(1, django_capture_on_commit_callbacks)
    assert [one.seq for one in verify()] == [N]
    assert "more than once" in verify()[0].what


def test_heads_that_somebody_else_wrote_are_named(log):
    lines = log.read_text().splitlines()
    lines[4] = lines[4].replace('"seq": 5', '"seq": 6')
    log.write_text("\n".join(lines) + "\n")
    assert [one.what for one in verify()] == ["line 5 of the file of heads is not one that this server signed"]


def test_a_small_file_of_heads_convicts_all_the_same(log, django_capture_on_commit_callbacks):
    write(2 * heads.STRIDE, django_capture_on_commit_callbacks)
    last = N + 2 * heads.STRIDE
    assert heads.compact_heads() == last - 4
    assert sorted(heads.read_heads().signed) == [100, 200, 300, last]
    assert verify() == []
    update(150, actor="somebody-else")
    rewrite_from(150)
    found = verify()
    assert found[0].seq == 200
    assert found[0].what == "it or one of rows 101 to 199 is another than the one whose head was signed"
    write(1, django_capture_on_commit_callbacks)
    assert sorted(heads.read_heads().signed)[-1] == last + 1


def test_making_the_file_small_keeps_the_evidence(log, django_capture_on_commit_callbacks):
    AuditRow.objects.filter(seq=N).delete()
    write(30, django_capture_on_commit_callbacks)
    with log.open("a") as file:
        file.write('{"half a li')
    heads.compact_heads()
    assert {one.seq for one in verify()} == {0, N}


def test_a_crash_between_row_and_head_is_no_fault(log):
    chain.record("view", actor="somebody")
    assert len(heads.read_heads().signed) == N
    assert verify() == []


def test_the_daily_look_begins_where_the_full_one_ended(log, django_capture_on_commit_callbacks, django_assert_num_queries):
    assert verify() == []
    write(20, django_capture_on_commit_callbacks)
    update(3, actor="somebody-else")
    assert verify(since_last=True) == []
    assert verify()[0].seq == 3
    update(N + 7, actor="somebody-else")
    assert verify(since_last=True)[0].seq == N + 7
    update(N, actor="somebody-else")
    assert verify(since_last=True)[0].seq == N


def test_a_mark_that_somebody_else_wrote_is_not_believed(log):
    assert verify() == []
    mark = log.with_name("audit-verified.json")
    mark.write_text(mark.read_text().replace(f'"seq": {N}', f'"seq": {N + 1}'))
    assert heads.read_verified() is None


def test_what_is_written_breaks_no_line(log):
    row = chain.record("view", actor="a\nb", object_id="x\r\ny" * 100, detail="two\nlines\u2028three")
    assert "\n" not in row.actor + row.object_id + row.detail
    assert len(row.object_id) == 200
    assert verify() == []
