"""Where samples depart from the sampling specification, rule by rule.

A rule is a row of data (``reference.sampling_rules``): a field, an operator, a value. ``one_per`` rules count field blanks and
duplicates per site and quarter; what is short is written on the quarter's last routine sample. Blanks themselves are not
judged. ``not_stated`` is written only where the rule says that the field is required. The trap is a time below zero, a sample
received before it was taken: it meets every upper bound, so it is broken on its own account.
"""

from __future__ import annotations

from typing import Any

import polars as pl

from headworks.core.periods import period_label, sampling_day
from headworks.core.schema import polars_schema, sort_by_key
from headworks.loads.sampling.roles import is_blank, is_field_blank, is_repeat, is_routine
from headworks.tables import Nonconformities

_PER_HOUR = 1.0 / 3_600e6
_WORDS = {"at_least": "at least", "at_most": "at most", "one_of": "one of", "one_per": "one per"}
_TIMES = ("window_h", "transport_h", "holding_h")
_COUNTED = {"field_blanks": is_field_blank, "duplicates": is_repeat}


def nonconformities(samples: pl.DataFrame, rules: pl.DataFrame) -> pl.DataFrame:
    """Table ``nonconformities``: a row per sample and rule that is broken, or not stated though required.

    Parameters
    ----------
    samples
        Table ``samples``.
    rules
        One specification, from :func:`headworks.reference.sampling_rules.sampling_rules`.

    Returns
    -------
    pl.DataFrame
        Sorted by the key; a conforming sample has no row. A row about blanks or duplicates speaks for its site and quarter.
    """
    judged = _judged(samples)
    quarters = _counts(samples)
    schema = polars_schema(Nonconformities)
    found = [pl.DataFrame(schema=schema)]
    for rule in rules.iter_rows(named=True):
        rows = _short_of(quarters, rule) if rule["operator"] == "one_per" else _departing(judged, rule)
        rows = rows.with_columns(
            rule=pl.lit(rule["rule"]),
            asked=pl.lit(_asked(rule)),
            specification=pl.lit(f"{rule['specification']} {rule['edition']}"),
        )
        found.append(rows.select(pl.col(name).cast(dtype) for name, dtype in schema.items()))
    return sort_by_key(pl.concat(found), Nonconformities)


def _judged(samples: pl.DataFrame) -> pl.DataFrame:
    """Samples of a place with the fields that rules ask about; an unknown mode is one that is not stated."""
    rows = samples.filter(~is_blank(pl.col("role")))
    mode = pl.col("mode").cast(pl.String)
    return rows.select(
        "sample_id",
        "interval_min",
        "volume_ml",
        "ph",
        "temperature_c",
        "transport_temperature_c",
        mode=pl.when(mode != "unknown").then(mode),
        window_h=_hours("collected_from", "collected_to"),
        transport_h=_hours("collected_to", "received_at"),
        holding_h=_hours("received_at", "extracted_at"),
    )


def _hours(first: str, last: str) -> pl.Expr:
    return (pl.col(last) - pl.col(first)).dt.total_microseconds() * _PER_HOUR


def _departing(judged: pl.DataFrame, rule: dict[str, Any]) -> pl.DataFrame:
    field = pl.col(rule["field"])
    if rule["operator"] == "one_of":
        is_met = field.is_in(rule["value"].split(";"))
    else:
        bound = float(rule["value"])
        is_met = field >= bound if rule["operator"] == "at_least" else field <= bound
        if rule["field"] in _TIMES:
            is_met = is_met & (field >= 0)
    if rule["applies_to_modes"]:
        # A mode that is not stated may be any, so the rule holds for it.
        judged = judged.filter(pl.col("mode").is_in(rule["applies_to_modes"].split(";")).fill_null(value=True))
    is_short = field.is_null() if rule["is_required"] else pl.lit(value=False)
    rows = judged.filter(~is_met.fill_null(value=True) | is_short)
    text = pl.col(rule["field"])
    if rule["operator"] != "one_of":
        text = pl.concat_str(text.round(2).cast(pl.String).str.strip_suffix(".0"), pl.lit(_unit(rule)))
    return rows.select(
        "sample_id", verdict=pl.when(field.is_null()).then(pl.lit("not_stated")).otherwise(pl.lit("broken")), found=text
    )


def _counts(samples: pl.DataFrame) -> pl.DataFrame:
    """Routine samples, blanks and repeats of each site and quarter, and the quarter's last routine sample."""
    day = sampling_day(pl.col("collected_from").dt.replace_time_zone(None), pl.col("utc_offset_min"))
    rows = samples.select(
        "site_id", "sample_id", "collected_from", quarter=period_label(day, "quarter"),
        _is_routine=is_routine(pl.col("role")), **{name: test(pl.col("role")) for name, test in _COUNTED.items()},
    ).sort("collected_from", "sample_id")  # fmt: skip
    return (
        rows.group_by("site_id", "quarter")
        .agg(
            pl.col("sample_id").filter("_is_routine").last(),
            pl.col("_is_routine").sum().cast(pl.Int64).alias("n_routine"),
            *(pl.col(name).sum().cast(pl.Int64) for name in _COUNTED),
        )
        .filter(pl.col("n_routine") > 0)
    )


def _short_of(quarters: pl.DataFrame, rule: dict[str, Any]) -> pl.DataFrame:
    """Site quarters with fewer blanks or duplicates than whole lots of samples."""
    n_had = pl.col(rule["field"])
    n_asked = (pl.col("n_routine") / float(rule["value"])).floor()
    text = pl.format(
        "{} for {} samples of site {} in {}", n_had.cast(pl.String), pl.col("n_routine").cast(pl.String), "site_id", "quarter"
    )
    return quarters.filter(n_had < n_asked).select("sample_id", verdict=pl.lit("broken"), found=text)


def _asked(rule: dict[str, Any]) -> str:
    return f"{_WORDS[rule['operator']]} {rule['value'].replace(';', ', ')}{_unit(rule)}"


def _unit(rule: dict[str, Any]) -> str:
    return "" if rule["unit"] in (None, "1") else f" {rule['unit']}"
