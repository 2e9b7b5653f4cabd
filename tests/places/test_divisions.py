"""The shipped divisions keep the promise of the table of areas; the shipped changes that of code changes."""

import datetime as dt

import polars as pl
import pytest

from headworks.core.errors import UsageError
from headworks.core.schema import require_promise
from headworks.places.area_tree import AreaTree, tree_breaches
from headworks.places.code_changes import current_ids
from headworks.places.divisions import divisions, shipped_code_changes
from headworks.places.english_names import english_name
from headworks.tables.places import Areas, CodeChanges

DAY = dt.date(2024, 1, 1)


def test_guangdong_has_its_published_numbers_of_areas():
    areas = divisions("44", villages=True)
    require_promise(Areas, areas, where="test")
    real = areas.filter((pl.col("level") < 4) | (pl.col("kind") != "statistical_unit") | (pl.col("level") == 5))
    assert dict(real.group_by("level").len().rows()) == {1: 1, 2: 21, 3: 122, 4: 1_610, 5: 26_842}
    kinds = dict(areas.filter(level=4).group_by("kind").len().rows())
    assert kinds["statistical_unit"] == 147
    assert kinds["street"] == 482


def test_guizhou_has_its_published_numbers_of_areas():
    assert dict(divisions("52", villages=True).group_by("level").len().rows()) == {1: 1, 2: 9, 3: 88, 4: 1_510, 5: 17_964}


def test_both_provinces_are_trees_and_villages_come_when_asked_for():
    assert tree_breaches(divisions(villages=True), DAY).is_empty()
    assert divisions().equals(divisions("44", "52"))
    assert divisions("44")["level"].max() == 4


def test_dongguan_and_zhongshan_have_towns_and_no_counties():
    areas = divisions("44")
    tree = AreaTree.at(areas, DAY)
    levels = {
        code: {tree.level(child) for child in tree.children(code)} for code in ("441900000000", "442000000000", "440100000000")
    }
    assert levels == {"441900000000": {4}, "442000000000": {4}, "440100000000": {3}}


def test_codes_count_from_the_day_of_the_list_unless_an_earlier_one_is_claimed():
    assert tree_breaches(divisions("44"), dt.date(2020, 1, 1)).is_empty()
    assert AreaTree.at(divisions("44"), dt.date(2020, 1, 1)).levels == {}
    assert len(AreaTree.at(divisions("44", valid_from=dt.date(2020, 1, 1)), dt.date(2020, 1, 1)).levels) == 1_901


@pytest.mark.parametrize("ask", [divisions, shipped_code_changes])
def test_another_province_is_refused(ask):
    with pytest.raises(UsageError, match=r"not shipped.*Found: 11") as refused:
        ask("11")
    assert refused.value.code == "HW-U042"


@pytest.mark.parametrize(
    ("name_zh", "name_pinyin", "level", "english"),
    [
        ("广东省", "Guang Dong Sheng", 1, "Guangdong"),
        ("东莞市", "Dong Guan Shi", 2, "Dongguan"),
        ("台山市", "Tai Shan Shi", 3, "Taishan City"),
        (
            "黔西南布依族苗族自治州",
            "Qian Xi Nan Bu Yi Zu Miao Zu Zi Zhi Zhou",
            2,
            "Qianxinan Buyei and Miao Autonomous Prefecture",
        ),
        ("下帅壮族瑶族乡", "Xia Shuai Zhuang Zu Yao Zu Xiang", 4, "Xiashuai Zhuang and Yao Ethnic Township"),
        ("柯乐村村民委员会", "Ke Le Cun Cun Min Wei Yuan Hui", 5, "Kele Village"),
        ("大(土郎)村民委员会", "Da ( Tu Lang ) Cun Min Wei Yuan Hui", 5, None),
        ("城区", "Cheng Qu", 3, "Cheng District"),
        ("市", "Shi", 3, "Shi"),
    ],
)
def test_english_names_join_the_syllables_of_the_name_and_translate_its_kind(name_zh, name_pinyin, level, english):
    assert english_name(name_zh, name_pinyin, level) == english


def test_every_row_of_the_source_is_a_change_or_is_left_out_with_its_reason():
    changes, left_out = shipped_code_changes()
    require_promise(CodeChanges, changes, where="test")
    assert (changes.height, left_out.height) == (262, 71)
    assert left_out["reason"].null_count() == 0


def kind_of(old, day):
    rows = shipped_code_changes().changes.filter(old_id=old, changed_on=day)
    return rows.select("new_id", "kind", "share").row(0)


@pytest.mark.parametrize(
    ("old", "year", "expected"),
    [
        ("440421000000", 2001, ("440403000000", "recode", 1.0)),  # Doumen county became a district of Zhuhai
        ("440107000000", 2005, ("440103000000", "merge", 1.0)),  # Fangcun went into Liwan
        ("440923000000", 2014, ("440904000000", "merge", 1.0)),  # Dianbai county and Maogang
        ("440903000000", 2014, ("440904000000", "merge", 1.0)),
        ("520201000000", 1987, ("520201000000", "rename", 1.0)),
        ("522201000000", 2011, ("520600000000", "split", None)),  # the county-level city gave its name to the whole prefecture
        ("522200000000", 2011, ("520600000000", "recode", 1.0)),
        ("442502000000", 1988, ("441900000000", "merge", 1.0)),  # Dongguan has no counties: it is the same area
        ("440106000000", 1988, ("440107000000", "recode", 1.0)),  # Fangcun and Tianhe exchanged their codes
        ("440107000000", 1988, ("440106000000", "recode", 1.0)),
    ],
)
def test_well_known_changes_have_the_documented_kind(old, year, expected):
    assert kind_of(old, dt.date(year, 1, 1)) == expected


def test_two_areas_of_one_name_in_different_provinces_are_not_one_area():
    left = shipped_code_changes("44").left_out
    assert left.filter(pl.col("old_code12").str.starts_with("13")).height == 1
    assert not shipped_code_changes().changes["old_id"].str.slice(0, 2).is_in(["13", "33"]).any()


def test_chains_of_years_end_at_the_code_of_today():
    current = current_ids(shipped_code_changes().changes, divisions(), DAY)
    ends = {old: (new, share) for old, new, share, problem in current.rows() if not problem}
    # Panyu: a county, a city with a code of the province's, a city of Guangzhou's, a district.
    assert {ends[old] for old in ("440126000000", "440181000000", "449003000000")} == {("440113000000", 1.0)}
    assert ends["520221000000"] == ("520204000000", 1.0)
