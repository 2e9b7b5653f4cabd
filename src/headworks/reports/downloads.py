"""Figures to take away: CSV and XLSX that open as data and never as a formula.

A text that a spreadsheet would run (it starts with ``=``, ``+``, ``-``, ``@``, a tab, a line end or their full-width
forms) gets a leading apostrophe. The trap: a negative number is a number, so only columns of text are touched.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Mapping

import polars as pl
import xlsxwriter

from headworks.core.schema import Table, describe
from headworks.reports.area_tables import AreaTables
from headworks.reports.content import SituationContent
from headworks.tables import AreaChanges, AreaConsumption, AreaLoads, Areas, Changes, PeriodConsumption, PeriodMeans, Sites

# Own name in the download: the table and column it is.
_SHELF_COLUMNS: dict[str, tuple[type[Table], str]] = {
    "drug": (PeriodMeans, "drug"),
    "site_id": (Sites, "site_id"),
    "population_served": (Sites, "population_served"),
    "analyte": (PeriodMeans, "analyte"),
    "detection": (PeriodMeans, "detection"),
    "mean": (PeriodMeans, "mean"),
    "lower": (PeriodMeans, "lower"),
    "upper": (PeriodMeans, "upper"),
    "lower_total": (PeriodMeans, "lower_total"),
    "upper_total": (PeriodMeans, "upper_total"),
    "n_days": (PeriodMeans, "n_days"),
    "n_censored": (PeriodMeans, "n_censored"),
    "days_in_period": (PeriodMeans, "days_in_period"),
    "method": (PeriodMeans, "method"),
    "previous_period": (Changes, "previous_period"),
    "change_percent": (Changes, "change_percent"),
    "p_rose": (Changes, "p_rose"),
    "ratio_lower": (Changes, "ratio_lower"),
    "ratio_upper": (Changes, "ratio_upper"),
    "reason": (Changes, "reason"),
    "consumption_mg_per_1000_per_day": (PeriodConsumption, "consumption_mg_per_1000_per_day"),
    "consumption_lower": (PeriodConsumption, "lower"),
    "consumption_upper": (PeriodConsumption, "upper"),
    "doses_per_1000_per_day": (PeriodConsumption, "doses_per_1000_per_day"),
    "doses_lower": (PeriodConsumption, "doses_lower"),
    "doses_upper": (PeriodConsumption, "doses_upper"),
}
# Columns that are this report's own: unit and meaning.
_OWN_COLUMNS: dict[str, tuple[str, str]] = {
    "label": ("-", "Name readers know the site by; made unique with its identifier."),
    "country": ("-", "Country as published, or the top area."),
    "state": ("-", "value, below_limit or not_sampled."),
    "rank_first": ("1", "Highest rank the site can hold: 1 + sites whose whole total interval lies above."),
    "rank_last": ("1", "Lowest rank the site can hold: n - sites whose whole total interval lies below."),
    "change": ("-", "rising when p_rose > 0.9, falling when p_rose < 0.1, else unclear; not_assessable without p_rose."),
}
_ORDER = (
    "drug", "site_id", "label", "country", "population_served", "state", "analyte", "mean", "lower", "upper",
    "lower_total", "upper_total", "rank_first", "rank_last", "detection", "n_days", "n_censored", "days_in_period", "method",
    "previous_period", "change", "change_percent", "p_rose", "ratio_lower", "ratio_upper", "reason",
    "consumption_mg_per_1000_per_day", "consumption_lower", "consumption_upper", "doses_per_1000_per_day", "doses_lower",
    "doses_upper",
)  # fmt: skip
_RUNS_AS_FORMULA = r"^[=+\-@\t\r\n\x00＝＋－＠]"


def select_figures(standings: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """All figures of the period in one table: the sampled sites of every drug."""
    frames = [rows.filter(pl.col("state") != "not_sampled").select(_ORDER) for rows in standings.values()]
    return pl.concat(frames) if frames else pl.DataFrame(schema=dict.fromkeys(_ORDER, pl.String))


def data_dictionary() -> pl.DataFrame:
    """Column, unit and meaning of the figures, the meanings taken from the shelf's promises."""
    promised = {schema: {one.name: one for one in describe(schema)} for schema, _ in _SHELF_COLUMNS.values()}
    rows = []
    for name in _ORDER:
        if name in _OWN_COLUMNS:
            rows.append((name, *_OWN_COLUMNS[name]))
        else:
            schema, column = _SHELF_COLUMNS[name]
            promise = promised[schema][column]
            rows.append((name, promise.unit, promise.meaning))
    return pl.DataFrame(rows, schema=["column", "unit", "meaning"], orient="row")


_AREA_OWN: dict[str, tuple[str, str]] = {
    "name_en": ("-", "Name in English."),
    "name_zh": ("-", "Name in Chinese."),
    "state": ("-", "value, below_limit, suppressed (not for this reader) or not_sampled."),
    "change": ("-", "rose when p_rose > 0.9, fell when p_rose < 0.1, else unclear; none without an earlier year."),
    "n_matched": ("1", "Sites sampled in both years."),
    "matched_coverage": ("1", "Residents of the matched sites over residents of the area."),
    "consumption_lower": ("mg/d per 1,000 people", "Lower 95 % bound of the consumption."),
    "consumption_upper": ("mg/d per 1,000 people", "Upper 95 % bound of the consumption."),
}
_AREA_ORDER = (
    "drug", "analyte", "area_id", "parent_id", "level", "name_en", "name_zh", "state", "load_mg_per_1000_per_day", "lower",
    "upper", "coverage", "load_mg_per_day", "least_mg_per_day", "most_mg_per_day",
    "share_censored", "population", "area_population",
    "n_sites", "n_nested", "n_days", "largest_share", "u_day", "u_batch", "u_site", "previous_period", "change", "ratio",
    "ratio_lower", "ratio_upper", "p_rose", "n_matched", "matched_coverage", "consumption_mg_per_1000_per_day",
    "consumption_lower", "consumption_upper", "doses_per_1000_per_day", "doses_lower", "doses_upper",
)  # fmt: skip


def select_area_figures(areas: AreaTables, standings: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Figures of the report's area, what it lies in and the next two levels, a row per drug and area that was sampled."""
    near = areas.children()
    above = areas.tree.filter(pl.col("level") < pl.col("level").filter(pl.col("area_id").is_in(near)).min())
    below = areas.tree.filter(pl.col("parent_id").is_in(near))
    wanted = [area for area in {*near, *above["area_id"], *below["area_id"], areas.focus} if area is not None]
    is_said = pl.col("area_id").is_in(sorted(wanted)) & (pl.col("state") != "not_sampled")
    frames = [rows.filter(is_said).select(_AREA_ORDER) for rows in standings.values()]
    return pl.concat(frames) if frames else pl.DataFrame(schema=dict.fromkeys(_AREA_ORDER, pl.String))


def area_dictionary() -> pl.DataFrame:
    """Column, unit and meaning of the figures of areas."""
    promised = {one.name: one for schema in (Areas, AreaConsumption, AreaChanges, AreaLoads) for one in describe(schema)}
    rows = []
    for name in _AREA_ORDER:
        own = _AREA_OWN.get(name)
        rows.append((name, *own) if own else (name, promised[name].unit, promised[name].meaning))
    return pl.DataFrame(rows, schema=["column", "unit", "meaning"], orient="row")


def neutralise_formulas(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with an apostrophe before every text a spreadsheet would run.

    Examples
    --------
    >>> neutralise_formulas(pl.DataFrame({"name": ["=1+1", "Graz"], "x": [-1.5, 2.0]})).rows()
    [("'=1+1", -1.5), ('Graz', 2.0)]
    """
    is_text = pl.col(pl.String)
    safe = frame.with_columns(
        pl.when(is_text.str.contains(_RUNS_AS_FORMULA)).then(pl.lit("'") + is_text).otherwise(is_text).name.keep()
    )
    return safe.rename({name: f"'{name}" for name in frame.columns if name[:1] in tuple("=+-@\t\r\n\x00＝＋－＠")})


def write_csv_text(frame: pl.DataFrame) -> str:
    """The frame as CSV with a byte-order mark, so that spreadsheets read it as UTF-8."""
    return "\ufeff" + neutralise_formulas(frame).write_csv()


def write_workbook(content: SituationContent | Mapping[str, pl.DataFrame], *, created: dt.date | None = None) -> bytes:
    """An XLSX of the figures and, as its second sheet, the data dictionary.

    Parameters
    ----------
    content
        A report's content, or frames by sheet name in order.
    created
        Date written into the file; a content brings its own. Nothing else depends on when it is written.

    Returns
    -------
    bytes
        The same frames give the same bytes.
    """
    if isinstance(content, SituationContent):
        frames: Mapping[str, pl.DataFrame] = {"figures": content.figures, "dictionary": content.dictionary}
        created = content.generated_on
    else:
        frames = content
    day = created or dt.date(2000, 1, 1)
    stream = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(stream, options) as book:
        book.set_properties({"created": dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC)})
        bold = book.add_format({"bold": True, "bottom": 1})
        for name, frame in frames.items():
            _write_sheet(book.add_worksheet(name), neutralise_formulas(frame), bold)
    return stream.getvalue()


def _write_sheet(sheet: xlsxwriter.worksheet.Worksheet, frame: pl.DataFrame, bold: object) -> None:
    for column, name in enumerate(frame.columns):
        sheet.write_string(0, column, name, bold)
        sheet.set_column(column, column, max(10, min(len(name) + 2, 40)))
        for row, value in enumerate(frame[name].to_list(), start=1):
            if isinstance(value, str):
                sheet.write_string(row, column, value)
            elif value is not None:
                sheet.write_number(row, column, value)
    sheet.freeze_panes(1, 0)
    if frame.width:
        sheet.autofilter(0, 0, max(frame.height, 1), frame.width - 1)
