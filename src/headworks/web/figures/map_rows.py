"""What a map says of each area: state, class, sentence, numbers; one answer for picture, script, table and download.

Colours stand for classes whose edges are fixed per drug and published, never for quantiles of what is shown.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from headworks.jobs.step_change import StepChange, step_change
from headworks.reports.drawing.classes import CIVIDIS, class_edges, class_of
from headworks.web.access.models import AreaNode
from headworks.web.access.reader import Reader
from headworks.web.figures.cells import Drawn, Place, drawn_cells
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


class Asked(NamedTuple):
    """What decides everything that a map says."""

    workspace: str
    reach: tuple[Any, ...]
    run_id: str
    area_id: str
    level: int
    period: str
    previous: str
    analyte: str
    heading: str
    language: str
    version: str


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
    key: Asked


def reach_of(reader: Reader) -> tuple[Any, ...]:
    """What of a reader decides which figures they see: two readers with the same see the same."""
    views = tuple(sorted((right.area_path, right.tier) for right in reader.rights if "view" in right.scopes))
    return views, reader.only_scopes, reader.only_path


# Rows of the newest asked maps: made of sets that never change.
_KEPT: dict[Asked, MapShown] = {}
_TEXTS: dict[tuple[Asked, str], str] = {}
_MOST_KEPT = 128


def map_shown(reader: Reader, area: AreaNode, level: int, of: tuple[str, str], periods: tuple[str, str]) -> MapShown:
    """The map of a level in an area.

    Parameters
    ----------
    reader, area
        Who asks, and an area from the policy.
    level
        Of the areas drawn.
    of
        Residue and heading.
    periods
        Label shown, and the one before it or empty.

    Raises
    ------
    NotVisible
        For an area that is not the reader's.
    """
    drawn = drawn_cells(area, level)
    now = map_figures(reader, area.area_id, level, periods[0], of[0])
    asked = Asked(settings.HEADWORKS_WORKSPACE, reach_of(reader), now.run_id, area.area_id, level, *periods, *of,
                   get_language() or "en", drawn.version)  # fmt: skip
    found = _KEPT.get(asked)
    if found is None:
        others = [
            label and map_figures(reader, area.area_id, level, label, of[0]).rows for label in (periods[1], periods[0][:4])
        ]
        frames = [now.rows, *(now.rows.clear() if isinstance(frame, str) else frame for frame in others)]
        edges = class_edges(of[1].partition(":")[0])
        by_area = [{row["area_id"]: row for row in frame.iter_rows(named=True)} for frame in frames]
        places = (*drawn.places, *drawn.unplaced)
        rows = tuple(_row(place, tuple(one.get(place.area_id) for one in by_area), edges) for place in places)
        found = MapShown(drawn, rows, of[0], periods[0], periods[1], edges, now.run_id, now.tier, asked)
        while len(_KEPT) >= _MOST_KEPT:
            _KEPT.pop(next(iter(_KEPT)), None)
        _KEPT[asked] = found
    return found


def _row(place: Place, rows: tuple[dict[str, Any] | None, ...], edges: tuple[float, ...]) -> MapRow:
    row, before, year = rows
    state = state_of(row)
    change = step_change(row, before, (year or {}).get("population"))
    number = class_of(row["load_mg_per_1000_per_day"], edges) if state == "value" and row is not None else None
    name = place.name_in(get_language() or "en")
    return MapRow(place.area_id, name, state, number, said_of(row, change), row, change, year is not None)


def kept_text(shown: MapShown, kind: str, make: Callable[[], str]) -> str:
    """What is written of a map (its picture, its table), made once."""
    key = (shown.key, kind)
    found = _TEXTS.get(key)
    if found is None:
        while len(_TEXTS) >= _MOST_KEPT:
            _TEXTS.pop(next(iter(_TEXTS)), None)
        found = _TEXTS[key] = make()
    return found


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
