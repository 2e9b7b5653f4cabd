"""What the five reports are made of: frames as a tier may see them, frozen before anything is written about them.

Every frame here has been cut to the reader's tier. The trap: a row of ``figures`` whose state is ``suppressed`` holds no
number, and an area that is in ``tree`` and not in ``figures`` was not sampled; the two must never look alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import Any

import polars as pl

from headworks.core.periods import Period
from headworks.reports.content import Label

TREE = {
    "area_id": pl.String, "parent_id": pl.String, "level": pl.Int64, "name_en": pl.String, "name_zh": pl.String,
    "population": pl.Float64,
}  # fmt: skip
FIGURES = {
    "area_id": pl.String, "drug": pl.String, "analyte": pl.String, "state": pl.String, "load_mg_per_1000_per_day": pl.Float64,
    "lower": pl.Float64, "upper": pl.Float64, "coverage": pl.Float64, "n_sites": pl.Int64, "n_days": pl.Int64,
    "share_censored": pl.Float64, "population": pl.Float64, "why": pl.String,
}  # fmt: skip
CHANGES = {
    "area_id": pl.String, "drug": pl.String, "analyte": pl.String, "against": pl.String, "ratio": pl.Float64,
    "ratio_lower": pl.Float64, "ratio_upper": pl.Float64, "p_rose": pl.Float64, "n_matched": pl.Int64,
}  # fmt: skip
COURSES = {
    "drug": pl.String, "analyte": pl.String, "week": pl.String, "level": pl.Float64, "lower": pl.Float64, "upper": pl.Float64,
}  # fmt: skip
CONSUMPTION = {
    "area_id": pl.String, "drug": pl.String, "doses_per_1000_per_day": pl.Float64, "doses_lower": pl.Float64,
    "doses_upper": pl.Float64, "coverage": pl.Float64,
}  # fmt: skip
PARTS = {"part": pl.String, "coverage": pl.Float64, "n_sites": pl.Int64, "n_days": pl.Int64}
LATE = {"area_id": pl.String, "n_before": pl.Int64, "n_now": pl.Int64}
QUALITY = {"rule": pl.String, "verdict": pl.String, "n": pl.Int64, "n_samples": pl.Int64, "specification": pl.String}
SIGNALS = {
    "unit_id": pl.String, "drug": pl.String, "analyte": pl.String, "period": pl.String, "kind": pl.String,
    "q_value": pl.Float64, "expected": pl.Float64, "expected_lower": pl.Float64, "expected_upper": pl.Float64,
    "observed": pl.Float64, "since": pl.String, "n_days": pl.Int64, "explanation": pl.String,
}  # fmt: skip
LISTS = {
    "area_id": pl.String, "period": pl.String, "rule_set": pl.String, "list_name": pl.String, "outcome": pl.String,
    "previous": pl.String, "since": pl.String, "probability": pl.Float64, "criterion": pl.String, "change_factor": pl.Float64,
}  # fmt: skip
REVISIONS = {
    "area_id": pl.String, "drug": pl.String, "list_name": pl.String, "what": pl.String, "state_before": pl.String,
    "state_after": pl.String, "before": pl.Float64, "before_lower": pl.Float64, "before_upper": pl.Float64,
    "after": pl.Float64, "after_lower": pl.Float64, "after_upper": pl.Float64, "reason": pl.String,
}  # fmt: skip
NAMES = {"id": pl.String, "name_en": pl.String, "name_zh": pl.String}


@dataclass(frozen=True)
class CycleTables:
    """The frames of one report, as they are frozen; what is empty was not handed over or is not for this reader.

    Attributes
    ----------
    tree
        The report's area (the row whose parent is not in the tree), the areas in it, and those in them.
    figures
        Per-capita loads of the period, mg/d per 1,000 people, with 95 % bounds; ``state`` value, below_limit or suppressed,
        and ``why`` it is suppressed.
    changes
        Later over earlier load, with bounds and the probability of a rise; ``against`` says what it is compared with.
    courses
        Weekly level of the report's area, at most a year back.
    parts
        What was sampled in each shorter period of this one.
    late
        Sites with a figure in the period before and in this one.
    quality
        Samples by rule and verdict.
    signals, lists
        From warning and assessment; ``has_signals`` and ``has_lists`` tell an empty week from one nobody looked at.
    revisions
        What changed since the edition before.
    names
        Drugs by id.
    n_events
        Days that were kept out because a drug was poured away, as far as this reader may know; None where not.
    n_waiting
        Samples collected in the period without any result; None where this reader may not know.
    """

    tree: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=TREE))
    figures: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=FIGURES))
    changes: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=CHANGES))
    courses: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=COURSES))
    consumption: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=CONSUMPTION))
    parts: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=PARTS))
    late: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=LATE))
    quality: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=QUALITY))
    signals: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=SIGNALS))
    lists: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=LISTS))
    revisions: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=REVISIONS))
    names: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=NAMES))
    has_signals: bool = False
    has_lists: bool = False
    n_events: int | None = None
    n_waiting: int | None = None

    @classmethod
    def frames(cls) -> tuple[str, ...]:
        """Names of the frames, in order."""
        return tuple(one.name for one in fields(cls) if one.name[:2] not in ("n_", "ha"))

    @cached_property
    def _drugs(self) -> dict[str, Label]:
        return {one: Label(en or one, zh) for one, en, zh in self.names.select("id", "name_en", "name_zh").rows()}

    @cached_property
    def _areas(self) -> dict[str, Label]:
        return {one: Label(en or zh or one, zh) for one, en, zh in self.tree.select("area_id", "name_en", "name_zh").rows()}

    def drug(self, drug: str) -> Label:
        """Name of a drug; its id where it has none."""
        return self._drugs.get(drug) or Label(drug)

    def area(self, area_id: str) -> Label:
        """Name of an area; its code where it has none."""
        return self._areas.get(area_id) or Label(area_id)


@dataclass(frozen=True)
class Edition:
    """Which edition of a report this is, and where it stands.

    Attributes
    ----------
    number
        1 for the first; one more whenever the frozen tables are others.
    state
        draft, reviewed, approved, published or withdrawn.
    snapshot_id
        Of the frozen tables; the same tables have the same one.
    audit_head
        Newest line of the chain that a reader can hold the paper against.
    previous, previous_number
        Snapshot and number of the edition that it is compared with; empty and 0 for the first.
    """

    number: int
    state: str
    snapshot_id: str
    audit_head: str = ""
    previous: str = ""
    previous_number: int = 0


@dataclass(frozen=True)
class CycleRequest:
    """Which report, of which area and period, for whom, from which run.

    Attributes
    ----------
    kind
        weekly, monthly, quarterly, half-yearly or annual.
    facts
        ``run_id``, ``code_version``, ``parameter_set``, ``made_on`` (a date as ISO text) and ``imports``.
    floor
        Least number of residents a figure of this tier may speak of.
    """

    kind: str
    area_id: str
    period: Period
    tier: str
    floor: int
    edition: Edition
    facts: Mapping[str, Any] = field(default_factory=dict)
