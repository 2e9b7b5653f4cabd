"""GeoJSON is read with every fault located, and written as RFC 7946 has it."""

import json

import numpy as np
import pytest

from headworks.core.errors import DataRefused
from headworks.places.geojson import parse_geojson, signed_area, write_geojson

SQUARE = [[113.0, 23.0], [114.0, 23.0], [114.0, 24.0], [113.0, 24.0], [113.0, 23.0]]
HOLE = [[113.4, 23.4], [113.4, 23.6], [113.6, 23.6], [113.6, 23.4], [113.4, 23.4]]


def collection(*geometries, crs=None, **properties):
    features = [
        {"type": "Feature", "id": n, "properties": dict(properties), "geometry": g} for n, g in enumerate(geometries, 7)
    ]
    return json.dumps({"type": "FeatureCollection", "features": features} | ({"crs": crs} if crs else {}))


def polygon(*rings):
    return {"type": "Polygon", "coordinates": list(rings)}


def named(crs):
    return {"type": "name", "properties": {"name": crs}}


def test_polygons_and_multipolygons_are_read_with_their_holes():
    multi = {"type": "MultiPolygon", "coordinates": [[SQUARE, HOLE], [SQUARE]]}
    parsed = parse_geojson(collection(polygon(SQUARE), multi, code="A"), "map")
    assert [[len(rings) for rings in one.polygons] for one in parsed.features] == [[1], [2, 1]]
    assert parsed.features[0].properties == {"code": "A", "id": 7}
    assert parsed.frame == "wgs84"


def test_heights_are_dropped_and_a_single_feature_is_a_collection_of_one():
    high = [[*position, 30.0] for position in SQUARE]
    feature = json.dumps({"type": "Feature", "properties": None, "geometry": polygon(high)})
    assert parse_geojson(feature, "map").features[0].polygons[0][0].shape == (5, 2)


def test_points_lines_and_empty_geometries_are_passed_over_by_name():
    parsed = parse_geojson(collection({"type": "Point", "coordinates": [1, 2]}, None, polygon(SQUARE)), "map")
    assert parsed.passed_over == ["feature 1 (Point)", "feature 2 (no geometry)"]
    assert len(parsed.features) == 1


@pytest.mark.parametrize("text", ["", "{", "[]", '{"type": "Topology"}', '{"type": "FeatureCollection", "features": []}', "3"])
def test_what_is_no_geojson_is_refused(text):
    with pytest.raises(DataRefused, match="no GeoJSON with features") as refused:
        parse_geojson(text, "map")
    assert refused.value.code == "HW-D406"


@pytest.mark.parametrize(
    ("ring", "fault"),
    [
        (SQUARE[:-1], "not closed"),
        (SQUARE[:2] + SQUARE[:1], "three corners"),
        ([SQUARE[0]] * 5, "three corners"),
        ([[y, x] for x, y in SQUARE], "latitude stands before longitude"),
        ([[x * 1e5, y * 1e5] for x, y in SQUARE], "perhaps metres of a projection"),
        ([[x + 80, y] for x, y in SQUARE], "longitude 194"),
        ([["a", 1], *SQUARE], "a position is not two numbers"),
        ([[1], *SQUARE], "a position is not two numbers"),
        ([[float("nan"), 1], *SQUARE], "a position is not two numbers"),
        (3, "a position is not two numbers"),
    ],
)
def test_a_ring_drawn_wrong_is_refused_with_its_place(ring, fault):
    with pytest.raises(DataRefused, match="drawn wrong") as refused:
        parse_geojson(collection(polygon(SQUARE), polygon(SQUARE, ring)), "map")
    assert refused.value.code == "HW-D407"
    assert refused.value.found.startswith("feature 2, polygon 1, ring 2: ")
    assert fault in refused.value.found


def test_all_faults_are_told_at_once():
    with pytest.raises(DataRefused, match="drawn wrong") as refused:
        parse_geojson(collection(*[polygon(SQUARE[:-1])] * 12), "map")
    assert refused.value.found.count("not closed") == 10
    assert refused.value.found.endswith("and 2 more")


@pytest.mark.parametrize("crs", ["urn:ogc:def:crs:OGC:1.3:CRS84", "EPSG:4326", "urn:ogc:def:crs:EPSG::4490", "WGS84"])
def test_wgs_84_and_what_equals_it_are_read(crs):
    assert parse_geojson(collection(polygon(SQUARE), crs=named(crs)), "map").frame == "wgs84"


@pytest.mark.parametrize("crs", ["GCJ-02", "gcj02", "urn:amap"])
def test_the_frame_of_chinese_web_maps_is_known_by_name(crs):
    assert parse_geojson(collection(polygon(SQUARE), crs=named(crs)), "map").frame == "gcj02"


def test_another_frame_is_refused_with_the_way_to_convert():
    with pytest.raises(DataRefused, match=r"not WGS 84.*EPSG:3857.*ogr2ogr") as refused:
        parse_geojson(collection(polygon(SQUARE), crs=named("EPSG:3857")), "map")
    assert refused.value.code == "HW-D408"


def test_what_is_written_is_read_again_with_rings_the_right_way_round():
    clockwise = [np.array(SQUARE)[::-1], np.array(HOLE)[::-1]]
    text = write_geojson([("A", {"code": "A"}, [clockwise]), ("B", {}, [[np.array(SQUARE)], [np.array(HOLE)]])])
    parsed = parse_geojson(text, "map")
    outer, hole = parsed.features[0].polygons[0]
    assert signed_area(outer) == pytest.approx(1.0)
    assert signed_area(hole) == pytest.approx(-0.04)
    assert [len(one.polygons) for one in parsed.features] == [1, 2]
    again = write_geojson((str(one.properties["id"]), {}, one.polygons) for one in parsed.features)
    assert parse_geojson(again, "map").features[1].polygons[1][0].tolist() == parsed.features[1].polygons[1][0].tolist()
