"""draft → reviewed → approved → published: who may take an edition from one to the next, as data.

Nobody reviews what they drafted, and nobody approves what they drafted; so a published edition has passed at least two
people. Sending back and withdrawing need a reason. A published edition never becomes a draft again: a correction is the next
edition.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from headworks.core.errors import UsageError
from headworks.jobs.cycle.editions import StoredEdition, find_edition
from headworks.jobs.cycle.ledger import append_line, read_ledger
from headworks.store import Workspace


@dataclass(frozen=True)
class Transition:
    """A step: whoever has one of the scopes may take it, unless they took one of the steps ``not_by``."""

    before: str
    after: str
    scopes: tuple[str, ...]
    not_by: tuple[str, ...] = ()
    needs_reason: bool = False


TRANSITIONS: Final = (
    Transition("draft", "reviewed", ("approve", "decide"), not_by=("draft",)),
    Transition("reviewed", "approved", ("approve",), not_by=("draft",)),
    Transition("approved", "published", ("publish", "approve")),
    Transition("reviewed", "draft", ("approve", "decide", "publish"), needs_reason=True),
    Transition("approved", "draft", ("approve", "publish"), needs_reason=True),
    Transition("draft", "withdrawn", ("publish", "approve"), needs_reason=True),
    Transition("published", "withdrawn", ("publish", "approve"), needs_reason=True),
)


def next_states(state: str, scopes: Iterable[str]) -> list[str]:
    """What somebody with these scopes may do with an edition in a state, the two-person rule aside.

    Examples
    --------
    >>> next_states("approved", ["publish"])
    ['published', 'draft']
    """
    held = set(scopes)
    return [step.after for step in TRANSITIONS if step.before == state and held & set(step.scopes)]


def move(
    workspace: Workspace, snapshot_id: str, after: str, *, by: str, scopes: Iterable[str], reason: str = ""
) -> StoredEdition:
    """Take an edition to its next state; noted in the ledger.

    Parameters
    ----------
    snapshot_id
        The edition, or the beginning of its id.
    after
        reviewed, approved, published, withdrawn, or draft to send it back.
    by, scopes
        Name of the account and what it may do on the edition's area.
    reason
        Needed to send back and to withdraw.

    Raises
    ------
    UsageError
        ``HW-U272`` for an edition that is not there, ``HW-U273`` for a step that cannot be taken from its state, ``HW-U274``
        without the right, ``HW-U275`` for one's own draft, ``HW-U276`` without a name or a needed reason.
    """
    with workspace.writing():
        edition = find_edition(workspace, snapshot_id)
        step = _step(edition, after)
        _require_right(step, edition, by, set(scopes), _done(workspace, edition.snapshot_id), reason)
        append_line(
            workspace, action=after, kind=edition.kind, area_id=edition.area_id, period=edition.period, tier=edition.tier,
            edition=edition.number, snapshot_id=edition.snapshot_id, by=by, reason=reason.strip(),
        )  # fmt: skip
    return find_edition(workspace, edition.snapshot_id)


def _step(edition: StoredEdition, after: str) -> Transition:
    for step in TRANSITIONS:
        if (step.before, step.after) == (edition.state, after):
            return step
    known = [step.after for step in TRANSITIONS if step.before == edition.state]
    raise UsageError(
        "This edition cannot take that step.", where=f"{edition.kind} {edition.period}, edition {edition.number}",
        found=f"from {edition.state} to {after}", remedy="Possible: " + (", ".join(known) or "nothing"), code="HW-U273",
    )  # fmt: skip


def _require_right(
    step: Transition, edition: StoredEdition, by: str, scopes: set[str], done: dict[str, str], reason: str
) -> None:
    if not by.strip():
        raise UsageError("A step needs the name of who takes it.", remedy="Give --by", code="HW-U276")
    if not scopes & set(step.scopes):
        needed = " or ".join(step.scopes)
        raise UsageError("This account may not take the step.", found=by, remedy=f"It needs {needed}", code="HW-U274")
    if any(done.get(action) == by for action in step.not_by):
        raise UsageError(
            "Nobody reviews or approves their own draft.", found=by, remedy="Ask somebody else who may", code="HW-U275"
        )
    if step.needs_reason and not reason.strip():
        raise UsageError("This step needs a reason.", where=f"edition {edition.number}", remedy="Say why", code="HW-U276")


def _done(workspace: Workspace, snapshot_id: str) -> dict[str, str]:
    """Who drafted it first, and who took each other step last: sending back makes nobody the author."""
    done: dict[str, str] = {}
    for line in read_ledger(workspace):
        if line.get("snapshot_id") == snapshot_id and not (line["action"] == "draft" and "draft" in done):
            done[line["action"]] = str(line.get("by") or "")
    return done
