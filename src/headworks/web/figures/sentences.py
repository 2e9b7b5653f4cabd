"""Words, then number, then interval, then coverage of a figure, in the reader's language: always in that order, all four.

The same states as everywhere: a value, below the limit (no middle can be told), suppressed for this reader, not sampled.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from headworks.jobs.step_change import StepChange
from headworks.web.figures.templatetags.figures import amount, percent

STATES: Final = ("value", "below_limit", "not_sampled", "suppressed")
STATE_WORDS: Final = {
    "value": gettext_lazy("value"),
    "below_limit": gettext_lazy("below the limit"),
    "not_sampled": gettext_lazy("not sampled"),
    "suppressed": gettext_lazy("suppressed"),
}
CHANGE_WORDS: Final = {
    "rose": gettext_lazy("▲ rose"),
    "fell": gettext_lazy("▼ fell"),
    "unclear": gettext_lazy("◆ no clear change"),
    "appeared": gettext_lazy("△ now above the limit"),
    "disappeared": gettext_lazy("▽ now below the limit"),
    "none": gettext_lazy("○ nothing to compare with"),
}


class Said(NamedTuple):
    """The four parts of a sentence; ``interval`` and ``coverage`` say so where there is none."""

    words: str
    number: str
    interval: str
    coverage: str

    def line(self) -> str:
        """All of it in one line."""
        return _("%(words)s · %(number)s (%(interval)s) · %(coverage)s") % self._asdict()


def state_of(row: Mapping[str, Any] | None) -> str:
    """The state of a figure; a sum whose middle cannot be told is below the limit."""
    if row is None:
        return "not_sampled"
    if row["state"] == "suppressed":
        return "suppressed"
    is_known = row.get("load_mg_per_1000_per_day", row.get("mean")) is not None
    return "value" if is_known and row["state"] == "value" else "below_limit"


def middle_of_row(row: Mapping[str, Any]) -> float | None:
    """Load of an area, or mean of a site."""
    found: float | None = row.get("load_mg_per_1000_per_day", row.get("mean"))
    return found


def said_of(row: Mapping[str, Any] | None, change: StepChange | None = None) -> Said:
    """The sentence of a figure.

    Parameters
    ----------
    row
        Of ``area_loads`` or ``site_means``; None where nothing was sampled.
    change
        How it compares with the period before.
    """
    state = state_of(row)
    if row is None or state in ("not_sampled", "suppressed"):
        number = _("not sampled") if row is None else _("suppressed for this reader")
        coverage = _("no resident covered") if row is None else _("coverage not shown")
        return Said(_("nothing can be said"), number, _("no interval"), coverage)
    words = str(CHANGE_WORDS[change.words if change else "none"])
    return Said(words, number_of(row), interval_of(row), _coverage(row))


def number_of(row: Mapping[str, Any]) -> str:
    """The number of a figure with its unit, or that it is below the limit."""
    if state_of(row) == "value":
        return _("%(load)s mg per 1,000 people a day") % {"load": amount(middle_of_row(row))}
    if row.get("detection") == "quantified":
        return _("mostly below the limit of quantification")
    return _("below the limit of quantification")


def interval_of(row: Mapping[str, Any]) -> str:
    """Its 95 % interval, or the most it can be."""
    if row.get("upper") is None:
        return _("limit unknown")
    if state_of(row) != "value" and not row.get("lower"):
        return _("at most %(high)s") % {"high": amount(row["upper"])}
    return _("%(low)s–%(high)s") % {"low": amount(row["lower"]), "high": amount(row["upper"])}


def _coverage(row: Mapping[str, Any]) -> str:
    if "n_days" in row and "coverage" not in row:
        return ngettext("%(n)s day sampled", "%(n)s days sampled", row["n_days"]) % {"n": row["n_days"]}
    if row.get("coverage") is None:
        return _("coverage not known")
    if row["coverage"] > 1:
        return _("⚠ %(share)s of residents covered") % {"share": percent(row["coverage"])}
    return _("%(share)s of residents covered") % {"share": percent(row["coverage"])}


def ratio_said(change: StepChange, previous: str) -> str:
    """By what factor, with its interval and how sure; empty where there is no ratio."""
    if change.ratio is None or change.lower is None or change.p_rose is None:
        return ""
    sure = max(change.p_rose, 1 - change.p_rose)
    return _("%(ratio)s times %(previous)s (%(low)s–%(high)s), probability %(sure)s") % {
        "ratio": amount(change.ratio), "previous": previous, "low": amount(change.lower), "high": amount(change.upper),
        "sure": percent(min(sure, 0.99)) if sure < 0.995 else _("over 99 %%") % (),
    }  # fmt: skip
