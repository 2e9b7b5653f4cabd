"""Rows of an area, a site or a map by residue and period, as pages ask for them: looked up, never filtered.

A set of figures never changes once it was prepared, so what was indexed is kept until others are asked for more often.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

import polars as pl
from django.conf import settings

from headworks.core.periods import KINDS, Period
from headworks.web.figures.scoped import Figures

Row = Mapping[str, Any]


class Indexed(NamedTuple):
    """Rows by residue and period; residues with their headings; labels by kind of period, oldest first."""

    by: Mapping[str, Mapping[str, Row]]
    headings: tuple[tuple[str, str], ...]
    periods: Mapping[str, tuple[str, ...]]

    def row(self, analyte: str, period: str) -> Row | None:
        """The figure, or None where there is none."""
        return self.by.get(analyte, {}).get(period)

    def shows(self, kind: str) -> bool:
        """Whether any figure of a kind of period is shown, rather than withheld."""
        labels = self.periods.get(kind, ())
        return any(rows[label]["state"] != "suppressed" for rows in self.by.values() for label in labels if label in rows)


@dataclass(frozen=True)
class _Asked:
    """A set's rows, known by where they come from."""

    workspace: str
    run_id: str
    tier: str
    unit: str
    table: str
    rows: pl.DataFrame = field(compare=False, repr=False)


def indexed(figures: Figures, table: str, unit: str) -> Indexed:
    """Figures that the policy gave, by residue and period.

    Parameters
    ----------
    figures
        From :mod:`headworks.web.figures.scoped`, whole: not what was left of them for one reader.
    table, unit
        What they are of.
    """
    return _indexed(_Asked(settings.HEADWORKS_WORKSPACE, figures.run_id, figures.tier, unit, table, figures.rows))


# An area's rows of a year take half a megabyte.
@lru_cache(maxsize=160)
def _indexed(asked: _Asked) -> Indexed:
    return index_rows(asked.rows)


def index_rows(frame: pl.DataFrame) -> Indexed:
    """Rows by residue (by drug where there is none) and period."""
    key = "analyte" if "analyte" in frame.columns else "drug"
    by: dict[str, dict[str, Row]] = {}
    headings: dict[str, str] = {}
    for row in frame.iter_rows(named=True):
        by.setdefault(row[key], {})[row["period"]] = row
        headings.setdefault(row[key], row["drug"])
    labels = {label for rows in by.values() for label in rows}
    order = sorted(headings.items(), key=lambda pair: (":" in pair[1], pair[1].lower()))
    return Indexed(by, tuple(order), _by_kind(labels))


def _by_kind(labels: set[str]) -> dict[str, tuple[str, ...]]:
    periods = sorted(map(Period.parse, labels))
    return {kind: tuple(one.label for one in periods if one.kind == kind) for kind in KINDS[1:]}
