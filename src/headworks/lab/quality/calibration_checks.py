"""Whether the calibration still holds later in the run: continuing calibrations, controls of the batch, drift.

    deviation = 100 (c / c_expected - 1)                                                                        (J6)

Drift is the straight line through ``ln(c / c_expected)`` of these injections over their place in the run; as change from the
first to the last injection of the run:

    100 (exp(slope (last - first)) - 1),   t = slope / SE(slope) with n - 2 degrees of freedom                  (J7)

The trap: a check that fails speaks for the samples on both sides of it, back and forth to the next check that holds.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from scipy.special import stdtr

from headworks.lab.quality.findings import (
    BATCH,
    CONTROLS,
    LOOK,
    ROUNDING,
    SAMPLES,
    Rule,
    Rules,
    finding_rows,
    no_findings,
    touched_by,
)
from headworks.lab.sentences import sentence

# A line and its scatter need three points; with three, chance alone makes lines.
_LEAST_POINTS = 4


def _with_deviation(results: pl.DataFrame, types: tuple[str, ...]) -> pl.DataFrame:
    expected = pl.col("expected_concentration")
    usable = (expected > 0) & pl.col("concentration").is_not_null()
    rows = results.filter(pl.col("sample_type").is_in(types)).with_columns(
        found=pl.when(usable).then(100.0 * (pl.col("concentration") / expected - 1.0)), injections=pl.concat_list("injection")
    )
    why_not = pl.when(pl.col("found").is_null()).then(sentence("check.no_result", sample=pl.col("sample_name")))
    return rows.with_columns(why_not=why_not)


def _is_within(rule: Rule) -> pl.Expr:
    room = ROUNDING * 100.0
    return (pl.col("found") >= rule.floor - room) & (pl.col("found") <= rule.ceiling + room)


def continuing_calibration_findings(results: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """Continuing calibrations (J6), and whether there are enough of them.

    Returns
    -------
    pl.DataFrame
        ``FINDING_SCHEMA``: one row per continuing calibration, touching the samples between the checks that hold around it;
        and one per batch and analyte with the longest stretch of injections without a check.
    """
    parts = [no_findings()]
    rule = rules.get(("continuing_calibration", "deviation"))
    if rule:
        checks = _with_deviation(results, CONTROLS[:1])
        held = checks.filter(_is_within(rule)).select(*BATCH, "injection", _holds=pl.lit(1))
        bracket = pl.col("_holds").fill_null(0).cum_sum().over(BATCH)
        placed = results.join(held, on=[*BATCH, "injection"], how="left", maintain_order="left").with_columns(_bracket=bracket)
        rows = checks.join(placed.select(*BATCH, "injection", "_bracket"), on=[*BATCH, "injection"], maintain_order="left")
        rows = touched_by(rows.select(*BATCH, "sample_name", "found", "why_not", "injections", "_bracket"),
                          placed, pl.lit(value=True), "_bracket")  # fmt: skip
        reason = sentence("continuing_calibration.deviation", sample=pl.col("sample_name"),
                          found=pl.col("found").round(2), lower=rule.lower, upper=rule.upper)  # fmt: skip
        parts.append(finding_rows(rows, "continuing_calibration", "deviation", rule, is_met=_is_within(rule),
                                  reason=reason, open_is=LOOK))  # fmt: skip
    if ("continuing_calibration", "interval") in rules:
        parts.append(_interval_findings(results, rules[("continuing_calibration", "interval")]))
    return pl.concat(parts)


def _interval_findings(results: pl.DataFrame, rule: Rule) -> pl.DataFrame:
    """The longest stretch of injections between two checks of the calibration."""
    is_check = pl.col("sample_type").is_in(("calibrator", *CONTROLS)).fill_null(value=False)
    is_sample = pl.col("sample_type").is_in(SAMPLES)
    stretch = results.with_columns(_stretch=is_check.cast(pl.Int64).cum_sum().over(BATCH)).filter(~is_check)
    lengths = stretch.group_by(*BATCH, "_stretch", maintain_order=True).agg(
        found=pl.len().cast(pl.Float64), touches=pl.col("injection").filter(is_sample)
    )
    rows = (
        lengths.sort("found", descending=True, maintain_order=True)
        .unique(BATCH, keep="first", maintain_order=True)
        .sort(BATCH)
    )
    reason = sentence("continuing_calibration.interval", found=pl.col("found").cast(pl.Int64), limit=rule.ceiling)  # fmt: skip
    return finding_rows(
        rows, "continuing_calibration", "interval", rule, is_met=pl.col("found") <= rule.ceiling, reason=reason
    )


def quality_control_findings(results: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """Controls of the batch against what they should be (J6): each of them, the share of each level, and of all.

    A control without a valid result does not pass; one that does not say what it should be is not counted.

    Returns
    -------
    pl.DataFrame
        ``FINDING_SCHEMA``.
    """
    rule = rules.get(("quality_control", "deviation"))
    if rule is None:
        return no_findings()
    rows = _with_deviation(results, CONTROLS[1:]).filter(pl.col("expected_concentration") > 0)
    reason = sentence("quality_control.deviation", sample=pl.col("sample_name"), found=pl.col("found").round(2),
                      lower=rule.lower, upper=rule.upper)  # fmt: skip
    parts = [finding_rows(rows, "quality_control", "deviation", rule, is_met=_is_within(rule), reason=reason, open_is=LOOK)]
    share = 100.0 * _is_within(rule).fill_null(value=False).mean()
    for name, keys in (("share_of_level", [*BATCH, "level"]), ("share_of_all", BATCH)):
        share_rule = rules.get(("quality_control", name))
        if share_rule is None:
            continue
        shares = rows.group_by(keys, maintain_order=True).agg(found=share, injections=pl.col("injection"), _n=pl.len())
        said = {"found": pl.col("found").round(1), "n": pl.col("_n"), "limit": pl.lit(round(share_rule.floor, 1))}
        level = {"level": pl.col("level").fill_null("")} if "level" in keys else {}
        text = sentence(f"quality_control.{name}", **said, **level)
        met = pl.col("found") >= share_rule.floor - ROUNDING * 100.0
        parts.append(finding_rows(shares, "quality_control", name, share_rule, is_met=met, reason=text))
    return pl.concat(parts)


def drift_findings(results: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """Whether controls and continuing calibrations rise or fall over the run (J7).

    Returns
    -------
    pl.DataFrame
        ``FINDING_SCHEMA``, one row per batch and analyte that has any; ``found`` is the change over the run in percent. A
        change that chance may give is kept, however large.
    """
    rule, chance = rules.get(("drift", "over_run")), rules.get(("drift", "chance"))
    if rule is None:
        return no_findings()
    expected, place = pl.col("expected_concentration"), pl.col("injection").cast(pl.Float64)
    span = results.group_by(BATCH, maintain_order=True).agg(_span=place.max() - place.min())
    usable = (expected > 0) & (pl.col("concentration") > 0)
    of_level = pl.col("level").fill_null("") if "level" in results.columns else pl.lit("")
    logs = results.filter(pl.col("sample_type").is_in(CONTROLS) & usable).with_columns(
        _y=(pl.col("concentration") / expected).log()
    )
    # Each level about its own mean: a level that is off throughout is no drift.
    groups = [*BATCH, "sample_type", of_level]
    centred = logs.with_columns(_y=pl.col("_y") - pl.col("_y").mean().over(groups), _x=place - place.mean().over(groups))
    sums = centred.group_by(BATCH, maintain_order=True).agg(
        n=pl.len(), _levels=pl.struct("sample_type", of_level.alias("level")).n_unique(), sxx=(pl.col("_x") ** 2).sum(),
        sxy=(pl.col("_x") * pl.col("_y")).sum(), syy=(pl.col("_y") ** 2).sum(), injections=pl.col("injection"),
    ).join(span, on=BATCH, maintain_order="left")  # fmt: skip
    rows = _with_line(sums)
    at_chance = chance.ceiling if chance else 1.0
    met = _is_within(rule) | (pl.col("_p") > at_chance)
    reason = sentence("drift.over_run", found=pl.col("found").round(1), p=pl.col("_p").round_sig_figs(2), lower=rule.lower,
                      upper=rule.upper)  # fmt: skip
    return finding_rows(rows, "drift", "over_run", rule, is_met=met, reason=reason)


def _with_line(sums: pl.DataFrame) -> pl.DataFrame:
    """Change over the run and the chance of so steep a line, from sums of squares and products."""
    n, sxx, sxy, syy, levels, span = (
        sums[name].to_numpy().astype(np.float64) for name in ("n", "sxx", "sxy", "syy", "_levels", "_span")
    )
    free = n - levels - 1.0
    is_told = (n >= _LEAST_POINTS) & (free > 0) & (sxx > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        slope = np.where(is_told, sxy / sxx, np.nan)
        error = np.sqrt(np.maximum(syy - slope * sxy, 0.0) / free / sxx)
        t = np.where(error > 0, np.abs(slope) / error, np.where(slope == 0, 0.0, np.inf))
        chance = 2.0 * stdtr(np.where(is_told, free, 1.0), -t)
    why_not = pl.when(~pl.Series(is_told)).then(sentence("drift.few"))
    return sums.with_columns(
        found=pl.Series(100.0 * np.expm1(slope * span)).fill_nan(None), _p=pl.Series(chance).fill_nan(None), why_not=why_not
    )
