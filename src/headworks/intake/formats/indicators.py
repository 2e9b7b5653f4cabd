"""Published lists of figures as aggregate cells: ``2,300+``, ``2.53 million``, ``-46 %``, with their windows.

One row per figure: ``area_id, indicator, period, source, published`` and ``value`` or ``growth``; beside them, where they
are known, ``stratum, definition, unit, window, denominator, denominator_window, sample_size, cut_off, stock_or_flow,
speaks_of``. A window is a period (``2022-H1``) or two of them (``2022-01/2022-05``), the period itself where none is said; a
stock speaks of its last day. The trap: ``2,300+`` is not 2,300. What a number says about itself is kept in ``relation``.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Any, NamedTuple

import polars as pl

from headworks.core.errors import HeadworksError
from headworks.core.periods import Period
from headworks.core.schema import polars_schema
from headworks.intake.mapping import Mapping, mapped_headers
from headworks.intake.parsed import Parsed, fold_header, require_columns, require_no_persons
from headworks.intake.promise import keep_promise
from headworks.intake.raw import ROW, RawTable, refuse_rows
from headworks.tables.indicators import RELATIONS, SPEAKS_OF, STOCK_OR_FLOW, Indicators

_REQUIRED = ["area_id", "indicator", "period", "source", "published"]
_OTHERS = [
    "value", "growth", "stratum", "definition", "unit", "window", "denominator", "denominator_window", "sample_size",
    "cut_off", "stock_or_flow", "speaks_of",
]  # fmt: skip
_ASSUMED = {"stratum": "all", "unit": "people", "stock_or_flow": "flow", "speaks_of": "activity"}
_TIMES = {"": 1.0, "thousand": 1e3, "k": 1e3, "million": 1e6, "m": 1e6, "万": 1e4, "亿": 1e8, "billion": 1e9}
_COUNT = re.compile(
    r"(?P<about>about|around|~|约|近)?\s*(?P<least>more than|over|at least|>=?|≥|超过)?\s*"
    r"(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)\s*(?P<times>thousand|million|billion|k|m|万|亿)?\s*(?P<plus>\+|余|多)?",
    re.IGNORECASE,
)
_PERCENT = re.compile(r"(?P<number>[+-]?\d+(?:\.\d+)?)\s*%?")


class Count(NamedTuple):
    """A number, and what it says about itself (one of ``RELATIONS``)."""

    value: float
    relation: str


def read_count(text: str) -> Count | None:
    """The count a text says; None when it says none.

    Examples
    --------
    >>> read_count("2,300+"), read_count("2.53 million"), read_count("about 180")
    (Count(value=2300.0, relation='at_least'), Count(value=2530000.0, relation='about'), Count(value=180.0, relation='about'))
    >>> read_count("939.3"), read_count("1,60")
    (Count(value=939.3, relation='exactly'), None)
    """
    match = _COUNT.fullmatch(text.strip())
    if match is None:
        return None
    value = float(match["number"].replace(",", "")) * _TIMES[(match["times"] or "").lower()]
    if match["least"] or match["plus"]:
        return Count(value, "at_least")
    return Count(value, "about" if match["about"] or match["times"] else "exactly")


def read_window(text: str) -> tuple[dt.date, dt.date] | None:
    """First and last day of a window; None when it is none.

    Examples
    --------
    >>> read_window("2022-01/2022-05")
    (datetime.date(2022, 1, 1), datetime.date(2022, 5, 31))
    """
    try:
        parts = [Period.parse(part) for part in text.split("/")]
    except HeadworksError:
        return None
    return (parts[0].first, parts[-1].last) if len(parts) <= 2 and parts[0].first <= parts[-1].last else None


def parse_indicators(raw: RawTable, mapping: Mapping) -> Parsed:
    """The table ``indicators`` from a list of published figures.

    Parameters
    ----------
    raw
        The foreign table.
    mapping
        Which column is which; empty when headers are ours.

    Returns
    -------
    Parsed
        The cells; rows whose number, window or words cannot be read are refused.

    Raises
    ------
    DataRefused
        ``HW-D111`` without a required column, ``HW-D114`` for columns about persons.
    """
    require_no_persons(raw)
    headers = mapped_headers(mapping, raw, {*_REQUIRED, *_OTHERS})
    for theirs in raw.columns:
        name = fold_header(theirs)
        if name in (*_REQUIRED, *_OTHERS) and theirs not in headers.values():
            headers.setdefault(name, theirs)
    require_columns(raw, set(headers), _REQUIRED, "indicators")
    parsed, refused, rows = Parsed(), [raw.refusals], list[dict[str, Any]]()
    for name, value in _ASSUMED.items():
        if name not in headers:
            parsed.note("HW-I201", "info", raw.file, f"No column {name}: assumed {value!r} for all rows.", column=name)
    for row in raw.frame.iter_rows(named=True):
        said = {name: (row[theirs] or "").strip() for name, theirs in headers.items()}
        one = _row({**dict.fromkeys(_OTHERS, ""), **said})
        if isinstance(one, _Problem):
            here = raw.frame.filter(pl.col(ROW) == row[ROW])
            refused.append(refuse_rows(raw, here, column=headers.get(one.column, one.column), code="HW-D112",
                                       problem=one.problem,
                                       found=pl.lit(said.get(one.column, "")), remedy=one.remedy))  # fmt: skip
        else:
            rows.append({**one, ROW: row[ROW]})
    schema = polars_schema(Indicators)
    plain = {name: pl.String if isinstance(dtype, pl.Enum) else dtype for name, dtype in schema.items()}
    frame = pl.DataFrame(rows, schema={**plain, ROW: pl.Int64})
    kept, broken, repeated = keep_promise(Indicators, frame, raw, headers)
    parsed.tables["indicators"] = kept
    parsed.aside("repeated", "HW-I220", "info", raw, repeated, "{n} rows say the same as an earlier one (rows {rows}).")
    parsed.close(raw, pl.concat([*refused, broken]))
    return parsed


class _Problem(NamedTuple):
    column: str
    problem: str
    remedy: str


def _row(said: dict[str, str]) -> dict[str, Any] | _Problem:
    """The cells of one row, or the first thing that is wrong with it."""
    count, below = read_count(said["value"]), read_count(said["denominator"])
    asked = read_count(said["sample_size"])
    growth = _PERCENT.fullmatch(said["growth"])
    window = read_window(said["window"] or said["period"])
    of_below = read_window(said["denominator_window"]) if said["denominator_window"] else (None, None)
    published, closed = (_day(said[name]) for name in ("published", "cut_off"))
    checks = [
        ("value", said["value"] and count is None, "This is not a count.", "Write 2300, 2,300+, 2.53 million or about 180"),
        ("denominator", said["denominator"] and below is None, "This is not a count.", "Write 126000000 or 126 million"),
        ("sample_size", said["sample_size"] and asked is None, "This is not a count.", "Write the number of people asked"),
        ("growth", said["growth"] and growth is None, "This is not a change in per cent.", "Write -46 or +82.64 %"),
        ("window", window is None, "This is not a window.", "Write 2022-H1 or 2022-01/2022-05"),
        ("denominator_window", of_below is None, "This is not a window.", "Write 2022 or 2020/2022"),
        ("published", published is None, "This is not a day.", "Write 2022-11-12"),
        ("cut_off", said["cut_off"] and closed is None, "This is not a day.", "Write 2022-11-12, or leave it empty"),
    ]  # fmt: skip
    words = {name: said[name] or value for name, value in _ASSUMED.items()}
    for name, known in (("stock_or_flow", STOCK_OR_FLOW), ("speaks_of", SPEAKS_OF)):
        checks.append(
            (name, words[name] not in known, "This is none of the words it can be.", "Use one of " + ", ".join(known))
        )
    for column, is_wrong, problem, remedy in checks:
        if is_wrong:
            return _Problem(column, problem, remedy)
    if window is None or of_below is None:  # refused above
        return _Problem("window", "This is not a window.", "Write 2022-H1 or 2022-01/2022-05")
    is_stock = words["stock_or_flow"] == "stock"
    return {
        **{name: said[name] for name in ("area_id", "period", "indicator", "source")}, **words, "vintage": published,
        "definition": said["definition"] or "as published", "numerator": count.value if count else None,
        "relation": count.relation if count else RELATIONS[-1], "numerator_from": None if is_stock else window[0],
        "numerator_to": window[1], "denominator": below.value if below else None, "denominator_from": of_below[0],
        "denominator_to": of_below[1], "growth_percent": float(growth["number"]) if growth else None,
        "sample_size": asked.value if asked else None, "cut_off": closed,
    }  # fmt: skip


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None
