"""Results of a small batch: six calibrators, blanks, controls, samples, a duplicate and a spike, all as they should be."""

import polars as pl

from headworks.lab.quality.findings import results_of, rules_by_name
from headworks.reference.laboratory_rules import quality_rules

RULES = rules_by_name(quality_rules())
SCHEMA = {
    "batch_id": pl.String, "injection": pl.Int64, "sample_name": pl.String, "sample_type": pl.String, "analyte": pl.String,
    "detection": pl.String, "concentration": pl.Float64, "loq": pl.Float64, "area": pl.Float64, "level": pl.String,
    "expected_concentration": pl.Float64, "internal_standard_area": pl.Float64, "parent_sample_name": pl.String,
    "added_concentration": pl.Float64, "lod": pl.Float64, "reporting_limit": pl.Float64,
}  # fmt: skip


def row(sample_type: str, name: str, concentration: float | None = 10.0, **more) -> dict:
    """One injection; its area is a hundred times its concentration."""
    area = None if concentration is None else 100.0 * concentration
    detection = None if concentration is None else "quantified"
    return {"batch_id": "b", "analyte": "ketamine", "sample_type": sample_type, "sample_name": name, "concentration": concentration,
            "detection": detection, "loq": 1.0, "area": area, "internal_standard_area": 1000.0} | more  # fmt: skip


def censored(sample_type: str, name: str, **more) -> dict:
    return row(sample_type, name, None, detection="below_loq", **more)


def table(*rows: dict) -> pl.DataFrame:
    """Rows in order of injection, as the checks read them."""
    numbered = [{"injection": place} | one for place, one in enumerate(rows, start=1)]
    return results_of(pl.DataFrame(numbered, schema=SCHEMA))


def calibrators(*levels: float) -> list[dict]:
    return [
        row("calibrator", f"C{level:g}", level, expected_concentration=level) for level in levels or (1, 2, 5, 10, 50, 100)
    ]


def control(level: str, expected: float, concentration: float | None = None, **more) -> dict:
    value = expected if concentration is None else concentration
    return row("qc", f"QC {level}", value, level=level, expected_concentration=expected, **more)


def good_batch(**more) -> list[dict]:
    """Rows of a batch that has all it needs."""
    return [one | more for one in (
        *calibrators(), row("solvent_blank", "SB", 0.0, internal_standard_area=0.0), censored("blank", "PB"), control("low", 3.0),
        control("high", 80.0), row("sample", "S1", 10.0), row("sample", "S2", 20.0), censored("sample", "S3"),
        row("duplicate", "S1 D", 11.0, parent_sample_name="S1"),
        row("matrix_spike", "S2 M", 115.0, parent_sample_name="S2", added_concentration=100.0),
        row("continuing_calibration", "V", 10.0, expected_concentration=10.0), control("low", 3.0, 3.1), control("high", 80.0, 81.0),
    )]  # fmt: skip


def rules_without(*names: tuple[str, str]):
    return {key: rule for key, rule in RULES.items() if key not in names}
