"""Of which area a report speaks and for whom, held against what a reader was granted.

An edition is of an area and a tier: it is there for whoever sees the area at that tier or a higher one. A report of all areas
is for who was granted all of them.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from headworks.core.errors import UsageError
from headworks.jobs.cycle import StoredEdition, all_editions, find_edition
from headworks.web.access.models import AreaNode
from headworks.web.access.policy import NotVisible, require_area, visible_areas
from headworks.web.access.reader import Reader
from headworks.web.access.roles import TIERS
from headworks.web.opened import the_workspace

EVERYWHERE: Final = "all"
_STEP_SCOPES: Final = ("approve", "publish", "decide")


class Place(NamedTuple):
    """An area of a report, or all of them: ``path`` is empty then and ``area`` None."""

    code: str
    path: str
    area: AreaNode | None


def require_place(reader: Reader, area_id: str) -> Place:
    """The area of a report, for a reader who sees it.

    Raises
    ------
    NotVisible
        When it is not there or not theirs.
    """
    if area_id == EVERYWHERE:
        if not reader.has("view", ""):
            raise NotVisible("all areas")
        return Place(EVERYWHERE, "", None)
    area = require_area(reader, area_id)
    return Place(area.pk, area.path, area)


def tier_on(reader: Reader, path: str) -> str:
    """The highest tier at which the reader sees the place."""
    return reader.tier_at(path)


def may_draft(reader: Reader, path: str) -> bool:
    """Whether a reader may have a report of the place drafted."""
    return reader.has("view", path) and (reader.has("decide", path) or reader.has("publish", path))


def scopes_on(reader: Reader, path: str) -> tuple[str, ...]:
    """What the reader may do with editions of the place, of what steps ask."""
    return tuple(scope for scope in _STEP_SCOPES if reader.has(scope, path) and reader.has("view", path))


def visible_editions(reader: Reader) -> list[tuple[StoredEdition, Place]]:
    """Editions that the reader may see, with their places; as :func:`headworks.jobs.cycle.all_editions` orders them."""
    found = all_editions(the_workspace())
    areas = visible_areas(reader).in_bulk({one.area_id for one in found})
    places = {code: Place(code, area.path, area) for code, area in areas.items()}
    if reader.has("view", ""):
        places[EVERYWHERE] = Place(EVERYWHERE, "", None)
    return [
        (one, places[one.area_id])
        for one in found
        if one.area_id in places and _sees(reader, places[one.area_id].path, one.tier)
    ]


def require_edition(reader: Reader, snapshot_id: str) -> tuple[StoredEdition, Place]:
    """An edition by its whole id, for a reader who may see it.

    Raises
    ------
    NotVisible
        When it is not there or not theirs; a beginning of an id is none.
    """
    try:
        found = find_edition(the_workspace(), snapshot_id)
    except UsageError as problem:
        raise NotVisible(f"edition {snapshot_id}") from problem
    place = require_place(reader, found.area_id)
    if found.snapshot_id != snapshot_id or not _sees(reader, place.path, found.tier):
        raise NotVisible(f"edition {snapshot_id}")
    return found, place


def _sees(reader: Reader, path: str, tier: str) -> bool:
    return tier in TIERS and TIERS.index(tier_on(reader, path)) >= TIERS.index(tier)
