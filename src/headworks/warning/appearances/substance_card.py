"""One page about one substance: what it is, first seen where, confirmed by what, where since, and where the procedure stands.

The trap: parts are shown, never a single score. Who reads the card weighs them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from headworks.core.errors import DataRefused
from headworks.warning.appearances.first_seen import spread
from headworks.warning.appearances.hits import LEVELS
from headworks.warning.appearances.procedure import Step, history_table, overdue, state_on


@dataclass(frozen=True)
class SubstanceCard:
    """What is known of a substance on a day.

    ``names`` as suspects were called; ``first_*`` of the first appearance anywhere, ``confirmed_*`` of the second independent
    sample, empty without. ``where`` has a row per site and area (``first_seen.first_appearances``), ``spread`` its course,
    ``levels`` the best level of identification by day from the first finding on (every finding counts here, with its doubt),
    ``steps`` those of the procedure. ``days_overdue`` is None where no term is over.
    """

    inchikey: str
    names: tuple[str, ...]
    as_of: dt.date
    first_day: dt.date | None
    first_site: str | None
    first_sample: str | None
    is_confirmed: bool
    confirmed_day: dt.date | None
    confirmed_by: str | None
    best_level: str | None
    n_findings: int
    n_in_doubt: int
    n_sites: int
    where: pl.DataFrame
    spread: pl.DataFrame
    levels: pl.DataFrame
    state: str
    steps: pl.DataFrame
    days_overdue: int | None


def substance_card(
    inchikey: str, findings: pl.DataFrame, appearances: pl.DataFrame, history: Sequence[Step], as_of: dt.date
) -> SubstanceCard:
    """The card of a substance on a day; later findings, appearances and steps are not on it.

    Parameters
    ----------
    inchikey
        The substance.
    findings, appearances
        Of ``hits`` and ``first_seen``; the appearances must be those of findings up to ``as_of``.
    history
        Steps of the procedure, in order.
    as_of
        The day.

    Raises
    ------
    DataRefused
        ``HW-D735`` when there is no finding of the substance by that day, or an appearance after it.
    """
    mine = findings.filter((pl.col("inchikey") == inchikey) & (pl.col("day") <= as_of))
    where = appearances.filter(pl.col("inchikey") == inchikey)
    if mine.is_empty():
        raise DataRefused(
            "There is no finding of this substance by that day.",
            found=f"{inchikey}, {as_of}",
            remedy="Give a key that is among the findings, and a later day",
            code="HW-D735",
        )
    if where.filter((pl.col("first_day") > as_of) | (pl.col("confirmed_day") > as_of)).height:
        raise DataRefused(
            "An appearance lies after the day of the card.",
            found=f"{inchikey}, {as_of}",
            remedy="Make the appearances from the findings up to that day",
            code="HW-D735",
        )
    sites = where.filter(unit_kind="site").sort("first_day", "unit_id")
    confirmed = where.filter(standing="confirmed").sort("confirmed_day", "unit_kind", "unit_id")
    steps = [step for step in history if step.day <= as_of]
    first = sites.row(0, named=True) if sites.height else {}
    second = confirmed.row(0, named=True) if confirmed.height else {}
    return SubstanceCard(
        inchikey=inchikey,
        names=tuple(mine["substance"].drop_nulls().unique().sort().to_list()),
        as_of=as_of,
        first_day=first.get("first_day"),
        first_site=first.get("unit_id"),
        first_sample=first.get("first_sample_id"),
        is_confirmed=bool(second),
        confirmed_day=second.get("confirmed_day"),
        confirmed_by=second.get("confirmed_by"),
        best_level=_best(where["best_level"]),
        n_findings=mine.height,
        n_in_doubt=mine.filter(pl.col("doubt") != "none").height,
        n_sites=sites.height,
        where=where,
        spread=spread(where),
        levels=_levels_by_day(mine),
        state=state_on(steps),
        steps=history_table(steps),
        days_overdue=overdue(steps, as_of),
    )


def _best(levels: pl.Series) -> str | None:
    return min(levels.to_list(), key=LEVELS.index, default=None)


def _levels_by_day(findings: pl.DataFrame) -> pl.DataFrame:
    """Best level so far: ``day, level, sample_id, doubt`` of the findings that bettered it."""
    rank = pl.col("level").replace_strict(list(LEVELS), list(range(len(LEVELS))), return_dtype=pl.Int64)
    rows = findings.with_columns(_rank=rank).sort("day", "_rank", "sample_id")
    better = pl.col("_rank") < pl.col("_rank").cum_min().shift(1)
    return rows.filter(better.fill_null(value=True)).select("day", "level", "sample_id", "doubt")
