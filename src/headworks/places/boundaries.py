"""Boundaries of areas: an operator's own, keyed by code, or the schematic map that is shipped.

No provider's boundary is shipped. The schematic map shows which counties adjoin, not where their borders run; an operator
loads reviewed boundaries. The trap is the map of a Chinese web service: its coordinates are shifted by half a kilometre
(GCJ-02), which nobody sees until a site lies in the wrong town.
"""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import NamedTuple

import numpy as np
import polars as pl

from headworks.core.errors import UsageError
from headworks.places.gcj02 import wgs84_from_gcj02
from headworks.places.geojson import Feature, Parsed, Polygon, parse_geojson, signed_area, write_geojson
from headworks.places.network_findings import NetworkFinding

_SHOWN = 5


class AreaBoundary(NamedTuple):
    """One area's polygons, outer ring first, WGS 84; ``is_schematic`` when they only show what adjoins."""

    area_id: str
    polygons: list[Polygon]
    is_schematic: bool = False


class Boundaries(NamedTuple):
    """Boundaries by ``area_id``, the property that held the code, and what to know about them."""

    areas: dict[str, AreaBoundary]
    key: str
    findings: list[NetworkFinding]


def parse_boundaries(
    text: str, areas: pl.DataFrame, *, key: str | None = None, crs: str = "wgs84", where: str = "boundaries"
) -> Boundaries:
    """An operator's boundaries, validated and keyed by the codes of the area table.

    Parameters
    ----------
    text
        GeoJSON.
    areas
        Table ``areas`` (the rows of one day): whose codes are looked for.
    key
        Property that holds the code; found by itself when None. Codes may be full or without their last zeros (440103).
    crs
        ``wgs84``, or ``gcj02`` to convert from it.
    where
        Said in a refusal.

    Returns
    -------
    Boundaries
        Sorted by code. Polygons of one code are put together; both that and codes that no area has are findings.

    Raises
    ------
    DataRefused
        ``HW-D406``, ``HW-D407``, ``HW-D408``: see ``parse_geojson``.
    UsageError
        ``HW-U043`` for another ``crs``, ``HW-U044`` when no property holds codes of the table.
    """
    if crs not in {"wgs84", "gcj02"}:
        raise UsageError("The frame is not known.", found=crs, remedy="Use wgs84 or gcj02", code="HW-U043")
    parsed = parse_geojson(text, where)
    codes = _codes(areas)
    key = _key(parsed, codes, key, where)
    gathered: dict[str, list[Polygon]] = {}
    unknown, several = [], []
    for feature in parsed.features:
        written = _written(feature, key)
        code = codes.get(written)
        if code is None:
            unknown.append(written or f"feature {feature.number} without a code")
            continue
        if code in gathered:
            several.append(code)
        gathered.setdefault(code, []).extend(_converted(polygon, crs) for polygon in feature.polygons)
    found = {code: AreaBoundary(code, gathered[code]) for code in sorted(gathered)}
    return Boundaries(found, key, _findings(parsed, crs, unknown, several))


def boundaries_geojson(boundaries: dict[str, AreaBoundary], areas: pl.DataFrame) -> str:
    """A FeatureCollection with ``area_id, level, name_zh, name_pinyin, name_en, is_schematic`` of every area.

    Parameters
    ----------
    boundaries
        By ``area_id``.
    areas
        Table ``areas`` (the rows of one day); an area that it lacks has no name.
    """
    named = ["area_id", "level", "name_zh", "name_pinyin", "name_en"]
    rows = {row["area_id"]: row for row in areas.select(named).to_dicts()}
    empty = dict.fromkeys(named)
    return write_geojson(
        (code, {**empty, **rows.get(code, {}), "area_id": code, "is_schematic": one.is_schematic}, one.polygons)
        for code, one in sorted(boundaries.items())
    )


def schematic_boundaries(province: str) -> dict[str, AreaBoundary]:
    """The shipped schematic map of a province: a cell for each county, and for each city without counties.

    Raises
    ------
    UsageError
        ``HW-U042`` for a province that is not shipped.

    Examples
    --------
    >>> cells = schematic_boundaries("44")
    >>> len(cells), cells["441900000000"].is_schematic
    (124, True)
    """
    cells = {code: cell for code, cell in _schematic().items() if code.startswith(province)}
    if not cells or len(province) != len("44"):
        raise UsageError("No map of this province is shipped.", found=province, remedy="Use 44 or 52", code="HW-U042")
    return cells


def larger_boundaries(boundaries: dict[str, AreaBoundary], ancestors: pl.DataFrame) -> dict[str, AreaBoundary]:
    """Boundaries and, of every area above that has none, the polygons of what lies in it put together.

    Parameters
    ----------
    boundaries
        By ``area_id``.
    ancestors
        From ``ancestors_table``.
    """
    found = dict(boundaries)
    is_drawn = pl.col("ancestor_id").is_in(list(boundaries))
    above = ancestors.filter(pl.col("area_id").is_in(list(boundaries)) & (pl.col("area_id") != pl.col("ancestor_id")))
    # What lies in a smaller area that is drawn is drawn by it.
    nearest = above.filter(is_drawn).group_by("area_id").agg(_nearest=pl.col("level").max())
    above = above.join(nearest, on="area_id", how="left").filter(
        ~is_drawn & (pl.col("level") > pl.col("_nearest").fill_null(0))
    )
    for area, larger in above.select("area_id", "ancestor_id").sort("ancestor_id", "area_id").rows():
        before = found.get(larger, AreaBoundary(larger, [], boundaries[area].is_schematic))
        found[larger] = before._replace(polygons=[*before.polygons, *boundaries[area].polygons])
    return found


def middle_of(boundary: AreaBoundary) -> tuple[float, float]:
    """Longitude and latitude of the centre of gravity of an area's largest polygon."""
    ring = max((polygon[0] for polygon in boundary.polygons), key=lambda outer: abs(signed_area(outer)))
    local = ring - ring[0]
    cross = local[:-1, 0] * local[1:, 1] - local[1:, 0] * local[:-1, 1]
    if not cross.sum():
        return float(ring[:, 0].mean()), float(ring[:, 1].mean())
    middle = ((local[:-1] + local[1:]) * cross[:, None]).sum(axis=0) / (3.0 * cross.sum()) + ring[0]
    return float(middle[0]), float(middle[1])


@cache
def _schematic() -> dict[str, AreaBoundary]:
    text = resources.files("headworks.places").joinpath("data/counties_schematic.geojson").read_text(encoding="utf-8")
    features = parse_geojson(text, "schematic map").features
    return {str(one.properties["code12"]): AreaBoundary(str(one.properties["code12"]), one.polygons, True) for one in features}


def _codes(areas: pl.DataFrame) -> dict[str, str]:
    """Every way in which a file may write the code of an area: in full, or without its last zeros at an even place."""
    full = {code: code for code in areas["area_id"].to_list()}
    short: dict[str, str] = {}
    for code, level in areas.select("area_id", "level").rows():
        if code.isdecimal():
            digits = code[: {1: 2, 2: 4, 3: 6, 4: 9}.get(level, len(code))]
            for written in (digits, digits.ljust(6, "0"), digits.ljust(12, "0")):
                short.setdefault(written, code)
    return {**short, **full}


def _written(feature: Feature, key: str) -> str:
    value = feature.properties.get(key)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else str(value).strip()


def _key(parsed: Parsed, codes: dict[str, str], key: str | None, where: str) -> str:
    names = sorted({name for feature in parsed.features for name in feature.properties})
    hits = {name: len({codes[_written(f, name)] for f in parsed.features if _written(f, name) in codes}) for name in names}
    best = key if key is not None else max(names, key=lambda name: hits[name], default="")
    if hits.get(best, 0):
        return best
    raise UsageError(
        "No property of the boundaries holds codes of the areas."
        if key is None
        else "The property holds no code of the areas.",
        where=where,
        found=", ".join(names[:12]) or "no properties",
        remedy="Name the property that holds the code with --key, and import the areas first",
        code="HW-U044",
    )


def _converted(polygon: Polygon, crs: str) -> Polygon:
    if crs == "wgs84":
        return polygon
    return [np.column_stack(wgs84_from_gcj02(ring[:, 0], ring[:, 1])) for ring in polygon]


def _findings(parsed: Parsed, crs: str, unknown: list[str], several: list[str]) -> list[NetworkFinding]:
    findings = []
    if parsed.frame == "gcj02" and crs == "wgs84":
        message = "The boundaries say that they are in GCJ-02, which lies some 500 m off WGS 84; they were taken as they are."
        findings.append(NetworkFinding("warning", "HW-C421", message, "Load them again with --from gcj02, which converts"))
    notes: list[tuple[str, str, list[str], str]] = [
        (
            "HW-C422",
            "boundaries have a code that no area has and were left out",
            unknown,
            "Correct the codes, or import the areas",
        ),
        ("HW-C423", "areas have several features, whose polygons were put together", several, ""),
        ("HW-C424", "features are no polygons and were left out", parsed.passed_over, ""),
    ]
    for code, what, names, remedy in notes:
        if names:
            shown = ", ".join(names[:_SHOWN]) + (" …" if len(names) > _SHOWN else "")
            severity = "warning" if code == "HW-C422" else "info"
            findings.append(NetworkFinding(severity, code, f"{len(names):,} {what}: {shown}", remedy))
    return findings
