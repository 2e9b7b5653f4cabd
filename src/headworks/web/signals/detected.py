"""What the page of a detector's signal shows beside the desk's own: picture, sentences, tables of what it is made of."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from headworks.core.errors import UsageError
from headworks.warning.budget import parse_budget
from headworks.web.access.reader import Reader
from headworks.web.signals.budget_words import budget_words
from headworks.web.signals.picture import signal_picture, weeks_of
from headworks.web.signals.reasons import beside_rows, listed, member_rows, reasons, switch_off_words
from headworks.web.signals.shown import ShownSignal
from headworks.web.signals.taking import SOURCE


def detected_context(reader: Reader, shown: ShownSignal) -> dict[str, Any]:
    """Context of the template; of a signal that a person reported only that it is none of a detector's."""
    if shown.signal.source != SOURCE:
        return {"is_detected": False}
    weeks = weeks_of(reader, shown)
    said = shown.explanation
    baseline = said.get("baseline")
    weights = baseline.get("weights") if isinstance(baseline, dict) else None
    title = _("Weeks of the signal beside those before it, and what was expected; the table below has the same numbers.")
    return {
        "is_detected": True, "weeks": [row for row in reversed(weeks) if row["state"] != "not_sampled"],
        "picture": signal_picture(weeks, shown.numbers, title), "reasons": reasons(shown),
        "switch_off": switch_off_words(shown), "beside": beside_rows(shown), "members": member_rows(shown),
        "budget": _budget_of(said), "weights": list(weights.items()) if isinstance(weights, dict) else [],
        "without": listed(said.get("without_each")),
    }  # fmt: skip


def _budget_of(said: dict[str, Any]) -> list[str]:
    try:
        return budget_words(parse_budget(str(said["budget"]))) if "budget" in said else []
    except UsageError:
        return []
