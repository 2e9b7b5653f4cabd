"""Which site is meant: places of a SCORE-style table, known by country and city.

The published identifier is a label only: of 2,432 rows with equal year, drug and identifier in two editions, 437 belong to
another city. The first city that brings an identifier keeps it; another city gets ``identifier@city``, and both are said.
Within one file an edition numbers its sites once, so two identifiers of one city are two plants.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter

import polars as pl

from headworks.intake.cells import CellReader
from headworks.intake.parsed import Parsed
from headworks.intake.promise import keep_promise
from headworks.intake.raw import ROW
from headworks.reference import country_codes
from headworks.tables import SHELF

UNDATED = dt.date(1970, 1, 1)


def read_places(reader: CellReader, headers: dict[str, str], known_sites: pl.DataFrame, parsed: Parsed) -> pl.DataFrame:
    """Country, city, ISO code and site of every row.

    Parameters
    ----------
    reader
        Over the foreign table.
    headers
        Our names to the foreign headers.
    known_sites
        Columns ``site_id, country, city`` of the workspace, countries as ISO codes.
    parsed
        Gets the findings.

    Returns
    -------
    pl.DataFrame
        Columns ``country, city, iso, published_id, site_id, source_row``, one row per row of the table.
    """
    country = reader.text(headers["country"], required=True, is_key=True)
    city = reader.text(headers["city"], required=True, is_key=True)
    iso = country.replace_strict(_iso_codes(country, headers, parsed, reader), default=None, return_dtype=pl.String)
    fallback = iso + "/" + city
    site = reader.text(headers["site_id"], is_key=True).fill_null(fallback) if "site_id" in headers else fallback
    frame = pl.DataFrame({"country": country, "city": city, "iso": iso, "published_id": site, ROW: reader.frame[ROW]})
    return _label_sites(frame, known_sites, parsed, reader.table.file)


def _iso_codes(country: pl.Series, headers: dict[str, str], parsed: Parsed, reader: CellReader) -> dict[str, str]:
    published = country_codes()
    codes = dict(zip(published["published_code"].to_list(), published["iso_code"].to_list(), strict=True))
    found = {}
    for code in country.drop_nulls().unique().sort().to_list():
        found[code] = codes.get(code.upper(), code.upper())
        if code.upper() not in codes:
            message = f"Country {code!r} is not in the list of country codes; it is kept as it is."
            parsed.note("HW-I205", "warning", reader.table.file, message, column=headers["country"])
        elif found[code] != code:
            parsed.note("HW-I206", "info", reader.table.file, f"Country {code!r} is filed under the ISO code {found[code]!r}.")
    return found


def _label_sites(frame: pl.DataFrame, known_sites: pl.DataFrame, parsed: Parsed, file: str) -> pl.DataFrame:
    known = known_sites.select("site_id", "country", "city").drop_nulls().rows()
    known_of: dict[tuple[str, str], list[str]] = {}
    for site, country, city in known:
        known_of.setdefault((country, _fold(city)), []).append(site)
    owners = {site: f"{city}, {country}" for site, country, city in known}
    places = frame.drop_nulls(["iso", "city"]).unique(["published_id", "iso", "city"], keep="first", maintain_order=True)
    rows = places.select("published_id", "iso", "city", ROW).rows()
    plants = Counter((iso, city) for _, iso, city in {(published, iso, _fold(city)) for published, iso, city, _ in rows})
    chosen: list[tuple[str, str, str, str]] = []
    for published, iso, city, row in rows:
        here = known_of.get((iso, _fold(city)), [])
        label = next((name for name in (published, f"{published}@{city}") if name in here), None)
        if label is None and len(here) == 1 and plants[iso, _fold(city)] == 1:
            label = here[0]
            message = f"{city}, {iso} is {published} in this file and known as {label}: filed under {label}."
            parsed.note("HW-I208", "info", file, message, row=row, column="site_id")
        if label is None:
            label = _new_label(published, f"{city}, {iso}", city, owners, parsed, file, row)
        owners[label] = f"{city}, {iso}"
        known_of.setdefault((iso, _fold(city)), []).append(label)
        chosen.append((published, iso, city, label))
    _note_several_plants(plants, parsed, file)
    names = ("published_id", "iso", "city", "site_id")
    lookup = pl.DataFrame(chosen, schema=dict.fromkeys(names, pl.String), orient="row")
    return frame.join(lookup, on=["published_id", "iso", "city"], how="left", maintain_order="left")


def _new_label(published: str, place: str, city: str, owners: dict[str, str], parsed: Parsed, file: str, row: int) -> str:
    if published not in owners:
        return published
    label = f"{published}@{city}" if f"{published}@{city}" not in owners else f"{published}@{place}"
    message = f"Site identifier {published} names {place} here, {owners[published]} elsewhere: kept apart as {label}."
    parsed.note("HW-I207", "warning", file, message, row=row, column="site_id")
    return label


def _note_several_plants(plants: Counter[tuple[str, str]], parsed: Parsed, file: str) -> None:
    several = [f"{city}, {iso}" for (iso, city), n in plants.items() if n > 1]
    if several:
        shown = "; ".join(several[:5]) + (" …" if len(several) > 5 else "")
        message = f"{len(several)} cities have several site identifiers in this file, taken as several plants: {shown}."
        parsed.note("HW-I221", "info", file, message, column="site_id")


def _fold(city: str) -> str:
    return " ".join(city.casefold().split())


def keep_table(reader: CellReader, parsed: Parsed, headers: dict[str, str], table: str, frame: pl.DataFrame) -> None:
    """Put the rows that keep the table's promise into ``parsed``; the others are refused."""
    kept, refusals, _ = keep_promise(SHELF[table].schema, frame, reader.table, headers)
    parsed.tables[table] = kept
    reader.add(refusals)


def keep_places(reader: CellReader, parsed: Parsed, headers: dict[str, str], frame: pl.DataFrame) -> None:
    """Sites, cities and countries of the rows, each once.

    Parameters
    ----------
    frame
        As from :func:`read_places`; with ``name, latitude, longitude, population`` when the table is a list of sites.
    """
    is_list = "latitude" in frame.columns
    no_text, no_number = pl.lit(None, dtype=pl.String), pl.lit(None, dtype=pl.Float64)
    first = frame.unique("site_id", keep="first", maintain_order=True)
    sites = first.select(
        "site_id",
        ROW,
        area_id=pl.col("iso") + "/" + pl.col("city"),
        name=pl.col("name") if is_list else no_text,
        kind=pl.lit("plant_influent"),
        matrix=pl.lit("sewage"),
        upstream_of=no_text,
        population_served=pl.col("population") if is_list else no_number,
        population_method=pl.lit("as published") if is_list else no_text,
        latitude=pl.col("latitude") if is_list else no_number,
        longitude=pl.col("longitude") if is_list else no_number,
        consent=no_text,
    )
    keep_table(reader, parsed, headers, "sites", sites)
    kept = first.join(parsed.tables["sites"].select("site_id"), on="site_id", how="semi", maintain_order="left")
    keep_table(reader, parsed, headers, "areas", _areas(kept))


def _areas(places: pl.DataFrame) -> pl.DataFrame:
    names = country_codes().unique("iso_code")
    english = dict(names.select("iso_code", "name_en").rows())
    chinese = dict(names.select("iso_code", "name_zh").rows())
    no_text = pl.lit(None, dtype=pl.String)
    countries = places.unique("iso", keep="first", maintain_order=True).select(
        ROW,
        area_id="iso",
        parent_id=no_text,
        level=pl.lit(1),
        name_zh=pl.col("iso").replace_strict(chinese, default=None, return_dtype=pl.String),
        name_en=pl.col("iso").replace_strict(english, default=pl.col("iso"), return_dtype=pl.String),
    )
    cities = places.unique(["iso", "city"], keep="first", maintain_order=True).select(
        ROW, area_id=pl.col("iso") + "/" + pl.col("city"), parent_id="iso", level=pl.lit(2), name_zh=no_text, name_en="city"
    )
    return pl.concat([countries, cities]).with_columns(
        valid_from=pl.lit(UNDATED),
        code_system=pl.lit("iso-3166 and published city"),
        population=pl.lit(None, dtype=pl.Float64),
        valid_to=pl.lit(None, dtype=pl.Date),
    )
