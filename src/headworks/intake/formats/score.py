"""Tables of the SCORE kind: one row per year, drug and site with monday … sunday; and the list of sites beside them.

A value is the load of the target residue in mg per 1,000 people and day. Three traps of the published files are met here:
a **zero** has no limit beside it and becomes *not quantified, limit unknown*; a **site identifier** may name another city in
another edition, so a site is known by its country and city, and the identifier is only its label; **country codes** are not
all ISO 3166 (H, EL, UK), so areas carry the ISO code and the table keeps the code as published.
"""

from __future__ import annotations

import polars as pl

from headworks.core.errors import DataRefused, UsageError
from headworks.core.units import Quantity
from headworks.intake.cells import CellReader
from headworks.intake.detection import read_result
from headworks.intake.formats.score_drugs import drug_and_residue
from headworks.intake.formats.score_places import keep_places, keep_table, read_places
from headworks.intake.formats.score_sites import read_sites
from headworks.intake.formats.table_units import factor_of, factors_by_row
from headworks.intake.mapping import Mapping, mapped_headers, require_values
from headworks.intake.parsed import Parsed, fold_header, require_columns, require_no_persons
from headworks.intake.raw import ROW, RawTable

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MEANS = ("weekday_mean", "weekend_mean", "daily_mean")
_ALIASES = {
    "drug_group": "drug", "metabolite": "drug", "substance": "drug", "analyte": "drug", "target": "drug",
    "target_residue": "drug",
    "siteid": "site_id", "site": "site_id", "site_code": "site_id", "wwtp_id": "site_id",
    "weekdaymean": "weekday_mean", "weekendmean": "weekend_mean", "dailymean": "daily_mean", "mean": "daily_mean",
    "weekday": "weekday_mean", "weekend": "weekend_mean", "daily": "daily_mean", "average": "daily_mean",
    "lat": "latitude", "lon": "longitude", "lng": "longitude", "long": "longitude", "population_served": "population",
    "country_code": "country", "units": "unit",
    "iso_week": "week", "calendar_week": "week", "week_number": "week", "wwtp": "location",
    "mon": "monday", "tue": "tuesday", "wed": "wednesday", "thu": "thursday",
    "fri": "friday", "sat": "saturday", "sun": "sunday",
}  # fmt: skip
_KNOWN = {
    *WEEKDAYS,
    *MEANS,
    "year",
    "week",
    "drug",
    "site_id",
    "country",
    "city",
    "location",
    "latitude",
    "longitude",
    "population",
    "unit",
}


def parse_score(raw: RawTable, mapping: Mapping, known_sites: pl.DataFrame) -> Parsed:
    """Reported loads, published means, sites and areas from one SCORE-style table or its list of sites.

    Parameters
    ----------
    raw
        The foreign table.
    mapping
        Empty when headers are the usual ones.
    known_sites
        Columns ``site_id, country, city``: the sites the workspace knows, countries as ISO codes.

    Raises
    ------
    DataRefused
        When the file as a whole is no such table.
    """
    require_no_persons(raw)
    headers = _headers(raw, mapping)
    is_days = any(day in headers for day in WEEKDAYS)
    required = ["year", "drug", *WEEKDAYS] if is_days else ["site_id", "latitude", "longitude", "population"]
    if not is_days and not {"latitude", "population", "site_id"} & set(headers):
        raise DataRefused(
            "It is not clear which table this is.",
            where=f"{raw.where}, header",
            found=", ".join(raw.columns[:40])[:500],
            remedy="Give year, drug, country, city and the days; or site_id, country, city, latitude, longitude, population",
            code="HW-D118",
        )
    require_columns(raw, set(headers), ["country", "city", *required], "weekly loads" if is_days else "sites")
    parsed = Parsed()
    for theirs in raw.columns:
        if theirs not in headers.values():
            parsed.note("HW-I202", "info", raw.file, f"Column {theirs!r} is not kept.", column=theirs)
    numeric = [headers[name] for name in (*WEEKDAYS, *MEANS, "latitude", "longitude", "population") if name in headers]
    reader = CellReader(raw, numeric=numeric, decimal=mapping.decimal)
    frame = read_places(reader, headers, known_sites, parsed)
    if is_days:
        _read_weeks(reader, headers, mapping, frame, parsed)
    else:
        read_sites(reader, headers, frame, parsed)
    parsed.close(raw, reader.refusals())
    return parsed


def _headers(raw: RawTable, mapping: Mapping) -> dict[str, str]:
    headers = mapped_headers(mapping, raw, _KNOWN | {"load"})
    require_values(mapping, raw, {"drug"})
    if mapping.defaults:
        raise UsageError(
            "This format has no defaults.",
            where=f"mapping for {raw.where}, [defaults]",
            found=", ".join(mapping.defaults),
            remedy="Give these columns in the file",
            code="HW-U005",
        )
    said = set(headers)
    for theirs in raw.columns:
        folded = fold_header(theirs)
        ours = folded if folded in _KNOWN else _ALIASES.get(folded, folded)
        if ours not in _KNOWN or theirs in headers.values() or ours in said:
            continue
        if ours in headers:
            raise DataRefused(
                "Two columns mean the same.",
                where=f"{raw.where}, header",
                found=f"{headers[ours]}, {theirs}",
                remedy="Rename one, or say in the mapping which one is meant: [columns]",
                code="HW-D111",
            )
        headers[ours] = theirs
    return headers


def _load_factor(reader: CellReader, headers: dict[str, str], mapping: Mapping) -> float | pl.Series:
    """From the file's unit to mg per 1,000 people and day, which is this format's own when nothing is said."""
    raw = reader.table
    if "unit" in headers and "load" in mapping.units:
        raise DataRefused(
            "The unit is said twice.", where=f"{raw.where}, column {headers['unit']}", found=mapping.units["load"],
            remedy="Take it out of the mapping", code="HW-D104",
        )  # fmt: skip
    if "load" in mapping.units:
        return factor_of(mapping.units["load"], Quantity.PER_CAPITA_LOAD, f"mapping for {raw.where}, [units] load")
    return factors_by_row(reader, headers["unit"], Quantity.PER_CAPITA_LOAD, None) if "unit" in headers else 1.0


def _read_weeks(reader: CellReader, headers: dict[str, str], mapping: Mapping, frame: pl.DataFrame, parsed: Parsed) -> None:
    raw = reader.table
    year = reader.integer(headers["year"], required=True)
    out_of_range = ((year < 1990) | (year > 2100)).fill_null(value=False)
    reader.refuse(headers["year"], out_of_range, "HW-D112", "The year is out of range.", "Give a year from 1990 to 2100")
    week = reader.integer(headers["week"]).fill_null(0) if "week" in headers else pl.repeat(0, frame.height, eager=True)
    bad_week = ((week < 0) | (week > 53)).fill_null(value=False)
    reader.refuse(headers.get("week", "week"), bad_week, "HW-D112", "There is no such week.", "Give an ISO week, 1 to 53")
    drug, analyte = _read_drug(reader, headers["drug"], mapping)
    factor = _load_factor(reader, headers, mapping)
    no_limit = pl.repeat(None, frame.height, dtype=pl.Float64, eager=True)
    days = {day: read_result(reader, headers[day], lod=no_limit, loq=no_limit, factor=factor) for day in WEEKDAYS}
    means = {mean: reader.number(headers[mean]) * factor for mean in MEANS if mean in headers}
    for mean, values in means.items():
        is_negative = (values < 0).fill_null(value=False)
        reader.refuse(headers[mean], is_negative, "HW-D112", "A mean load is below zero.", "Give a mean of at least 0")
    frame = frame.with_columns(year=year, week=week, drug=drug, analyte=analyte, is_kept=reader.is_kept())
    frame = frame.with_columns(
        **{f"{day}_{part}": result[part] for day, result in days.items() for part in ("value", "detection", "loq")}
    )
    frame = frame.with_columns(**means).filter("is_kept")
    frame = _refuse_double_weeks(reader, frame, headers, parsed)
    frame = _set_aside_empty(parsed, raw, frame)
    keep_table(reader, parsed, headers, "reported_loads", _long(frame))
    if means:
        keys = ["site_id", "year", "week", "analyte", "drug", ROW]
        printed = frame.filter(pl.any_horizontal(pl.col(list(means)).is_not_null()))
        absent = [pl.lit(None, dtype=pl.Float64).alias(mean) for mean in MEANS if mean not in means]
        keep_table(reader, parsed, headers, "published_means", printed.select(*keys, *means, *absent))
    keep_places(reader, parsed, headers, frame)


def _read_drug(reader: CellReader, column: str, mapping: Mapping) -> tuple[pl.Series, pl.Series]:
    """The drug and the residue of every row."""
    written = reader.text(column, required=True)
    drugs: dict[str, str] = {}
    residues: dict[str, str] = {}
    for text in written.drop_nulls().unique().sort().to_list():
        try:
            drugs[text], residues[text] = drug_and_residue(mapping.values.get("drug", {}).get(text, text))
        except DataRefused as problem:
            reader.refuse(column, written == text, "HW-D108", problem.what, problem.remedy)
    drug = written.replace_strict(drugs, default=None, return_dtype=pl.String)
    return drug, written.replace_strict(residues, default=None, return_dtype=pl.String)


def _refuse_double_weeks(reader: CellReader, frame: pl.DataFrame, headers: dict[str, str], parsed: Parsed) -> pl.DataFrame:
    """A site, week and residue twice: the same numbers are one row, other numbers are refused."""
    key = pl.struct("site_id", "year", "week", "analyte")
    content = [name for name in frame.columns if name not in {ROW, "published_id"}]
    distinct = frame.unique(content, keep="first", maintain_order=True)
    is_clash = key.is_in(distinct.filter(key.is_duplicated()).select(key).to_series().unique().implode())
    rows = frame.filter(is_clash)[ROW]
    reader.refuse(
        headers["drug"], reader.frame[ROW].is_in(rows.implode()), "HW-D110",
        "Two rows have the same country, city, year and drug and differ.", "Keep the right one, or give the column week",
    )  # fmt: skip
    repeated = frame.filter(~pl.col(ROW).is_in(pl.concat([distinct[ROW], rows]).implode()))[ROW]
    message = "{n} rows say the same as an earlier one (rows {rows})."
    parsed.aside("repeated", "HW-I220", "info", reader.table, repeated, message)
    return distinct.filter(~is_clash)


def _set_aside_empty(parsed: Parsed, raw: RawTable, frame: pl.DataFrame) -> pl.DataFrame:
    zeros = int(sum((frame[f"{d}_detection"] == "below_loq").fill_null(value=False).sum() for d in WEEKDAYS))
    is_open = [(frame[f"{d}_detection"] == "below_loq") & frame[f"{d}_loq"].is_null() for d in WEEKDAYS]
    unlimited = int(sum(one.fill_null(value=False).sum() for one in is_open))
    if unlimited:
        message = (
            f"{unlimited} of {zeros} results below a limit came without one (mostly zeros): not quantified, limit unknown."
        )
        parsed.note("HW-I209", "info", raw.file, message)
    has_mean = pl.any_horizontal(pl.col([m for m in MEANS if m in frame.columns]).is_not_null())
    empty = frame.filter(pl.all_horizontal(pl.col([f"{d}_detection" for d in WEEKDAYS]).is_null()))
    lost = empty.filter(~has_mean) if any(m in frame.columns for m in MEANS) else empty
    parsed.aside("missing", "HW-I203", "info", raw, lost[ROW], "{n} rows hold no day and no mean (rows {rows}).")
    if empty.height > lost.height:
        parsed.note("HW-I203", "info", raw.file, f"{empty.height - lost.height} rows hold a mean and no day.")
    return frame.filter(~pl.col(ROW).is_in(lost[ROW].implode()))


def _long(frame: pl.DataFrame) -> pl.DataFrame:
    parts = []
    for number, day in enumerate(WEEKDAYS, 1):
        parts.append(
            frame.filter(pl.col(f"{day}_detection").is_not_null()).select(
                "site_id", "year", "week", "analyte", "drug", "country", "city", ROW,
                weekday=pl.lit(number),
                load_mg_per_1000_per_day=pl.col(f"{day}_value"),
                detection=pl.col(f"{day}_detection"),
                limit_mg_per_1000_per_day=pl.col(f"{day}_loq"),
            )
        )  # fmt: skip
    return pl.concat(parts).sort(ROW, "weekday")
