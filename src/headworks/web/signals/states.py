"""The life of a signal: which step may follow which, how a signal may end, and how long a step may take.

    signal → triage → verification → risk_assessment → response → closed (true / false / undetermined)

A step is never left out, but a signal may be closed early: at once as false or undetermined (a double, a misread), as true
only after it was verified. What is closed stays closed; what comes up anew is a new signal.
"""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from typing import Final

from django.utils.translation import gettext_lazy as _

STATES: Final = ("signal", "triage", "verification", "risk_assessment", "response", "closed")
OPEN_STATES: Final = STATES[:-1]
STATE_WORDS: Final = {
    "signal": _("new"),
    "triage": _("triage"),
    "verification": _("verification"),
    "risk_assessment": _("risk assessment"),
    "response": _("response"),
    "closed": _("closed"),
}
OUTCOMES: Final = ("true", "false", "undetermined")
OUTCOME_WORDS: Final = {"true": _("confirmed"), "false": _("false alarm"), "undetermined": _("could not be determined")}
KINDS: Final = {
    "exceedance": _("above what was expected"),
    "rise": _("slow rise"),
    "drop": _("below what was expected"),
    "variance": _("days scatter otherwise than before"),
    "ratio": _("residues of a drug no longer fit each other"),
    "change": _("lasting change"),
    "cluster": _("cluster of areas or sites"),
    "first_appearance": _("first appearance"),
    "disposal": _("direct disposal"),
    "quality": _("quality of the data"),
    "event": _("event reported by a person"),
}
# Hours that each step may take before it is late; an operator sets others on the page of counts.
STEP_HOURS: Final = {"signal": 24, "triage": 48, "verification": 168, "risk_assessment": 336, "response": 720}
_NEXT: Final = dict(pairwise(OPEN_STATES))
_BEFORE_VERIFIED: Final = ("signal", "triage", "verification")


def moves_from(state: str) -> tuple[tuple[str, str], ...]:
    """Steps that may follow: state, and outcome where the step closes.

    Examples
    --------
    >>> moves_from("signal")
    (('triage', ''), ('closed', 'false'), ('closed', 'undetermined'))
    >>> moves_from("response")
    (('closed', 'true'), ('closed', 'false'), ('closed', 'undetermined'))
    >>> moves_from("closed")
    ()
    """
    if state == "closed":
        return ()
    onward = ((_NEXT[state], ""),) if state in _NEXT else ()
    outcomes = OUTCOMES[1:] if state in _BEFORE_VERIFIED else OUTCOMES
    return (*onward, *(("closed", outcome) for outcome in outcomes))


def due_after(state: str, hours: dict[str, int]) -> dt.timedelta | None:
    """How long a signal may stay in a state; None once it is closed."""
    return None if state == "closed" else dt.timedelta(hours=hours.get(state, STEP_HOURS[state]))
