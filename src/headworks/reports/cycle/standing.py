"""Where each area stands for each drug: the one table that every sentence, figure and sheet of a report is read from."""

from __future__ import annotations

from typing import Any

import polars as pl

from headworks.reports.content import Amount, Message, Sentence, Share, tell
from headworks.reports.cycle.inputs import CycleTables

# A rise or fall is told as one beyond this probability, as in the situation report.
SURE = 0.9
# A probability above this, rounded, would be read as certainty.
_MOST = 0.99
_SAME_DIGITS = 6
RATIO = ("ratio", "ratio_lower", "ratio_upper")
LOAD = tell("mg/d per 1,000 people")


def ratio_as_seen() -> list[pl.Expr]:
    """Ratio and bounds by which areas that drain to the same sites are known: sums of theirs differ in the last digits."""
    return [pl.col(name).round_sig_figs(_SAME_DIGITS) for name in RATIO]


def standing_of(tables: CycleTables) -> pl.DataFrame:
    """One row per area of the tree and drug of the report, measured or not; by level, area and drug.

    Returns
    -------
    pl.DataFrame
        Columns of the tree, ``figures`` and ``changes``; ``state`` value, below_limit, suppressed or not_sampled; ``change``
        rose, fell, unclear or none.
    """
    drugs = tables.figures.select("drug", "analyte").unique().sort("drug", "analyte")
    rows = tables.tree.join(drugs, how="cross")
    figures = tables.figures.rename({"population": "people_covered"})
    key = ["area_id", "drug", "analyte"]
    rows = rows.join(figures, on=key, how="left").join(tables.changes, on=key, how="left")
    p_rose, is_told = pl.col("p_rose"), pl.col("state").is_in(["value", "below_limit"])
    change = (
        pl.when(~is_told | p_rose.is_null())
        .then(pl.lit("none"))
        .when(p_rose > SURE)
        .then(pl.lit("rose"))
        .when(p_rose < 1 - SURE)
        .then(pl.lit("fell"))
        .otherwise(pl.lit("unclear"))
    )
    rows = rows.with_columns(pl.col("state").fill_null("not_sampled")).with_columns(change=change.fill_null("none"))
    return rows.sort("level", "area_id", "drug", "analyte")


_WORDS = {
    "rose": tell("▲ rose"),
    "fell": tell("▼ fell"),
    "unclear": tell("◆ cannot tell whether it rose or fell"),
    "none": tell("○ no comparison"),
}
STATES = {
    "value": tell("value"),
    "below_limit": tell("below the limit"),
    "not_sampled": tell("not sampled"),
    "suppressed": tell("withheld"),
}


def change_words(row: dict[str, Any]) -> Message:
    """What happened, in words and with a mark that needs no colour."""
    return _WORDS[row["change"]]


# Where a picture leaves less room than a line.
_SHORT = {"rose": tell("▲ rose"), "fell": tell("▼ fell"), "unclear": tell("◆ not clear"), "none": tell("○ not compared")}


def short_words(row: dict[str, Any]) -> Message:
    """What happened in two words."""
    return _SHORT[row["change"]]


def sentence_of(row: dict[str, Any]) -> Sentence:
    """Words, number, interval, coverage of a figure.

    Examples
    --------
    >>> row = {"state": "not_sampled", "change": "none", "coverage": None}
    >>> [part.text for part in sentence_of(row).parts]
    ['○ no comparison', 'not sampled', 'no interval', 'coverage not known']
    """
    return Sentence(change_words(row), _number(row), _interval(row), coverage_of(row.get("coverage")))


def figure_of(row: dict[str, Any]) -> Message:
    """Number and interval without the unit, which stands in the header of the column.

    Examples
    --------
    >>> row = {"state": "value", "load_mg_per_1000_per_day": 42.0, "lower": 33.0, "upper": 54.0}
    >>> [figure_of(row).text, figure_of(row).values["load"].value]
    ['{load} ({low}–{high})', 42.0]
    """
    if row["state"] == "value":
        return tell("{load} ({low}–{high})", load=Amount(row["load_mg_per_1000_per_day"]), low=Amount(row["lower"]),
                    high=Amount(row["upper"]))  # fmt: skip
    if row["state"] == "below_limit" and row["upper"] is not None:
        return tell("below the limit, at most {high}", high=Amount(row["upper"]))
    return STATES[row["state"]]


def _number(row: dict[str, Any]) -> Message:
    if row["state"] == "value":
        return tell("{load} mg per 1,000 people a day", load=Amount(row["load_mg_per_1000_per_day"]))
    return STATES[row["state"]]


def _interval(row: dict[str, Any]) -> Message:
    if row["state"] == "value":
        return tell("{low}–{high}", low=Amount(row["lower"]), high=Amount(row["upper"]))
    if row["state"] == "below_limit" and row["upper"] is not None:
        return tell("at most {high}", high=Amount(row["upper"]))
    return tell("no interval")


def coverage_of(coverage: float | None) -> Message:
    """Coverage in words; above 100 % with its flag."""
    if coverage is None:
        return tell("coverage not known")
    if coverage > 1:
        return tell("⚠ {share} of residents covered", share=Share(coverage))
    return tell("{share} of residents covered", share=Share(coverage))


def interval_of_ratio(row: dict[str, Any]) -> Message | None:
    """The ratio with its bounds; None where nothing is compared."""
    if row["change"] == "none" or row["ratio"] is None:
        return None
    return tell("{load} ({low}–{high})", load=Amount(row["ratio"]), low=Amount(row["ratio_lower"]),
                high=Amount(row["ratio_upper"]))  # fmt: skip


def ratio_of(row: dict[str, Any]) -> Message | None:
    """By how much it changed, with its bounds and how sure; None where nothing is compared."""
    if row["ratio"] is None or row["p_rose"] is None:
        return None
    said = {"ratio": Amount(row["ratio"]), "low": Amount(row["ratio_lower"]), "high": Amount(row["ratio_upper"])}
    p = max(row["p_rose"], 1 - row["p_rose"])
    if p <= SURE:
        return tell("{ratio} times as much ({low}–{high})", **said)
    return tell("{ratio} times as much ({low}–{high}), {p} sure", p=chance_of(p), **said)


def chance_of(probability: float) -> Message | Share:
    """A probability in words, never rounded to certainty.

    Examples
    --------
    >>> chance_of(0.9999).text, chance_of(0.83)
    ('over {p}', Share(value=0.83))
    """
    return tell("over {p}", p=Share(_MOST)) if probability > _MOST else Share(probability)
