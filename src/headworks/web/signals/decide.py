"""A step of a signal: who may decide it, what it leaves behind, and what happens when two decide at once."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from headworks.core.errors import UsageError
from headworks.web.access.reader import Reader
from headworks.web.signals.free_text import LONGEST, require_no_person
from headworks.web.signals.models import Signal, SignalDecision, StepTime
from headworks.web.signals.states import STATE_WORDS, due_after, moves_from


def decide(reader: Reader, signal_id: int, *, to_state: str, outcome: str = "", reason: str, version: int) -> SignalDecision:
    """Take a signal to its next step.

    Parameters
    ----------
    to_state, outcome
        One of ``states.moves_from(signal.state)``; the outcome only where the step closes.
    reason
        Why; kept with the decision.
    version
        That of the signal which the reader saw: when somebody else decided meanwhile, this is refused.

    Raises
    ------
    NotVisible
        For a signal on which the reader does not decide.
    UsageError
        ``HW-U172`` without a reason, ``HW-U173`` for a step that does not follow, ``HW-U174`` when the signal changed.
    DataRefused
        ``HW-U171`` when the reason holds a number of a person.
    """
    signal: Signal = Signal.objects.require(reader, "decide", pk=signal_id)
    said = reason.strip()
    if not said or len(said) > LONGEST:
        raise UsageError(
            _("A decision needs a reason."), found=f"{len(said):,}", remedy=_("Say why, in a sentence or two"), code="HW-U172"
        )
    require_no_person(said, _("reason"))
    if signal.version != version:
        raise _changed(signal)
    if (to_state, outcome) not in moves_from(signal.state):
        raise UsageError(
            _("This step does not follow."),
            where=str(STATE_WORDS[signal.state]),
            found=str(STATE_WORDS.get(to_state, to_state)),
            remedy=_("Take one of the steps that the page offers"),
            code="HW-U173",
        )
    return _apply(reader, signal, to_state, outcome, said)


@transaction.atomic
def _apply(reader: Reader, signal: Signal, to_state: str, outcome: str, reason: str) -> SignalDecision:
    now = timezone.now()
    wait = due_after(to_state, StepTime.all_hours())
    mine = Signal.objects.visible_to(reader, "decide").filter(pk=signal.pk, version=signal.version)
    is_first = mine.update(
        state=to_state, outcome=outcome, state_since=now, due_at=wait and now + wait, version=signal.version + 1
    )
    if not is_first:
        raise _changed(signal)
    return SignalDecision.objects.create(
        signal=signal, version=signal.version + 1, from_state=signal.state, to_state=to_state, outcome=outcome, reason=reason,
        actor=reader.username, decided_at=now, step_began_at=signal.state_since, was_due_at=signal.due_at,
    )  # fmt: skip


def _changed(signal: Signal) -> UsageError:
    return UsageError(
        _("Somebody else decided on this signal meanwhile."),
        where=str(signal.pk),
        found=str(STATE_WORDS[signal.state]),
        remedy=_("Read what was decided, then decide anew"),
        code="HW-U174",
    )
