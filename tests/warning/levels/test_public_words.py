import datetime as dt

import polars as pl
import pytest

from headworks.core.errors import DataRefused, ParameterError
from headworks.warning.levels import area_levels, site_levels

MONDAY = dt.date(2024, 7, 1)


def days(*week_values, n_past=40, past=None, site="A", limit=1.0):
    """A past of 1, 2, 3 … every fifth day, and values of the week (None: below the limit)."""
    before = [(MONDAY - dt.timedelta(5 * back + 1), past or float(back + 1)) for back in range(n_past)]
    week = [(MONDAY + dt.timedelta(at), value) for at, value in enumerate(week_values)]
    rows = [
        {"site_id": site, "analyte": "cocaine", "day": day, "value": value, "limit": limit} for day, value in before + week
    ]
    return pl.DataFrame(rows, schema_overrides={"value": pl.Float64})


def word(table, scheme="percentile"):
    return site_levels(table, [MONDAY], scheme)["word"].item()


@pytest.mark.parametrize(
    ("value", "expected"), [(8.0, "very low"), (8.5, "very low"), (8.6, "low"), (20.5, "moderate"), (33.0, "very high")]
)
def test_fifths_of_the_own_past(value, expected):
    # Of 40 values 1 to 40: 8 lies at (7 + 0.5) / 40 = 18.75 %, 8.5 at 20 %, which is still the lowest fifth.
    assert word(days(value if value != 8.6 else 9.0)) == expected


@pytest.mark.parametrize("scheme", ["percentile", "sd-units", "wval"])
def test_more_is_never_a_lower_word(scheme):
    ranks = [site_levels(days(float(value)), [MONDAY], scheme)["rank"].item() for value in (0.1, 1, 3, 10, 20, 30, 50, 500)]
    assert ranks == sorted(ranks)
    assert ranks[-1] == 5


def test_no_sample_is_no_data_and_a_short_or_even_past_is_limited_coverage():
    assert word(days()) == "no data"
    assert word(days(5.0, n_past=25)) == "limited coverage"
    assert word(days(5.0, past=3.0), "wval") == "limited coverage"
    found = site_levels(days(5.0, n_past=25), [MONDAY]).row(0, named=True)
    assert (found["rank"], found["statistic"], found["n_history"]) == (None, None, 25)


def test_the_past_ends_before_the_week_and_begins_two_years_before():
    old = days(5.0, n_past=40).with_columns(
        pl.when(pl.col("day") < MONDAY).then(pl.col("day").dt.offset_by("-3y")).otherwise("day")
    )
    assert word(old) == "limited coverage"
    assert site_levels(days(5.0, 7.0), [MONDAY])["n_history"].item() == 40


def test_half_the_limit_stands_for_a_result_below_it_and_is_counted():
    found = site_levels(days(None, 3.0, limit=2.0), [MONDAY]).row(0, named=True)
    # The mean of 1 and 3 is 2: (1 + 0.5) / 40.
    assert found["statistic"] == pytest.approx(3.75)
    assert found["share_censored"] == pytest.approx(1 / 42)


def test_every_site_is_in_every_week_asked_for():
    table = pl.concat([days(5.0), days(6.0, site="B")])
    found = site_levels(table, [MONDAY, MONDAY + dt.timedelta(7)])
    assert found.select("site_id", "word").rows() == [("A", "very low"), ("A", "no data"), ("B", "very low"), ("B", "no data")]
    assert site_levels(table, []).is_empty()


def people(*sites, residents=100):
    return pl.DataFrame([{"area_id": "44", "site_id": site, "population": 30, "residents": residents} for site in sites])


def test_an_area_is_the_median_of_its_sites():
    table = pl.concat([days(value, site=site) for site, value in (("A", 4.0), ("B", 20.0), ("C", 39.0))])
    found = area_levels(site_levels(table, [MONDAY]), people("A", "B", "C")).row(0, named=True)
    assert (found["word"], found["n_sites"], found["coverage"]) == ("moderate", 3, pytest.approx(0.9))


def test_an_area_with_one_site_or_few_of_its_people_is_limited_and_one_without_has_no_data():
    levels = site_levels(pl.concat([days(4.0), days(9.0, site="B"), days(site="C")]), [MONDAY])
    assert area_levels(levels, people("A"))["word"].item() == "limited coverage"
    assert area_levels(levels, people("A", "B", residents=1_000))["word"].item() == "limited coverage"
    assert area_levels(levels, people("C"))["word"].item() == "no data"
    assert area_levels(levels, people("A", "B"))["word"].item() == "very low"


def test_what_cannot_be_read_is_refused():
    with pytest.raises(DataRefused, match="have not all columns") as refused:
        site_levels(days(5.0).drop("limit"), [MONDAY])
    assert refused.value.code == "HW-D727"
    with pytest.raises(DataRefused, match="a value or a limit above 0"):
        site_levels(days(-5.0), [MONDAY])
    with pytest.raises(DataRefused, match="a value or a limit above 0"):
        site_levels(days(None).with_columns(limit=pl.lit(None, pl.Float64)), [MONDAY])
    with pytest.raises(ParameterError, match="Did you mean") as refused:
        site_levels(days(5.0), [MONDAY], "percentiles")
    assert refused.value.code == "HW-D728"
