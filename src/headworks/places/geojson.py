"""GeoJSON (RFC 7946) read with every fault located, and written.

Positions are longitude, latitude in WGS 84; nothing else is a GeoJSON. A file that says otherwise is refused with what would
do, except that the frame of Chinese web maps (GCJ-02) is recognised by name, so that it can be converted. The trap: many
programs write latitude first, and in most of the world both orders are possible numbers.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from headworks.core.errors import DataRefused

Ring = NDArray[np.float64]
Polygon = list[Ring]

# CGCS 2000 differs from WGS 84 by less than a metre; a boundary does not notice.
_WGS84 = {"4326", "crs84", "4490"}
_SHOWN = 10
_CORNERS = 4
_DECIMALS = 7


class Feature(NamedTuple):
    """One feature: its number in the file from 1, its properties (``id`` among them), its polygons, outer ring first."""

    number: int
    properties: dict[str, Any]
    polygons: list[Polygon]


class Parsed(NamedTuple):
    """The features of a file, the frame its ``crs`` names (``wgs84`` or ``gcj02``), and what was passed over."""

    features: list[Feature]
    frame: str
    passed_over: list[str]


def parse_geojson(text: str, where: str) -> Parsed:
    """The polygons of a FeatureCollection.

    Parameters
    ----------
    text
        The file's text.
    where
        Said in a refusal.

    Returns
    -------
    Parsed
        Features without an area (a point, a line, no geometry) are passed over and named.

    Raises
    ------
    DataRefused
        ``HW-D406`` when it is no GeoJSON with features, ``HW-D408`` when its coordinates are of another frame, ``HW-D407``
        with every broken ring.

    Examples
    --------
    >>> square = [[[113, 23], [114, 23], [114, 24], [113, 23]]]
    >>> feature = {"type": "Feature", "properties": {"code": "A"}, "geometry": {"type": "Polygon", "coordinates": square}}
    >>> parsed = parse_geojson(json.dumps({"type": "FeatureCollection", "features": [feature]}), "map.geojson")
    >>> parsed.features[0].properties, len(parsed.features[0].polygons[0][0])
    ({'code': 'A'}, 4)
    """
    collection = _collection(text, where)
    frame = _frame(collection.get("crs"), where)
    features: list[Feature] = []
    passed_over: list[str] = []
    faults: list[str] = []
    for number, raw in enumerate(collection["features"], start=1):
        geometry = raw.get("geometry") or {}
        kind, coordinates = geometry.get("type"), geometry.get("coordinates")
        if kind not in {"Polygon", "MultiPolygon"} or not isinstance(coordinates, list):
            passed_over.append(f"feature {number} ({kind or 'no geometry'})")
            continue
        polygons: list[Polygon] = []
        for at, polygon in enumerate([coordinates] if kind == "Polygon" else coordinates, start=1):
            rings = [
                _ring(ring, f"feature {number}, polygon {at}, ring {n}", faults) for n, ring in enumerate(polygon, start=1)
            ]
            polygons.append([ring for ring in rings if ring is not None])
        properties = dict(raw.get("properties") or {})
        if raw.get("id") is not None:
            properties.setdefault("id", raw["id"])
        features.append(Feature(number, properties, polygons))
    if faults:
        more = f"; and {len(faults) - _SHOWN} more" if len(faults) > _SHOWN else ""
        raise DataRefused(
            "Boundaries are drawn wrong.",
            where=where,
            found="; ".join(faults[:_SHOWN]) + more,
            remedy="Write rings of longitude, latitude in degrees (WGS 84), closed, of at least three corners (RFC 7946)",
            code="HW-D407",
        )
    return Parsed(features, frame, passed_over)


def write_geojson(features: Iterable[tuple[str, dict[str, Any], list[Polygon]]]) -> str:
    """A FeatureCollection of ``id, properties, polygons``: outer rings counterclockwise, holes clockwise, 1 cm digits."""
    written = []
    for identity, properties, polygons in features:
        drawn = [[_rounded(ring, is_outer=not at) for at, ring in enumerate(polygon)] for polygon in polygons]
        geometry = (
            {"type": "Polygon", "coordinates": drawn[0]} if len(drawn) == 1 else {"type": "MultiPolygon", "coordinates": drawn}
        )
        written.append({"type": "Feature", "id": identity, "properties": properties, "geometry": geometry})
    collection = {"type": "FeatureCollection", "features": written}
    return json.dumps(collection, ensure_ascii=False, separators=(",", ":")) + "\n"


def signed_area(ring: Ring) -> float:
    """Area within a ring in square degrees; positive when it runs counterclockwise.

    Examples
    --------
    >>> signed_area(np.array([[0.0, 0.0], [2.0, 0.0], [2.0, 1.0], [0.0, 1.0], [0.0, 0.0]]))
    2.0
    """
    x, y = ring[:, 0] - ring[0, 0], ring[:, 1] - ring[0, 1]
    return float(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1]) / 2.0)


def _collection(text: str, where: str) -> dict[str, Any]:
    try:
        content = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as problem:
        found = str(problem)
        content = None
    else:
        found = f"type {content.get('type')}" if isinstance(content, dict) else type(content).__name__
    if isinstance(content, dict) and content.get("type") == "Feature":
        content = {**content, "type": "FeatureCollection", "features": [content]}
    features = content.get("features") if isinstance(content, dict) else None
    if not isinstance(features, list) or not features or not all(isinstance(one, dict) for one in features):
        raise DataRefused(
            "The file is no GeoJSON with features.",
            where=where,
            found=found,
            remedy="Export the boundaries as a GeoJSON FeatureCollection in WGS 84",
            code="HW-D406",
        )
    return dict(content)


def _frame(crs: object, where: str) -> str:
    """What an old ``crs`` member says; without one a GeoJSON is in WGS 84."""
    if not crs:
        return "wgs84"
    properties = crs.get("properties") if isinstance(crs, dict) else None
    name = str(properties.get("name") if isinstance(properties, dict) else crs)
    plain = name.lower().replace("-", "").replace("_", "")
    if "gcj02" in plain or "amap" in plain or "autonavi" in plain or "mars" in plain:
        return "gcj02"
    if plain.rsplit(":", 1)[-1] in _WGS84 or plain in {"wgs84", "wgs 84"}:
        return "wgs84"
    raise DataRefused(
        "The coordinates are not WGS 84.",
        where=f"{where}, crs",
        found=name,
        remedy="Convert the file to EPSG:4326, for example: ogr2ogr -t_srs EPSG:4326 -lco RFC7946=YES out.geojson in.geojson",
        code="HW-D408",
    )


def _ring(raw: Any, place: str, faults: list[str]) -> Ring | None:
    try:
        ring: Ring = np.array([[float(x) for x in position[:2]] for position in raw], dtype=np.float64)
    except (TypeError, ValueError):
        ring = np.empty(0)
    if ring.ndim != 2 or ring.shape[1:] != (2,) or not np.isfinite(ring).all():
        faults.append(f"{place}: a position is not two numbers")
        return None
    fault = _fault(ring)
    if fault:
        faults.append(f"{place}: {fault}")
        return None
    return ring


def _fault(ring: Ring) -> str:
    lon, lat = np.abs(ring).max(axis=0)
    if lat > 90.0:
        if lat <= 180.0 and lon <= 90.0:
            return f"latitude {lat:g}: latitude stands before longitude"
        return f"latitude {lat:g}: these are no degrees, perhaps metres of a projection"
    if lon > 180.0:
        return f"longitude {lon:g} is not within -180 to 180"
    if not np.array_equal(ring[0], ring[-1]):
        return "the ring is not closed (its last position is not its first)"
    if len(ring) < _CORNERS or len(np.unique(ring, axis=0)) < _CORNERS - 1:
        return "a ring needs three corners at least"
    return ""


def _rounded(ring: Ring, *, is_outer: bool) -> list[list[float]]:
    turned = ring if (signed_area(ring) >= 0.0) == is_outer else ring[::-1]
    drawn: list[list[float]] = np.round(turned, _DECIMALS).tolist()
    return drawn
