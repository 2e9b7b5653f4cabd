"""What changed, which areas got worse, what is late and what nobody covers: the sentences beside the map."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from headworks.jobs.step_change import StepChange
from headworks.reports.ranks import rank_intervals
from headworks.web.figures.map_rows import MapRow, MapShown
from headworks.web.figures.naming import drug_name
from headworks.web.figures.sentences import Said, ratio_said, said_of
from headworks.web.situation.asked import Asked

MOST_SENTENCES = 5
_WORDS_SHOWN = ("rose", "appeared", "fell", "disappeared")


class Changed(NamedTuple):
    """A drug whose figure changed: name, sentence, by what factor, and where it leads."""

    drug: str
    said: Said
    ratio: str
    words: str
    href: str
    computed: str


def what_changed(asked: Asked) -> tuple[list[Changed], int]:
    """At most five sentences, what rose first, the surest before the others; and how many drugs are not clear.

    Parameters
    ----------
    asked
        The area and its period.
    """
    found: list[tuple[tuple[float, float], str, str, StepChange]] = []
    unclear = 0
    for analyte, heading in asked.figures.headings:
        change = asked.change(analyte)
        if change.words in _WORDS_SHOWN:
            found.append((_order(change), analyte, heading, change))
        elif change.words == "unclear":
            unclear += 1
    found.sort(key=lambda one: one[0])
    said = []
    for _place, analyte, heading, change in found[:MOST_SENTENCES]:
        said.append(
            Changed(
                drug_name(heading, analyte), said_of(asked.row(analyte), change), ratio_said(change, asked.previous),
                change.words, asked.href(drug=analyte), asked.href("computed", drug=analyte),
            )
        )  # fmt: skip
    return said, unclear


def _order(change: StepChange) -> tuple[float, float]:
    """What rose or appeared before what fell; then by how sure."""
    sure = max(change.p_rose, 1 - change.p_rose) if change.p_rose is not None else 0.95
    return float(_WORDS_SHOWN.index(change.words) // 2), -sure


class Worse(NamedTuple):
    """An area whose figure rose, between which ranks of rise it can stand, and where it leads."""

    area: MapRow
    ratio: str
    ranks: tuple[int, int]


def got_worse(shown: MapShown, most: int = 10) -> tuple[list[Worse], int]:
    """Areas whose figure rose, by code within the same best rank, and of how many the change can be told.

    Parameters
    ----------
    shown
        The map of the period.
    most
        How many are listed.
    """
    known = [one for one in shown.rows if one.change.lower is not None and one.change.upper is not None]
    if not known:
        return [], 0
    lower = np.array([one.change.lower for one in known], dtype=np.float64)
    upper = np.array([one.change.upper for one in known], dtype=np.float64)
    first, last = rank_intervals(lower, upper)
    worse = [
        Worse(one, ratio_said(one.change, shown.previous), (int(best), int(worst)))
        for one, best, worst in zip(known, first, last, strict=True)
        if one.change.words == "rose"
    ]
    worse.sort(key=lambda one: (one.ranks[0], -(one.area.change.p_rose or 0.0), one.area.area_id))
    return worse[:most], len(known)


def late_areas(shown: MapShown) -> list[MapRow]:
    """Areas that were sampled this year and have no figure for the period."""
    return [one for one in shown.rows if one.state == "not_sampled" and one.is_covered]


def uncovered_areas(shown: MapShown) -> list[MapRow]:
    """Areas that nobody sampled this year."""
    return [one for one in shown.rows if one.state == "not_sampled" and not one.is_covered]


def headline(asked: Asked) -> dict[str, Any]:
    """The sentence of the area for the drug shown: what it is, how it changed, and where the number leads."""
    change = asked.change()
    return {
        "drug": drug_name(asked.heading, asked.analyte), "said": said_of(asked.row(), change), "words": change.words,
        "ratio": ratio_said(change, asked.previous), "computed": asked.href("computed"),
        "is_known": asked.row() is not None and math.isfinite(asked.row().get("upper") or 0.0),  # type: ignore[union-attr]
    }  # fmt: skip
