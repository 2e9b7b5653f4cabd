"""Small provinces for the roll-up: areas, sites, who drains where, and days of load whose spread is said."""

import datetime as dt

import numpy as np
import polars as pl
from tests.places import builders as places

from headworks.places.catchments import downstream_pairs, site_area_people
from headworks.trends.areas.change import area_changes_of
from headworks.trends.areas.network import build_network
from headworks.trends.areas.roll_up import area_loads_of
from headworks.trends.day_arrays import day_arrays
from headworks.trends.day_spread import DaySpread

DAY = dt.date(2025, 3, 5)
LATE = dt.date(2030, 1, 1)
TYPES = {
    "value": pl.Float64, "limit": pl.Float64, "day": pl.Date, "country": pl.String, "city": pl.String, "batch_id": pl.String,
    "population": pl.Float64,
}  # fmt: skip


def day(site, value=10.0, on=DAY, *, people=10_000.0, **more):
    """A day of per-capita load, mg/d per 1,000 people; a value of None is below the limit."""
    year, week, weekday = on.isocalendar()
    row = {
        "site_id": site, "country": None, "city": None, "year": year, "week": week, "weekday": weekday, "day": on,
        "analyte": "x", "drug": "X", "value": value, "detection": "below_loq" if value is None else "quantified",
        "limit": None, "u_day": 0.2, "u_batch": 0.06, "u_site": 0.12, "batch_id": None, "population": people,
    }  # fmt: skip
    return row | more


def days(*rows):
    return day_arrays(pl.DataFrame(list(rows), schema_overrides=TYPES, infer_schema_length=None))


def known_spread(arrays, log_sd=0.4, degrees_of_freedom=1e9):
    """The same spread for every day, as if it had been learnt from endless days."""
    one = np.ones(arrays.ordinal.size)
    return DaySpread(log_sd * one, degrees_of_freedom * one, np.nan * one)


def network(areas, sites, drains=()):
    """``areas`` are ``code, parent, level, people``; ``sites`` are ``name, area, people, upstream_of``."""
    tree = places.areas(*[places.area(code, parent, level, population=people) for code, parent, level, people in areas])
    register = places.sites(*[places.site(*one) for one in sites])
    people = site_area_people(register, places.site_areas(*[places.drains(*one) for one in drains]), tree, LATE)
    return build_network(people, downstream_pairs(register), tree)


def roll_up(net, *rows, only=None, log_sd=0.4, degrees_of_freedom=1e9):
    """Table ``area_loads`` of some days."""
    arrays = days(*rows)
    return area_loads_of(arrays, known_spread(arrays, log_sd, degrees_of_freedom), net, only)


def change_of(net, *rows, periods=frozenset({"2025"}), log_sd=0.4):
    """Table ``area_changes`` of some days."""
    arrays = days(*rows)
    return area_changes_of(arrays, known_spread(arrays, log_sd), net, frozenset(periods))


def figure(table, area, period="2025-W10", **more):
    """The one row of an area and period."""
    found = table.filter(area_id=area, period=period, **more)
    assert found.height == 1, (area, period, found.height)
    return found.row(0, named=True)


# A county of two towns, each with a plant; 40,000 residents, 30,000 of them at the two plants.
COUNTY = [("K", None, 3, 40_000.0), ("Ta", "K", 4, 20_000.0), ("Tb", "K", 4, 20_000.0)]
PLANTS = [("a", "Ta", 20_000.0, None), ("b", "Tb", 10_000.0, None)]
