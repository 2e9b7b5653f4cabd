"""Whether something is in the blanks, and whether the highest calibrator was carried over.

A blank with the whole procedure, or from the field, is kept where it is below the LOQ or below its share of the reporting
limit, whichever is more:

    c_blank < max(k_1 LOQ, k_2 RL)                                                                              (J1)

A blank injected after the highest calibrator shows carry-over: its area against that of the lowest calibrator,

    100 A_blank / A_lowest,   fraction carried f = A_blank / A_before                                           (J2)

The trap: a blank whose internal standard failed has no result. Divided by next to nothing, its noise looks like a finding.
"""

from __future__ import annotations

import polars as pl

from headworks.lab.quality.findings import (
    BATCH,
    BLANKS,
    BLANKS_WITHOUT_ANALYTE,
    CENSORED,
    LOOK,
    ROUNDING,
    Rules,
    finding_rows,
    no_findings,
    touched_by,
)
from headworks.lab.sentences import sentence


def blank_findings(results: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """Procedural and field blanks (J1); touched is every quantified sample that is not far above its blank.

    Parameters
    ----------
    results
        From :func:`findings.results_of`.
    rules
        ``blank`` rules ``at_loq``, ``share_of_reporting_limit``, ``sample_to_blank``; without the first two nothing is judged.

    Returns
    -------
    pl.DataFrame
        ``FINDING_SCHEMA``, one row per blank and analyte; ``found`` is its concentration, ``upper`` what it must stay below.
    """
    at_loq, share = rules.get(("blank", "at_loq")), rules.get(("blank", "share_of_reporting_limit"))
    first = at_loq or share
    if first is None:
        return no_findings()
    limits = [pl.col("loq") * at_loq.ceiling] if at_loq else []
    if share:
        limits.append(pl.coalesce("reporting_limit", "loq") * share.ceiling)
    censored = pl.col("detection").is_in(CENSORED).fill_null(value=False)
    no_result = pl.col("detection").is_null() | (~censored & pl.col("concentration").is_null())
    rows = results.filter(pl.col("sample_type").is_in(BLANKS)).with_columns(
        found=pl.when(~censored).then("concentration"), upper=pl.max_horizontal(limits)
    )
    why_not = (
        pl.when(no_result).then(sentence("blank.no_result", sample=pl.col("sample_name")))
        .when(~censored & pl.col("upper").is_null()).then(sentence("blank.no_loq", sample=pl.col("sample_name")))
    )  # fmt: skip
    rows = rows.with_columns(why_not=why_not, injections=pl.concat_list("injection")).select(
        *BATCH, "sample_name", "found", "upper", "why_not", "injections"
    )
    factor = rules[("blank", "sample_to_blank")].floor if ("blank", "sample_to_blank") in rules else float("inf")
    near = (pl.col("detection") == "quantified") & (pl.col("concentration") < factor * pl.col("found"))
    rows = touched_by(rows, results, near)
    met = pl.col("found").is_null() | (pl.col("found") < pl.col("upper") * (1 - ROUNDING))
    reason = (
        pl.when(pl.col("found").is_null()).then(sentence("blank.below", sample=pl.col("sample_name")))
        .otherwise(sentence("blank.holds", sample=pl.col("sample_name"), found=pl.col("found").round_sig_figs(4),
                            limit=pl.col("upper").round_sig_figs(4)))
    )  # fmt: skip
    return finding_rows(rows, "blank", "at_loq" if at_loq else "share_of_reporting_limit", first,
                        is_met=met, reason=reason, open_is=LOOK)  # fmt: skip


def carry_over_findings(results: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """Blanks right after the highest calibrator (J2).

    Touched are samples injected right after so large a peak that the same fraction of it is above the limit.

    Returns
    -------
    pl.DataFrame
        ``FINDING_SCHEMA``, up to two rows per blank and analyte: of the analyte and of the internal standard.
    """
    followed = blanks_after_highest(results)
    parts = [no_findings()]
    rule = rules.get(("carry_over", "analyte"))
    if rule:
        rows = followed.with_columns(
            found=100.0 * pl.col("area").clip(0.0).fill_null(0.0) / pl.col("_lowest_area"),
            _fraction=pl.col("area").clip(0.0).fill_null(0.0) / pl.col("_area_before"),
            why_not=pl.when(pl.col("_lowest_area").is_null()).then(sentence("carry_over.no_peak")),
            _lowest=pl.col("_lowest_area"), injections=pl.concat_list("injection"),
        ).select(*BATCH, "sample_name", "found", "why_not", "injections", "_fraction", "_lowest")  # fmt: skip
        after = results.with_columns(_area_before=pl.col("area").shift(1).over(BATCH))
        carried = 100.0 * pl.col("_fraction") * pl.col("_area_before") > rule.ceiling * pl.col("_lowest")
        rows = touched_by(rows, after, carried.fill_null(value=False) & (pl.col("detection") == "quantified"))
        parts.append(_carry_over(rows, "analyte", rules))
    if ("carry_over", "internal_standard") in rules:
        rows = followed.filter(pl.col("sample_type") != "blank", pl.col("_standard_area").is_not_null()).with_columns(
            found=100.0 * pl.col("internal_standard_area").clip(0.0).fill_null(0.0) / pl.col("_standard_area"),
            injections=pl.concat_list("injection"),
        )  # fmt: skip
        parts.append(_carry_over(rows, "internal_standard", rules))
    return pl.concat(parts)


def _carry_over(rows: pl.DataFrame, name: str, rules: Rules) -> pl.DataFrame:
    rule = rules[("carry_over", name)]
    reason = sentence(f"carry_over.{name}", sample=pl.col("sample_name"), found=pl.col("found").round_sig_figs(4),
                      limit=rule.ceiling)  # fmt: skip
    met = pl.col("found") <= rule.ceiling * (1 + ROUNDING)
    return finding_rows(rows, "carry_over", name, rule, is_met=met, reason=reason)


def blanks_after_highest(results: pl.DataFrame) -> pl.DataFrame:
    """Blanks right after a calibrator of the highest level, with areas of the batch's calibrators beside them."""
    expected, is_calibrator = pl.col("expected_concentration"), pl.col("sample_type") == "calibrator"
    level = pl.when(is_calibrator & (expected > 0)).then(expected)
    has_peak, standard = pl.col("area") > 0, pl.col("internal_standard_area")
    lowest = level == level.min().over(BATCH)
    rows = results.with_columns(
        _is_highest=(level == level.max().over(BATCH)).fill_null(value=False),
        _lowest_area=pl.when(lowest & has_peak).then("area").mean().over(BATCH),
        _standard_area=pl.when(level.is_not_null() & (standard > 0)).then(standard).mean().over(BATCH),
        _area_before=pl.col("area").shift(1).over(BATCH),
    )
    after = pl.col("_is_highest").shift(1).over(BATCH).fill_null(value=False)
    return rows.filter(after & pl.col("sample_type").is_in(BLANKS_WITHOUT_ANALYTE))
