"""First and last days of sampling, by residue, site and period."""

from __future__ import annotations

import datetime as dt

import polars as pl

from headworks.core.disclosure import tier_rule
from headworks.jobs.sampled_periods import SampledPeriods, day_number, sampled_periods

NONE_REPORTED = pl.DataFrame(
    schema={"site_id": pl.String, "analyte": pl.String, "year": pl.Int32, "week": pl.Int32, "weekday": pl.Int32}
)


def sampled(days: list[tuple[str, str, str]], reported: pl.DataFrame = NONE_REPORTED, **more) -> SampledPeriods:
    texts = pl.DataFrame(days, schema=["site_id", "analyte", "day"], orient="row", schema_overrides=dict.fromkeys(("site_id", "analyte", "day"), pl.String))  # fmt: skip
    return sampled_periods(texts.with_columns(pl.col("day").str.to_date()), reported, pl.Series(["a", "b"]), **more)


def of(found: SampledPeriods, analyte: str, site: str) -> dict[str, tuple[int, int]]:
    place = found.analytes.index(analyte), found.sites.index(site)
    rows = zip(found.periods, found.is_there[place], found.first[place], found.last[place], strict=True)
    return {label: (int(first), int(last)) for label, there, first, last in rows if there}


def test_a_day_counts_in_its_week_and_its_month():
    # 2027-01-02 is a Saturday of 2026-W53.
    found = sampled(
        [("a", "MDMA", "2027-01-02"), ("a", "MDMA", "2026-12-30"), ("x", "MDMA", "2026-12-30")], kinds=("week", "month")
    )
    early, late = day_number(dt.date(2026, 12, 30)), day_number(dt.date(2027, 1, 2))
    assert of(found, "MDMA", "a") == {"2026-12": (early, early), "2026-W53": (early, late), "2027-01": (late, late)}
    assert of(found, "MDMA", "b") == {}


def test_a_result_of_a_whole_year_has_no_days():
    reported = pl.DataFrame([("b", "MDMA", 2025, 0, 1), ("b", "MDMA", 2026, 2, 3)], schema=NONE_REPORTED.schema, orient="row")
    found = of(sampled([], reported, kinds=("year",)), "MDMA", "b")
    assert found["2025"][0] > found["2025"][1]
    assert found["2026"] == (day_number(dt.date(2026, 1, 7)),) * 2


def test_residues_that_were_sampled_alike_are_one_panel():
    days = [(site, analyte, "2026-05-05") for site in "ab" for analyte in ("MDMA", "cocaine", "ketamine")]
    found = sampled([*days, ("a", "cocaine", "2026-06-05")])
    assert [[found.analytes[place] for place in panel] for panel in found.panels()] == [["MDMA", "ketamine"], ["cocaine"]]
    # Quarters are all the public sees: there nothing differs.
    assert found.seen_by(tier_rule("public")).panels() == [[0, 1, 2]]


def test_in_periods_that_are_not_known_nothing_was_sampled():
    found = sampled([("a", "MDMA", "2026-05-05")], kinds=("year",)).at(["2025", "2026", "2027"])
    assert list(of(found, "MDMA", "a")) == ["2026"]
    assert sampled([]).at(["2025"]).panels() == []
