"""What a map says of each area: state, class, sentence, numbers; one answer for picture, script, table and download.

Colours stand for classes whose edges are fixed per drug and published, never for quantiles of what is shown.
"""

from __future__ import annotations

from collections.abc import Hashable
from functools import lru_cache
from typing import Any, NamedTuple

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from headworks.jobs.step_change import StepChange, step_change
from headworks.reports.drawing.classes import CIVIDIS, class_edges, class_of
from headworks.web.access.reader import Reader
from headworks.web.figures.cells import Drawn, Place, drawn_cells
from headworks.web.figures.kept import kept
from headworks.web.figures.scoped import map_figures
from headworks.web.figures.sentences import Said, said_of, state_of
from headworks.web.figures.templatetags.figures import amount


class MapRow(NamedTuple):
    """An area of the map; ``class_number`` is 0 to 4 where there is a value; covered when sampled at some time in the year."""

    area_id: str
    name: str
    state: str
    class_number: int | None
    said: Said
    row: dict[str, Any] | None
    change: StepChange
    is_covered: bool

    @property
    def sentence(self) -> str:
        """What is read out and shown on hovering."""
        return _("%(area)s: %(sentence)s") % {"area": self.name, "sentence": self.said.line()}


class MapShown(NamedTuple):
    """All areas of a level in an area; ``previous`` is the period that changes are counted from."""

    drawn: Drawn
    rows: tuple[MapRow, ...]
    analyte: str
    period: str
    previous: str
    edges: tuple[float, ...]
    run_id: str
    tier: str
    key: tuple[Hashable, ...]


def map_shown(
    reader: Reader, where: tuple[str, tuple[str, ...]], level: int, of: tuple[str, str], periods: tuple[str, str], version: int
) -> MapShown:
    """The map of a level in an area, or in all that a reader was granted.

    Parameters
    ----------
    reader
        Who asks.
    where
        Code and path of an area that the policy gave them; nothing and the roots of their grants for all of these.
    level
        Of the areas drawn.
    of
        Residue and heading.
    periods
        Label shown, and the one before it or empty.
    version
        Of the register.

    Raises
    ------
    NotVisible
        For an area that is not the reader's.
    """
    drawn = drawn_cells(where[1], level, version)
    key = ("map", *where[1], level, *of, *periods, drawn.version)
    return kept(reader, key, lambda: _made(reader, where[0], drawn, (level, of, periods), key), len(drawn.places))


def _made(
    reader: Reader,
    area_id: str,
    drawn: Drawn,
    asked: tuple[int, tuple[str, str], tuple[str, str]],
    key: tuple[Hashable, ...],
) -> MapShown:
    level, of, periods = asked
    labels = (periods[0], periods[1], periods[0][:4])
    places = (*drawn.places, *drawn.unplaced)
    levels, run_id, tier = sorted({level, *(place.level for place in places)}), "", ""
    by_area: list[dict[str, Any]] = []
    for label in labels:
        found = [map_figures(reader, area_id, one, label, of[0]) for one in levels] if label else []
        run_id = run_id or next((one.run_id for one in found), "")
        tier = tier or next((one.tier for one in found), "")
        by_area.append({row["area_id"]: row for one in found for row in one.rows.iter_rows(named=True)})
    edges = class_edges(of[1].partition(":")[0])
    rows = tuple(_row(place, tuple(one.get(place.area_id) for one in by_area), edges) for place in places)
    return MapShown(drawn, rows, of[0], *periods, edges, run_id, tier, key)


def _row(place: Place, rows: tuple[dict[str, Any] | None, ...], edges: tuple[float, ...]) -> MapRow:
    row, before, year = rows
    state = state_of(row)
    change = step_change(row, before, (year or {}).get("population"))
    number = class_of(row["load_mg_per_1000_per_day"], edges) if state == "value" and row is not None else None
    name = place.name_in(get_language() or "en")
    return MapRow(place.area_id, name, state, number, said_of(row, change), row, change, year is not None)


@lru_cache(maxsize=256)
def _caption(edges: tuple[float, ...], number: int, language: str) -> str:
    if number == 0:
        return _("below %(high)s") % {"high": amount(edges[0])}
    if number == len(edges):
        return _("%(low)s and above") % {"low": amount(edges[-1])}
    return _("%(low)s to %(high)s") % {"low": amount(edges[number - 1]), "high": amount(edges[number])}


def class_legend(edges: tuple[float, ...]) -> list[tuple[int, str, str]]:
    """Number, colour and words of each class, lowest first; mg per 1,000 people a day."""
    language = get_language() or "en"
    return [(number, color, _caption(edges, number, language)) for number, color in enumerate(CIVIDIS)]
