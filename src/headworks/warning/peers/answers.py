"""What every detector gives back, and the words for a week that could not be assessed.

A week is *assessable* where its own count is there and the method has what it needs. Elsewhere ``alarm`` is missing and
``reason`` says why; a missing alarm is not "no alarm". One exception is a rule of the method itself: with fewer than five
cases in four weeks Farrington's method raises no alarm whatever was observed, so ``alarm`` is false there, the threshold is
missing and the reason says so.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import polars as pl

from headworks.warning.peers.counts import Array, Counts, Flags

NOT_OBSERVED = "not observed in this step"
TOO_SHORT = "the history is too short"
TOO_FEW = "too few steps of the baseline were observed"
NO_CASES = "no cases in the baseline"
NO_FIT = "the model of the baseline could not be fitted"
UNBOUNDED = "the threshold of this method is without end here"
TOO_SPARSE = "not assessed because fewer than {cases:g} cases in {period} steps"


@dataclass
class Answers:
    """Arrays of shape ``(n_series, n_assessed)``: thresholds, alarms, reasons, and what else a method can say.

    ``reason`` holds indices into ``reasons``; 0 is none, and the first reason said of a step stays.
    """

    threshold: Array
    alarm: Flags
    reason: np.ndarray[tuple[int, ...], np.dtype[np.int8]] = field(init=False)
    has_verdict: Flags = field(init=False)
    reasons: list[str | None] = field(default_factory=lambda: [None])
    extra: dict[str, Array] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.reason = np.zeros(self.threshold.shape, dtype=np.int8)
        self.has_verdict = np.ones(self.threshold.shape, dtype=bool)

    def cannot(self, where: Flags, reason: str, *, is_verdict: bool = False, keeps_threshold: bool = False) -> None:
        """Say of steps without a reason so far that they are not assessed; with a verdict the alarm is false, not missing."""
        fresh = where & (self.reason == 0)
        self.reasons.append(reason)
        self.reason[fresh] = len(self.reasons) - 1
        self.alarm[fresh] = False
        self.has_verdict[fresh] = is_verdict
        if not keeps_threshold:
            self.threshold[fresh] = np.nan


def answer_rows(counts: Counts, answers: Answers) -> pl.DataFrame:
    """A row for every series and step assessed, in that order, with what the method adds behind the six columns of all."""
    n_series, n_steps = answers.threshold.shape
    series = counts.names.gather(np.repeat(np.arange(n_series), n_steps)) if n_series else counts.names
    reason = answers.reason.ravel()
    columns: dict[str, pl.Series] = {
        "series": series,
        "t": pl.Series(np.tile(counts.columns + counts.start, n_series), dtype=pl.Int64),
        "threshold": _nullable(answers.threshold),
        "alarm": pl.select(
            pl.when(pl.Series(answers.has_verdict.ravel())).then(pl.Series(answers.alarm.ravel())).alias("alarm")
        ).to_series(),
        "assessable": pl.Series(reason == 0),
        "reason": pl.Series(answers.reasons, dtype=pl.String).gather(reason),
    }
    columns |= {name: _nullable(values) for name, values in answers.extra.items()}
    return pl.DataFrame([values.alias(name) for name, values in columns.items()])


def _nullable(values: Array) -> pl.Series:
    return pl.Series(values.ravel(), dtype=pl.Float64).fill_nan(None)
