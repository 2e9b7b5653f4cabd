"""What the weekly trend of a unit says at its newest week: level, rise over a quarter, where it is heading.

The rise comes from ``quarter_ratio`` and its bounds, the slope from ``change_per_year`` and the probability that it is above
zero, as the statements of the trends room have them (S12). The trap: rows are cut to a tier, so a ratio may be missing though
the level is there; then nothing is said of a rise, and why.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from scipy.special import ndtri

from headworks.trends.statements import Sentence, doubling_time, rise_sentence
from headworks.trends.statements.sentence import LIKELY, SURE

Row = Mapping[str, Any]
QUARTER_WEEKS = 13
_Z = float(ndtri(0.975))
_YEAR_DAYS, _WEEK_DAYS = 365.25, 7.0
# A slope is put as a time to double only when its sign is nearly sure and the time is one that people live through.
SURE_SIGN, _MOST_WEEKS = 0.95, 104.0
# Beyond this a probability tells nothing of the slope's spread.
_MOST_PROBABLE = 1 - 1e-9
WORDS_OF_KEY = {
    "rose_surely": "rose", "rose_likely": "rose", "fell_surely": "fell", "fell_likely": "fell", "unclear": "unclear",
}  # fmt: skip


class Heading(NamedTuple):
    """Weeks in which the level doubles (``is_rising``) or halves, as it goes now, with the shortest and the longest."""

    is_rising: bool
    weeks: float
    shortest: float
    longest: float
    p: float


class TrendStanding(NamedTuple):
    """The newest told week: its row, the sentence on the quarter, and where the level is heading where that is sure.

    ``words`` is rose, fell, unclear or none; ``heading`` is None where the slope may be of either sign.
    """

    row: Row
    rise: Sentence
    words: str
    heading: Heading | None


def trend_standing(rows: Sequence[Row], until: str) -> TrendStanding | None:
    """What can be said at a week, or at the newest one before it.

    Parameters
    ----------
    rows
        Weeks of a unit's residue as in the table ``trends``, oldest first; withheld ones may be among them.
    until
        Label of a week.

    Returns
    -------
    TrendStanding or None
        None where no week is told.

    Examples
    --------
    >>> row = {"period": "2026-W20", "level": 13.0, "quarter_ratio": 1.3, "quarter_ratio_lower": 1.07, "p_rose": 0.99,
    ...        "quarter_ratio_upper": 1.58, "change_per_year": 2.86, "p_rising": 0.99, "n_days": 3, "share_censored": 0.0}
    >>> found = trend_standing([row], "2026-W20")
    >>> found.rise.key, round(found.rise.numbers["percent"]), found.words, round(found.heading.weeks)
    ('rose_surely', 30, 'rose', 34)
    """
    told = [row for row in rows if row["period"] <= until and row.get("state") != "suppressed"]
    if not told:
        return None
    rise = _rise(told)
    return TrendStanding(told[-1], rise, WORDS_OF_KEY.get(rise.key, "none"), heading_of(told[-1]))


def _rise(told: Sequence[Row]) -> Sentence:
    row = told[-1]
    recent = told[-QUARTER_WEEKS - 1 :]
    n_days = sum(one["n_days"] or 0 for one in recent)
    if row["level"] is None:
        return Sentence("never_quantified", {"n_days": float(n_days)}) if n_days else Sentence("not_sampled", {})
    if row["quarter_ratio"] is None:
        # A unit told a quarter ago has a ratio; where it is blank, other sites were sampled then.
        return Sentence("other_sites" if len(recent) > QUARTER_WEEKS else "too_short", {})
    change, sd = math.log(row["quarter_ratio"]), sd_of(row["quarter_ratio_lower"], row["quarter_ratio_upper"])
    censored = sum((one["n_days"] or 0) * (one["share_censored"] or 0.0) for one in recent)
    return rise_sentence(change, sd**2, max(n_days, 1), censored / n_days if n_days else 0.0)


def rise_of_row(row: Row) -> tuple[Sentence, str]:
    """The sentence on the quarter from one row that has a ratio, and its word: rose, fell or unclear.

    As ``rise_sentence`` says it, from the probability that stands in the row: a map's table has hundreds of them.

    Examples
    --------
    >>> rise_of_row({"quarter_ratio": 1.0, "quarter_ratio_lower": 0.8, "quarter_ratio_upper": 1.25, "p_rose": 0.5})[1]
    'unclear'
    """
    p = row["p_rose"]
    bounds = {"percent": "quarter_ratio", "lower": "quarter_ratio_lower", "upper": "quarter_ratio_upper"}
    percent = {name: 100 * (row[column] - 1) for name, column in bounds.items()}
    if max(p, 1 - p) < LIKELY:
        return Sentence("unclear", percent | {"p": p}), "unclear"
    word, sureness = ("rose", p) if p > 0.5 else ("fell", 1 - p)
    return Sentence(f"{word}_{'surely' if sureness >= SURE else 'likely'}", percent | {"p": sureness}), word


def sd_of(lower: float, upper: float) -> float:
    """Standard deviation of the logarithm behind a 95 % interval.

    Examples
    --------
    Twice either way: ln 4 over twice 1.96.

    >>> round(sd_of(0.5, 2.0), 4)
    0.3537
    """
    return math.log(upper / lower) / (2 * _Z) if lower > 0 and upper > lower else 0.0


def heading_of(row: Row) -> Heading | None:
    """Time to double or to halve at the slope of the week; None where its sign is not sure or the time is past two years."""
    growth, p = row["change_per_year"], row["p_rising"]
    if not growth or p is None:
        return None
    slope, sureness = math.log(growth) / _YEAR_DAYS, max(p, 1 - p)
    if sureness < SURE_SIGN or slope == 0:
        return None
    sd = abs(slope) / float(ndtri(min(sureness, _MOST_PROBABLE)))
    days = [abs(float(one)) / _WEEK_DAYS for one in doubling_time(slope, sd**2)]
    return Heading(slope > 0, days[0], days[1], days[2], sureness) if days[0] <= _MOST_WEEKS else None
