"""A sample moves on: its state, its event and the audit row in one transaction, or nothing.

An event is named by whoever says it (a phone draws the name when the form is kept), so the same event sent twice is known the
second time. The trap is a name used again for something else: that is refused, or one event could stand for two.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import asdict, dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from headworks.core.errors import UsageError
from headworks.web.access.policy import NotVisible
from headworks.web.access.reader import Reader
from headworks.web.audit.chain import record
from headworks.web.operations.custody.chain import OBJECT_KIND, add_event
from headworks.web.operations.custody.guards import GUARDS, Asked
from headworks.web.operations.models import CustodyEvent, Deviation, SampleRecord
from headworks.web.operations.states import IN_LABORATORY, STATE_WORDS, TRANSITIONS, Transition

# Clocks of phones differ from the server's by so much without anybody noticing.
_CLOCKS_DIFFER = dt.timedelta(minutes=5)
_ROW = "the row of one sample, asked for by scope above"
_OF_EVENT = (
    "seal",
    "temperature_c",
    "volume_ml",
    "ph",
    "preservative",
    "place_from",
    "place_to",
    "container",
    "attachment_hash",
)


@dataclass(frozen=True)
class Said:
    """What is said of an event.

    ``sample`` are fields of the sample that it sets; ``overrides`` lets a failing guard pass. Where nobody said
    the time, ``at`` is the server's, and a form sent again a second later says the same.
    """

    event_id: str
    kind: str
    at: dt.datetime
    is_at_said: bool = True
    utc_offset_min: int = 0
    container: str = ""
    place_from: str = ""
    place_to: str = ""
    seal: str = ""
    temperature_c: float | None = None
    volume_ml: float | None = None
    ph: float | None = None
    preservative: str = ""
    attachment_hash: str = ""
    note: str = ""
    is_seal_intact: bool | None = None
    overrides: bool = False
    deviation: str = ""
    sample: dict[str, Any] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """What an event sent again must have the same."""
        plain = {name: value for name, value in asdict(self).items() if name != "at" or self.is_at_said}
        said = json.dumps(plain, sort_keys=True, ensure_ascii=False, default=_exactly)
        return hashlib.sha256(said.encode()).hexdigest()


@dataclass(frozen=True)
class Done:
    """``status`` is done, or known when the same event had come before."""

    status: str
    event: CustodyEvent


def _exactly(value: Any) -> str:
    return value.astimezone(dt.UTC).isoformat() if isinstance(value, dt.datetime) else str(value)


def perform(reader: Reader, sample_id: str, said: Said, *, request_id: str = "") -> Done:
    """Do what a reader says happened to a sample.

    Raises
    ------
    NotVisible
        When there is no such sample, or the reader has none of the scopes on its site.
    UsageError
        ``HW-U141`` not from this state, ``HW-U142`` a guard fails, ``HW-U143`` no reason, ``HW-U145`` another event of that
        name, ``HW-U146`` a time that cannot be.
    """
    move = TRANSITIONS.get(said.kind)
    if move is None or move.is_internal:
        raise NotVisible(f"event {said.kind}")
    with transaction.atomic():
        _require_row(reader, sample_id, move)
        return advance(sample_id, said, actor=reader.username, purpose=reader.purpose, request_id=request_id)


def _require_row(reader: Reader, sample_id: str, move: Transition) -> None:
    for scope in move.scopes:
        if SampleRecord.objects.visible_to(reader, scope).filter(pk=sample_id).exists():
            return
    raise NotVisible(f"sample {sample_id}: {' or '.join(move.scopes)}")


def advance(sample_id: str, said: Said, *, actor: str, purpose: str = "", request_id: str = "") -> Done:
    """The same for what the server does itself; whoever calls has asked the policy."""
    with transaction.atomic():
        sample = SampleRecord.objects.unscoped(_ROW).select_for_update().get(pk=sample_id)
        known = CustodyEvent.objects.unscoped(_ROW).filter(sample_id=sample_id, event_id=said.event_id).first()
        if known is not None:
            return Done("known", _require_same(known, said))
        move = TRANSITIONS[said.kind]
        _require_possible(sample, said, move)
        failing = _failing(sample, said, move, actor)
        event = _write(sample, said, move, actor)
        _keep_deviations(event, said, failing)
        record(
            f"custody_{said.kind}", actor=actor, purpose=purpose, request_id=request_id, object_kind=OBJECT_KIND,
            object_id=sample_id, area_path=sample.owner_path, before=event.previous_hash, after=event.hash,
            detail={"from": event.state_from, "to": event.state_to, "deviations": len(failing)},
        )  # fmt: skip
    return Done("done", event)


def _require_same(known: CustodyEvent, said: Said) -> CustodyEvent:
    if known.said_digest != said.digest:
        raise UsageError(
            _("Another event came under this name before."), where=known.sample_id, found=said.event_id,
            remedy=_("Record it as a new event"), code="HW-U145",
        )  # fmt: skip
    return known


def _require_possible(sample: SampleRecord, said: Said, move: Transition) -> None:
    where = sample.sample_id
    if sample.state not in move.sources:
        raise UsageError(
            _("This cannot happen to a sample in its state."), where=where,
            found=f"{move.words}: {STATE_WORDS[sample.state]}", remedy=_("Look at its custody; somebody was quicker"),
            code="HW-U141",
        )  # fmt: skip
    if move.needs_reason and not said.note.strip():
        raise UsageError(_("A reason is needed."), where=where, found="", remedy=_("Say why"), code="HW-U143")
    if said.at > timezone.now() + _CLOCKS_DIFFER:
        raise UsageError(
            _("The event lies in the future."), where=where, found=said.at.isoformat(),
            remedy=_("Set the clock of the device right"), code="HW-U146",
        )  # fmt: skip
    last = CustodyEvent.objects.unscoped(_ROW).filter(sample_id=where).exclude(state_to="").order_by("-seq").first()
    if move.to and last is not None and said.at < last.at - _CLOCKS_DIFFER:
        raise UsageError(
            _("The event lies before the last one."), where=where, found=f"{said.at.isoformat()} < {last.at.isoformat()}",
            remedy=_("Give the time at which it happened"), code="HW-U146",
        )  # fmt: skip


def _failing(sample: SampleRecord, said: Said, move: Transition, actor: str) -> list[tuple[str, str]]:
    asked = Asked(sample, said, actor)
    failing = [(name, words) for name in move.guards if (words := GUARDS[name](asked)) is not None]
    if not failing:
        return []
    if move.may_override and (move.needs_reason or said.overrides):
        if not said.note.strip():
            raise UsageError(
                _("A reason is needed."), where=sample.sample_id, found=" ".join(words for _, words in failing),
                remedy=_("Say why the sample goes on all the same"), code="HW-U143",
            )  # fmt: skip
        return failing
    raise UsageError(
        _("The sample cannot go on."), where=sample.sample_id, found=" ".join(words for _name, words in failing),
        remedy=_("Correct what is wrong, or record it with its deviation and a reason"), code="HW-U142",
    )  # fmt: skip


def _write(sample: SampleRecord, said: Said, move: Transition, actor: str) -> CustodyEvent:
    state_from, state_to = sample.state, move.to or sample.state
    changed = {**said.sample, **_stamps(said, move)}
    for name, value in changed.items():
        setattr(sample, name, value)
    sample.state = state_to
    if said.kind == "collect":
        sample.seal, sample.utc_offset_min = said.seal, said.utc_offset_min
    event = add_event(
        sample,
        {
            "event_id": said.event_id, "said_digest": said.digest, "kind": said.kind, "state_from": state_from,
            "state_to": move.to, "at": said.at, "utc_offset_min": said.utc_offset_min, "actor": actor,
            "note": said.note, "detail": _detail(said, changed), **{name: getattr(said, name) for name in _OF_EVENT},
        },
    )  # fmt: skip
    sample.changed_at = event.recorded_at
    sample.save()
    return event


def _stamps(said: Said, move: Transition) -> dict[str, Any]:
    """Fields of the sample that follow from the event."""
    if move.to in IN_LABORATORY:
        stamps: dict[str, Any] = {"received_at": said.at}
        if said.temperature_c is not None:
            stamps["transport_temperature_c"] = said.temperature_c
        return stamps
    return {"extracted_at": said.at} if said.kind == "prepare" else {}


def _detail(said: Said, changed: dict[str, Any]) -> dict[str, Any]:
    """What the event set, so that the chain holds it too."""
    plain = {name: _exactly(value) if isinstance(value, dt.datetime) else value for name, value in changed.items()}
    if said.is_seal_intact is not None:
        plain["is_seal_intact"] = said.is_seal_intact
    if said.deviation:
        plain["deviation"] = said.deviation
    return plain


def _keep_deviations(event: CustodyEvent, said: Said, failing: list[tuple[str, str]]) -> None:
    found = [(name, words, said.note) for name, words in failing]
    if said.deviation:
        found.append(("reported", said.deviation, ""))
    if event.kind == "receive_with_deviation" and not failing:
        found.append(("laboratory", said.note, ""))
    for kind, words, reason in found:
        Deviation.objects.create(
            sample_id=event.sample_id, site_id=event.site_id, owner_path=event.owner_path, at=event.at, actor=event.actor,
            event_id=event.event_id, kind=kind, found=words[:400], reason=reason,
        )  # fmt: skip
