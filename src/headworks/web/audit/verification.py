"""Is every row of the audit log as it was written? Each that is not is named, with what is wrong.

Reading all rows costs about half a minute a million. A row that was found whole stays whole unless somebody writes to the
database, so the daily look (``since_last``) begins at the row up to which the last full look found everything well; that
mark is signed.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from headworks.web.audit.chain import FIELDS, GENESIS, row_hash
from headworks.web.audit.heads import STRIDE, Heads, keep_verified, read_heads, read_verified
from headworks.web.audit.models import AuditRow

_BATCH = 5_000


@dataclass(frozen=True)
class Broken:
    """A row that is not as it was written: where, and what is wrong."""

    seq: int
    what: str


def verify(*, since_last: bool = False) -> list[Broken]:
    """Every row that is not as it was written, first of all the first; empty when the chain holds.

    Parameters
    ----------
    since_last
        Only rows after the last full look; the row up to which that went is looked at again.
    """
    begun = timezone.now().isoformat()
    mark = read_verified() if since_last else None
    # Heads first: a row that is added meanwhile has none, which is well; a head without its row is not.
    heads = read_heads()
    found = [Broken(0, f"line {number} of the file of heads is not one that this server signed") for number in heads.foreign]
    seq, last_hash, faults = _rows(heads, mark)
    found += faults
    if heads.newest > seq:
        found.append(Broken(seq + 1, f"{_rows_named(seq + 1, heads.newest)} cut off at the end"))
    if not found and seq and mark is None:
        keep_verified(seq, last_hash, begun)
    return sorted(found, key=lambda broken: broken.seq)


def _rows(heads: Heads, mark: tuple[int, str, str] | None) -> tuple[int, str, list[Broken]]:
    expected, previous = (1, GENESIS) if mark is None else (mark[0], "")
    found: list[Broken] = []
    signed = sorted(heads.signed)
    for values, stated in _read(expected):
        seq = values["seq"]
        if seq != expected:
            found.append(Broken(expected, f"{_rows_named(expected, seq - 1)} missing before row {seq}"))
        elif previous and values["previous_hash"] != previous:
            found.append(Broken(seq, "does not follow the row before it"))
        if stated != row_hash(values):
            found.append(Broken(seq, "its content is not what was written"))
        elif mark is not None and seq == mark[0] and stated != mark[1]:
            found.append(Broken(seq, "is another row than the one that was found whole before"))
        if any(head != stated for head in heads.signed.get(seq, ())):
            found.append(Broken(seq, _other_than_signed(seq, signed, heads)))
        expected, previous = seq + 1, stated
    return expected - 1, previous, found


def _other_than_signed(seq: int, signed: list[int], heads: Heads) -> str:
    if len(heads.signed[seq]) > 1:
        return "was written more than once: heads of different rows were signed for it"
    before = signed[bisect.bisect_left(signed, seq) - 1] if signed and signed[0] < seq else 0
    if seq - before <= 1 or seq - before > STRIDE:
        return "is another row than the one whose head was signed"
    return f"it or one of rows {before + 1} to {seq - 1} is another than the one whose head was signed"


def _rows_named(first: int, last: int) -> str:
    return f"row {first} is" if first == last else f"rows {first} to {last} are"


def _read(first: int) -> Iterator[tuple[dict[str, Any], str]]:
    rows = AuditRow.objects.filter(seq__gte=first).order_by("seq").values_list(*FIELDS, "hash")
    for row in rows.iterator(chunk_size=_BATCH):
        yield dict(zip(FIELDS, row[:-1], strict=True)), row[-1]
