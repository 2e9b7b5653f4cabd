"""All checks of many batches at once.

The trap: controls are judged against *earlier* batches. Without a history a first batch has no limits, and its notes say so.
"""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

from headworks.core.errors import DataRefused
from headworks.lab.quality.blanks import blank_findings, carry_over_findings
from headworks.lab.quality.calibration_checks import continuing_calibration_findings, drift_findings, quality_control_findings
from headworks.lab.quality.control_chart import control_chart, westgard_findings
from headworks.lab.quality.duplicates import duplicate_findings
from headworks.lab.quality.findings import FINDING_SCHEMA, no_findings, results_of, rules_by_name
from headworks.lab.quality.internal_standards import internal_standard_findings
from headworks.lab.quality.matrix_effect import effects_of_spikes, matrix_effect_findings
from headworks.lab.quality.required_controls import required_findings
from headworks.lab.quality.spikes import spike_findings
from headworks.lab.quality.verdict import batch_verdicts

_CHECKS = (
    required_findings, internal_standard_findings, blank_findings, carry_over_findings, continuing_calibration_findings,
    quality_control_findings, drift_findings, duplicate_findings, spike_findings,
)  # fmt: skip


class BatchCheck(NamedTuple):
    """``findings``: a row per check; ``verdicts``: one per batch and analyte; ``chart``: one per control, of all batches."""

    findings: pl.DataFrame
    verdicts: pl.DataFrame
    chart: pl.DataFrame | None


def check_batches(
    results: pl.DataFrame, rules: pl.DataFrame, *, controls: pl.DataFrame | None = None, effects: pl.DataFrame | None = None,
    further: pl.DataFrame | None = None,
) -> BatchCheck:  # fmt: skip
    """Findings and verdicts of batches against a profile.

    Parameters
    ----------
    results
        As :func:`findings.results_of` reads them.
    rules
        Of one profile, from ``reference.laboratory_rules.quality_rules``.
    controls
        Controls of these batches and of earlier ones, as :func:`control_chart` reads them; without, no multi-rules.
    effects
        Matrix effects known beside those of the batch's own spikes, as :func:`matrix_effect.matrix_effect_findings` reads
        them.
    further
        Findings of others (calibration, identification) in ``FINDING_SCHEMA``, which count towards the verdict.

    Raises
    ------
    DataRefused
        ``HW-D630`` to ``HW-D632`` as of results and rules, ``HW-D634`` to ``HW-D636`` as of controls; ``HW-D631`` for further
        findings of another form.
    """
    named, rows = rules_by_name(rules), results_of(results)
    parts = [check(rows, named) for check in _CHECKS]
    chart = None
    if controls is not None:
        chart = control_chart(controls, named)
        parts.append(westgard_findings(chart, rows, named))
    parts.append(matrix_effect_findings(effects_of_spikes(rows), named))
    if effects is not None:
        parts.append(matrix_effect_findings(effects, named))
    parts.append(no_findings() if further is None else further)
    if parts[-1].schema != pl.Schema(FINDING_SCHEMA):
        raise DataRefused(
            "Further findings are of another form.",
            where="further",
            found=", ".join(parts[-1].columns),
            remedy="Give the columns of FINDING_SCHEMA",
            code="HW-D631",
        )
    # What others found comes first: without a calibration, controls have no result either.
    findings = pl.concat([parts[-1], *parts[:-1]])
    return BatchCheck(findings, batch_verdicts(rows, findings), chart)
