"""The states of a sample and what leads from one to another, as data; tests walk every pair.

    planned → collected → in transit → received | with deviation | rejected → prepared → measured → reviewed → released
            → amended | withdrawn; lost and cancelled end what has not come so far

A transition names the scopes of which one is needed, the guards that are asked, and whether a reason must be given. A guard
that fails may be overridden where the transition says so: with a reason, and the failure is kept as a deviation.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

STATE_WORDS: Final = {
    "planned": _("planned"),
    "collected": _("collected"),
    "in_transit": _("in transit"),
    "received": _("received"),
    "received_with_deviation": _("received with deviation"),
    "rejected": _("rejected"),
    "prepared": _("prepared"),
    "measured": _("measured"),
    "reviewed": _("reviewed"),
    "released": _("released"),
    "amended": _("amended"),
    "withdrawn": _("withdrawn"),
    "lost": _("lost"),
    "cancelled": _("cancelled"),
}
IN_LABORATORY: Final = ("received", "received_with_deviation")
RELEASED: Final = ("released", "amended")


@dataclass(frozen=True)
class Transition:
    """An event that moves a sample on, or, with ``to`` empty, one that is only written down."""

    words: Any
    sources: tuple[str, ...]
    to: str
    scopes: tuple[str, ...]
    guards: tuple[str, ...] = ()
    needs_reason: bool = False
    may_override: bool = False
    # Done by the server when a release was imported, never asked for by a page.
    is_internal: bool = False


TRANSITIONS: Final[dict[str, Transition]] = {
    "collect": Transition(_("collected"), ("planned",), "collected", ("capture",), ("window", "seal_said")),
    "hand_over": Transition(_("handed over"), ("collected",), "in_transit", ("capture",), ("same_seal",)),
    "receive": Transition(
        _("received"), ("collected", "in_transit"), "received", ("measure",),
        ("seal_intact", "cool_enough", "quick_enough", "enough_volume"),
    ),
    "receive_with_deviation": Transition(
        _("received with deviation"), ("collected", "in_transit"), "received_with_deviation", ("measure",),
        ("seal_intact", "cool_enough", "quick_enough", "enough_volume"), needs_reason=True, may_override=True,
    ),
    "reject": Transition(
        _("rejected"), ("collected", "in_transit", *IN_LABORATORY), "rejected", ("measure",), needs_reason=True
    ),
    "prepare": Transition(_("prepared"), IN_LABORATORY, "prepared", ("measure",), ("held_short_enough",), may_override=True),
    "measure": Transition(_("measured"), ("prepared",), "measured", ("measure",), ("has_results",)),
    "send_back": Transition(
        _("sent back to be measured again"), ("measured", "reviewed"), "prepared", ("measure", "approve"),
        ("not_in_release",), needs_reason=True,
    ),
    "review": Transition(
        _("reviewed"), ("measured",), "reviewed", ("measure", "approve"), ("has_results", "another_than_entered")
    ),
    "release": Transition(_("released"), ("reviewed",), "released", (), is_internal=True),
    "amend": Transition(_("amended"), RELEASED, "amended", (), needs_reason=True, is_internal=True),
    "withdraw": Transition(_("withdrawn"), RELEASED, "withdrawn", (), needs_reason=True, is_internal=True),
    "lose": Transition(
        _("lost"), ("collected", "in_transit", *IN_LABORATORY, "prepared"), "lost", ("capture", "measure"), needs_reason=True
    ),
    "cancel": Transition(_("cancelled"), ("planned",), "cancelled", ("capture",), needs_reason=True),
    # Written down without moving the sample.
    "label_printed": Transition(_("label printed"), tuple(STATE_WORDS), "", ("capture", "measure")),
    "photo": Transition(_("photograph taken"), ("planned", "collected", "in_transit"), "", ("capture",)),
    "note": Transition(_("note"), tuple(STATE_WORDS), "", ("capture", "measure", "approve"), needs_reason=True),
    "dispose": Transition(
        _("rest disposed of"), ("rejected", "measured", "reviewed", *RELEASED, "withdrawn"), "", ("measure",)
    ),
}  # fmt: skip


def may_lead(kind: str, state: str) -> bool:
    """Whether an event is allowed in a state.

    Examples
    --------
    >>> may_lead("receive", "in_transit"), may_lead("receive", "released")
    (True, False)
    """
    return state in TRANSITIONS[kind].sources
