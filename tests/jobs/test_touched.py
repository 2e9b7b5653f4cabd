from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from headworks.jobs.touched import newest_seq, touched_scope
from headworks.store import Workspace, read_imports
from headworks.workflows import Scope

HEAD = "sample_id,site_id,collected_from,flow_m3_per_day\n"
RESULTS = "sample_id,analyte,concentration_ng_per_l\n"
WEEKS = "country,city,drug,monday,tuesday,wednesday,thursday,friday,saturday,sunday\n"


@pytest.fixture
def touched(two_plants: Workspace, give):
    """What one more import touches: ``touched("samples", text)``."""

    def touched(name: str, text: str, form: str = "headworks") -> Scope:
        before = newest_seq(read_imports(two_plants))
        give(two_plants, name, text, form)
        return touched_scope(two_plants, before, read_imports(two_plants))

    return touched


def days(*texts: str) -> frozenset[dt.date]:
    return frozenset(map(dt.date.fromisoformat, texts))


def test_nothing_new_touches_nothing(two_plants: Workspace) -> None:
    imports = read_imports(two_plants)
    assert touched_scope(two_plants, newest_seq(imports), imports).is_empty
    assert newest_seq(imports) == 4
    assert newest_seq(imports.clear()) == 0


def test_a_sample_touches_its_sampling_day(touched) -> None:
    assert touched("samples", HEAD + "A3,A,2024-03-12T08:00Z,2100\n") == Scope(days("2024-03-12"))


def test_a_sample_that_moved_touches_the_day_it_left_too(touched) -> None:
    assert touched("samples", HEAD + "A2,A,2024-03-11T08:00Z,2500\n").days == days("2024-03-09", "2024-03-11")


def test_a_result_touches_the_day_of_its_sample(touched) -> None:
    assert touched("measurements", RESULTS + "B2,ketamine,9\n").days == days("2025-03-04")


def test_a_result_before_its_sample_touches_nothing_until_the_sample_comes(touched) -> None:
    assert touched("measurements", RESULTS + "A9,ketamine,9\n").is_empty
    assert touched("samples", HEAD + "A9,A,2024-05-01T08:00Z,2100\n").days == days("2024-05-01")


def test_a_flow_touches_its_day(touched) -> None:
    assert touched("flows", "site_id,day,flow_m3_per_day\nA,2024-03-05,7\n").days == days("2024-03-05")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("areas", "area_id,level,name_en,valid_from\nZ,1,Elsewhere,2020-01-01\n"),
        ("sites", "site_id,population_served\nA,12000\n"),
        ("site_areas", "site_id,area_id,population\nA,P/b,100\n"),
        ("populations", "site_id,valid_from,population,population_method\nA,2024-01-01,9000,census\n"),
        ("code_changes", "old_id,new_id,changed_on,kind,code_system\nP/a,P/b,2024-01-01,merge,own\n"),
    ],
)
def test_the_register_touches_everything(touched, name: str, text: str) -> None:
    assert touched(name, text).is_all


def test_a_published_week_touches_its_days_and_a_published_year_the_year(touched) -> None:
    # Site and area of a city that is new are of the register; the second file brings loads only.
    assert touched("weeks", f"year,week,{WEEKS}2024,10,ES,Reus,cocaine,,77,,,,,\n", "score").is_all
    found = touched("weeks2", f"year,week,{WEEKS}2024,11,ES,Reus,cocaine,1,2,,,,,\n", "score")
    assert found == Scope(days("2024-03-11", "2024-03-12"))
    assert touched("weeks3", f"year,{WEEKS}2023,ES,Reus,cocaine,1,,,,,,\n", "score") == Scope(days(), frozenset({2023}))


def test_week_53_of_a_year_of_52_is_read_as_the_first_of_the_next() -> None:
    from headworks.jobs.touched import _dates

    rows = pl.DataFrame({"year": [2024, 2026], "week": [53, 53], "weekday": [1, 7]})
    assert _dates(rows) == ({dt.date(2024, 12, 30), dt.date(2027, 1, 3)}, set())
