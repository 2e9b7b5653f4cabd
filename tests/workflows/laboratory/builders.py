"""Batches of a laboratory as long exports: a method of two analytes, exact or with noise, and what can be wrong with them."""

from __future__ import annotations

import numpy as np
import polars as pl

from headworks.intake.instrument import Profile, read_instrument_export
from headworks.workflows.laboratory import BatchEvaluation, evaluate_batch

HEADER = ("sample_name,sample_type,level,analyte,role,ion,transition,internal_standard,expected_concentration,concentration_unit,"
          "area,retention_time_min,signal_to_noise,acquired_at")  # fmt: skip
LEVELS = (1.0, 2.0, 5.0, 10.0, 50.0, 100.0)
SAMPLES = {"S1": 4.0, "S2": 30.0, "S3": 0.05, "S4": 400.0}
ANALYTES = {"ketamine": (2.0, 3.1), "cocaine": (0.5, 4.2)}
# A batch sheet that knows the samples.
SHEET = b"sample_name,sample_id,role,parent_sample_name,added_concentration\nS1,G-1,,,\nS2,G-2,,,\nS3,G-3,,,\nS4,G-4,,,\nS1 dup,G-1,duplicate,S1,\nS2 spike,,matrix_spike,S2,20000\n"


def injections() -> list[tuple[str, str, str, float | None, float]]:
    """Name, type, level, expected and true concentration (ng/mL) of each injection."""
    runs: list[tuple[str, str, str, float | None, float]] = [("Blank", "blank", "", None, 0.0)]
    runs += [(f"Cal{place}", "calibrator", str(place), level, level) for place, level in enumerate(LEVELS, 1)]
    runs.append(("Wash", "solvent_blank", "", None, 0.0))
    for place in (1, 2):
        runs += [(f"Low{place}", "qc", "low", 3.0, 3.0), (f"High{place}", "qc", "high", 80.0, 80.0)]
    runs += [(name, "sample", "", None, value) for name, value in SAMPLES.items()]
    return [*runs, ("S1 dup", "sample", "", None, SAMPLES["S1"]), ("S2 spike", "sample", "", None, SAMPLES["S2"] + 20.0)]


def export_lines(noise: float = 0.0, seed: int = 1, day: str = "2026-03-02", dilution: str = "") -> list[list[str]]:
    """Rows of a long export, a list of cells each; a qualifier at 40 % of its quantifier."""
    rng = np.random.default_rng(seed)
    rows = []
    for place, (name, kind, level, expected, truth) in enumerate(injections()):
        at = f"{day} {8 + place // 6:02d}:{place % 6 * 10:02d}"
        for analyte, (slope, time) in ANALYTES.items():
            standard = 1000.0 if kind != "solvent_blank" else 1.0
            ratio = slope * truth * (1.0 + noise * rng.standard_normal())
            area = ratio * standard if truth else 0.0
            given = "" if expected is None else f"{expected:g}"
            both = [analyte, "target", "quantifier", "q1", f"{analyte}-d", given]
            tail = [f"{time}", "30" if truth else "", at]
            rows.append([name, kind, level, *both, "ng/mL", f"{area:.6g}" if truth else "", *tail])
            rows.append([name, kind, level, analyte, "target", "qualifier", "q2", f"{analyte}-d", given, "ng/mL",
                         f"{0.4 * area:.6g}" if truth else "", *tail])  # fmt: skip
            rows.append([name, kind, level, f"{analyte}-d", "internal_standard", "quantifier", "i1", "", "", "ng/mL",
                         f"{standard:g}", *tail])  # fmt: skip
    return rows


def as_bytes(rows: list[list[str]], delimiter: str = ",") -> bytes:
    return "\n".join([HEADER.replace(",", delimiter), *(delimiter.join(row) for row in rows)]).encode() + b"\n"


def changed(
    rows: list[list[str]], sample: str, column: str, value: str, analyte: str = "ketamine", ion: str = "quantifier"
) -> list[list[str]]:
    """The rows with one cell of one sample changed."""
    at = HEADER.split(",").index(column)
    return [[*row[:at], value, *row[at + 1 :]] if (row[0], row[3], row[5]) == (sample, analyte, ion) else row for row in rows]


def evaluated(rows: list[list[str]] | None = None, profile: Profile | None = None, **more) -> BatchEvaluation:
    export = read_instrument_export(as_bytes(export_lines() if rows is None else rows), profile, file="b1.csv")
    assert export.is_ready, [str(question) for question in export.questions]
    return evaluate_batch(export.rows, faults=export.faults, **more)


def result_of(found: BatchEvaluation, sample: str, analyte: str = "ketamine") -> dict:
    return found.results.filter(sample_name=sample, analyte=analyte).row(0, named=True)


def verdict_of(found: BatchEvaluation, analyte: str = "ketamine") -> dict:
    return found.verdicts.filter(pl.col("analyte") == analyte).row(0, named=True)
