"""Signals of a week as the warning job keeps them, made by hand: rows of the table, and the folder they lie in."""

import json

import polars as pl

from headworks.core.schema import polars_schema
from headworks.tables.signals import Signals

WEEK = "2025-W05"
BUDGET = "at most 10 % false; at most 2 a week per city"


def explanation(**more):
    """What a detector says of an area's signal."""
    said = {
        "kind": "exceedance", "allowed": 0.001, "switch_off": 2.0, "budget": BUDGET, "n_questions": 400, "n_days": 6,
        "n_sites": 3, "share_censored": 0.1, "presence": None, "n_batches": 1, "n_kept_out": 0, "p_value": 1e-5,
        "baseline": {"n_samples": 8, "weights": {"2025-W04": 0.6, "2025-W03": 0.3}, "older": 0.1},
        "normals": {WEEK: 4.2}, "left_out": {"part": "site S", "p": 0.2}, "without_each": [{"part": "site S", "p": 0.2}],
        "parts": {"load": 2.0, "concentration": 2.0, "flow": 1.0, "people": 1.0, "n_sites": 3}, "levels": [],
        "neighbours": {"n_asked": 3, "n_below_5_percent": 1, "nearest_to_a_signal": []}, "folded": [],
        "sentence": "It is higher than its past.",
    }  # fmt: skip
    return said | more


def row(unit_id, signal_id="up:one", **more):
    """A row of the table ``signals``: an area four times above what was expected."""
    said = {
        "signal_id": signal_id, "unit_kind": "area", "unit_id": unit_id, "level": 3, "analyte": "benzoylecgonine",
        "drug": "cocaine", "period": WEEK, "since": "2025-W04", "kind": "exceedance", "statistic": 4.2, "e_value": None,
        "p_value": 1e-5, "q_value": 0.004, "expected": 10.0, "expected_lower": 7.0, "expected_upper": 14.0, "observed": 40.0,
        "n_days": 6, "share_censored": 0.1, "explanation": json.dumps(explanation()),
        "method_version": "headworks 0.0, signals abc",
    }  # fmt: skip
    return said | more


def keep(workspace, rows, week=WEEK, budget=BUDGET):
    """Lay the rows down as the job does."""
    folder = workspace.path / "signals" / week / "run-abc"
    folder.mkdir(parents=True, exist_ok=True)
    pl.DataFrame(rows, schema=polars_schema(Signals)).write_parquet(folder / "signals.parquet")
    (folder / "signals.json").write_text(json.dumps({"week": week, "budget": budget, "n_questions": 400}))
    (folder.parent / "newest").write_text("run-abc\n")
