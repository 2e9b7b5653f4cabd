"""Assess the areas of a workspace by a rule set, and keep what came out.

``assessments/<rule set>-<version>/<period>/<run>-<digest>/`` holds ``outcomes.parquet`` and ``assessment.json``: rule set with
its digest and trial, run, period, decisions. Done again it writes the same bytes. The trap: a rule set without the trial of
its very text is not used, but as a draft, which says so.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from headworks.assessment.rules import RuleSet
from headworks.assessment.trial import require_trial
from headworks.core.errors import UsageError
from headworks.core.periods import Period
from headworks.core.schema import require_promise
from headworks.jobs.assessment.rule_files import RuleFile
from headworks.jobs.disclosed import disclose
from headworks.jobs.disclosure import Disclosure
from headworks.store import Manifest, Workspace, read_facts, read_result_of, require_run
from headworks.store.workspace import write_json
from headworks.tables import FACTS, RESULTS, SHELF
from headworks.tables.assessment import ListDecisions
from headworks.tables.indicators import Indicators
from headworks.workflows.assessment import assess, rows_of_criterion
from headworks.workflows.register import newest_code_date, with_ends


@dataclass(frozen=True)
class AssessmentOrder:
    """What is asked: the rules, the period (the newest that a run has where None), decisions, whether a draft is allowed."""

    rules: RuleFile
    period: str | None = None
    decisions: Path | None = None
    is_draft: bool = False


@dataclass(frozen=True)
class AssessmentDone:
    """Outcomes of all areas, where they were kept, and the error rates that the trial found."""

    outcomes: pl.DataFrame
    rule_set: RuleSet
    period: str
    run_id: str
    n_areas: int
    n_without: int
    trial: dict[str, Any] | None
    folder: Path

    def changes(self) -> pl.DataFrame:
        """Outcomes that are more than staying off."""
        return self.outcomes.filter(~pl.col("outcome").cast(pl.String).is_in(["stays_off", "not_assessable"]))


def assess_workspace(workspace: Workspace, order: AssessmentOrder) -> AssessmentDone:
    """The outcomes of a rule set's lists, by the newest run.

    Raises
    ------
    UsageError
        ``HW-U003`` for no period, ``HW-U008`` before the first run, ``HW-U262`` for one shorter than the rule set's,
        ``HW-U264`` for decisions that cannot be read.
    DataRefused
        ``HW-D786`` without the rule set's trial, ``HW-D787`` and ``HW-D788`` as in :func:`workflows.assessment.assess`.
    """
    rules = order.rules.rule_set
    trial = None
    if not (order.is_draft and order.rules.trial_text is None):
        trial = require_trial(rules, order.rules.trial_text, order.rules.name)
    run = require_run(workspace)
    tables = {name: _table(workspace, run, rules, name) for name in {one.table for one in rules.criteria}}
    until = Period.parse(order.period) if order.period else _newest(rules, tables)
    decisions, decisions_digest = _decisions(order.decisions)
    found = assess(rules, tables, _areas(workspace, run), decisions, until, run.run_id)
    folder = _folder(workspace, rules, found.period, run.run_id, decisions_digest)
    folder.mkdir(parents=True, exist_ok=True)
    found.outcomes.write_parquet(folder / "outcomes.parquet")
    write_json(folder / "assessment.json", {
        "rule_set": rules.rule_set_id, "version": rules.version, "rule_digest": rules.digest, "period": found.period,
        "run_id": run.run_id, "decisions_digest": decisions_digest, "is_draft": trial is None, "n_areas": found.n_areas,
        "n_without_figures": found.n_without, "trial": trial,
    })  # fmt: skip
    return AssessmentDone(found.outcomes, rules, found.period, run.run_id, found.n_areas, found.n_without, trial, folder)


def outcomes_for(workspace: Workspace, done: AssessmentDone, tier: str) -> pl.DataFrame:
    """The outcomes of areas whose figure of the period a tier may see; all for the steward."""
    disclosure = Disclosure(workspace, tier)
    if disclosure.rule.is_open:
        return done.outcomes
    rows = read_result_of(workspace, require_run(workspace), "area_loads", None, pl.col("period") == done.period)
    shown = disclose(disclosure, "area_loads", rows).frame
    return done.outcomes.filter(pl.col("area_id").is_in(shown["area_id"].unique().implode()))


def _table(workspace: Workspace, run: Manifest, rules: RuleSet, name: str) -> pl.DataFrame:
    asked = pl.any_horizontal(rows_of_criterion(one) for one in rules.criteria if one.table == name)
    if name in RESULTS:
        kind = [pl.col("period_kind") == rules.period] if "period_kind" in SHELF[name].schema.column_names() else []
        return read_result_of(workspace, run, name, None, asked & pl.all_horizontal(pl.lit(value=True), *kind))
    if name in FACTS:
        return read_facts(workspace, name, up_to_seq=run.last_import_seq).filter(asked)
    return pl.DataFrame(Indicators.create_empty())


def _areas(workspace: Workspace, run: Manifest) -> pl.DataFrame:
    """The areas valid on the newest date of the register."""
    areas = with_ends(read_facts(workspace, "areas", up_to_seq=run.last_import_seq))
    as_of = newest_code_date(areas, read_facts(workspace, "code_changes", up_to_seq=run.last_import_seq))
    valid = areas.filter((pl.col("valid_from") <= as_of) & (pl.col("valid_to").is_null() | (pl.col("valid_to") >= as_of)))
    return valid.sort("area_id", "valid_from").unique("area_id", keep="last", maintain_order=True)


def _newest(rules: RuleSet, tables: dict[str, pl.DataFrame]) -> Period:
    told = [Period.parse(label) for frame in tables.values() for label in frame["period"].unique()]
    mine = [one for one in told if one.kind == rules.period]
    if not mine:
        raise UsageError("No table has a figure that this rule set reads.", where=rules.rule_set_id, found="none",
                         remedy="Import and run first", code="HW-U262")  # fmt: skip
    return max(mine, key=lambda one: one.last)


def _decisions(path: Path | None) -> tuple[pl.DataFrame, str]:
    if path is None:
        return pl.DataFrame(ListDecisions.create_empty()), ""
    try:
        content = path.read_bytes()
        frame = pl.read_csv(content, infer_schema_length=0)
    except (OSError, pl.exceptions.PolarsError) as problem:
        raise UsageError("The decisions cannot be read.", where=str(path), found=str(problem), code="HW-U264",
                         remedy="Give a CSV file with " + ", ".join(ListDecisions.column_names())) from problem  # fmt: skip
    kept = require_promise(ListDecisions, frame, where=str(path))
    return pl.DataFrame(kept), hashlib.sha256(content).hexdigest()


def _folder(workspace: Workspace, rules: RuleSet, period: str, run_id: str, decisions_digest: str) -> Path:
    name = hashlib.sha256((rules.digest + decisions_digest).encode()).hexdigest()[:12]
    return workspace.path / "assessments" / f"{rules.rule_set_id}-{rules.version}" / period / f"{run_id}-{name}"
