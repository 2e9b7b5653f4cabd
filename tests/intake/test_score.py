"""SCORE-style tables: zeros, re-used identifiers, other spellings; and the real editions."""

from pathlib import Path

import polars as pl
import pytest

from headworks.core.errors import DataRefused, UsageError
from headworks.intake import Mapping, compare_with_known, parse_file

DAYS = "monday,tuesday,wednesday,thursday,friday,saturday,sunday"
HEAD = f"year,drug,site_id,country,city,{DAYS}"
REAL = Path(__file__).parents[3] / "shared" / "data" / "euda-score-wastewater"
real = [pytest.mark.shared, pytest.mark.skipif(not REAL.exists(), reason="the real editions are not beside the project")]


def parse(*rows, head=HEAD, file="loads.csv", **said):
    return parse_file("\n".join([head, *rows]).encode(), file, "score", **said)


def test_one_row_becomes_a_row_a_day_and_a_zero_becomes_not_quantified():
    loads = parse("2024,cocaine,AT1,AT,Graz,1.5,0,,<LOQ,2,3,4").tables["reported_loads"]
    assert loads.select("weekday", "load_mg_per_1000_per_day", "detection", "limit_mg_per_1000_per_day").rows() == [
        (1, 1.5, "quantified", None), (2, None, "below_loq", None), (4, None, "below_loq", None),
        (5, 2.0, "quantified", None), (6, 3.0, "quantified", None), (7, 4.0, "quantified", None),
    ]  # fmt: skip
    assert loads["analyte"].unique().to_list() == ["benzoylecgonine"]


@pytest.mark.parametrize(
    ("text", "drug", "residue"),
    [
        ("cocaine", "cocaine", "benzoylecgonine"),
        ("BZE", "cocaine", "benzoylecgonine"),
        ("cannabis", "cannabis", "THC-COOH"),
        ("methadone", "methadone", "EDDP"),
        ("ketamine", "ketamine", "ketamine"),
        ("norketamine", "ketamine", "norketamine"),
        ("3-MMC", "3-MMC", "3-MMC"),
    ],
)
def test_a_drug_stands_for_its_primary_residue_and_a_residue_for_itself(text, drug, residue):
    loads = parse(f"2024,{text},A,AT,Graz,1,1,1,1,1,1,1").tables["reported_loads"]
    assert loads.select("drug", "analyte").unique().rows() == [(drug, residue)]


@pytest.mark.parametrize("text", ["heroin", "tobacco"])
def test_a_drug_that_is_followed_by_several_residues_must_name_one(text):
    parsed = parse(f"2024,{text},A,AT,Graz,1,1,1,1,1,1,1")
    assert parsed.refusals["problem"].to_list() == ["It is not clear of which residue this load is."]


def test_the_publishers_own_headers_are_known():
    head = (
        "Year,metabolite,SiteID,country,city,Monday,Tuesday,Wednesday,Thursday,Friday,Saturday,Sunday,Weekday mean,Daily mean"
    )
    tables = parse("2024,cocaine,AT1,AT,Graz,1,1,1,1,1,1,1,1,1", head=head).tables
    assert tables["published_means"].select("weekday_mean", "weekend_mean", "daily_mean").rows() == [(1.0, None, 1.0)]


def test_means_and_identifiers_may_be_absent():
    tables = parse("2024,BZE,AT,Graz,1,1,1,1,1,1,1", head=f"year,drug,country,city,{DAYS}").tables
    assert "published_means" not in tables
    assert tables["sites"]["site_id"].to_list() == ["AT/Graz"]


def test_an_identifier_of_another_city_is_kept_apart_and_said():
    known = pl.DataFrame({"site_id": ["IT002"], "country": ["IT"], "city": ["Milan"]})
    parsed = parse("2024,cocaine,IT002,IT,Bozen,1,1,1,1,1,1,1", known_sites=known)
    assert parsed.tables["sites"]["site_id"].to_list() == ["IT002@Bozen"]
    assert "IT002 names Bozen, IT here, Milan, IT elsewhere" in " ".join(parsed.findings["message"])


def test_a_known_city_keeps_its_identifier_under_a_new_label():
    known = pl.DataFrame({"site_id": ["AT1"], "country": ["AT"], "city": ["Graz"]})
    parsed = parse("2024,cocaine,AT9,AT,graz,1,1,1,1,1,1,1", known_sites=known)
    assert parsed.tables["reported_loads"]["site_id"].unique().to_list() == ["AT1"]


def test_published_country_codes_are_filed_under_iso():
    assert parse("2024,cocaine,H1,H,Budapest,1,1,1,1,1,1,1").tables["areas"]["area_id"].to_list() == ["HU", "HU/Budapest"]


def test_loads_in_another_unit_are_converted_row_by_row_or_by_the_mapping():
    # 1 g per 1,000 people and day = 1,000 mg.
    row = "2024,cocaine,A,AT,Graz,1,1,1,1,1,1,1"
    by_row = parse(row + ",g/d/1000", "2024,MDMA,A,AT,Graz,1,1,1,1,1,1,1,spoons", head=HEAD + ",unit")
    by_map = parse(row, mapping=Mapping(units={"load": "g/d/1000"}))
    for parsed in (by_row, by_map):
        assert parsed.tables["reported_loads"]["load_mg_per_1000_per_day"].to_list() == [1000.0] * 7
    assert by_row.refusals.select("row", "column", "found").rows() == [(3, "unit", "spoons")]


@pytest.mark.parametrize(
    ("row", "column", "problem"),
    [
        ("1820,cocaine,A,AT,Graz,1,1,1,1,1,1,1", "year", "out of range"),
        ("2024,moonshine,A,AT,Graz,1,1,1,1,1,1,1", "drug", "not in the reference"),
        ("2024,cocaine,A,,Graz,1,1,1,1,1,1,1", "country", "empty"),
        ("2024,cocaine,A,AT,Graz,-1,1,1,1,1,1,1", "monday", "below zero"),
        ("2024,cocaine,A,AT,Graz,1,1,x,1,1,1,1", "wednesday", "not a number"),
    ],
)
def test_a_bad_row_is_refused_and_the_others_kept(row, column, problem):
    parsed = parse(row, "2023,cocaine,A,AT,Graz,1,1,1,1,1,1,1")
    assert parsed.refusals.select("file", "row", "column").row(0) == ("loads.csv", 2, column)
    assert problem in parsed.refusals["problem"][0]
    assert (parsed.n_refused, parsed.tables["reported_loads"].height) == (1, 7)


def test_a_week_twice_is_one_row_when_it_agrees_and_refused_when_it_does_not():
    one, other = "2024,cocaine,A,AT,Graz,1,1,1,1,1,1,1", "2024,cocaine,A,AT,Graz,2,1,1,1,1,1,1"
    assert parse(one, one).set_aside["repeated"] == 1
    clash = parse(one, other, one)
    assert (clash.n_refused, clash.tables["reported_loads"].height) == (3, 0)


def test_the_list_of_sites_gives_places_and_populations():
    head = "site_id,country,city,location,latitude,longitude,population"
    parsed = parse("A,AT,Graz,ARA,47,15,425000", "B,AT,Wien,,95,15,1", "C,AT,Linz,,48,14,0", head=head, file="sites.csv")
    assert parsed.tables["populations"].select("site_id", "population").rows() == [("A", 425_000.0)]
    assert parsed.refusals.select("row", "column").rows() == [(3, "latitude"), (4, "population")]


@pytest.mark.parametrize(
    ("head", "message"),
    [
        ("a,b", "not clear which table"),
        (f"year,country,city,{DAYS}", "lacks required columns: drug"),
        (HEAD + ",metabolite", "mean the same"),
        (HEAD + ",patient id", "about persons"),
    ],
)
def test_a_table_of_another_kind_is_refused(head, message):
    with pytest.raises(DataRefused, match=message):
        parse(head=head)


def test_this_format_has_no_defaults():
    with pytest.raises(UsageError, match=r"no defaults"):
        parse(mapping=Mapping(defaults={"year": "2024"}))


def edition(name, known=None):
    return parse_file((REAL / name).read_bytes(), name, "score", known_sites=known)


@pytest.mark.parametrize("name", [pytest.param("daily_2011_2022.csv", marks=real)])
def test_two_real_editions_keep_cities_apart_and_agree_where_they_overlap(name):
    first = edition("vintage_2023_edition_to_2020.csv")
    area = pl.col("area_id").str.splitn("/", 2).struct
    known = first.tables["sites"].select("site_id", country=area[0], city=area[1])
    second = edition(name, known)
    # The second edition gives Milan's identifier to Bozen, and Milan a new one; both keep what they were known by.
    cities = dict(second.tables["reported_loads"].select("city", "site_id").unique().rows())
    assert (cities["Milan"], cities["Bozen"]) == ("IT002", "IT001")
    said = " ".join(second.findings["message"])
    assert "Bozen, IT is IT002 in this file and known as IT001: filed under IT001" in said
    alone = known.filter(city="Milan")
    assert "IT002@Bozen" in edition(name, alone).tables["sites"]["site_id"].to_list()
    novelty = compare_with_known("reported_loads", second.tables["reported_loads"], first.tables["reported_loads"])
    loads = first.tables["reported_loads"].drop("source_row")
    common = second.tables["reported_loads"].join(loads, on=["site_id", "year", "week", "weekday", "analyte"], how="semi")
    assert (novelty.n_amended, novelty.n_unchanged) == (0, common.height)
    assert novelty.n_unchanged > 14_000


@pytest.mark.parametrize("name", [pytest.param(n, marks=real) for n in ("daily_2011_2022.csv", "sites.csv")])
def test_no_row_of_a_real_edition_is_refused_or_lost(name):
    parsed = edition(name)
    kept = pl.concat([table["source_row"] for table in parsed.tables.values()]).n_unique()
    assert (parsed.n_refused, kept) == (0, parsed.n_rows)


def test_two_identifiers_of_one_city_in_one_file_are_two_plants():
    parsed = parse(
        "2024,cocaine,A,AT,Graz,1,1,1,1,1,1,1", "2024,cocaine,B,AT,Graz,2,2,2,2,2,2,2", "2023,cocaine,A,AT,graz,3,3,3,3,3,3,3"
    )
    assert parsed.n_refused == 0
    assert parsed.tables["sites"].select("site_id", "area_id").rows()[:2] == [("A", "AT/Graz"), ("B", "AT/Graz")]
    assert parsed.tables["reported_loads"].group_by("site_id").len().sort("site_id").rows() == [("A", 14), ("B", 7)]
    assert any("taken as several plants: graz, AT" in message for message in parsed.findings["message"])


def test_a_second_plant_of_a_known_city_is_a_new_site_beside_the_known_one():
    known = pl.DataFrame({"site_id": ["A"], "country": ["AT"], "city": ["Graz"]})
    parsed = parse("2024,cocaine,A,AT,Graz,1,1,1,1,1,1,1", "2024,cocaine,B,AT,Graz,2,2,2,2,2,2,2", known_sites=known)
    assert parsed.tables["reported_loads"]["site_id"].unique().sort().to_list() == ["A", "B"]
