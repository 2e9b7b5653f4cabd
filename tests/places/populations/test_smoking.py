"""Cigarettes of a site: of the nearest area above it that states a number."""

import datetime as dt

import polars as pl
from tests.places.populations.builders import sites

from headworks.places.populations import cigarettes_of_sites
from headworks.reference.smoking import smoking

AREAS = pl.DataFrame(
    {
        "area_id": ["44", "4401", "440103", "440103001"], "parent_id": [None, "44", "4401", "440103"],
        "valid_from": [dt.date(2000, 1, 1)] * 4,
    }
)  # fmt: skip


def stated(**numbers):
    names = list(numbers)
    return pl.DataFrame(
        {"area_id": names, "cigarettes_per_person_day": list(numbers.values()), "cigarettes_low": [None] * len(names),
         "cigarettes_high": [None] * len(names), "status": ["from memory"] * len(names)},
        schema_overrides={"cigarettes_per_person_day": pl.Float64, "cigarettes_low": pl.Float64, "cigarettes_high": pl.Float64},
    )  # fmt: skip


def of(area, smoking_table):
    found = cigarettes_of_sites(sites({"site_id": "S1", "area_id": area}), AREAS, smoking_table)
    assert found.height == 1
    return found["cigarettes_per_person_day"].item()


def test_a_site_takes_the_number_of_the_nearest_area_above():
    both = stated(**{"44": 4.0, "4401": 5.0})
    assert of("440103001", both) == 5.0
    assert of("44", both) == 4.0
    assert of("440103001", stated(**{"44": 4.0})) == 4.0


def test_a_row_without_a_number_states_none_and_the_search_goes_on():
    assert of("440103001", stated(**{"44": 4.0, "4401": None})) == 4.0


def test_without_a_number_or_an_area_the_site_stays_empty():
    assert of("440103001", stated(**{"52": 4.0})) is None
    assert of(None, stated(**{"44": 4.0})) is None
    assert of("elsewhere", stated(**{"44": 4.0})) is None


def test_the_shipped_table_states_no_number_so_every_site_stays_empty():
    areas = AREAS.vstack(pl.DataFrame({"area_id": ["440000"], "parent_id": [None], "valid_from": [dt.date(2000, 1, 1)]},
                                      schema=AREAS.schema))  # fmt: skip
    found = cigarettes_of_sites(sites({"site_id": "S1", "area_id": "440000"}), areas, smoking())
    assert found.row(0) == ("S1", None, None, None, None)
