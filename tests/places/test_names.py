"""Areas are found by code, by name, by a part of either; several hits come with their paths."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.places.builders import area, areas

from headworks.places.divisions import divisions
from headworks.places.names import find_areas, plain_name

DAY = dt.date(2024, 1, 1)
AREAS = divisions("44", "52")


def first(text):
    return find_areas(AREAS, text, DAY).select("area_id", "match").row(0)


@pytest.mark.parametrize(
    ("text", "area_id", "match"),
    [
        ("441900000000", "441900000000", "code"),
        ("4419", "441900000000", "beginning"),
        ("东莞市", "441900000000", "name"),
        ("东莞", "441900000000", "beginning"),
        ("dongguan", "441900000000", "name"),
        ("Dōng Guǎn Shì", "441900000000", "name"),
        ("DONG-GUAN", "441900000000", "name"),
        ("Liwan District", "440103000000", "name"),
        ("li wan qu", "440103000000", "name"),
        ("仡佬族苗族自治县", "520325000000", "part"),
        ("gunagzhou", "440100000000", "guess"),
    ],
)
def test_an_area_is_found_by_any_of_its_names(text, area_id, match):
    assert first(text) == (area_id, match)


def test_areas_of_one_name_all_come_with_their_paths():
    found = find_areas(AREAS, "太平镇", DAY)
    paths = found.filter(match="name")["path"].to_list()
    assert len(paths) == len(set(paths)) == 8
    assert all(path.startswith(("Guizhou / ", "Guangdong / ")) for path in paths)


def test_a_path_may_be_read_in_chinese_and_skips_the_county_that_dongguan_lacks():
    found = find_areas(AREAS, "441900003000", DAY, language="zh")
    assert found["path"].to_list() == ["广东省 / 东莞市 / 东城街道"]


def test_nothing_like_it_gives_nothing_and_an_empty_text_neither():
    assert find_areas(AREAS, "zzzzqqqq", DAY).is_empty()
    assert find_areas(AREAS, "  ", DAY).is_empty()
    assert find_areas(areas(), "a", DAY).is_empty()


def test_areas_of_any_country_are_found_and_unnamed_ones_go_by_code():
    europe = areas(area("AT", name_en="Austria"), area("AT/Graz", "AT", 2, name_en="Graz"), area("AT/x", "AT", 2))
    assert find_areas(europe, "graz", DAY)["path"].to_list() == ["Austria / Graz"]
    assert find_areas(europe, "AT/x", DAY)["path"].to_list() == ["Austria / AT/x"]


def test_signs_of_patterns_are_only_signs():
    assert find_areas(AREAS, "(", DAY).is_empty()
    assert find_areas(AREAS, ".*", DAY).is_empty()


@given(st.sampled_from(AREAS["area_id"].to_list()))
def test_every_area_is_first_when_its_code_is_given(code):
    assert first(code) == (code, "code")


@given(st.text(max_size=8))
def test_a_plain_name_stays_plain(text):
    assert plain_name(plain_name(text)) == plain_name(text)
