"""How often a rule set errs, by its trial, as a table."""

from __future__ import annotations

from typing import Any

from headworks.web.lists.models import RuleSetText
from headworks.web.lists.rules.rule_sets import trial_of
from headworks.web.lists.words.criterion_words import list_words


def error_rates(one: RuleSetText) -> dict[str, Any] | None:
    """The trial of a rule set as a table: by list and size of areas, what it does where nothing, and where something is so."""
    trial = trial_of(one)
    if trial is None:
        return None
    rows = [{**row, "words": list_words(row["list_name"])} for row in trial["rows"]]
    return {"name": str(one), "provinces": trial["provinces"], "areas": trial["areas_per_province"], "rows": rows}
