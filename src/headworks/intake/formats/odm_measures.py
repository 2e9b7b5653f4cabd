"""ODM's measures as measurements and flows.

A row is a residue (``hw_…``, or a name the reference knows), a flow (``floRate``), or not ours; rows that are not ours, or not
reportable, are counted and left out before anything about them is judged. Replicates are numbered within sample and residue by
``measureRepID``; the number is written into the raw table too, so that a refused replicate keeps it when it comes back mended.
"""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from headworks.core.errors import DataRefused
from headworks.core.units import Quantity
from headworks.intake.cells import CellReader
from headworks.intake.detection import read_result
from headworks.intake.formats.odm_parts import (
    FLOW_PARTS,
    HARMLESS_FLAGS,
    MISSING,
    SINGLE,
    STATE_OF_FLAG,
    analyte_of,
    factor_of_unit,
)
from headworks.intake.formats.odm_places import finish, read_reportable, set_aside_unreportable
from headworks.intake.mapping import Mapping
from headworks.intake.parsed import Parsed
from headworks.intake.raw import ROW, RawTable

_FLOW = "(flow)"
_UNIT_REMEDY = {
    Quantity.CONCENTRATION: "Give ngL, ugL or mgL; nothing per gram, per copy or per person is a concentration",
    Quantity.FLOW: "Give m3D, mld or mgd; a volume alone is no flow",
}


def read_measures(raw: RawTable, headers: dict[str, str], mapping: Mapping, timezone: str | None, parsed: Parsed) -> None:
    """Measurements and flows of one table of measures into ``parsed``."""
    whole = CellReader(raw, numeric=[], decimal=".")
    subject = _subjects(whole, headers, mapping)
    is_reportable = read_reportable(whole, headers)
    marked = raw.frame.with_columns(_subject=subject, is_reportable=is_reportable).filter(whole.is_kept())
    others = marked.filter(pl.col("_subject").is_null())
    shown = ", ".join(others[headers["measure"]].drop_nulls().unique().sort().head(8).to_list())
    message = f"{{n}} rows are measures that Headworks has no use for ({shown})."
    parsed.aside("not_ours", "HW-I214", "info", raw, others[ROW], message)
    ours = marked.filter(pl.col("_subject").is_not_null())
    set_aside_unreportable(parsed, raw, ours)
    ours = ours.filter("is_reportable").drop("is_reportable")
    ours, raw = _number_replicates(ours, headers, raw)
    names = [headers[name] for name in ("value", "hwLod", "hwLoq") if name in headers]
    mine = replace(raw, frame=ours.drop("_subject"), refusals=whole.refusals())
    reader = CellReader(mine, numeric=names, decimal=mapping.decimal, date_format=mapping.date_format, timezone=timezone)
    is_flow = ours["_subject"] == _FLOW
    aggregation = reader.frame[headers["aggregation"]].str.to_lowercase()
    reader.refuse(
        headers["aggregation"], ~aggregation.is_in(list(SINGLE)).fill_null(value=False), "HW-D108",
        "Only single values and means are results.", "Give the single values or their mean (aggregation single or mean)",
    )  # fmt: skip
    factor = _factors(reader, headers["unit"], is_flow)
    results = _residues(reader, headers, ours["_subject"], is_flow, factor, parsed)
    flows = _flows(reader, headers, is_flow, factor)
    missing = pl.concat([results.filter("is_missing"), flows.filter("is_missing")], how="diagonal").filter(
        pl.col(ROW).is_in(reader.frame[ROW].filter(reader.is_kept()).implode())
    )
    parsed.aside(
        "missing", "HW-I203", "info", raw, missing[ROW], "{n} rows hold no result (rows {rows}); missing is not zero."
    )
    tables = {
        "measurements": results.filter(~pl.col("is_missing")).drop("is_missing"),
        "flows": flows.filter(~pl.col("is_missing")).drop("is_missing"),
    }
    odm = {
        "sample_id": "sampleID", "analyte": "measure", "replicate": "measureRepID", "concentration_ng_per_l": "value",
        "lod_ng_per_l": "hwLod", "loq_ng_per_l": "hwLoq", "site_id": "siteID", "flow_m3_per_day": "value", "day": "aDateEnd",
    }  # fmt: skip
    finish(parsed, reader, raw, tables, {ours: headers.get(name, name) for ours, name in odm.items()})


def _subjects(reader: CellReader, headers: dict[str, str], mapping: Mapping) -> pl.Series:
    """The analyte of each row, a mark for flows, null for what is not ours; an unknown ``hw_`` part is refused."""
    column = headers["measure"]
    written = reader.text(column, required=True)
    subjects: dict[str, str | None] = {}
    unknown: list[str] = []
    remedy = ""
    for text in written.drop_nulls().unique().sort().to_list():
        measure = mapping.values.get("measure", {}).get(text, text)
        try:
            subjects[text] = _FLOW if measure.strip().lower() in FLOW_PARTS else analyte_of(measure)
        except DataRefused as problem:
            unknown.append(text)
            remedy = problem.remedy
    reader.refuse(column, written.is_in(unknown), "HW-D108", "This residue is not in the reference.", remedy)
    return written.replace_strict(subjects, default=None, return_dtype=pl.String)


def _number_replicates(ours: pl.DataFrame, headers: dict[str, str], raw: RawTable) -> tuple[pl.DataFrame, RawTable]:
    if "hwReplicate" in headers:
        return ours, raw
    column, sample, identifier = "hwReplicate", headers.get("sampleID"), headers["measureRepID"]
    headers[column] = column
    if sample is None:
        return ours.with_columns(pl.lit("1").alias(column)), raw
    keys = [sample, "_subject"]
    order = ours.filter(pl.col("_subject") != _FLOW).select(*keys, identifier).drop_nulls().unique()
    order = order.sort(pl.col(identifier).str.len_chars(), identifier)
    order = order.with_columns(pl.int_range(1, pl.len() + 1).over(keys).cast(pl.String).alias(column))
    numbered = ours.join(order, on=[*keys, identifier], how="left", maintain_order="left").with_columns(
        pl.col(column).fill_null("1")
    )
    if order.filter(pl.col(column) != "1").is_empty():
        return numbered, raw
    numbers = numbered.select(ROW, column)
    return numbered, replace(raw, frame=raw.frame.join(numbers, on=ROW, how="left", maintain_order="left"))


def _factors(reader: CellReader, column: str, is_flow: pl.Series) -> pl.Series:
    units = reader.frame[column]
    factors = pl.repeat(None, len(units), dtype=pl.Float64, eager=True)
    for quantity, mask in ((Quantity.CONCENTRATION, ~is_flow), (Quantity.FLOW, is_flow)):
        known: dict[str, float] = {}
        for unit in units.filter(mask).drop_nulls().unique().to_list():
            try:
                known[unit] = factor_of_unit(unit, quantity)
            except DataRefused:
                continue
        found = units.replace_strict(known, default=None, return_dtype=pl.Float64)
        remedy = _UNIT_REMEDY[quantity]
        problem = f"This unit of {quantity.value} is not known or is missing."
        reader.refuse(column, mask & found.is_null(), "HW-D104", problem, remedy)
        factors = pl.select(pl.when(mask).then(found).otherwise(factors)).to_series()
    return factors


def _residues(
    reader: CellReader, headers: dict[str, str], subject: pl.Series, is_flow: pl.Series, factor: pl.Series, parsed: Parsed
) -> pl.DataFrame:
    mine = _part(reader, ~is_flow)
    keep = ~is_flow
    factor = factor.filter(keep)
    column = headers.get("sampleID")
    if column is None:
        nothing = pl.repeat(None, mine.frame.height, dtype=pl.String, eager=True)
        mine.refuse("sampleID", nothing.is_null(), "HW-D107", "A residue belongs to no sample.", "Add the column sampleID")
    sample = mine.text(column, required=True, is_key=True) if column else nothing
    mine.text(headers["measureRepID"], required=True, is_key=True)
    lod, loq = (mine.number(headers[n]) * factor if n in headers else _nothing(mine) for n in ("hwLod", "hwLoq"))
    stated, is_suspect = _flags(mine, headers, parsed)
    result = read_result(mine, headers["value"], lod=lod, loq=loq, stated=stated, factor=factor, missing=MISSING)
    frame = pl.DataFrame(
        {
            "sample_id": sample, "analyte": subject.filter(keep), "replicate": mine.integer(headers["hwReplicate"]),
            "concentration_ng_per_l": result["value"], "detection": result["detection"], "lod_ng_per_l": result["lod"],
            "loq_ng_per_l": result["loq"], "u_analysis": _nothing(mine), "is_missing": result["is_missing"],
            "batch_id": _text(mine, headers, "hwBatchID"), "method": _text(mine, headers, "protocolID"),
            "qc_flag": pl.select(pl.when(is_suspect).then(pl.lit("suspect")).otherwise(pl.lit("accepted"))).to_series(),
            ROW: mine.frame[ROW],
        }
    )  # fmt: skip
    reader.add(mine.refusals())
    return frame


def _flags(reader: CellReader, headers: dict[str, str], parsed: Parsed) -> tuple[pl.Series, pl.Series]:
    """The state a quality flag says, and whether another flag makes the result suspect."""
    cells = _text(reader, headers, "qualityFlag")
    states: dict[str, str | None] = {}
    suspect: dict[str, bool] = {}
    for text in cells.drop_nulls().unique().sort().to_list():
        flags = [flag for flag in text.lower().replace(",", " ").replace(";", " ").replace("|", " ").split() if flag]
        said = sorted({STATE_OF_FLAG[flag] for flag in flags if flag in STATE_OF_FLAG})
        # Below the LOD is below the LOQ too, so the narrower of the two is meant.
        states[text] = said[-1] if said else None
        suspect[text] = any(flag not in HARMLESS_FLAGS and flag not in STATE_OF_FLAG for flag in flags)
    is_suspect = cells.replace_strict(suspect, default=False, return_dtype=pl.Boolean).fill_null(value=False)
    message = "{n} results carry a quality flag and are kept as suspect (rows {rows})."
    rows = reader.frame[ROW].filter(is_suspect)
    if rows.len():
        text = message.format(n=rows.len(), rows=", ".join(map(str, rows.head(10).to_list())))
        parsed.note("HW-I217", "warning", reader.table.file, text, row=rows[0], column=headers["qualityFlag"])
    return cells.replace_strict(states, default=None, return_dtype=pl.String), is_suspect


def _flows(reader: CellReader, headers: dict[str, str], is_flow: pl.Series, factor: pl.Series) -> pl.DataFrame:
    mine = _part(reader, is_flow)
    site, day = headers.get("siteID"), [headers[name] for name in ("aDateStart", "aDateEnd") if name in headers]
    sites = _text(mine, headers, "siteID")
    mine.refuse(
        site or "siteID", sites.is_null(), "HW-D107", "A flow belongs to no site.",
        "Give siteID beside the flow; a sample that is known already cannot be given a flow by a measure",
    )  # fmt: skip
    begun = pl.select(pl.coalesce(*(mine.frame[name] for name in day), pl.lit(None, dtype=pl.String))).to_series()
    days = pl.repeat(None, mine.frame.height, dtype=pl.Date, eager=True)
    if day:
        cells = begun if mine.date_format else begun.str.slice(0, 10)
        days = mine.day(day[0], cells=cells)
    mine.refuse(
        day[0] if day else "aDateEnd", begun.is_null() if day else days.is_null(), "HW-D107",
        "It is not said on which day the water passed.", "Give aDateStart or aDateEnd",
    )  # fmt: skip
    value = mine.frame[headers["value"]]
    is_missing = value.is_null() | value.str.to_lowercase().is_in(list(MISSING)).fill_null(value=False)
    number = mine.number(headers["value"], cells=pl.select(pl.when(~is_missing).then(value)).to_series())
    frame = pl.DataFrame(
        {
            "site_id": mine.text(site, is_key=True) if site else sites, "day": days,
            "flow_m3_per_day": number * factor.filter(is_flow), "u_flow": _nothing(mine),
            "flow_source": _text(mine, headers, "protocolID"), "is_missing": is_missing, ROW: mine.frame[ROW],
        }
    )  # fmt: skip
    reader.add(mine.refusals())
    return frame


def _part(reader: CellReader, mask: pl.Series) -> CellReader:
    """A reader over some rows of another's, with the same decimal sign."""
    table = replace(reader.table, frame=reader.frame.filter(mask), refusals=reader.table.refusals.clear())
    part = CellReader(table, numeric=[], date_format=reader.date_format, timezone=reader.timezone)
    part.decimal = reader.decimal
    return part


def _nothing(reader: CellReader) -> pl.Series:
    return pl.repeat(None, reader.frame.height, dtype=pl.Float64, eager=True)


def _text(reader: CellReader, headers: dict[str, str], name: str) -> pl.Series:
    empty = pl.repeat(None, reader.frame.height, dtype=pl.String, eager=True)
    return reader.text(headers[name]) if name in headers else empty
