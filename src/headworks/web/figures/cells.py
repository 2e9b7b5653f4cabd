"""Where areas are drawn: cells of a level in an area, as GeoJSON for the map and as paths for a picture without scripts."""

from __future__ import annotations

import gzip
import hashlib
import json
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from django.conf import settings

from headworks.jobs.area_cells import area_cells, cells_version
from headworks.places.boundaries import AreaBoundary, middle_of
from headworks.places.round_cells import mercator_north, round_cells
from headworks.store import Workspace
from headworks.web.access.models import AreaNode, RegisterState
from headworks.web.access.policy import within
from headworks.web.opened import the_workspace

_DECIMALS = 4
_BESIDE_CIRCLE = 2.5
_WIDTH, _MOST_HEIGHT, _MARGIN = 640.0, 520.0, 6.0


class Place(NamedTuple):
    """An area as it is drawn: its code, names and level, its path, the middle of its largest part and its width in px."""

    area_id: str
    name_en: str
    name_zh: str
    name_pinyin: str
    level: int
    path: str
    x: float
    y: float
    room: float

    def name_in(self, language: str) -> str:
        """As for an area of the register."""
        chinese = language[:2] in ("zh", "ja")
        return next(filter(None, (self.name_zh if chinese else self.name_en, self.name_en, self.name_pinyin, self.name_zh,
                                  self.area_id)))  # fmt: skip


class Drawn(NamedTuple):
    """Cells of a level: size of the picture, places, those without a cell, how many are circles, whether any is schematic."""

    width: float
    height: float
    places: tuple[Place, ...]
    unplaced: tuple[Place, ...]
    n_round: int
    is_schematic: bool
    version: str


def register_version() -> int:
    """Number of the import that the register of areas was copied from."""
    found = RegisterState.objects.values_list("last_import_seq", flat=True).first()
    return -1 if found is None else int(found)


@lru_cache(maxsize=512)
def levels_inside(path: str, workspace: str, version: int) -> tuple[int, ...]:
    """Levels of which there are areas in an area; of a granted one all of them are visible."""
    found = AreaNode.objects.filter(path__startswith=path).exclude(path=path).values_list("level", flat=True)
    return tuple(sorted(set(found)))


def drawn_cells(paths: tuple[str, ...], level: int, version: int) -> Drawn:
    """Cells of a level in areas that the reader was granted.

    Parameters
    ----------
    paths
        Of areas from the policy, or the roots of what was granted.
    level
        1 to 5.
    version
        From :func:`register_version`.
    """
    return _drawn(paths, level, settings.HEADWORKS_WORKSPACE, version, _cells_key(version))


def _cells_key(version: int) -> str:
    return cells_version(the_workspace(), version)


def _tag(paths: tuple[str, ...], key: str) -> str:
    """Version of the cells of some areas: two readers' cells of all that is theirs are never taken for one another."""
    return hashlib.sha256(repr((paths, key)).encode()).hexdigest()[:16]


def _rows(paths: tuple[str, ...], level: int) -> list[tuple[str, str, str, str, int]]:
    """Areas of a level, and the few above it that have none there: a city without counties leaves no hole in their map."""
    names = ("area_id", "name_en", "name_zh", "name_pinyin", "level")
    inside = AreaNode.objects.filter(within(paths, "path"))
    rows = list(inside.filter(level=level).values_list(*names))
    parents = inside.filter(level__lte=level, parent__isnull=False).values("parent_id")
    lone = list(inside.filter(level__lt=level).exclude(path__in=paths).exclude(pk__in=parents).values_list(*names))
    return sorted([*rows, *(lone if len(lone) * 10 <= len(rows) else [])])


class _Shapes(NamedTuple):
    """Rows of the areas of a map, their polygons, and which of these are circles."""

    rows: list[tuple[str, str, str, str, int]]
    polygons: dict[str, AreaBoundary]
    is_round: frozenset[str]


@lru_cache(maxsize=16)
def _shapes(paths: tuple[str, ...], level: int, workspace: str, version: int, key: str) -> _Shapes:
    known, rows = area_cells(Workspace.open(Path(workspace)), version), _rows(paths, level)
    mine = {code: known.polygons[code] for code, *_ in rows if code in known.polygons}
    places = {code: known.places[code] for code, *_ in rows if code in known.places}
    corners = [ring for one in mine.values() for polygon in one.polygons for ring in polygon]
    circles = round_cells(places, np.concatenate(corners) if corners else None)
    return _Shapes(rows, mine | circles, frozenset(circles))


@lru_cache(maxsize=64)
def _drawn(paths: tuple[str, ...], level: int, workspace: str, version: int, key: str) -> Drawn:
    rows, mine, is_round = _shapes(paths, level, workspace, version, key)
    points = [ring for one in mine.values() for polygon in one.polygons for ring in polygon]
    if not points:
        return Drawn(0.0, 0.0, (), tuple(Place(*row, "", 0.0, 0.0, 0.0) for row in rows), 0, False, _tag(paths, key))
    stacked = np.concatenate(points)
    (west, south), (east, north) = stacked.min(axis=0), stacked.max(axis=0)
    # The same plane as the map with a script, so that the two look alike.
    bottom, top = mercator_north(np.array([south, north])).tolist()
    wide, tall = max(east - west, 1e-6), max(top - bottom, 1e-6)
    scale = min((_WIDTH - 2 * _MARGIN) / wide, (_MOST_HEIGHT - 2 * _MARGIN) / tall)

    def placed(ring: Any) -> list[tuple[float, float]]:
        x = np.round((ring[:, 0] - west) * scale + _MARGIN, 1)
        y = np.round((top - mercator_north(ring[:, 1])) * scale + _MARGIN, 1)
        return list(zip(x.tolist(), y.tolist(), strict=True))

    def path_of(one: AreaBoundary) -> str:
        rings = [placed(ring)[:-1] for polygon in one.polygons for ring in polygon]
        return "".join("M" + "L".join(f"{x:g},{y:g}" for x, y in ring) + "Z" for ring in rings)

    places = []
    for row in rows:
        if row[0] in mine:
            x, y = placed(np.array([middle_of(mine[row[0]])]))[0]
            places.append(Place(*row, path_of(mine[row[0]]), x, y, _room(mine[row[0]], row[0] in is_round) * scale))
    unplaced = tuple(Place(*row, "", 0.0, 0.0, 0.0) for row in rows if row[0] not in mine)
    schematic = any(one.is_schematic for code, one in mine.items() if code not in is_round)
    size = (wide * scale + 2 * _MARGIN, tall * scale + 2 * _MARGIN)
    return Drawn(*size, tuple(places), unplaced, len(is_round), schematic, _tag(paths, key))


def _room(one: AreaBoundary, is_round: bool) -> float:
    """From the western to the eastern end, in degrees: whether a name has room. There is some beside a circle, too."""
    across = np.concatenate([polygon[0][:, 0] for polygon in one.polygons])
    return round(float(across.max() - across.min()) * (_BESIDE_CIRCLE if is_round else 1.0), _DECIMALS)


def cells_geojson(paths: tuple[str, ...], level: int) -> tuple[bytes, str]:
    """Gzipped GeoJSON of the cells, and its version for the browser's cache."""
    version = register_version()
    key = _cells_key(version)
    return _geojson(paths, level, settings.HEADWORKS_WORKSPACE, version, key), _tag(paths, key)


@lru_cache(maxsize=64)
def _geojson(paths: tuple[str, ...], level: int, workspace: str, version: int, key: str) -> bytes:
    shapes = _shapes(paths, level, workspace, version, key)
    features = []
    for number, (code, *_) in enumerate(shapes.rows):
        if code not in shapes.polygons:
            continue
        one = shapes.polygons[code]
        rings = [[np.round(ring, _DECIMALS).tolist() for ring in polygon] for polygon in one.polygons]
        middle = [round(value, _DECIMALS) for value in middle_of(one)]
        features.append(
            {
                "type": "Feature", "id": number,
                "properties": {"id": code, "middle": middle, "wide": _room(one, code in shapes.is_round)},
                "geometry": {"type": "MultiPolygon", "coordinates": rings},
            }
        )  # fmt: skip
    text = json.dumps({"type": "FeatureCollection", "features": features}, separators=(",", ":"))
    return gzip.compress(text.encode(), 6, mtime=0)
