"""Areas, sites and the people who drain to them."""

from __future__ import annotations

import dataframely as dy
import polars as pl

from headworks.core.schema import Table, about

SITE_KINDS = [
    "plant_influent", "pumping_station", "manhole", "trunk_sewer", "outfall", "surface_water", "septic_tank",
    "school", "dormitory", "hospital", "prison", "workplace", "other",
]  # fmt: skip
# Sites that speak of a named institution; refused unless a consent protocol is recorded.
CONSENT_KINDS = ["school", "dormitory", "hospital", "prison", "workplace"]
MATRICES = ["sewage", "surface_water", "sediment", "soil", "air_particulate", "banknote", "pooled_hair", "other"]


class Areas(Table):
    """Administrative areas, up to five levels, with the dates between which their code is valid."""

    area_id = dy.String(primary_key=True, min_length=1, description="Code of the area in its code system.", metadata=about("-"))
    valid_from = dy.Date(primary_key=True, description="First day on which the code is valid.", metadata=about("date"))
    parent_id = dy.String(nullable=True, description="Area one level up; empty at the top.", metadata=about("-"))
    level = dy.Int8(min=1, max=5, description="1 province or country, 2 city, 3 county, 4 town or street, 5 village.", metadata=about("1"))
    code_system = dy.String(description="Whose code it is: stats-cn-12, gbt-2260, iso-3166 …", metadata=about("-"))
    name_zh = dy.String(nullable=True, description="Name in Chinese.", metadata=about("-"))
    name_pinyin = dy.String(nullable=True, description="Name in pinyin, without tones.", metadata=about("-"))
    name_en = dy.String(nullable=True, description="Name in English or in Latin letters.", metadata=about("-"))
    kind = dy.String(nullable=True, description="prefecture_city, district, county, town, township, street, village, statistical_unit …", metadata=about("-"))
    population = dy.Float64(nullable=True, min=0, description="Residents of the area.", metadata=about("people"))
    valid_to = dy.Date(nullable=True, description="Last day on which the code is valid; empty while it is.", metadata=about("date"))

    @dy.rule()
    def ends_after_it_begins(cls) -> pl.Expr:
        return pl.col("valid_to").is_null() | (pl.col("valid_to") >= pl.col("valid_from"))


CODE_CHANGE_KINDS = ["recode", "rename", "merge", "split", "reparent"]


class CodeChanges(Table):
    """What became of an area's code: a series is carried from the old code to the new one by the stated share."""

    old_id = dy.String(primary_key=True, min_length=1, description="Code until the change.", metadata=about("-"))
    new_id = dy.String(primary_key=True, min_length=1, description="Code from the change on.", metadata=about("-"))
    changed_on = dy.Date(primary_key=True, description="First day of the new code.", metadata=about("date"))
    kind = dy.Enum(CODE_CHANGE_KINDS, description="recode, rename, merge, split or reparent.", metadata=about("-"))
    code_system = dy.String(description="Whose codes they are.", metadata=about("-"))
    share = dy.Float64(nullable=True, min=0, max=1, description="Share of the old area's residents who went to the new one; 1 unless split, empty where unknown.", metadata=about("1"))


class Sites(Table):
    """Where samples are taken."""

    site_id = dy.String(primary_key=True, min_length=1, description="Identifier of the site in this workspace.", metadata=about("-"))
    area_id = dy.String(nullable=True, description="Area that owns the site.", metadata=about("-"))
    name = dy.String(nullable=True, description="Name of the plant, station or manhole.", metadata=about("-"))
    kind = dy.Enum(SITE_KINDS, description="What is sampled there.", metadata=about("-"))
    matrix = dy.Enum(MATRICES, description="What the sample is made of.", metadata=about("-"))
    upstream_of = dy.String(nullable=True, description="Site next downstream, when this one is nested in its catchment.", metadata=about("-"))
    population_served = dy.Float64(nullable=True, min=0, description="Residents who drain to the site.", metadata=about("people"))
    population_method = dy.String(nullable=True, description="How the population was found: census, register, design, marker …", metadata=about("-"))
    design_population = dy.Float64(nullable=True, min=0, description="People the plant was designed for.", metadata=about("people"))
    domestic_share = dy.Float64(nullable=True, min=0, max=1, description="Domestic sewage in the flow.", metadata=about("1"))
    residence_h = dy.Float64(nullable=True, min=0, description="Mean time of the sewage in the sewer above the site.", metadata=about("h"))
    latitude = dy.Float64(nullable=True, min=-90, max=90, description="WGS 84.", metadata=about("degree"))
    longitude = dy.Float64(nullable=True, min=-180, max=180, description="WGS 84.", metadata=about("degree"))
    consent = dy.String(nullable=True, description="Reference of the consent protocol; required for institutions.", metadata=about("-"))

    @dy.rule()
    def an_institution_has_a_consent_protocol(cls) -> pl.Expr:
        return ~pl.col("kind").cast(pl.String).is_in(CONSENT_KINDS) | pl.col("consent").is_not_null()


class SiteAreas(Table):
    """How many people of which area drain to which site."""

    site_id = dy.String(primary_key=True, min_length=1, description="Site.", metadata=about("-"))
    area_id = dy.String(primary_key=True, min_length=1, description="Area some of whose residents drain to the site.", metadata=about("-"))
    population = dy.Float64(min=0, description="Residents of the area who drain to the site.", metadata=about("people"))
    valid_from = dy.Date(nullable=True, description="First sampling day on which the row counts; empty from the beginning on.", metadata=about("date"))
    valid_to = dy.Date(nullable=True, description="Last sampling day on which the row counts; empty while it does.", metadata=about("date"))

    @dy.rule()
    def ends_after_it_begins(cls) -> pl.Expr:
        return pl.col("valid_from").is_null() | pl.col("valid_to").is_null() | (pl.col("valid_to") >= pl.col("valid_from"))


class Populations(Table):
    """People behind a site, from a day on, by a stated method."""

    site_id = dy.String(primary_key=True, min_length=1, description="Site.", metadata=about("-"))
    valid_from = dy.Date(primary_key=True, description="First sampling day for which the number is used.", metadata=about("date"))
    population = dy.Float64(min_exclusive=0, description="Residents who drain to the site.", metadata=about("people"))
    population_method = dy.String(description="census, register, design, ammonium, cotinine …; always stated.", metadata=about("-"))
    u_population = dy.Float64(nullable=True, min=0, description="Relative standard uncertainty, shared by all days of the site.", metadata=about("1"))
