from __future__ import annotations

import dataclasses

import polars as pl
import pytest

from headworks.core.errors import DataRefused
from headworks.core.periods import Period
from headworks.reports import ReportRequest, situation_report
from headworks.reports.content import Figure, Notice, TableBlock
from headworks.reports.wording import wording_for

EN = wording_for("en")


def section(content, section_id):
    return next(one for one in (*content.drugs, *content.evidence) if one.section_id == section_id)


def test_the_headline_is_words_number_interval_coverage(make_tables, request_2022):
    content = situation_report(make_tables(), request_2022)
    parts = [EN.say(part) for part in content.headlines[0][2].parts]
    # Visible: A1 200, B2 40, C3 below. Placed lowest first: below, 40, 200; median 40; quarter 0.25*2 = 0.5 falls among
    # the censored. Known people 500,000, all sampled. A1 rises (0.99), B2 falls (0.04).
    assert parts == [
        "Cocaine: rising at 1 of 2 sites measured in both 2021 and 2022 (probability of a rise above 90\u00a0%), falling at 1",
        "median site 40.0 mg per 1,000 people a day",
        "range from below the limit (1 sites) to 200",
        "3 of 3 sites sampled, 100\u00a0% of the people who drain to known sites",
    ]


def test_a_drug_without_an_earlier_year_says_so(make_tables, request_2022):
    content = situation_report(make_tables(), request_2022)
    words = EN.say(content.headlines[1][2].words)
    assert words == "Ketamine: change not known, no site was measured a year before"
    # One of three sites: 400,000 of 500,000 people.
    assert EN.say(content.headlines[1][2].coverage).startswith("1 of 3 sites sampled, 80\u00a0%")


def test_the_figures_hold_one_row_per_sampled_site_with_its_ranks(make_tables, request_2022):
    figures = situation_report(make_tables(), request_2022).figures.filter(pl.col("drug") == "cocaine")
    # 160-250 above 30-52 above 0-5: every rank is clear.
    assert figures.select("site_id", "rank_first", "rank_last", "change").rows() == [
        ("A1", 1, 1, "rising"),
        ("B2", 2, 2, "falling"),
        ("C3", 3, 3, None),
    ]


def test_an_unchecked_factor_is_announced(make_tables, request_2022):
    notices = [b for b in situation_report(make_tables(), request_2022).drugs[0].blocks if isinstance(b, Notice)]
    assert "Factor from memory" in EN.say(notices[0].text)


def test_every_figure_of_a_drug_has_a_table(make_tables, request_2022):
    blocks = situation_report(make_tables(), request_2022).drugs[0].blocks
    assert [b.kind for b in blocks if isinstance(b, Figure)] == ["map", "ranks", "trends"]
    assert [b.block_id for b in blocks if isinstance(b, TableBlock)] == ["drug-cocaine-sites", "drug-cocaine-history"]


def test_means_that_do_not_add_up_are_shown(make_tables, request_2022):
    table = section(situation_report(make_tables(), request_2022), "inconsistent").blocks[0]
    assert [(row[0], row[5], row[6]) for row in table.rows] == [("Aville", 99.5, 100.0)]


def test_suppressed_sites_are_counted(make_tables, request_2022):
    lead = EN.say(section(situation_report(make_tables(), request_2022), "coverage").lead[0])
    assert lead.startswith("1 sites serve fewer than 1,000 people;")
    assert "1 of them were sampled" in lead


def test_coverage_of_the_area_counts_each_catchment_once(make_tables, request_2022):
    lead = EN.say(section(situation_report(make_tables(), request_2022), "coverage").lead[1])
    # 400,000 + 90,000 + 10,000 of 1,000,000, though A1 was sampled for two drugs.
    assert "hold 500,000 people, 50\u00a0% of the area's 1,000,000 residents" in lead


def test_an_unknown_population_is_hidden_from_the_public_only(make_tables, request_2022):
    tables = make_tables()
    unknown = tables.sites.with_columns(population_served=pl.when(pl.col("site_id") != "A1").then(pl.col("population_served")))
    tables = dataclasses.replace(tables, sites=unknown)
    assert "A1" in situation_report(tables, request_2022).figures["site_id"].to_list()
    public = dataclasses.replace(request_2022, tier="public", floor=20_000)
    assert situation_report(tables, public).figures["site_id"].to_list() == ["B2"]


def test_an_area_holds_the_sites_of_the_areas_below_it(make_tables):
    areas = pl.DataFrame({"area_id": ["EU", "AT"], "valid_from": [None, None], "parent_id": [None, "EU"],
                          "population": [None, None]}, schema_overrides={"population": pl.Float64})  # fmt: skip
    content = situation_report(make_tables(areas=areas), ReportRequest("EU", "Europe", Period.parse("2022")))
    assert content.figures.height == 4


def test_an_area_without_sites_is_refused(make_tables):
    with pytest.raises(DataRefused, match="The area has no sites"):
        situation_report(make_tables(), ReportRequest("XX", "Nowhere", Period.parse("2022")))


def test_a_year_without_samples_says_what_would_fill_it(make_tables):
    content = situation_report(make_tables(), ReportRequest("AT", "Austria", Period.parse("2030")))
    said = [EN.say(b.text) for b in content.drugs[0].blocks if isinstance(b, Notice)]
    assert "Nothing to rank: no site was sampled. Import results for 2030 and compute again." in said


def test_only_the_drugs_asked_for(make_tables, request_2022):
    content = situation_report(make_tables(), dataclasses.replace(request_2022, drugs=["ketamine"]))
    assert [one.section_id for one in content.drugs] == ["drug-ketamine"]
