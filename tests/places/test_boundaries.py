"""Boundaries of one's own are keyed by code; the schematic map is shipped."""

import datetime as dt
import json

import numpy as np
import pytest
from tests.places.builders import area, areas

from headworks.core.errors import UsageError
from headworks.places.area_tree import ancestors_table
from headworks.places.boundaries import (
    AreaBoundary,
    boundaries_geojson,
    larger_boundaries,
    middle_of,
    parse_boundaries,
    schematic_boundaries,
)
from headworks.places.divisions import divisions
from headworks.places.gcj02 import gcj02_shift
from headworks.places.geojson import parse_geojson

SQUARE = [[113.0, 23.0], [114.0, 23.0], [114.0, 24.0], [113.0, 24.0], [113.0, 23.0]]
AREAS = divisions("44")


def features(*rows, crs=None):
    """Rows are (properties, ring)."""
    drawn = [
        {"type": "Feature", "properties": properties, "geometry": {"type": "Polygon", "coordinates": [ring]}}
        for properties, ring in rows
    ]
    return json.dumps(
        {"type": "FeatureCollection", "features": drawn} | ({"crs": {"properties": {"name": crs}}} if crs else {})
    )


def test_the_property_with_the_codes_is_found_by_itself():
    text = features(({"name": "荔湾", "adcode": 440103}, SQUARE), ({"name": "越秀", "adcode": 440104}, SQUARE))
    found = parse_boundaries(text, AREAS)
    assert (found.key, sorted(found.areas), found.findings) == ("adcode", ["440103000000", "440104000000"], [])


@pytest.mark.parametrize("code", ["440103", 440103, 440103.0, "440103000000", 440103000000])
def test_codes_may_be_short_or_full_text_or_number(code):
    assert list(parse_boundaries(features(({"c": code}, SQUARE)), AREAS).areas) == ["440103000000"]


def test_codes_of_any_country_are_taken_as_they_are():
    europe = areas(area("AT"), area("AT/Graz", "AT", 2))
    assert list(parse_boundaries(features(({"c": "AT/Graz"}, SQUARE)), europe).areas) == ["AT/Graz"]


def test_unknown_codes_and_double_ones_are_findings():
    rows = [({"c": "440103"}, SQUARE), ({"c": "440103"}, SQUARE), ({"c": "999999"}, SQUARE), ({}, SQUARE)]
    found = parse_boundaries(features(*rows), AREAS)
    assert len(found.areas["440103000000"].polygons) == 2
    told = {one.code: (one.severity, one.message) for one in found.findings}
    assert told["HW-C422"] == (
        "warning",
        "2 boundaries have a code that no area has and were left out: 999999, feature 4 without a code",
    )
    assert told["HW-C423"][1].endswith("440103000000")


def test_no_property_with_codes_is_refused_with_the_names_there_are():
    with pytest.raises(UsageError, match="No property of the boundaries holds codes") as refused:
        parse_boundaries(features(({"name": "x"}, SQUARE)), AREAS)
    assert (refused.value.code, refused.value.found) == ("HW-U044", "name")
    with pytest.raises(UsageError, match="The property holds no code"):
        parse_boundaries(features(({"name": "x", "c": "440103"}, SQUARE)), AREAS, key="name")
    with pytest.raises(UsageError, match=r"Use wgs84 or gcj02") as refused:
        parse_boundaries(features(({"c": "440103"}, SQUARE)), AREAS, crs="bd09")
    assert refused.value.code == "HW-U043"


def test_a_declared_shift_is_said_and_converted_when_asked_for():
    moved = np.column_stack(gcj02_shift(*np.array(SQUARE).T)).tolist()
    text = features(({"c": "440103"}, moved), crs="GCJ-02")
    said = parse_boundaries(text, AREAS).findings
    assert [(one.severity, one.code) for one in said] == [("warning", "HW-C421")]
    converted = parse_boundaries(text, AREAS, crs="gcj02")
    assert converted.findings == []
    assert np.allclose(converted.areas["440103000000"].polygons[0][0], SQUARE, atol=1e-10)


def test_what_is_written_has_names_and_is_read_again():
    found = parse_boundaries(features(({"c": "440103"}, SQUARE)), AREAS)
    text = boundaries_geojson(found.areas, AREAS)
    feature = parse_geojson(text, "again").features[0]
    assert feature.properties == {
        "area_id": "440103000000", "level": 3, "name_zh": "荔湾区", "name_pinyin": "Li Wan Qu", "name_en": "Liwan District",
        "is_schematic": False, "id": "440103000000",
    }  # fmt: skip
    assert parse_boundaries(text, AREAS).key == "area_id"


@pytest.mark.parametrize(("province", "cells"), [("44", 124), ("52", 88)])
def test_the_schematic_map_has_a_cell_for_each_county_and_each_city_without_counties(province, cells):
    found = schematic_boundaries(province)
    tree = divisions(province)
    counties = set(tree.filter(level=3)["area_id"])
    extra = {"441900000000", "442000000000"} if province == "44" else set()
    assert len(found) == cells
    assert set(found) == counties | extra
    assert all(one.is_schematic for one in found.values())


@pytest.mark.parametrize("province", ["11", "4", "440103000000", ""])
def test_no_map_of_another_province_is_shipped(province):
    with pytest.raises(UsageError, match="No map") as refused:
        schematic_boundaries(province)
    assert refused.value.code == "HW-U042"


def test_larger_areas_are_put_together_from_the_cells_in_them_once():
    cells = schematic_boundaries("44")
    larger = larger_boundaries(cells, ancestors_table(AREAS, dt.date(2024, 1, 1)))
    n_polygons = {code: len(one.polygons) for code, one in larger.items()}
    assert n_polygons["440000000000"] == sum(len(one.polygons) for one in cells.values())
    assert n_polygons["440100000000"] == sum(len(one.polygons) for code, one in cells.items() if code.startswith("4401"))
    assert larger["441900000000"] == cells["441900000000"]
    assert larger["440100000000"].is_schematic


def test_an_area_drawn_itself_stands_for_what_lies_in_it():
    ring = [np.array(SQUARE)]
    drawn = {code: AreaBoundary(code, [ring]) for code in ("V", "C")}
    tree = areas(area("P"), area("C", "P", 3), area("T", "C", 4), area("V", "T", 5))
    larger = larger_boundaries(drawn, ancestors_table(tree, dt.date(2024, 1, 1)))
    assert {code: len(one.polygons) for code, one in larger.items()} == {"V": 1, "C": 1, "T": 1, "P": 1}


def test_the_middle_is_the_centre_of_gravity_of_the_largest_polygon():
    small = np.array([[0.0, 0.0], [0.1, 0.0], [0.0, 0.1], [0.0, 0.0]])
    assert middle_of(AreaBoundary("A", [[small], [np.array(SQUARE)]])) == pytest.approx((113.5, 23.5))
    line = np.array([[0.0, 0.0], [1.0, 1.0], [2.0, 2.0], [0.0, 0.0]])
    assert middle_of(AreaBoundary("A", [[line]])) == pytest.approx((0.75, 0.75))
