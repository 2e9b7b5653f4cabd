"""A sample against the sampling specification of the workspace, before any run has seen it."""

from __future__ import annotations

from typing import Any

import polars as pl

from headworks.core.schema import polars_schema
from headworks.jobs.method import method_of
from headworks.loads.sampling import nonconformities
from headworks.store import Workspace
from headworks.tables import Samples


def rules_of(workspace: Workspace) -> pl.DataFrame:
    """The rules of the specification, the workspace's own where it brings some."""
    return method_of(workspace).sampling_rules


def limit_of(rules: pl.DataFrame, field: str) -> float | None:
    """The most that a field may be; None where no rule says.

    Examples
    --------
    >>> from headworks.reference.sampling_rules import sampling_rules
    >>> limit_of(sampling_rules(), "transport_temperature_c"), limit_of(sampling_rules(), "depth_m")
    (8.0, None)
    """
    found = rules.filter((pl.col("field") == field) & (pl.col("operator") == "at_most"))["value"]
    return float(found[0]) if len(found) else None


def conformity_of_rows(rules: pl.DataFrame, samples: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Where samples depart: rows of table ``nonconformities`` with ``severity`` of the rule.

    Parameters
    ----------
    samples
        Rows of table ``samples``; what a row does not say is empty.
    """
    schema = polars_schema(Samples)
    rows = pl.DataFrame([{name: row.get(name) for name in schema} for row in samples], schema=schema)
    return nonconformities(rows, rules).join(rules.select("rule", "severity"), on="rule", how="left").to_dicts()
