"""The shift of Chinese web maps: forward, back, and recognised."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headworks.places.gcj02 import detect_gcj02, gcj02_shift, wgs84_from_gcj02

# Test vectors of the public implementation eviltransform (googollee/eviltransform, MIT, go/transform_test.go), as of 2026-11:
# WGS 84 latitude, longitude and what they become; Shanghai, Shenzhen, Beijing. They agree to the last digit.
PUBLISHED = [
    ((31.1774276, 121.5272106), (31.17530398364597, 121.531541859215)),
    ((22.543847, 113.912316), (22.540796131694766, 113.9171764808363)),
    ((39.911954, 116.377817), (39.91334545536069, 116.38404722455657)),
]


@pytest.mark.parametrize(("wgs", "gcj"), PUBLISHED)
def test_the_transform_gives_the_published_points(wgs, gcj):
    lon, lat = gcj02_shift(wgs[1], wgs[0])
    assert (float(lat), float(lon)) == pytest.approx(gcj, abs=1e-10)


def test_outside_china_nothing_moves():
    lon, lat = gcj02_shift([-104.9903, 16.37], [39.7392, 48.21])  # Denver, Vienna
    assert (lon.tolist(), lat.tolist()) == ([-104.9903, 16.37], [39.7392, 48.21])


@given(st.floats(104.0, 117.0), st.floats(20.5, 29.0))
def test_back_and_forth_is_where_one_began_and_the_shift_is_some_hundred_metres(lon, lat):
    x, y = gcj02_shift(lon, lat)
    back_x, back_y = wgs84_from_gcj02(x, y)
    assert (float(back_x), float(back_y)) == pytest.approx((lon, lat), abs=1e-10)
    metres = np.hypot((x - lon) * np.cos(np.radians(lat)), y - lat) * 111_320
    assert 200 < metres < 700


def places(n=40, seed=3):
    rng = np.random.default_rng(seed)
    return np.column_stack([rng.uniform(110, 117, n), rng.uniform(20.5, 25.5, n)]), rng


def shifted(points):
    return np.column_stack(gcj02_shift(*points.T))


def test_a_shifted_copy_is_recognised_with_its_size_and_direction():
    points, _ = places()
    found = detect_gcj02(shifted(points), points)
    assert (found.verdict, found.n) == ("gcj02", 40)
    assert found.multiple == pytest.approx(1.0)
    assert 400 < found.median_shift_m < 700
    assert "east" in found.direction


def test_a_reference_that_is_shifted_is_told_from_points_that_are():
    points, _ = places()
    assert detect_gcj02(points, shifted(points)).verdict == "reference"


def test_a_shift_is_recognised_through_noise_as_far_as_the_points_allow():
    points, rng = places(400)
    noise = rng.normal(0, 0.005, points.shape)  # some 500 m
    assert detect_gcj02(shifted(points) + noise, points).verdict == "gcj02"
    assert detect_gcj02(points + noise, points).verdict == "none"
    few, _ = places(5)
    assert detect_gcj02(shifted(few) + rng.normal(0, 0.05, few.shape), few).verdict == "unclear"


def test_the_same_points_are_not_shifted():
    points, _ = places()
    found = detect_gcj02(points, points)
    assert (found.verdict, found.median_shift_m) == ("none", 0.0)


def test_another_shift_is_not_taken_for_this_one():
    points, _ = places()
    assert detect_gcj02(points + np.array([0.02, 0.0]), points).verdict == "unclear"  # 2 km to the east


def test_points_without_coordinates_or_outside_china_tell_nothing():
    assert detect_gcj02([], []).verdict == "unclear"
    assert detect_gcj02([[16.4, 48.2]], [[16.4, 48.2]]).n == 0
    points, _ = places()
    holed = points.copy()
    holed[0] = np.nan
    assert detect_gcj02(shifted(points), holed).n == 39
