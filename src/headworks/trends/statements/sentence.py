"""A trend in plain words, as data: a key that says which sentence, and its numbers, so that it can be translated.

The trap: a sentence says no more than its probability. Below four in five it says that nothing is clear.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from headworks.core.errors import DataRefused
from headworks.trends.statements.rise import p_rose_by, rise_over

# What "very likely" and "likely" are, as the IPCC's guidance on uncertainty has it: above 90 %, above two in three; here
# stricter.
SURE, LIKELY = 0.95, 0.80

_ENGLISH = {
    "rose_surely": "It rose: {percent:+.0f} % ({lower:+.0f} to {upper:+.0f} %); probability of a rise {p:.0%}.",
    "rose_likely": "It probably rose: {percent:+.0f} % ({lower:+.0f} to {upper:+.0f} %); probability of a rise {p:.0%}.",
    "fell_surely": "It fell: {percent:+.0f} % ({lower:+.0f} to {upper:+.0f} %); probability of a fall {p:.0%}.",
    "fell_likely": "It probably fell: {percent:+.0f} % ({lower:+.0f} to {upper:+.0f} %); probability of a fall {p:.0%}.",
    "unclear": "No clear change: {percent:+.0f} % ({lower:+.0f} to {upper:+.0f} %) is what the days allow.",
    "never_quantified": "None of the {n_days:.0f} days was quantified; a change cannot be seen.",
    "not_sampled": "It was not sampled; a change cannot be seen.",
    "turned": "It changed between day {first:.0f} and day {last:.0f} (probability {p:.0%}).",
    "no_turn": "No change of course stands out (probability of one {p:.0%}).",
}


class Sentence(NamedTuple):
    """``key`` of a sentence and the ``numbers`` in it; percentages as such, ``p`` from 0 to 1."""

    key: str
    numbers: dict[str, float]


def rise_sentence(change: float, variance: float, n_days: int, share_censored: float) -> Sentence:
    """What can be said of the change of a log level over a period.

    Parameters
    ----------
    change, variance
        Of the log level.
    n_days, share_censored
        Days sampled in both ends of the period or between, and share of them not quantified.

    Returns
    -------
    Sentence
        ``rose_…``, ``fell_…``, ``unclear``, ``never_quantified`` or ``not_sampled``.

    Examples
    --------
    >>> in_english(rise_sentence(0.2624, 0.1**2, 52, 0.1))
    'It rose: +30 % (+7 to +58 %); probability of a rise 100%.'
    """
    if n_days == 0:
        return Sentence("not_sampled", {})
    if share_censored >= 1:
        return Sentence("never_quantified", {"n_days": float(n_days)})
    found = rise_over(change, variance)
    p = float(p_rose_by(change, variance, 0.0))
    numbers = {"percent": found.ratio, "lower": found.lower, "upper": found.upper}
    percent = {name: float(100 * (np.asarray(ratio) - 1)) for name, ratio in numbers.items()}
    if max(p, 1 - p) < LIKELY:
        return Sentence("unclear", percent | {"p": p})
    direction, confidence = ("rose", p) if p > 0.5 else ("fell", 1 - p)
    return Sentence(f"{direction}_{'surely' if confidence >= SURE else 'likely'}", percent | {"p": confidence})


def turn_sentence(p_change: float, first: int, last: int) -> Sentence:
    """What can be said of a turning point; days since 1970-01-01, for the reader's calendar.

    Examples
    --------
    >>> turn_sentence(0.4, 100, 107).key
    'no_turn'
    """
    if p_change < LIKELY:
        return Sentence("no_turn", {"p": p_change})
    return Sentence("turned", {"p": p_change, "first": float(first), "last": float(last)})


def in_english(sentence: Sentence) -> str:
    """The sentence in English.

    Raises
    ------
    DataRefused
        ``HW-D546`` for a key nobody wrote.

    Examples
    --------
    >>> in_english(Sentence("not_sampled", {}))
    'It was not sampled; a change cannot be seen.'
    """
    if sentence.key not in _ENGLISH:
        raise DataRefused(
            "There is no such sentence.", found=sentence.key, remedy=f"Use one of {', '.join(_ENGLISH)}", code="HW-D546"
        )
    return _ENGLISH[sentence.key].format(**sentence.numbers)
