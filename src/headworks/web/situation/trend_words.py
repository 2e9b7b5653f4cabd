"""What a trend says in the reader's language: the quarter's rise, where it is heading, when it turned.

A sentence says no more than its probability; its key and numbers come from the statements of the trends room.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from headworks.jobs.trend_evidence import Turn
from headworks.reports.trend_standing import SURE_SIGN, WORDS_OF_KEY, TrendStanding, rise_of_row
from headworks.trends.statements import Sentence
from headworks.web.figures.sentences import CHANGE_WORDS
from headworks.web.figures.templatetags.figures import percent

_A_TURN = 0.8
_PROBABLY = {"rose_likely": gettext_lazy("▲ probably rose"), "fell_likely": gettext_lazy("▼ probably fell")}


def rise_words(sentence: Sentence) -> str:
    """The sentence on the last quarter, with its numbers."""
    texts = {
        "rose_surely": _("Over the last quarter it rose by %(percent)s %% (%(low)s to %(high)s %%), probability %(p)s."),
        "rose_likely": _("Over the last quarter it probably rose %(percent)s %% (%(low)s to %(high)s %%), probability %(p)s."),
        "fell_surely": _("Over the last quarter it fell by %(percent)s %% (%(low)s to %(high)s %%), probability %(p)s."),
        "fell_likely": _("Over the last quarter it probably fell %(percent)s %% (%(low)s to %(high)s %%), probability %(p)s."),
        "unclear": _("No clear change over the last quarter: %(low)s to %(high)s %% is what the days allow."),
        "never_quantified": _("No day of the last quarter was quantified: a change cannot be seen."),
        "not_sampled": _("No day of the last quarter was sampled: a change cannot be seen."),
        "other_sites": _("A quarter ago other sites were sampled: no change is told."),
        "too_short": _("No week a quarter ago is known: no change can be told."),
    }  # fmt: skip
    return texts[sentence.key] % rise_numbers(sentence)


def trend_word(sentence: Sentence) -> str:
    """Sign and word of a quarter's change, as sure as it is."""
    return str(_PROBABLY.get(sentence.key) or CHANGE_WORDS[WORDS_OF_KEY.get(sentence.key, "none")])


def rise_numbers(sentence: Sentence) -> dict[str, str]:
    """The numbers of a rise or a fall as words; of a fall by how much, least first."""
    numbers = sentence.numbers
    if "percent" not in numbers:
        return {}
    low, high = numbers["lower"], numbers["upper"]
    if sentence.key.startswith("fell"):
        low, high = -high, -low
    return {
        "percent": _whole(abs(numbers["percent"])), "low": _whole(low), "high": _whole(high),
        "p": percent(min(numbers["p"], 0.99)) if numbers["p"] < 0.995 else _("over 99 %%") % (),
    }  # fmt: skip


def _whole(value: float) -> str:
    # A minus sign as typeset, not a hyphen.
    return f"{round(value):d}".replace("-", "−")


def heading_words(standing: TrendStanding) -> str:
    """Where the level is heading in the newest week, as far as that is sure."""
    found, p = standing.heading, standing.row["p_rising"]
    if standing.row["level"] is None or p is None:
        return ""
    if found is None and max(p, 1 - p) >= SURE_SIGN:
        return _("At the moment it rises slowly.") if p > 0.5 else _("At the moment it falls slowly.")
    if found is None:
        return _("Whether it rises at the moment is not sure (probability %(p)s).") % {"p": percent(p)}
    weeks = round(found.weeks)
    text = ngettext("As it goes now it doubles in about %(n)s week.", "As it goes now it doubles in about %(n)s weeks.", weeks)
    if not found.is_rising:
        text = ngettext(
            "As it goes now it halves in about %(n)s week.", "As it goes now it halves in about %(n)s weeks.", weeks
        )
    return text % {"n": weeks}


def quarter_words(row: Any) -> str:
    """A quarter's ratio in a few words, for a row of a table; a dash where there is none."""
    if row is None or row["quarter_ratio"] is None or row["p_rose"] is None:
        return "–"
    sentence, word = rise_of_row(row)
    if word in ("unclear", "none"):
        return str(CHANGE_WORDS["unclear"])
    words = {"words": trend_word(sentence), **rise_numbers(sentence)}
    return _("%(words)s %(percent)s %% (%(low)s to %(high)s)") % words


def turn_words(turn: Turn | None) -> str:
    """When the course turned, or that no turn stands out."""
    if turn is None:
        return _("Too few weeks are known to look for a turn.")
    words = {"p": percent(turn.p), "first": turn.first.isoformat(), "last": turn.last.isoformat(), "n": turn.n_weeks}
    if turn.p < _A_TURN:
        return _("No turn stands out in the last %(n)s weeks (probability of one: %(p)s).") % words
    return _("The course turned between %(first)s and %(last)s (probability %(p)s, over %(n)s weeks).") % words
