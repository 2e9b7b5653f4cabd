import datetime as dt

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.warning.appearances.builders import AREAS, DAY, finding, findings, screened

from headworks.core.errors import DataRefused
from headworks.warning.appearances import first_appearances, spread


def seen(rows, looked=(), unit="A", **options):
    table = first_appearances(findings(*rows), screened(*looked), AREAS, **options)
    return table.filter(unit_id=unit).row(0, named=True) if unit in table["unit_id"] else None


def test_one_sample_is_unconfirmed_and_a_second_of_another_batch_confirms_it():
    assert seen([finding("s1")])["standing"] == "unconfirmed"
    found = seen([finding("s1"), finding("s2", week=2, batch="b2")])
    assert (found["standing"], found["first_day"], found["confirmed_day"]) == ("confirmed", DAY, DAY + dt.timedelta(14))
    assert (found["first_sample_id"], found["confirmed_by"]) == ("s1", "s2")


@pytest.mark.parametrize(
    "second",
    [
        finding("s2", week=1, batch="b1"),
        finding("s1", batch="b2"),
        finding("s2", week=1, batch=None),
        finding("s2", week=1, batch="b2", doubt="blank"),
        finding("s2", week=1, batch="b2", level="3"),
        finding("s2", week=1, batch="b2", key="other"),
    ],
    ids=["the same batch", "the same sample", "an unknown batch", "a blank", "isomers", "another substance"],
)
def test_what_is_no_independent_sample(second):
    table = first_appearances(findings(finding("s1"), second), screened(), AREAS).filter(inchikey="K", unit_id="A")
    assert table["standing"].item() == "unconfirmed"


def test_two_sites_confirm_their_area_though_neither_is_confirmed_alone():
    rows = [finding("s1"), finding("s2", site="B", week=1, batch="b2"), finding("s3", site="C", week=3, batch="b3")]
    table = first_appearances(findings(*rows), screened(), AREAS)
    standing = dict(table.select("unit_id", "standing").rows())
    assert standing == {"A": "unconfirmed", "B": "unconfirmed", "C": "unconfirmed", "440103": "unconfirmed", "440104": "unconfirmed",
                        "440303": "unconfirmed", "4403": "unconfirmed", "4401": "confirmed", "44": "confirmed"}  # fmt: skip
    assert seen(rows, unit="44")["n_sites"] == 3


def test_it_is_new_only_where_the_site_was_screened_without_it_before():
    assert not seen([finding("s1")], [("A", -1), ("A", -2)])["is_new"]
    found = seen([finding("s1")], [("A", -1), ("A", -2), ("A", -3), ("A", 4), ("B", -1)])
    assert (found["is_new"], found["earlier_negatives"]) == (True, 3)
    assert seen([finding("s1")], [("A", -1), ("B", -2), ("C", -3)], unit="44")["is_new"]


def test_findings_in_doubt_alone_are_no_appearance():
    assert seen([finding("s1", doubt="no_blank"), finding("s2", batch="b2", level="4")]) is None
    assert seen([finding("s2", level="3")], levels=("1", "3"))["best_level"] == "3"


def test_the_spread_counts_sites_and_areas_of_each_level_by_day():
    rows = [finding("s1"), finding("s2", site="B", week=1, batch="b2"), finding("s3", site="C", week=1, batch="b3")]
    table = spread(first_appearances(findings(*rows), screened(), AREAS))
    sites = table.filter(unit_kind="site")
    assert sites.select("n_new", "n_units").rows() == [(1, 1), (2, 3)]
    assert table.filter(area_level=2).select("n_units").to_series().to_list() == [1, 2]
    assert table.filter(area_level=1)["n_units"].to_list() == [1]


@given(st.lists(st.tuples(st.sampled_from("ABC"), st.integers(0, 5), st.sampled_from("wxyz")), min_size=1, max_size=12))
def test_an_area_is_never_later_than_its_sites_and_the_order_of_rows_does_not_matter(drawn):
    rows = [finding(f"{site}{week}", site=site, week=week, batch=batch) for site, week, batch in drawn]
    table = first_appearances(findings(*rows), screened(), AREAS)
    first = dict(table.select("unit_id", "first_day").rows())
    for site, area in AREAS.select("site_id", "area_id").rows():
        assert site not in first or first[area] <= first[site]
    assert first["44"] == min(row["day"] for row in rows)
    assert table.equals(first_appearances(findings(*rows[::-1]), screened(), AREAS))


def test_findings_that_were_not_flagged_and_unknown_levels_are_refused():
    with pytest.raises(DataRefused, match="cannot be told") as refused:
        first_appearances(findings(finding("s1")).drop("doubt"), screened(), AREAS, ("1", "9"))
    assert refused.value.found == "level 9, no doubt"
    assert refused.value.code == "HW-D732"


def test_no_finding_gives_an_empty_table():
    nothing = findings(finding("s1")).head(0)
    assert first_appearances(nothing, screened(("A", 0)), AREAS).is_empty()
    assert spread(first_appearances(nothing, screened(), AREAS)).is_empty()
    assert isinstance(nothing, pl.DataFrame)
