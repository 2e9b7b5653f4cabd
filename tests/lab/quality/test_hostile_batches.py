"""Batches in which anything may be missing, endless, below zero or misnamed: findings with sentences, and no number where none is due."""

import numpy as np
import polars as pl
import pytest
from tests.lab.quality.builders import SCHEMA

from headworks.lab.quality import check_batches
from headworks.lab.quality.findings import DETECTIONS
from headworks.reference.laboratory_rules import quality_rules

TYPES = [
    "sample", "calibrator", "continuing_calibration", "qc", "blank", "double_blank", "solvent_blank", "matrix_spike", "duplicate",
    "field_blank", "other", None,
]  # fmt: skip
NUMBERS = [None, 0.0, -1.0, 1.0, 5.0, 1e9, 1e-9, float("nan"), float("inf"), float("-inf")]


@pytest.mark.parametrize("seed", range(20))
def test_whatever_a_batch_holds_every_finding_has_a_sentence_and_every_analyte_a_verdict(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 40))
    words = {"sample_type": TYPES, "detection": [*DETECTIONS, None], "level": ["low", "high", None], "sample_name": ["a", "b", "c"],
             "parent_sample_name": ["a", "b", None], "batch_id": ["x", "y"], "analyte": ["k"]}  # fmt: skip
    choices = {name: words.get(name, NUMBERS) for name in SCHEMA}
    rows = [
        {name: some[rng.integers(0, len(some))] for name, some in choices.items()} | {"injection": place} for place in range(n)
    ]
    results = pl.DataFrame(rows, schema=SCHEMA)
    controls = results.filter(sample_type="qc").with_columns(run_at=pl.lit(1))
    found = check_batches(results, quality_rules(), controls=controls)
    assert found.findings["reason"].null_count() == 0
    assert found.findings["found"].drop_nulls().is_finite().all()
    assert found.verdicts["verdict"].null_count() == 0
    assert found.verdicts.height == results.select("batch_id", "analyte").n_unique()
    # Nothing is passed that could not be told.
    assert found.findings.filter(pl.col("outcome") == "pass", pl.col("reason").str.contains("missing")).is_empty()
