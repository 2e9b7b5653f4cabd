"""Small networks: areas, sites and who drains where."""

import datetime as dt

import polars as pl

from headworks.core.schema import polars_schema
from headworks.tables.places import Areas, CodeChanges, SiteAreas, Sites

DAY = dt.date(2025, 1, 1)
LONG_AGO = dt.date(2000, 1, 1)


def table(schema, rows):
    promised = polars_schema(schema)
    filled = [{**dict.fromkeys(promised), **row} for row in rows]
    return pl.DataFrame(filled, schema=promised)


def area(code, parent=None, level=1, **more):
    return {"area_id": code, "parent_id": parent, "level": level, "valid_from": LONG_AGO, "code_system": "test", **more}


def areas(*rows):
    return table(Areas, rows)


def province():
    """A province, a city with two counties of two towns each, and a city whose town lies in it directly."""
    return areas(
        area("P"),
        area("C", "P", 2),
        area("C1", "C", 3, population=50_000.0),
        area("C2", "C", 3),
        area("C1a", "C1", 4),
        area("C1b", "C1", 4),
        area("C2a", "C2", 4),
        area("V", "C1a", 5),
        area("D", "P", 2),
        area("Da", "D", 4),
    )


def site(name, area_id=None, people=None, upstream_of=None, **more):
    return {
        "site_id": name, "area_id": area_id, "population_served": people, "upstream_of": upstream_of,
        "kind": "plant_influent", "matrix": "sewage", **more,
    }  # fmt: skip


def sites(*rows):
    return table(Sites, rows)


def drains(site_id, area_id, people, valid_from=None, valid_to=None):
    return {"site_id": site_id, "area_id": area_id, "population": people, "valid_from": valid_from, "valid_to": valid_to}


def site_areas(*rows):
    return table(SiteAreas, rows)


def change(old, new, day=DAY, kind="recode", share=1.0):
    return {"old_id": old, "new_id": new, "changed_on": day, "kind": kind, "code_system": "test", "share": share}


def code_changes(*rows):
    return table(CodeChanges, rows)
