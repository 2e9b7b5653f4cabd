"""What an outcome says, in the reader's language: from its record alone, as the assessment decided it."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from headworks.assessment.outcomes import decide_again
from headworks.assessment.outcomes.explain import case_of
from headworks.assessment.outcomes.figures import Figures
from headworks.assessment.outcomes.probability import p_met, p_unmet
from headworks.assessment.rules import Criterion, ListRule, RuleSet
from headworks.web.figures.templatetags.figures import amount, fine_percent, people, percent
from headworks.web.lists.models import ListOutcome
from headworks.web.lists.words.criterion_words import criterion_words, list_words, own_words, quoted, quoted_text

STATE_WORDS = {
    "off": gettext_lazy("not on it"), "on": gettext_lazy("on it"), "review": gettext_lazy("under review before it leaves"),
}  # fmt: skip
OUTCOME_WORDS = {
    "stays_off": gettext_lazy("stays off"), "entered": gettext_lazy("entered"), "stays_on": gettext_lazy("stays on"),
    "to_review": gettext_lazy("came under review"), "stays_in_review": gettext_lazy("stays under review"),
    "returned": gettext_lazy("came back from review"), "left": pgettext_lazy("list", "left"),
    "lost": gettext_lazy("lost its place"), "appeal_upheld": gettext_lazy("left by an appeal"),
    "not_assessable": gettext_lazy("cannot be assessed"),
}  # fmt: skip
KIND_WORDS = {"appeal": gettext_lazy("Appeal"), "acceptance": gettext_lazy("Acceptance")}
# A tenth of a percent: the last digit that is shown.
_LEAST_CHANCE = 0.001
_HOW = {"any": gettext_lazy("one of"), "all": gettext_lazy("all of")}


@dataclass(frozen=True)
class CriterionShown:
    """One criterion: what was found, what it is held against, and how probable it is in each period of the window."""

    code: str
    name: str
    meaning: str
    figure: str
    threshold: str
    probabilities: list[tuple[str, str, bool]]
    opposite: str


@dataclass(frozen=True)
class Explained:
    """The record of one outcome in words."""

    criteria: list[CriterionShown]
    periods: list[str]
    is_reproduced: bool


def headline(row: ListOutcome) -> str:
    """The first sentence about an area on a list.

    Says what happened, then how probable the strongest criterion is.
    """
    said = {"list": list_words(row.list_name), "outcome": OUTCOME_WORDS[row.outcome], "period": row.assessment.period}
    first = _("%(list)s: %(outcome)s in %(period)s.") % said
    if row.probability is None:
        return first
    more = {"criterion": quoted_text(row.criterion), "p": chance_words(row.probability)}
    families = ngettext("%(n)s family of indicators agrees.", "%(n)s families of indicators agree.", row.families)
    return f"{first} " + _("%(criterion)s holds with a probability of %(p)s;") % more + f" {families % {'n': row.families}}"


def change_words(row: ListOutcome) -> str:
    """What would change it."""
    if not row.change_criteria or row.change_factor is None:
        return _("No change of its figures by less than a hundredfold would give another state now.")
    said = {
        "names": quoted_text(row.change_criteria),
        "factor": amount(row.change_factor),
        "outcome": OUTCOME_WORDS[row.change_outcome],
    }
    if row.change_scope == "window":
        return _("With %(names)s at %(factor)s times what it was in all periods it looks at: %(outcome)s.") % said
    return _("With %(names)s at %(factor)s times what it was this period: %(outcome)s.") % said


def rule_words(rule: ListRule, dwell: int | None = None) -> list[str]:
    """What the list asks, to enter and to leave."""
    enter, leave = rule.enter, rule.leave
    asked = {
        "what": _combined(enter.how, enter.when), "p": percent(enter.probability), "n": enter.periods, "of": enter.of,
    }  # fmt: skip
    found = [_("To enter: %(what)s with %(p)s in %(n)s of %(of)s periods.") % asked]
    if enter.families > 1:
        said = {"n": enter.families, "p": percent(enter.agree_at)}
        found.append(_("At least %(n)s independent families of indicators must agree, with %(p)s.") % said)
    if rule.requires:
        found.append(_("Only areas that are on this list too: %(name)s.") % {"name": list_words(rule.requires)})
    said = {
        "what": _combined(leave.how, leave.when or enter.when), "p": percent(leave.probability), "n": leave.periods,
        "of": leave.of, "dwell": leave.min_dwell,
    }  # fmt: skip
    found.append(_("To leave: the opposite of %(what)s with %(p)s in %(n)s of %(of)s periods.") % said)
    if leave.min_dwell:
        found.append(_("It stays at least %(dwell)s periods.") % said)
    if dwell:
        found.append(_("It has been on the list for %(n)s periods.") % {"n": dwell})
    if rule.acceptance.by_decision:
        found.append(_("It leaves only when somebody accepts it after the review."))
    return found


def _combined(how: str, names: tuple[str, ...]) -> str:
    """Criteria and how they are taken together; one alone needs no word for it."""
    said = {"how": _HOW[how], "names": quoted(names)}
    return quoted(names) if len(names) == 1 else _("%(how)s %(names)s") % said


def explained(rules: RuleSet, evidence: dict[str, Any], row: ListOutcome) -> Explained:
    """The evidence in words, and whether it gives the same outcome again."""
    case = case_of(rules, evidence)
    rule, shown = case.rule, []
    for name, found in zip(rule.criteria, case.figures, strict=True):
        criterion = rules.criterion(name)
        chances = p_met(criterion, found)[0]
        told = [
            (label, chance_words(p), p >= rule.enter.probability)
            for label, p in zip(evidence["periods"], chances, strict=True)
        ]
        opposite = chance_words(p_unmet(criterion, found)[0, -1]) if name in (rule.leave.when or rule.enter.when) else "–"
        said = own_words(criterion.meaning or criterion.family)
        shown.append(CriterionShown(name, criterion_words(name), said, _figure(found), _threshold(criterion), told, opposite))
    is_same = decide_again(rules, evidence) == (row.state, row.outcome)
    return Explained(shown, list(evidence["periods"]), is_same)


def dwell_of(evidence: dict[str, Any]) -> int:
    """Periods on the list before this one."""
    before = evidence["before"]
    return int(before["dwell"]) + 1 if before["state"] != "off" else 0


def read_evidence(text: str) -> dict[str, Any]:
    """The record of an outcome."""
    found: dict[str, Any] = json.loads(text)
    return found


def chance_words(p: float | None) -> str:
    """A probability; never said to be certain, which no figure makes it."""
    if p is None or math.isnan(p):
        return "–"
    if p > 1 - _LEAST_CHANCE or p < _LEAST_CHANCE:
        said = {"p": fine_percent(1 - _LEAST_CHANCE if p > _LEAST_CHANCE else _LEAST_CHANCE)}
        return (_("over %(p)s") if p > _LEAST_CHANCE else _("below %(p)s")) % said
    return fine_percent(float(p))


def _threshold(criterion: Criterion) -> str:
    said = {"n": number_format(criterion.threshold)}
    if criterion.against is not None:
        return (_("above %(n)s times its own past") if criterion.is_above else _("below %(n)s times its own past")) % said
    if criterion.of_parent:
        return (_("above %(n)s times the whole") if criterion.is_above else _("below %(n)s times the whole")) % said
    return (_("above %(n)s") if criterion.is_above else _("below %(n)s")) % said


def _figure(found: Figures) -> str:
    """What was found in the newest period, with the area's own past beside it."""
    value, events, exposure = found.value[0, -1], found.events[0, -1], found.exposure[0, -1]
    if not math.isnan(events):
        said = {"n": people(float(events)), "of": people(float(exposure))}
        text = (_("%(n)s counted") if math.isnan(exposure) else _("%(n)s counted over %(of)s people")) % said
        past = found.base_events[0, -1]
        past_text = people(float(past)) if not math.isnan(past) else ""
    else:
        if math.isnan(value):
            ceiling = found.ceiling[0, -1]
            return _("no figure") if math.isnan(ceiling) else _("below %(n)s") % {"n": amount(float(ceiling))}
        text, past = amount(float(value)), found.base_value[0, -1]
        past_text = amount(float(past)) if not math.isnan(past) else ""
    return _("%(now)s, %(past)s in its past") % {"now": text, "past": past_text} if past_text else text
