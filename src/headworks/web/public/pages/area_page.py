"""What the page of an area says: for each drug the newest figure in words and numbers, and the same of the areas above."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from headworks.core.periods import Period
from headworks.web.access.models import AreaNode, codes_of
from headworks.web.public.pages.figures import EditionFigures
from headworks.web.public.pages.wording import LITTLE, SaidLevel, SaidTrend, drug_name, residue_name, say_level, say_trend

_KIND_ORDER = ("day", "week", "month", "quarter", "half_year", "year")
_NUMBERS = ("load_mg_per_1000_per_day", "lower", "upper", "coverage", "share_censored", "n_sites", "n_days", "population")


@dataclass(frozen=True)
class PublicFigure:
    """A figure of an area as the public reads it."""

    area: AreaNode
    drug: str
    analyte: str
    period: str
    state: str
    numbers: dict[str, Any]
    level: SaidLevel | None
    trend: SaidTrend

    @property
    def drug_words(self) -> str:
        """Its drug."""
        return drug_name(self.drug)

    @property
    def residue_words(self) -> str:
        """What was measured."""
        return residue_name(self.analyte)

    @property
    def is_main(self) -> bool:
        """Whether it stands for its drug; the residues beside the main one are called after both."""
        return ": " not in self.drug

    @property
    def is_little(self) -> bool:
        """Whether it speaks for few of the residents."""
        coverage = self.numbers.get("coverage")
        return self.state != "suppressed" and (coverage is None or coverage < LITTLE)


def figures_of_area(figures: EditionFigures, area: AreaNode) -> list[PublicFigure]:
    """The newest figure of each drug and residue, the highest class first."""
    loads = figures.rows("area_loads", area.area_id)
    if loads.is_empty():
        return []
    changes = figures.rows("area_changes", area.area_id)
    found = []
    for (_drug, _analyte), rows in loads.group_by("drug", "analyte", maintain_order=True):
        found.append(_figure(area, _newest(rows), changes))
    return sorted(found, key=lambda one: (-one.level.number if one.level else 1, one.drug_words, one.analyte))


def series_of(figures: EditionFigures, area: AreaNode, analyte: str) -> list[PublicFigure]:
    """All figures of a residue in periods of the shortest kind, oldest first."""
    loads = figures.rows("area_loads", area.area_id)
    if loads.is_empty():
        return []
    rows = loads.filter(pl.col("analyte") == analyte).to_dicts()
    kinds = {Period.parse(row["period"]).kind for row in rows}
    kind = next((one for one in _KIND_ORDER if one in kinds), None)
    changes = figures.rows("area_changes", area.area_id)
    wanted = [row for row in rows if Period.parse(row["period"]).kind == kind]
    return [_figure(area, row, changes) for row in sorted(wanted, key=lambda row: Period.parse(row["period"]).first)]


def ladder_of(figures: EditionFigures, area: AreaNode, analyte: str, period: str) -> list[PublicFigure]:
    """The same figure of the areas above and of the area itself, the highest first."""
    codes = codes_of(area.path)
    known = AreaNode.objects.in_bulk(codes)
    steps = []
    for code in codes:
        rows = figures.rows("area_loads", code)
        if code in known and not rows.is_empty():
            mine = rows.filter((pl.col("analyte") == analyte) & (pl.col("period") == period)).to_dicts()
            steps += [_figure(known[code], row, figures.rows("area_changes", code)) for row in mine]
    return steps


def figures_of_map(rows: pl.DataFrame, areas: dict[str, AreaNode]) -> dict[str, PublicFigure]:
    """Figures of a map by area; without trends, which stand on the pages of the areas."""
    nothing = pl.DataFrame(schema={"period": pl.String, "analyte": pl.String})
    return {row["area_id"]: _figure(areas[row["area_id"]], row, nothing) for row in rows.to_dicts() if row["area_id"] in areas}


def _newest(rows: pl.DataFrame) -> dict[str, Any]:
    """The newest of the shortest kind that is shown: a year that has only begun ends later than its first quarter."""

    def rank(row: dict[str, Any]) -> tuple[bool, int, Any]:
        period = Period.parse(row["period"])
        return row["state"] != "suppressed", -_KIND_ORDER.index(period.kind), period.last

    return max(rows.to_dicts(), key=rank)


def _figure(area: AreaNode, row: dict[str, Any], changes: pl.DataFrame) -> PublicFigure:
    change = None
    if changes.height:
        of = changes.filter((pl.col("analyte") == row["analyte"]) & (pl.col("period") == row["period"])).to_dicts()
        change = of[0] if of else None
    state = row["state"]
    numbers = {name: row.get(name) if state != "suppressed" else None for name in _NUMBERS}
    level = None
    if state == "value":
        level = say_level(row["drug"], numbers["load_mg_per_1000_per_day"], numbers["lower"], numbers["upper"])
    return PublicFigure(area, row["drug"], row["analyte"], row["period"], state, numbers, level, say_trend(change))
