"""ODM's sites and samples as ours.

The sampling day is the local day on which the window began, so a composite needs its begin: ``collDTStart``, or ``collDTEnd``
with the hours in ``collPer``. ``collDT`` alone is enough for a grab sample only.
"""

from __future__ import annotations

import polars as pl

from headworks.core.errors import DataRefused
from headworks.intake.cells import CellReader
from headworks.intake.formats.odm_parts import COLLECTIONS, MATERIALS, SITE_KINDS
from headworks.intake.mapping import Mapping
from headworks.intake.parsed import Parsed
from headworks.intake.promise import keep_promise
from headworks.intake.raw import ROW, RawTable
from headworks.tables import SHELF
from headworks.tables.places import MATRICES
from headworks.tables.places import SITE_KINDS as OUR_KINDS
from headworks.tables.samples import SAMPLING_MODES

_IN_WATER = {"surface_water": "surface_water"}
_TRUTH = dict.fromkeys(("true", "t", "yes", "y", "1"), "true") | dict.fromkeys(("false", "f", "no", "n", "0"), "false")


def read_sites(raw: RawTable, headers: dict[str, str], mapping: Mapping, timezone: str | None, parsed: Parsed) -> None:
    """ODM sites into ``parsed``; a site whose place is not in WGS 84 is refused."""
    numeric = [headers[name] for name in ("popServ", "geoLat", "geoLong") if name in headers]
    reader = CellReader(raw, numeric=numeric, decimal=mapping.decimal)
    kinds = {**SITE_KINDS, **mapping.values.get("siteType", {})}
    if "geoEPSG" in headers:
        system = reader.frame[headers["geoEPSG"]].str.to_lowercase().str.replace_all(r"[\s:]|epsg", "")
        is_other = system.is_not_null() & ~system.is_in(["4326", "wgs84"]).fill_null(value=True)
        reader.refuse(headers["geoEPSG"], is_other, "HW-D104", "The coordinates are not in WGS 84.", "Give EPSG:4326")
    frame = pl.DataFrame(
        {
            "site_id": reader.text(headers["siteID"], required=True, is_key=True),
            "area_id": _text(reader, headers, "hwAreaID"),
            "name": _text(reader, headers, "name"),
            "kind": reader.category(headers["siteType"], OUR_KINDS, kinds, required=True),
            "population_served": _number(reader, headers, "popServ"),
            "latitude": _number(reader, headers, "geoLat"),
            "longitude": _number(reader, headers, "geoLong"),
            "consent": _text(reader, headers, "hwConsent"),
            ROW: reader.frame[ROW],
        }
    )
    has_people = pl.col("population_served").is_not_null()
    frame = frame.with_columns(
        matrix=pl.col("kind").replace_strict(_IN_WATER, default="sewage", return_dtype=pl.String),
        upstream_of=pl.lit(None, dtype=pl.String),
        population_method=pl.when(has_people).then(pl.lit("as stated in ODM popServ")),
    )
    theirs = {
        "site_id": "siteID", "kind": "siteType", "population_served": "popServ", "latitude": "geoLat",
        "longitude": "geoLong", "consent": "hwConsent",
    }  # fmt: skip
    finish(parsed, reader, raw, {"sites": frame}, {ours: headers.get(odm, odm) for ours, odm in theirs.items()})


def read_samples(raw: RawTable, headers: dict[str, str], mapping: Mapping, timezone: str | None, parsed: Parsed) -> None:
    """ODM samples into ``parsed``; those that are not reportable are set aside."""
    if not {"collDT", "collDTStart", "collDTEnd"} & set(headers):
        raise DataRefused(
            "The samples have no time of collection.", where=f"{raw.where}, header", found=", ".join(raw.columns[:40])[:500],
            remedy="Add collDTStart and collDTEnd, or collDT for grab samples", code="HW-D111",
        )  # fmt: skip
    reader = CellReader(
        raw, numeric=[headers["collPer"]] if "collPer" in headers else [], decimal=mapping.decimal,
        date_format=mapping.date_format, timezone=mapping.timezone or timezone,
    )  # fmt: skip
    materials = {**MATERIALS, **mapping.values.get("saMaterial", {})}
    collections = {**COLLECTIONS, **mapping.values.get("collType", {})}
    columns = {
        "sample_id": reader.text(headers["sampleID"], required=True, is_key=True),
        "site_id": reader.text(headers["siteID"], required=True, is_key=True),
        "matrix": reader.category(headers["saMaterial"], MATRICES, materials, required=True),
        "mode": reader.category(headers["collType"], SAMPLING_MODES, collections, required=True),
    }
    columns |= _read_window(reader, headers, columns["mode"])
    is_reportable = read_reportable(reader, headers)
    absent = {
        name: pl.lit(None, dtype=pl.Float64) for name in ("interval_min", "flow_m3_per_day", "u_flow", "temperature_c", "ph")
    }
    frame = pl.DataFrame({**columns, ROW: reader.frame[ROW], "is_reportable": is_reportable}).with_columns(
        **absent, deviation=pl.lit(None, dtype=pl.String)
    )
    set_aside_unreportable(parsed, raw, frame.filter(reader.is_kept()))
    theirs = {"sample_id": "sampleID", "site_id": "siteID", "collected_from": "collDTStart", "collected_to": "collDTEnd"}
    kept = frame.filter("is_reportable").drop("is_reportable")
    finish(parsed, reader, raw, {"samples": kept}, {ours: headers.get(odm, odm) for ours, odm in theirs.items()})


def _read_window(reader: CellReader, headers: dict[str, str], mode: pl.Series) -> dict[str, pl.Series]:
    height = reader.frame.height
    nothing = (
        pl.repeat(None, height, dtype=pl.Datetime("us", "UTC"), eager=True),
        pl.repeat(None, height, dtype=pl.Int16, eager=True),
    )
    at, at_offset = reader.instant(headers["collDT"]) if "collDT" in headers else nothing
    begin, begin_offset = reader.instant(headers["collDTStart"]) if "collDTStart" in headers else nothing
    end, end_offset = reader.instant(headers["collDTEnd"]) if "collDTEnd" in headers else nothing
    hours = _number(reader, headers, "collPer")
    reader.refuse(
        headers.get("collPer", "collPer"), (hours <= 0) | (hours > 24 * 31), "HW-D112",
        "The collection period is not between 0 hours and a month.", "Give hours, or leave it empty",
    )  # fmt: skip
    is_grab = (mode == "grab").fill_null(value=False)
    frame = pl.DataFrame(
        {"at": at, "ao": at_offset, "b": begin, "bo": begin_offset, "e": end, "eo": end_offset, "h": hours, "grab": is_grab}
    )
    from_end = pl.col("e") - pl.duration(microseconds=(pl.col("h") * 3_600_000_000).round(0).cast(pl.Int64))
    grabbed, grabbed_offset = pl.when("grab").then("at"), pl.when("grab").then("ao")
    frame = frame.select(
        collected_from=pl.coalesce("b", grabbed, from_end),
        utc_offset_min=pl.coalesce("bo", grabbed_offset, pl.when(pl.col("h").is_not_null()).then("eo")),
        collected_to=pl.coalesce("e", grabbed),
    )
    column = next(headers[name] for name in ("collDTStart", "collDT", "collDTEnd") if name in headers)
    reader.refuse(
        column, frame["collected_from"].is_null(), "HW-D107", "It is not said when the collection of the sample began.",
        "Give collDTStart, or collDTEnd with collPer in hours; collDT is enough for a grab sample only",
    )  # fmt: skip
    return frame.to_dict()


def read_reportable(reader: CellReader, headers: dict[str, str]) -> pl.Series:
    """False where the row says that it is not to be reported."""
    if "reportable" not in headers:
        return pl.repeat(True, reader.frame.height, eager=True)
    return reader.category(headers["reportable"], ["true", "false"], _TRUTH).fill_null("true") == "true"


def set_aside_unreportable(parsed: Parsed, raw: RawTable, frame: pl.DataFrame) -> None:
    """Say which rows are not kept because their owner does not want them reported."""
    rows = frame.filter(~pl.col("is_reportable"))[ROW]
    message = "{n} rows are marked as not reportable and were not kept (rows {rows})."
    parsed.aside("not_reportable", "HW-I216", "warning", raw, rows, message)


def finish(parsed: Parsed, reader: CellReader, raw: RawTable, tables: dict[str, pl.DataFrame], theirs: dict[str, str]) -> None:
    """Put the rows that keep their tables' promises into ``parsed`` and book the others."""
    is_kept = reader.frame[ROW].filter(reader.is_kept())
    for name, frame in tables.items():
        kept_rows = frame.filter(pl.col(ROW).is_in(is_kept.implode()))
        kept, refusals, repeated = keep_promise(SHELF[name].schema, kept_rows, raw, theirs)
        parsed.aside("repeated", "HW-I220", "info", raw, repeated, "{n} rows say the same as an earlier one (rows {rows}).")
        parsed.tables[name] = kept
        reader.add(refusals)
    parsed.close(raw, reader.refusals())


def _text(reader: CellReader, headers: dict[str, str], name: str) -> pl.Series:
    empty = pl.repeat(None, reader.frame.height, dtype=pl.String, eager=True)
    return reader.text(headers[name]) if name in headers else empty


def _number(reader: CellReader, headers: dict[str, str], name: str) -> pl.Series:
    empty = pl.repeat(None, reader.frame.height, dtype=pl.Float64, eager=True)
    return reader.number(headers[name]) if name in headers else empty
