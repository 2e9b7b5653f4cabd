"""What a report proposes, each with the figure that makes it: looking again, covering more, asking for what is late.

A proposal is about measuring or about a question to be answered, never about a person and never a measure against a place:
those need more than one source. The numbers below are working values of this program, not of any guideline.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from headworks.reports.content import Message, Share, tell
from headworks.reports.cycle.inputs import CycleRequest, CycleTables

# A rise measured on fewer residents than this is looked at again before anything is said of the whole area.
LOW_COVERAGE: Final = 0.5
# More samples than this breaking one rule of the specification are a matter of training, not of chance.
MANY_BROKEN: Final = 0.05
# A rule that nearly every sample breaks was written for other samplers, or what is noted of the samples is wrong.
NEARLY_ALL: Final = 0.9
# Named one by one; the rest is counted.
_MOST_NAMED = 4


def proposals_of(rows: pl.DataFrame, tables: CycleTables, request: CycleRequest) -> tuple[Message, ...]:
    """Proposals in order of what they rest on: rises, coverage, late results, quality, disposal.

    Parameters
    ----------
    rows
        From :func:`headworks.reports.cycle.standing.standing_of`.
    tables, request
        What the report is made of.
    """
    found = [*_rises(rows, tables), *_uncovered(rows, tables, request), *_late(tables), *_quality(tables)]
    if tables.n_events:
        found.append(tell("Ask pharmacies and waste handlers about the {n} days on which a drug was poured away; they are "
                          "kept out of the trend.", n=tables.n_events))  # fmt: skip
    return tuple(found)


def _rises(rows: pl.DataFrame, tables: CycleTables) -> list[Message]:
    rose = rows.filter(pl.col("change") == "rose")
    thin = rose.filter(pl.col("coverage") < LOW_COVERAGE)
    found = []
    if rose.height:
        names = named(rose, tables)
        found.append(tell("Sample again, on other weekdays, where a rise was seen: {areas}.", areas=names))
    if thin.height:
        found.append(tell("Add sites where a rise rests on less than {share} of the residents: {areas}.",
                          share=Share(LOW_COVERAGE), areas=named(thin, tables)))  # fmt: skip
    return found


def _uncovered(rows: pl.DataFrame, tables: CycleTables, request: CycleRequest) -> list[Message]:
    inside = rows.filter(pl.col("parent_id") == request.area_id)
    silent = inside.group_by("area_id", maintain_order=True).agg(is_silent=(pl.col("state") == "not_sampled").all())
    silent = silent.filter("is_silent")
    if silent.is_empty():
        return []
    return [tell("Decide whether to sample areas that were not: {areas}.", areas=named(silent, tables))]


def _late(tables: CycleTables) -> list[Message]:
    if not tables.n_waiting:
        return []
    return [tell("Ask the laboratories for the {n} samples without a result.", n=tables.n_waiting)]


def _quality(tables: CycleTables) -> list[Message]:
    broken = tables.quality.filter((pl.col("verdict") == "broken") & (pl.col("n") > MANY_BROKEN * pl.col("n_samples")))
    found = []
    for row in broken.sort("rule").to_dicts():
        rule, share = rule_words(row["rule"]), row["n"] / row["n_samples"]
        if share > NEARLY_ALL:
            found.append(tell("Look into the sampling rule “{rule}” itself and how it is noted: {share} of the samples break "
                              "it.", rule=rule, share=Share(share)))  # fmt: skip
        else:
            found.append(tell("Repeat the training on the sampling rule “{rule}”: {share} of the samples break it.",
                              rule=rule, share=Share(share)))  # fmt: skip
    return found


_RULES: Final = {
    "composite": tell("composite samples"),
    "window-shortest": tell("shortest sampling window"),
    "window-longest": tell("longest sampling window"),
    "interval": tell("interval of sub-samples"),
    "volume": tell("volume"),
    "ph-lowest": tell("lowest pH"),
    "ph-highest": tell("highest pH"),
    "sewage-temperature": tell("temperature of the sewage"),
    "transport-time": tell("time on the way"),
    "transport-temperature": tell("temperature on the way"),
    "holding-time": tell("time until extraction"),
    "duplicates": tell("duplicates"),
    "field-blanks": tell("field blanks"),
}


def rule_words(rule: str) -> Message | str:
    """Name of a rule of the sampling specification."""
    return _RULES.get(rule, rule.replace("_", " "))


def named(rows: pl.DataFrame, tables: CycleTables, most: int = _MOST_NAMED) -> Message:
    """Names of the areas of some rows, the first few and how many more."""
    codes = rows["area_id"].unique(maintain_order=True).to_list()
    found = names_of(codes[:most], tables)
    if len(codes) > most:
        return tell("{before} and {n} more", before=found, n=len(codes) - most)
    return found


def names_of(codes: list[str], tables: CycleTables) -> Message:
    """Names of areas one after the other."""
    found: Message = Message("{name}", {"name": tables.area(codes[0])})
    for code in codes[1:]:
        found = tell("{before}, {name}", before=found, name=tables.area(code))
    return found
