"""Digits of a code: its level, its parent, and what is no code."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headworks.core.errors import DataRefused, UsageError
from headworks.places.code_systems import (
    code_system,
    level_of_code,
    parent_of_code,
    require_code,
    shipped_code_systems,
    significant_digits,
    town_kind,
)
from headworks.places.divisions import divisions

STATS = code_system("stats-cn-12")


@pytest.mark.parametrize(
    ("code", "level", "parent", "digits"),
    [
        ("440000000000", 1, None, "44"),
        ("440100000000", 2, "440000000000", "4401"),
        ("440103000000", 3, "440100000000", "440103"),
        ("440103001000", 4, "440103000000", "440103001"),
        ("440103001101", 5, "440103001000", "440103001101"),
        ("441900003000", 4, "441900000000", "441900003"),  # Dongguan has no counties
        ("442000001001", 5, "442000001000", "442000001001"),  # nor has Zhongshan
    ],
)
def test_level_parent_and_digits_of_the_twelve_digit_code(code, level, parent, digits):
    assert (level_of_code(code, STATS), parent_of_code(code, STATS), significant_digits(code, STATS)) == (
        level,
        parent,
        digits,
    )


def test_every_shipped_code_has_the_level_the_parent_and_the_kind_that_its_digits_say():
    areas = divisions(villages=True)
    assert areas.height == 48_315
    wrong = [
        row["area_id"]
        for row in areas.to_dicts()
        if level_of_code(row["area_id"], STATS) != row["level"] or parent_of_code(row["area_id"], STATS) != row["parent_id"]
    ]
    towns = areas.filter(level=4).with_columns(kind=pl.col("kind").str.strip_prefix("ethnic_"))
    odd = [code for code, kind in towns.select("area_id", "kind").rows() if town_kind(code, STATS) != kind]
    assert (wrong, odd) == ([], [])


def test_the_kind_is_only_of_towns_of_the_statistics_bureau():
    assert town_kind("440103000000", STATS) is None
    assert town_kind("440103001101", STATS) is None
    assert town_kind("441900", code_system("gbt-2260")) is None
    assert [town_kind(f"440103{n}000", STATS) for n in ("001", "100", "200", "400")] == [
        "street", "town", "township", "statistical_unit",
    ]  # fmt: skip


def test_a_system_of_ones_own_is_a_row():
    own = pl.DataFrame({"code_system": ["ours"], "segments": ["1-2"], "is_padded": [False]})
    ours = code_system("ours", own)
    assert (level_of_code("A01", ours), parent_of_code("A01", ours), parent_of_code("A", ours)) == (2, "A", None)
    assert parent_of_code("AT130", code_system("nuts", own)) == "AT13"


def test_a_zero_is_a_sign_where_codes_are_not_filled_up():
    nuts = code_system("nuts")
    assert (level_of_code("DE30", nuts), parent_of_code("DE30", nuts)) == (3, "DE3")


@pytest.mark.parametrize(
    ("code", "remedy"),
    [
        ("5201020160", "drops leading zeros"),
        ("4.40103E+11", "A spreadsheet took the code for a number"),
        ("440103000000.0", "A spreadsheet took the code for a number"),
        ("44O103000000", "Give 12 digits and nothing else"),
        ("", "Give 12 digits"),
        ("004401030000", "The first level cannot be all zeros"),
        ("４４０１０３００００００", "Give 12 digits and nothing else"),
    ],
)
def test_what_is_no_code_is_refused_with_the_reason(code, remedy):
    with pytest.raises(DataRefused, match=r"no code of stats-cn-12") as refused:
        require_code(code, STATS)
    assert remedy in refused.value.remedy
    assert refused.value.code == "HW-D404"


def test_a_code_of_a_length_between_levels_is_refused():
    with pytest.raises(DataRefused, match="as many signs as one of its levels"):
        level_of_code("ATXXXXX", code_system("nuts"))


def test_an_unknown_system_and_odd_segments_are_refused():
    with pytest.raises(UsageError, match="Use gbt-2260, nuts, stats-cn-12") as refused:
        code_system("fips")
    assert refused.value.code == "HW-U041"
    own = pl.DataFrame({"code_system": ["ours"], "segments": ["2-x"], "is_padded": [True]})
    with pytest.raises(UsageError, match="not lengths"):
        code_system("ours", own)


def test_every_shipped_system_says_where_it_comes_from():
    assert shipped_code_systems().select("source", "status").null_count().row(0) == (0, 0)


@given(st.from_regex(r"[1-9][0-9]{11}", fullmatch=True))
def test_going_up_ends_at_the_province_and_each_step_has_a_higher_level(code):
    steps = [code]
    while (above := parent_of_code(steps[-1], STATS)) is not None:
        steps.append(above)
    levels = [level_of_code(step, STATS) for step in steps]
    assert levels == sorted(levels, reverse=True)
    assert len(set(levels)) == len(levels)
    assert significant_digits(code, STATS).startswith(significant_digits(steps[-1], STATS))
