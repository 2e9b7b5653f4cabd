"""The life of an area on a list: off, on, under review, off again; with appeals.

    off ──enter──> on ──leave shown, dwell over──> review ──accepted──> off
     ^              │ ^                              │
     └── appeal ────┘ └────── shown again ───────────┘
         upheld

One step of all areas at once, from what was so a period ago and the probabilities of a window of periods. The same step is
taken in the assessment, in the trial, when an outcome is explained, and when the smallest change is sought, so that they
cannot differ. The trap: periods before an area left (or an appeal was upheld) do not count towards its next entry.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from headworks.assessment.rules import ListRule
from headworks.tables.assessment import DECISIONS, LIST_STATES, OUTCOMES

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.int64]
OFF, ON, REVIEW = (LIST_STATES.index(one) for one in ("off", "on", "review"))
_CODE = {name: code for code, name in enumerate(OUTCOMES)}
# "Never", as an age in periods.
LONG_AGO = 10_000


class Standing(NamedTuple):
    """Where areas stand after a period, each field of shape ``(n_areas,)``.

    ``age`` counts periods since the state began, ``dwell`` since the area entered the list (0 in that period), ``fresh``
    periods that may count towards an entry; ``is_appealed`` is an appeal not yet decided.
    """

    state: Codes
    age: Codes
    dwell: Codes
    fresh: Codes
    is_appealed: Flags

    def take(self, rows: npt.NDArray[np.int64]) -> Standing:
        """Of some areas."""
        state, age, dwell, fresh = (codes[rows] for codes in self[:4])
        return Standing(state, age, dwell, fresh, self.is_appealed[rows])


class Seen(NamedTuple):
    """What one list is told in a period.

    ``enter``, ``leave``: probabilities of the criteria (and of their opposites), ``(n_criteria, n_areas, window)``, newest
    last. ``agree``, ``red``, ``accept``: of this period, ``(n_criteria, n_areas)``. ``children``: share of the areas below
    that are on the list, not a number where there are none; ``is_required_met``: on the list it requires; ``decision``: code
    of ``DECISIONS``, -1 none.
    """

    enter: Array
    leave: Array
    agree: Array
    red: Array
    accept: Array
    children: Array
    is_required_met: Flags
    decision: Codes


def nobody(n_areas: int) -> Standing:
    """All areas off the list, since ever."""
    zero = np.zeros(n_areas, dtype=np.int64)
    return Standing(zero, zero + LONG_AGO, zero, zero + LONG_AGO, np.zeros(n_areas, dtype=bool))


def step(rule: ListRule, families: Codes, before: Standing, seen: Seen) -> tuple[Standing, Codes]:
    """Where areas stand after a period, and the code of what happened (``OUTCOMES``).

    Parameters
    ----------
    families
        Number of the family of each criterion of ``seen.agree``.

    Returns
    -------
    Standing, Codes
        Of all areas.
    """
    shown = entry_shown(rule, families, seen, before.fresh + 1)
    breach = np.any(seen.red >= 1.0, axis=0) if len(seen.red) else np.zeros(shown.shape, dtype=bool)
    may = seen.is_required_met & ~(seen.children < rule.share_of_children)
    enters = (shown & may & ~breach) if rule.is_merit else ((shown & may) | breach)
    leaves = leave_shown(rule, seen, before.dwell + 1) & (before.dwell + 1 >= rule.leave.min_dwell)
    lost = (breach | ~may) if rule.is_merit else np.zeros(shown.shape, dtype=bool)
    upheld, accepted, refused, appealed, dismissed = (
        seen.decision == DECISIONS.index(name)
        for name in ("appeal_upheld", "accepted", "refused", "appealed", "appeal_dismissed")
    )
    off, on, review = (before.state == one for one in (OFF, ON, REVIEW))
    needs_review = rule.acceptance.periods > 0
    passed = accepted if rule.acceptance.by_decision else (accepted | (before.age + 1 >= rule.acceptance.periods))
    holds = np.all(seen.accept >= rule.acceptance.probability, axis=0)
    happened = np.select(
        [
            ~off & upheld, off & enters, off & np.all(np.isnan(seen.enter[:, :, -1]), axis=0), off,
            ~off & lost, on & leaves & needs_review, on & leaves, on,
            review & (enters | refused), review & passed & holds,
        ],
        [_CODE[one] for one in ("appeal_upheld", "entered", "not_assessable", "stays_off", "lost", "to_review", "left",
                                "stays_on", "returned", "left")],
        _CODE["stays_in_review"],
    )  # fmt: skip
    return _after(before, happened.astype(np.int64), appealed, upheld | dismissed), happened.astype(np.int64)


def entry_shown(rule: ListRule, families: Codes, seen: Seen, fresh: Codes) -> Flags:
    """Whether enough periods of the window show the criteria, and enough families agree now."""
    lead = _in_window(seen.enter >= rule.enter.probability, rule.enter.how, rule.enter.of, fresh)
    agreeing = seen.agree >= rule.enter.agree_at
    n = sum((np.any(agreeing[families == one], axis=0).astype(np.int64) for one in np.unique(families)), np.zeros(fresh.size))
    found: Flags = (lead >= rule.enter.periods) & (n >= rule.enter.families)
    return found


def leave_shown(rule: ListRule, seen: Seen, dwell: Codes) -> Flags:
    """Whether enough periods since the entry show the opposite."""
    found: Flags = _in_window(seen.leave >= rule.leave.probability, rule.leave.how, rule.leave.of, dwell) >= rule.leave.periods
    return found


def _in_window(is_shown: Flags, how: str, of: int, usable: Codes) -> Codes:
    """Periods among the last ``of`` that show any or all criteria; of each area only its ``usable`` newest."""
    lead = np.any(is_shown, axis=0) if how == "any" else np.all(is_shown, axis=0)
    lead = lead[:, -of:]
    ages = np.arange(lead.shape[1])[::-1]
    counted: Codes = np.sum(lead & (ages < usable[:, None]), axis=1)
    return counted


def _after(before: Standing, happened: Codes, appealed: Flags, decided: Flags) -> Standing:
    def was(*names: str) -> Flags:
        return np.isin(happened, [_CODE[name] for name in names])

    ends = was("left", "lost", "appeal_upheld")
    state = np.where(ends, OFF, np.where(was("entered", "returned"), ON, np.where(was("to_review"), REVIEW, before.state)))
    age = np.where(state == before.state, before.age + 1, 0)
    dwell = np.where(state == OFF, 0, np.where(was("entered"), 0, before.dwell + 1))
    fresh = np.where(ends, 0, np.minimum(before.fresh + 1, LONG_AGO))
    is_appealed = (before.is_appealed | appealed) & ~decided & (state != OFF)
    return Standing(state.astype(np.int64), age, dwell, fresh, is_appealed)
