"""All areas of a level for one drug: a table to sort by its columns, and the same as a map drawn by the server."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language

from headworks.jobs.public_map import map_outlines
from headworks.reports.drawing.outlines import Outlines
from headworks.web.access.models import AreaNode, RegisterState
from headworks.web.opened import the_workspace
from headworks.web.public.pages.area_page import PublicFigure, figures_of_map
from headworks.web.public.pages.figures import EditionFigures

_STATE_ORDER = {"value": 0, "below_limit": 1, "suppressed": 2, "not_sampled": 3}
SORTS = ("name", "load", "coverage")


@dataclass(frozen=True)
class Shape:
    """An area of the map."""

    area: AreaNode
    state: str
    figure: PublicFigure | None
    path: str
    edge: str


@dataclass(frozen=True)
class Listed:
    """An area of the table; without a figure it was not sampled."""

    area: AreaNode
    state: str
    figure: PublicFigure | None


def list_areas(figures: EditionFigures, analyte: str, period: str, level: int, sort: str) -> list[Listed]:
    """Every area of a level, those without a figure too.

    Parameters
    ----------
    sort
        One of ``SORTS``; what has no number comes last.
    """
    areas = {area.area_id: area for area in AreaNode.objects.filter(level=level)}
    found = figures_of_map(figures.map_rows(period, analyte, level), areas)
    rows = [_listed(area, found.get(area.area_id)) for area in areas.values()]
    language = get_language() or "en"

    def by_name(one: Listed) -> str:
        return one.area.name_in(language)

    def by_number(name: str) -> Any:
        def key(one: Listed) -> tuple[int, float, str]:
            number = one.figure.numbers[name] if one.figure is not None else None
            return (_STATE_ORDER[one.state], -(number or 0.0), by_name(one))

        return key

    keys = {"name": by_name, "load": by_number("load_mg_per_1000_per_day"), "coverage": by_number("coverage")}
    return sorted(rows, key=keys[sort])


def shapes_of(rows: list[Listed], level: int) -> tuple[Outlines, list[Shape]] | None:
    """The map of a table; None where no boundaries of the level are known."""
    state = RegisterState.objects.values_list("last_import_seq", flat=True).first()
    outlines = map_outlines(the_workspace(), level, -1 if state is None else state)
    if outlines is None:
        return None
    shapes = [
        Shape(row.area, row.state, row.figure, outlines.paths[row.area.area_id], outlines.edges[row.area.area_id])
        for row in rows
        if row.area.area_id in outlines.paths
    ]
    return outlines, shapes


def _listed(area: AreaNode, figure: PublicFigure | None) -> Listed:
    return Listed(area, figure.state if figure is not None else "not_sampled", figure)
