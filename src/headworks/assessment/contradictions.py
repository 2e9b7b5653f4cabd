r"""Indicators that do not fit together: two values of one quantity, windows that differ, growth without a value.

    previous = value / (1 + growth)                                                                        (O7)

A finding says which rows, what is wrong, and by how much a figure is off. The trap: figures that differ need not be wrong;
"registered" and "certified" volunteers are two things. Findings ask for a definition, they do not choose a value.
"""

from __future__ import annotations

import polars as pl

from headworks.core.errors import DataRefused

FINDING = {
    "code": pl.String, "area_id": pl.String, "indicator": pl.String, "stratum": pl.String, "period": pl.String,
    "first": pl.String, "second": pl.String, "ratio": pl.Float64, "message": pl.String,
}  # fmt: skip
# Two values closer than this may be one, rounded.
_SAME = 0.01
# Windows whose lengths differ by less are the same: a year has 365 or 366 days, a half-year 181 to 184.
_SAME_LENGTH = 0.03
_CELL = ["area_id", "indicator", "stratum"]


def find_contradictions(indicators: pl.DataFrame) -> pl.DataFrame:
    """All findings in a table of indicators.

    Parameters
    ----------
    indicators
        ``Indicators``.

    Returns
    -------
    pl.DataFrame
        ``code, area_id, indicator, stratum, period, first, second, ratio, message``; codes ``two_values``, ``revised``,
        ``window_mix``, ``rate_windows_differ``, ``stock_and_flow``, ``output_as_outcome``, ``growth_only``.
    """
    parts = (_two_values(indicators), _windows(indicators), _rate_windows(indicators), _alone(indicators))
    return pl.concat([part.select(list(FINDING)).cast(FINDING) for part in parts]).sort(list(FINDING)[:6])  # type: ignore[arg-type]


def complete_growth(indicators: pl.DataFrame) -> pl.DataFrame:
    """Values a year earlier that a value and its growth imply (O7).

    Returns
    -------
    pl.DataFrame
        ``area_id, indicator, stratum, period, previous, is_least, message``: ``is_least`` where the value is at least so much.

    Raises
    ------
    DataRefused
        ``HW-D789`` for a growth of -100 %: what was there before does not follow.

    Examples
    --------
    412 kg after a growth of 82.64 %: 412 / 1.8264 = 225.6 kg.

    >>> seized = {"area_id": "B", "indicator": "seized", "stratum": "all", "period": "2023", "numerator": 412.0}
    >>> complete_growth(pl.DataFrame([seized | {"growth_percent": 82.64, "relation": "exactly"}]))["previous"].round(1).item()
    225.6
    """
    rows = indicators.filter(pl.col("growth_percent").is_not_null() & pl.col("numerator").is_not_null())
    gone = rows.filter(pl.col("growth_percent") <= -100)
    if not gone.is_empty():
        raise DataRefused("A fall by 100 % hides what was there before.", found=", ".join(gone["indicator"].to_list()[:5]),
                          remedy="Leave the growth empty and give the earlier value", code="HW-D789")  # fmt: skip
    previous = pl.col("numerator") / (1 + pl.col("growth_percent") / 100)
    return rows.select(
        *_CELL, "period", previous=previous, is_least=pl.col("relation").cast(pl.String) == "at_least",
        message=pl.format("{} after {} %: {} a year before", pl.col("numerator"), pl.col("growth_percent"), previous.round(1)),
    )  # fmt: skip


def _pairs(indicators: pl.DataFrame) -> pl.DataFrame:
    """Rows of one cell of the table, two by two."""
    rows = indicators.with_columns(
        stock_or_flow=pl.col("stock_or_flow").cast(pl.String), speaks_of=pl.col("speaks_of").cast(pl.String)
    )
    numbered = rows.filter(pl.col("numerator").is_not_null()).with_row_index("_row").with_columns(
        _days=(pl.col("numerator_to") - pl.col("numerator_from")).dt.total_days() + 1
    )  # fmt: skip
    both = numbered.join(numbered, on=_CELL, suffix="_2").filter(pl.col("_row") < pl.col("_row_2"))
    return both.with_columns(
        ratio=pl.col("numerator_2") / pl.col("numerator"), first=_said(""), second=_said("_2"),
        same_window=pl.col("numerator_from").eq_missing(pl.col("numerator_from_2"))
        & pl.col("numerator_to").eq_missing(pl.col("numerator_to_2")),
    )  # fmt: skip


def _said(suffix: str) -> pl.Expr:
    window = pl.coalesce(
        pl.format("{} to {}", pl.col(f"numerator_from{suffix}"), pl.col(f"numerator_to{suffix}")),
        pl.format("at {}", pl.col(f"numerator_to{suffix}")), pl.lit("no window"),
    )  # fmt: skip
    names = [pl.col(f"{name}{suffix}") for name in ("numerator", "unit", "definition", "source", "vintage")]
    return pl.format("{} {} ({}; {}; {}, published {})", names[0], names[1], names[2], window, names[3], names[4])


def _two_values(indicators: pl.DataFrame) -> pl.DataFrame:
    """One window, two values: a later vintage of one source and definition revises, anything else contradicts."""
    both = _pairs(indicators).filter(pl.col("same_window") & ((pl.col("ratio") - 1).abs() > _SAME))
    is_revised = (pl.col("source") == pl.col("source_2")) & (pl.col("definition") == pl.col("definition_2"))
    is_open = (pl.col("relation").cast(pl.String) == "at_least") | (pl.col("relation_2").cast(pl.String) == "at_least")
    words = (
        pl.when(is_revised).then(pl.lit("The source revised this value."))
        .when(pl.col("definition") != pl.col("definition_2")).then(pl.lit("One quantity, two definitions, two values."))
        .when(is_open).then(pl.lit("Two values, one of them only 'at least': they may agree; ask for the number."))
        .otherwise(pl.lit("One quantity, two values: one is wrong, or the definitions differ."))
    )  # fmt: skip
    return both.with_columns(code=pl.when(is_revised).then(pl.lit("revised")).otherwise(pl.lit("two_values")), message=words)


def _windows(indicators: pl.DataFrame) -> pl.DataFrame:
    """Flows over windows of different lengths, and stocks beside flows: not to be compared."""
    both = _pairs(indicators)
    mixed = both.filter(pl.col("stock_or_flow") != pl.col("stock_or_flow_2"))
    mixed = mixed.with_columns(code=pl.lit("stock_and_flow"), message=pl.lit("A stock and a flow: their ratio is no change."))
    length = pl.col("_days_2") / pl.col("_days")
    flows = both.filter((pl.col("stock_or_flow") == "flow") & (pl.col("stock_or_flow_2") == "flow"))
    flows = flows.filter((length - 1).abs() > _SAME_LENGTH).with_columns(
        code=pl.lit("window_mix"),
        message=pl.format("Windows of {} and {} days: compare rates a day, or neither.", pl.col("_days"), pl.col("_days_2")),
    )
    return pl.concat([mixed, flows])


def _rate_windows(indicators: pl.DataFrame) -> pl.DataFrame:
    """Rates whose numerator was counted longer than its denominator speaks of: too high by the ratio of the windows."""
    days = [(pl.col(f"{name}_to") - pl.col(f"{name}_from")).dt.total_days() + 1 for name in ("numerator", "denominator")]
    ratio = days[0] / days[1]
    rows = indicators.with_columns(ratio=ratio, is_flow=pl.col("stock_or_flow").cast(pl.String) == "flow")
    rows = rows.filter(pl.col("is_flow") & ((pl.col("ratio") - 1).abs() > _SAME_LENGTH))
    rate = pl.col("numerator") / pl.col("denominator") * 100_000
    return rows.with_columns(
        code=pl.lit("rate_windows_differ"), first=_said(""),
        second=pl.format("{} from {} to {}", pl.col("denominator"), pl.col("denominator_from"), pl.col("denominator_to")),
        message=pl.format("The numerator's window is {} times the denominator's: {} per 100,000 is {} a year.",
                          pl.col("ratio").round(2), rate.round(2), (rate / pl.col("ratio")).round(2)),
    )  # fmt: skip


def _alone(indicators: pl.DataFrame) -> pl.DataFrame:
    """Growth without a value, and activities or outputs filed where outcomes are asked for."""
    empty = {"second": pl.lit(None, pl.String), "ratio": pl.lit(None, pl.Float64)}
    growth = indicators.filter(pl.col("numerator").is_null()).with_columns(
        code=pl.lit("growth_only"), first=pl.format("{} %", pl.col("growth_percent")), **empty,
        message=pl.lit("Only growth was published: without one value neither year's is known."),
    )  # fmt: skip
    is_work = pl.col("speaks_of").cast(pl.String).is_in(["activity", "output"])
    named = pl.col("definition").str.to_lowercase().str.contains(r"effect|outcome|result|成效|效果")
    work = indicators.filter(is_work & named & pl.col("numerator").is_not_null()).with_columns(
        code=pl.lit("output_as_outcome"), first=_said(""), **empty,
        message=pl.lit("What was done is presented as what came of it."),
    )  # fmt: skip
    return pl.concat([one.select(list(FINDING)).cast(FINDING) for one in (growth, work)])  # type: ignore[arg-type]
