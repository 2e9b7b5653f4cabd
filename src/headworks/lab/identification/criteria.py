"""One row per criterion a peak is held to: found, expected, allowed, outcome, and a sentence.

    |t - t_ref| <= the greatest tolerance of the profile,   t over t_IS where the profile says so               (I2)
    |r / r_ref - 1| <= limit of the class of r_ref,  or |r - r_ref| <= limit in percent points                  (I3)

Limits are inclusive. The trap is arithmetic: 5.05 - 5.00 is not 0.05 in binary, so a limit is met to a part in 1e9.
"""

from __future__ import annotations

import polars as pl

from headworks.lab.sentences import SENTENCE_COLUMNS, sentence

CRITERIA_COLUMNS = (
    "batch_id", "injection", "analyte", "criterion", "qualifier", "direction", "found", "expected", "lower", "upper", "unit",
    "outcome", "is_required", "reason", "code", "values",
)  # fmt: skip
PASS, FAIL, NOT_JUDGED = "pass", "fail", "not_judged"
# Numbers that differ by less are the same after rounding in binary; no instrument prints nine digits.
_ROUNDING = 1e-9


def criterion_rows(rows: pl.DataFrame, criterion: str, unit: pl.Expr, reason: pl.Expr, *, is_required: bool) -> pl.DataFrame:
    """Rows with ``found, expected, lower, upper`` and ``why_not`` (a sentence of ``lab.sentences``, or null) as criteria."""
    found, lower, upper = pl.col("found"), pl.col("lower"), pl.col("upper")
    # Room on the scale of the limits themselves: a limit may be 0.
    room = _ROUNDING * pl.max_horizontal(lower.abs(), upper.abs())
    is_met = (lower.is_null() | (found >= lower - room)) & (upper.is_null() | (found <= upper + room))
    judged = pl.when(is_met).then(pl.lit(PASS)).otherwise(pl.lit(FAIL))
    outcome = pl.when(pl.col("why_not").is_not_null()).then(pl.lit(NOT_JUDGED)).otherwise(judged)
    absent = [pl.lit(None, pl.String).alias(name) for name in ("qualifier", "direction") if name not in rows.columns]
    filled = rows.with_columns(
        *absent,
        criterion=pl.lit(criterion),
        unit=unit,
        outcome=outcome if "outcome" not in rows.columns else pl.coalesce("outcome", outcome),
        is_required=pl.lit(is_required),
    )
    said = filled.with_columns(_said=pl.coalesce("why_not", reason))
    return said.with_columns(pl.col("_said").struct.field(name) for name in SENTENCE_COLUMNS).select(CRITERIA_COLUMNS)


def retention_time_criteria(peaks: pl.DataFrame, rules: pl.DataFrame) -> pl.DataFrame:
    """(I2) of every peak; ``peaks`` joined with the times of the reference (``*_reference``)."""
    own, theirs = pl.col("internal_standard_retention_time_min"), pl.col("relative_retention_time_reference")
    time, reference = pl.col("retention_time_min"), pl.col("retention_time_min_reference")
    by_standard = rules["basis"].eq("internal_standard").any()
    is_relative = pl.lit(by_standard) & (own > 0).fill_null(value=False) & theirs.is_not_null()
    expected = pl.when(is_relative).then(theirs).otherwise(reference)
    tolerance = pl.max_horizontal(
        pl.lit(limit) if unit == "min" else expected * (limit / 100.0) for limit, unit in rules.select("limit", "unit").rows()
    )
    why_not = pl.when(expected.is_null()).then(sentence("identification.no_reference_time"))
    rows = peaks.with_columns(
        found=pl.when(is_relative).then(time / own).otherwise(time), expected=expected, why_not=why_not
    ).with_columns(lower=expected - tolerance, upper=expected + tolerance)
    unit = pl.when(is_relative).then(pl.lit("1")).otherwise(pl.lit("min"))
    numbers = _rounded("found", "lower", "upper")
    relative = pl.when(is_relative).then(sentence("identification.relative_retention_time", **numbers))
    text = relative.otherwise(sentence("identification.retention_time", **numbers))
    return criterion_rows(rows, "retention_time", unit, text, is_required=bool(rules["is_required"].any()))


def coelution_criteria(peaks: pl.DataFrame, rules: pl.DataFrame) -> pl.DataFrame:
    """Whether a peak moves with its labelled internal standard: the offset against the mean offset of the calibrators (I4)."""
    own = pl.col("internal_standard_retention_time_min")
    offset, expected = pl.col("retention_time_min") - own, pl.col("internal_standard_offset_min_reference")
    limit = float(rules["limit"][0])
    unknown = offset.is_null() | expected.is_null()
    rows = peaks.with_columns(
        found=offset, expected=expected, lower=expected - limit, upper=expected + limit,
        why_not=pl.when(unknown).then(sentence("identification.no_standard_time")),
    )  # fmt: skip
    text = sentence("identification.coelution", **_rounded("found", "lower", "upper"))
    return criterion_rows(rows, "coelution", pl.lit("min"), text, is_required=bool(rules["is_required"].any()))


def signal_to_noise_criteria(peaks: pl.DataFrame, rules: pl.DataFrame) -> pl.DataFrame:
    """Whether a peak stands out of the noise."""
    limit = float(rules["limit"][0])
    found = pl.col("signal_to_noise")
    rows = peaks.with_columns(
        found=found, expected=pl.lit(None, pl.Float64), lower=pl.lit(limit), upper=pl.lit(None, pl.Float64),
        why_not=pl.when(found.is_null()).then(sentence("identification.no_signal_to_noise")),
    )  # fmt: skip
    text = sentence("identification.signal_to_noise", found=pl.col("found").round(2), limit=limit)
    return criterion_rows(rows, "signal_to_noise", pl.lit("1"), text, is_required=bool(rules["is_required"].any()))


def ion_ratio_criteria(ions: pl.DataFrame, rules: pl.DataFrame) -> pl.DataFrame:
    """(I3) of every qualifier; ``ions`` joined with ``ratio_reference`` and ``least_qualifier_area_reference``."""
    reference, ratio = pl.col("ratio_reference"), pl.col("ratio")
    basis = str(rules["basis"][0])
    turned = reference > 1 if basis == "weaker_over_stronger" else pl.lit(basis == "quantifier_over_qualifier")
    percent = [100.0 * pl.when(turned).then(one**-1).otherwise(one) for one in (ratio, reference)]
    rows = ions.with_columns(
        found=percent[0], expected=percent[1],
        direction=pl.when(turned).then(pl.lit("quantifier over qualifier")).otherwise(pl.lit("qualifier over quantifier")),
    )  # fmt: skip
    rows = rows.with_columns(tolerance=_tolerance(pl.col("expected"), rules))
    rows = rows.with_columns(lower=pl.col("expected") - pl.col("tolerance"), upper=pl.col("expected") + pl.col("tolerance"))
    # A qualifier of this size was seen in the calibrators: it would have been seen here.
    due = pl.col("area") * reference >= pl.col("least_qualifier_area_reference")
    unseen = ratio.is_null() & reference.is_not_null()
    why_not = (
        pl.when(reference.is_null()).then(sentence("identification.no_reference_ratio", ion=pl.col("qualifier")))
        .when(unseen & due).then(sentence("identification.ion_missing", ion=pl.col("qualifier")))
        .when(unseen).then(sentence("identification.ion_too_weak", ion=pl.col("qualifier")))
    )  # fmt: skip
    rows = rows.with_columns(why_not=why_not, outcome=pl.when(unseen & due).then(pl.lit(FAIL)))
    text = sentence(
        "identification.ion_ratio", ion=pl.col("qualifier"), direction_words=pl.col("direction"),
        **_rounded("found", "expected", "lower", "upper"),
    )  # fmt: skip
    return criterion_rows(rows, "ion_ratio", pl.lit("percent"), text, is_required=bool(rules["is_required"].any()))


def _rounded(*names: str) -> dict[str, pl.Expr]:
    return {name: pl.col(name).round(4) for name in names}


def _tolerance(expected: pl.Expr, rules: pl.DataFrame) -> pl.Expr:
    """Half width of what is allowed, percent, by the class that the reference's ratio falls in."""
    result = pl.lit(None, pl.Float64)
    for above, up_to, limit, unit in rules.select("abundance_above", "abundance_up_to", "limit", "unit").rows():
        # A class ends with its upper bound: a ratio of 50 is of the class 20 to 50, and so is one a rounding above.
        inside = pl.lit(value=True)
        if above is not None:
            inside &= expected > above * (1 + _ROUNDING)
        if up_to is not None:
            inside &= expected <= up_to * (1 + _ROUNDING)
        width = pl.lit(float(limit)) if unit == "percent_points" else expected * (limit / 100.0)
        result = pl.when(inside).then(width).otherwise(result)
    return result
