"""Whether a batch has the controls its profile asks for.

Counted per batch and analyte. The trap: a batch without controls breaks no rule of a control, and would be released by its
silence.
"""

from __future__ import annotations

import polars as pl

from headworks.lab.quality.blanks import blanks_after_highest
from headworks.lab.quality.findings import BATCH, ROUNDING, Rules, finding_rows, no_findings
from headworks.lab.sentences import sentence

# Rule, and the type of injection it counts.
_PER_SAMPLES = {
    "blank_procedural": "blank",
    "duplicate": "duplicate",
    "spike": "matrix_spike",
}


def required_findings(results: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """What the profile asks for and the batch has.

    Parameters
    ----------
    results
        From :func:`findings.results_of`.
    rules
        ``required`` rules; of those per samples ``limit_lower`` is asked for every ``limit_upper`` samples begun.

    Returns
    -------
    pl.DataFrame
        ``FINDING_SCHEMA``, one row per batch, analyte and rule; ``found`` is the number there is.
    """
    kind = pl.col("sample_type")
    after = blanks_after_highest(results).group_by(BATCH).agg(_after=pl.len())
    counts = results.group_by(BATCH, maintain_order=True).agg(
        *((kind == sample_type).fill_null(value=False).sum().alias(name) for name, sample_type in _PER_SAMPLES.items()),
        _samples=(kind == "sample").fill_null(value=False).sum(), _injections=pl.len(),
        _controls=(kind == "qc").fill_null(value=False).sum(), _levels=pl.col("level").filter(kind == "qc").n_unique(),
    ).join(after, on=BATCH, how="left", maintain_order="left")  # fmt: skip
    parts = [no_findings()]
    for name in _PER_SAMPLES:
        rule = rules.get(("required", name))
        if rule:
            each = rule.ceiling
            asked = rule.floor * (pl.col("_samples") / each).ceil()
            text = sentence(f"required.{name}", found=pl.col("found").cast(pl.Int64), limit=pl.col("lower").cast(pl.Int64),
                            samples=pl.col("_samples"))  # fmt: skip
            rows = counts.with_columns(found=pl.col(name).cast(pl.Float64), lower=asked, upper=pl.lit(None, pl.Float64))
            parts.append(finding_rows(rows, "required", name, rule, is_met=pl.col("found") >= pl.col("lower"), reason=text))
    whole = {
        "blank_after_highest": pl.col("_after").fill_null(0),
        "quality_control_levels": pl.col("_levels"),
        "quality_control_share": 100.0 * pl.col("_controls") / pl.col("_injections"),
    }
    for name, number in whole.items():
        rule = rules.get(("required", name))
        if rule:
            text = sentence(f"required.{name}", found=pl.col("found").round(1), limit=rule.lower)
            met = pl.col("found") >= rule.floor * (1 - ROUNDING)
            rows = counts.with_columns(found=number.cast(pl.Float64))
            parts.append(finding_rows(rows, "required", name, rule, is_met=met, reason=text))
    return pl.concat(parts)
