"""Words of the early-warning procedure and of doubts about findings, in the reader's language."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from headworks.reference.early_warning_procedure import early_warning_procedure

STATES: Final = {
    "event": gettext_lazy("Event"),
    "formal_notification": gettext_lazy("Formal notification"),
    "monitoring": gettext_lazy("Monitoring"),
    "intensive_monitoring": gettext_lazy("Intensive monitoring"),
    "alert": gettext_lazy("Alert"),
    "risk_assessment": gettext_lazy("Risk assessment"),
    "controlled": gettext_lazy("Controlled"),
    "closed": gettext_lazy("Ended"),
}
_WORDS: Final = {
    "laboratory": gettext_lazy("laboratory"),
    "analyst": gettext_lazy("analyst"),
    "coordinator": gettext_lazy("coordinating office"),
    "health_authority": gettext_lazy("health authority"),
    "legislator": gettext_lazy("legislator"),
    "finding": gettext_lazy("finding"),
    "confirmation": gettext_lazy("confirmation"),
    "reason": gettext_lazy("reason"),
    "review": gettext_lazy("review"),
    "harm": gettext_lazy("evidence of harm"),
    "initial_report": gettext_lazy("initial report"),
    "decision": gettext_lazy("decision"),
    "no_blank": gettext_lazy("no blank of the batch is known"),
    "blank": gettext_lazy("the blank of the batch held it"),
    "carry_over": gettext_lazy("may be carried over"),
    "below_limit": gettext_lazy("below the limit of quantification"),
    "suspect_result": gettext_lazy("flagged by the laboratory"),
}


def state_words(state: str) -> str:
    """A state of the procedure; of another procedure as its own file calls it."""
    if not state:
        return _("no step yet")
    found = next((one for one in early_warning_procedure().states if one.state == state), None)
    return str(STATES.get(state) or (found.title_en if found is not None else state))


def word(code: str) -> str:
    """A role, a kind of evidence or a doubt."""
    return str(_WORDS.get(code) or code.replace("_", " "))


def ladder(state: str) -> list[dict[str, Any]]:
    """States in their order with where a substance stands."""
    ranks = {one.state: one.rank for one in early_warning_procedure().states}
    return [
        {"words": state_words(one), "is_here": one == state, "is_passed": rank <= ranks.get(state, 0)}
        for one, rank in ranks.items()
    ]
