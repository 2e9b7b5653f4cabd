"""Work of the kinds ``warn`` and ``take_signals``: detectors look at the newest week; what they found enters the desk, once.

An event that goes on has the same name in every run, so it stays one signal; only the week in which it was last seen moves on.
The trap: a text of a detector may hold a number that looks like a person's, such as the number of a sample. The text is left
out then, never the signal.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final

from headworks.core.errors import HeadworksError, UsageError
from headworks.jobs.warning import WarnOrder, warn
from headworks.jobs.warning.warn import DEFAULT_BUDGET
from headworks.web.opened import the_workspace
from headworks.web.signals.free_text import person_number_in
from headworks.web.signals.intake import MEASURES, raise_signal
from headworks.web.signals.models import Signal
from headworks.web.signals.warning_results import newest_signals
from headworks.web.work.kinds import Tell, register_kind

WARN: Final = "warn"
TAKE_SIGNALS: Final = "take_signals"
SOURCE: Final = "headworks warn"
LEFT_OUT: Final = "…"
_LONGEST_KEY = 200
_NO_DAY = "HW-U291"
_MOST_TOLD = 20
_SAME_EVENT = "the worker says in which week an event was last seen"


def look_for_signals(said: dict[str, Any], tell: Tell) -> dict[str, Any]:
    """Find the signals of a week, of the newest when none is said, and take them into the desk."""
    budget = str(said.get("budget") or DEFAULT_BUDGET)
    try:
        warn(the_workspace(), WarnOrder(week=said.get("week") or None, budget=budget), tell)
    except UsageError as problem:
        # Asked after every run: a workspace of yearly figures has no day to look at, which is no failure.
        if problem.code != _NO_DAY or said.get("week"):
            raise
        return {"week": "", "n_new": 0, "n_known": 0, "n_refused": 0, "refused": [], "reason": problem.what}
    return take_signals(said, tell)


def take_signals(said: dict[str, Any], tell: Tell) -> dict[str, Any]:
    """Raise every row of the table ``signals`` of the newest week.

    Returns
    -------
    dict
        ``week, n_new, n_known, n_refused``, and why the first few were refused.
    """
    found = newest_signals(the_workspace())
    rows = [] if found is None else found.signals.to_dicts()
    tell(f"taking {len(rows):,} signals")
    n_new, refused = 0, list[str]()
    for row in rows:
        try:
            n_new += take_row(row)
        except HeadworksError as problem:
            # One place that the register does not know must not keep the others from the desk.
            refused.append(f"{row['signal_id']}: {problem.what} ({problem.code})")
    known = len(rows) - n_new - len(refused)
    week = "" if found is None else found.week
    return {"week": week, "n_new": n_new, "n_known": known, "n_refused": len(refused), "refused": refused[:_MOST_TOLD]}


def take_row(row: Mapping[str, Any]) -> bool:
    """Raise one row of the table; whether it is new.

    Raises
    ------
    UsageError
        ``HW-U170`` for a place that the register does not know.
    """
    key = _key(str(row["signal_id"]))
    made = raise_signal(
        key, kind=row["kind"], source=SOURCE, method_version=row["method_version"][:60],
        area_id=row["unit_id"] if row["unit_kind"] == "area" else "",
        site_id=row["unit_id"] if row["unit_kind"] == "site" else "",
        explanation=_kept(row["explanation"]), drug=row["drug"][:80], analyte=row["analyte"][:80], period=row["period"],
        since=row["since"] or "", measures={name: row[name] for name in MEASURES},
    )  # fmt: skip
    if not made.is_new:
        Signal.objects.unscoped(_SAME_EVENT).filter(key=key, until__lt=row["period"]).update(until=row["period"])
    return made.is_new


def register() -> None:
    """Make these kinds known."""
    register_kind(WARN, look_for_signals)
    register_kind(TAKE_SIGNALS, take_signals)


def _key(signal_id: str) -> str:
    """The name of the finding; a long one by its digest."""
    if len(signal_id) <= _LONGEST_KEY:
        return signal_id
    return signal_id[:120] + ":" + hashlib.sha256(signal_id.encode()).hexdigest()


def _kept(text: str) -> dict[str, Any]:
    try:
        said = json.loads(text) if text else {}
    except ValueError:
        return {}
    kept = _without_numbers(said)
    return kept if isinstance(kept, dict) else {}


def _without_numbers(said: Any) -> Any:
    if isinstance(said, str):
        return LEFT_OUT if person_number_in(said) else said
    if isinstance(said, dict):
        return {str(_without_numbers(str(key))): _without_numbers(value) for key, value in said.items()}
    if isinstance(said, list):
        return [_without_numbers(value) for value in said]
    return said
