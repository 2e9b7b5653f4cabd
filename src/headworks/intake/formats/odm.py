"""PHES-ODM v2 long tables: which table it is, and where it goes.

``sites`` and ``samples`` become ours (``odm_places``), ``measures`` become measurements and flows (``odm_measures``);
``qualityReports`` lends its flags to the measures of the same workbook. Other tables of the model are left out unread, and
said. Headers are compared without regard to case. The trap is the flag: a value that a quality report calls below its limit is
no value, so a report that stands alone is refused rather than forgotten.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import PurePath

import polars as pl

from headworks.core.errors import DataRefused, UsageError
from headworks.intake.formats.odm_measures import read_measures
from headworks.intake.formats.odm_parts import OTHER_TABLES
from headworks.intake.formats.odm_places import read_samples, read_sites
from headworks.intake.mapping import Mapping, mapped_headers, require_values
from headworks.intake.parsed import Parsed, fold_header, require_columns, require_no_persons
from headworks.intake.raw import ROW, RawTable, refuse_rows

# ODM column names we read; those with hw are our extension.
COLUMNS = (
    "siteID", "siteType", "name", "popServ", "geoLat", "geoLong", "geoEPSG", "hwAreaID", "hwConsent",
    "sampleID", "saMaterial", "collType", "collDT", "collDTStart", "collDTEnd", "collPer", "reportable",
    "measureRepID", "measure", "value", "unit", "aggregation", "aDateStart", "aDateEnd", "protocolID", "qualityFlag",
    "hwLod", "hwLoq", "hwBatchID", "hwReplicate",
)  # fmt: skip
# Table, columns by which it is recognised, and columns it must have.
_TABLES = {
    "measures": (("measure", "value", "unit"), ("measureRepID", "measure", "value", "unit", "aggregation")),
    "qualityreports": (("qualityReportID", "qualityFlag"), ("qualityFlag",)),
    "samples": (("sampleID", "siteID"), ("sampleID", "siteID", "saMaterial", "collType")),
    "sites": (("siteID", "siteType"), ("siteID", "siteType")),
}
_JOINED = "refusal_joined"
_READERS = {"measures": read_measures, "samples": read_samples, "sites": read_sites}


def parse_odm(raw: RawTable, mapping: Mapping, timezone: str | None) -> Parsed:
    """Our tables from one ODM table.

    Parameters
    ----------
    raw
        The foreign table.
    mapping
        Keys are ODM's own column names: ``[columns] siteID = "Station"``, ``[values.siteType]``, ``[defaults] aggregation``.
    timezone
        Of local times without an offset.

    Returns
    -------
    Parsed
        ``sites``; ``samples``; or ``measurements`` and ``flows``.

    Raises
    ------
    DataRefused
        When the table as a whole cannot be read; ``HW-D118`` when it is none of ODM's.
    UsageError
        ``HW-U005`` when the mapping says something this format has no place for.
    """
    name = _table_name(raw)
    parsed = Parsed()
    if name in OTHER_TABLES:
        parsed.close(raw, raw.refusals)
        message = f"{{n}} rows of {raw.sheet or raw.file!r} were left out unread: an ODM table that says nothing about loads."
        parsed.aside("not_ours", "HW-I214", "info", raw, raw.frame[ROW], message)
        return parsed
    if name is None:
        raise DataRefused(
            "It is not clear which ODM table this is.",
            where=f"{raw.where}, header",
            found=", ".join(raw.columns[:40])[:500],
            remedy="Name the file or sheet sites, samples or measures",
            code="HW-D118",
        )
    require_no_persons(raw)
    if name == "qualityreports":
        return _parse_quality_reports(raw)
    raw, headers = _with_defaults(raw, mapping, parsed)
    require_columns(raw, set(headers), list(_TABLES[name][1]), f"ODM {name}")
    for theirs in raw.columns:
        if theirs not in headers.values():
            parsed.note("HW-I202", "info", raw.file, f"Column {theirs!r} is not kept.", column=theirs)
    _READERS[name](raw, headers, mapping, timezone, parsed)
    return parsed


def join_quality_reports(raws: list[RawTable]) -> list[RawTable]:
    """The sheets of one file, each measure with the flags that a quality report of the same file gives it.

    Parameters
    ----------
    raws
        All sheets.

    Returns
    -------
    list of RawTable
        In the same order; measures have a column ``qualityFlag``, reports a mark on the rows that found their measure.
    """
    kinds = [_table_name(raw) for raw in raws]
    reports = [_flags(raw) for raw, kind in zip(raws, kinds, strict=True) if kind == "qualityreports"]
    if not reports or "measures" not in kinds:
        return raws
    flags = pl.concat(reports).drop_nulls().group_by("id").agg(pl.col("flag").sort().str.join(";"))
    found: list[pl.Series] = []
    joined = []
    for raw, kind in zip(raws, kinds, strict=True):
        key = _header(raw, "measureRepID")
        if kind == "measures" and key is not None:
            own = _header(raw, "qualityFlag")
            frame = raw.frame.join(flags, left_on=key, right_on="id", how="left", maintain_order="left")
            said = [pl.col(own)] if own else []
            frame = frame.with_columns(
                pl.concat_str([*said, pl.col("flag")], separator=";", ignore_nulls=True).alias(own or "qualityFlag")
            )
            found.append(raw.frame[key])
            raw = replace(raw, frame=frame.drop("flag").with_columns(pl.col(own or "qualityFlag").replace("", None)))
        joined.append(raw)
    measures = pl.concat(found).drop_nulls() if found else pl.Series([], dtype=pl.String)
    return [_mark(raw, measures) if kind == "qualityreports" else raw for raw, kind in zip(joined, kinds, strict=True)]


def _flags(raw: RawTable) -> pl.DataFrame:
    key, flag = _header(raw, "measureRepID"), _header(raw, "qualityFlag")
    if key is None or flag is None:
        return pl.DataFrame(schema={"id": pl.String, "flag": pl.String})
    return raw.frame.select(id=key, flag=flag)


def _mark(raw: RawTable, measures: pl.Series) -> RawTable:
    key = _header(raw, "measureRepID")
    is_found = pl.col(key).is_in(measures.implode()).fill_null(value=False) if key else pl.lit(value=False)
    return replace(raw, frame=raw.frame.with_columns(pl.when(is_found).then(pl.lit("joined")).alias(_JOINED)))


def _parse_quality_reports(raw: RawTable) -> Parsed:
    parsed = Parsed()
    is_joined = raw.frame[_JOINED].is_not_null() if _JOINED in raw.frame.columns else pl.Series([False] * raw.frame.height)
    message = "{n} quality flags went to their measures."
    parsed.aside("joined", "HW-I215", "info", raw, raw.frame[ROW].filter(is_joined), message)
    key = _header(raw, "measureRepID")
    refusals = refuse_rows(
        raw, raw.frame.filter(~is_joined), column=key or "measureRepID", code="HW-D115",
        problem="The quality report belongs to no measure of this file.",
        found=pl.col(key).fill_null("") if key else pl.lit(""),
        remedy="Put reports and measures into one workbook, or write the flag in the column qualityFlag of the measure",
    )  # fmt: skip
    bare = replace(raw, frame=raw.frame.drop(_JOINED, strict=False))
    parsed.close(bare, pl.concat([raw.refusals, refusals]))
    return parsed


def _table_name(raw: RawTable) -> str | None:
    for label in (raw.sheet or "", PurePath(raw.file).stem):
        words = [re.sub(r"\W", "", word) for word in fold_header(label).split("_")]
        for name in (*_TABLES, *sorted(OTHER_TABLES)):
            if name in words or name == "".join(words):
                return name
    have = {_squash(name) for name in raw.columns}
    return next((name for name, (signs, _) in _TABLES.items() if {s.lower() for s in signs} <= have), None)


def _squash(header: str) -> str:
    return fold_header(header).replace("_", "")


def _header(raw: RawTable, name: str) -> str | None:
    return next((theirs for theirs in raw.columns if _squash(theirs) == name.lower()), None)


def _with_defaults(raw: RawTable, mapping: Mapping, parsed: Parsed) -> tuple[RawTable, dict[str, str]]:
    """ODM's names to the headers of the file; a default of the mapping becomes a column."""
    if mapping.units:
        raise UsageError(
            "ODM says its units row by row.", where=f"mapping for {raw.where}, [units]", found=", ".join(mapping.units),
            remedy="Use the column unit, or [defaults] unit", code="HW-U005",
        )  # fmt: skip
    headers = mapped_headers(mapping, raw, set(COLUMNS))
    require_values(mapping, raw, {"siteType", "saMaterial", "collType", "measure"})
    known = {name.lower(): name for name in COLUMNS}
    said = set(headers)
    for theirs in raw.columns:
        name = known.get(_squash(theirs))
        if name is None or theirs in headers.values() or name in said:
            continue
        if name in headers:
            raise DataRefused(
                "Two columns mean the same.", where=f"{raw.where}, header", found=f"{headers[name]}, {theirs}",
                remedy="Rename one, or say in the mapping which one is meant: [columns]", code="HW-D111",
            )  # fmt: skip
        headers[name] = theirs
    for name, value in mapping.defaults.items():
        if name not in headers:
            raw = replace(raw, frame=raw.frame.with_columns(pl.lit(value).alias(name)))
            headers[name] = name
            parsed.note("HW-I201", "info", raw.file, f"No column {name}: assumed {value!r} for all rows.", column=name)
    return raw, headers
