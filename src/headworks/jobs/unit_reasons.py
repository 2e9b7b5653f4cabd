"""Why the figure of a unit in a period is withheld, looked up for millions of rows at once.

Places of units and of periods name a cell of an array of reasons; a table of rows is coded and looked up, never joined.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from headworks.jobs.sampled_periods import codes_of

# What no decision speaks of is withheld, for its detail or because it is unknown.
_UNDECIDED = "detail"


class UnitReasons(NamedTuple):
    """Reasons by kind of unit: ``ids`` sorted, and places among ``words``; the last row and column are of what is unknown."""

    ids: dict[str, pl.Series]
    periods: pl.Series
    reasons: dict[str, npt.NDArray[np.int8]]
    words: pl.Series

    def of(self, kind: str, units: pl.Series, periods: pl.Series) -> pl.Series:
        """Why each unit and period is withheld, empty where it is shown."""
        places = self.reasons[kind][codes_of(units, self.ids[kind]), codes_of(periods, self.periods)]
        return self.words[places]


def unit_reasons(units: pl.DataFrame, free: pl.Series) -> UnitReasons:
    """Reasons of all units and periods.

    Parameters
    ----------
    units
        ``unit_kind, unit_id, period, why``: the decisions.
    free
        Sites that are shown where nothing was decided.

    Examples
    --------
    >>> units = pl.DataFrame({"unit_kind": ["area"], "unit_id": ["C"], "period": ["2026"], "why": ["secondary"]})
    >>> known = unit_reasons(units, pl.Series(["a"], dtype=pl.String))
    >>> known.of("area", pl.Series(["C", "C"]), pl.Series(["2026", "2027"])).to_list()
    ['secondary', 'detail']
    >>> known.of("site", pl.Series(["a", "b"]), pl.Series(["2026", "2026"])).to_list()
    [None, 'detail']
    """
    periods, words = units["period"].unique().sort(), units["why"].drop_nulls().unique()
    words = pl.concat([words, pl.Series([_UNDECIDED], dtype=pl.String)]).unique().sort()
    shown, undecided = words.len(), int(codes_of(pl.Series([_UNDECIDED]), words)[0])
    ids, reasons = {}, {}
    for kind in ("area", "site"):
        rows = units.filter(pl.col("unit_kind") == kind)
        ids[kind] = pl.concat([rows["unit_id"], free.clear() if kind == "area" else free]).unique().sort()
        table = np.full((ids[kind].len() + 1, periods.len() + 1), undecided, dtype=np.int8)
        if kind == "site":
            table[codes_of(free, ids[kind])] = shown
        why = codes_of(rows["why"], words)
        table[codes_of(rows["unit_id"], ids[kind]), codes_of(rows["period"], periods)] = np.where(why < 0, shown, why)
        reasons[kind] = table
    return UnitReasons(ids, periods, reasons, words.extend(pl.Series([None], dtype=pl.String)))
