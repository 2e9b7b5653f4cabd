"""The worker assesses and tries: done twice it comes out the same, for both are named by what they are made of."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path
from typing import Any

import polars as pl
from django.db import transaction
from django.utils.translation import gettext as _

from headworks.core.errors import UsageError
from headworks.jobs.assessment import AssessmentDone, AssessmentOrder, assess_workspace, try_rule_set
from headworks.store import write_atomically
from headworks.web.access.models import AreaNode
from headworks.web.access.roles import TIERS
from headworks.web.figures.sets import open_set
from headworks.web.lists.matters.matters import list_decisions
from headworks.web.lists.models import Assessment, ListOutcome, RuleSetText
from headworks.web.lists.outcomes.assessments import OUTCOMES_FILE
from headworks.web.lists.rules.rule_sets import attach_trial, rule_file
from headworks.web.opened import the_workspace
from headworks.web.work.kinds import Tell

_BATCH = 2_000
_OPEN = TIERS[-1]


def assess_lists(said: dict[str, Any], tell: Tell) -> dict[str, Any]:
    """Assess by a rule set in force, with everything that was decided; kept as an assessment that waits for its review.

    Raises
    ------
    UsageError
        ``HW-U305`` for a set that is not in force any more, ``HW-U307`` while figures for pages are being prepared.
    """
    one = RuleSetText.objects.get(pk=said["rule_set"])
    if one.state != "active":
        raise UsageError(_("This rule set is not in force."), where=str(one), found=one.state,
                         remedy=_("Have it brought into force first"), code="HW-U305")  # fmt: skip
    decisions = _kept_decisions(one.rule_set_id)
    tell("assessing")
    done = assess_workspace(the_workspace(), AssessmentOrder(rule_file(one), said.get("period") or None, decisions))
    folder = done.folder.relative_to(the_workspace().path).as_posix()
    made = Assessment.objects.filter(folder=folder).first()
    if made is None:
        tell("keeping outcomes")
        made = _kept(one, done, folder, decisions, str(said.get("by", "")))
    return {"assessment": made.pk, "period": made.period, "run_id": made.run_id, "areas": made.n_areas}


def try_rules(said: dict[str, Any], tell: Tell) -> dict[str, Any]:
    """Try a rule set on simulated provinces, and keep the trial beside its text."""
    one = RuleSetText.objects.get(pk=said["rule_set"])
    if not one.trial_text:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "trial.json"
            try_rule_set(rule_file(one), out=path, tell=lambda n: tell(f"{n} provinces"))
            attach_trial(one, path.read_text(encoding="utf-8"))
    return {"rule_set": str(one), "trial": one.trial_digest}


def _kept_decisions(rule_set_id: str) -> Path | None:
    """The decisions as a file named by its content, so that what was computed from it can be computed again."""
    frame = list_decisions(rule_set_id)
    if frame.is_empty():
        return None
    text = frame.write_csv()
    path = the_workspace().path / "assessments" / "decisions" / f"{hashlib.sha256(text.encode()).hexdigest()}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, text)
    return path


def _kept(one: RuleSetText, done: AssessmentDone, folder: str, decisions: Path | None, by: str) -> Assessment:
    tiers = _lowest_tiers(done)
    paths = dict(AreaNode.objects.values_list("area_id", "path"))
    digest = hashlib.sha256((done.folder / OUTCOMES_FILE).read_bytes()).hexdigest()
    with transaction.atomic():
        made: Assessment = Assessment.objects.create(
            rule_set=one, period=done.period, run_id=done.run_id, folder=folder, outcomes_digest=digest, proposed_by=by,
            decisions_digest=decisions.stem if decisions else "", n_areas=done.n_areas, n_without=done.n_without,
        )  # fmt: skip
        rows = [
            _row(made, said, paths[said["area_id"]], tiers.get(said["area_id"], (_OPEN, _OPEN)))
            for said in done.outcomes.drop("evidence").to_dicts()
            if said["area_id"] in paths
        ]
        ListOutcome.objects.unscoped("the worker keeps all").bulk_create(rows, batch_size=_BATCH)
    return made


def _row(made: Assessment, said: dict[str, Any], path: str, tiers: tuple[str, str]) -> ListOutcome:
    words = ("since", "criterion", "changed", "change_criteria", "change_scope", "change_outcome")
    same = (
        "area_id",
        "list_name",
        "state",
        "outcome",
        "previous",
        "is_appealed",
        "level",
        "population",
        "probability",
        "families",
    )
    return ListOutcome(
        assessment=made, area_path=path, shown_from=tiers[0], evidence_from=tiers[1], change_factor=said["change_factor"],
        **{name: said[name] for name in same}, **{name: said[name] or "" for name in words},
    )  # fmt: skip


def _lowest_tiers(done: AssessmentDone) -> dict[str, tuple[str, str]]:
    """Of each area the lowest tier that sees its figure of the period, and the lowest that sees all its figures up to then."""
    found: dict[str, tuple[str, str]] = {}
    areas = done.outcomes["area_id"].unique().to_list()
    for tier in reversed(TIERS[:-1]):
        served = open_set(tier, done.run_id)
        if served is None:
            raise UsageError(_("The figures of this run are not prepared for pages yet."), found=done.run_id,
                             remedy=_("Wait until they are, then assess again"), code="HW-U307")  # fmt: skip
        for area_id in areas:
            rows = served.rows("area_loads", area_id)
            if rows.is_empty():
                continue
            is_seen = rows.filter((pl.col("period") == done.period) & (pl.col("state") != "suppressed")).height > 0
            if is_seen:
                is_whole = rows.filter(pl.col("state") == "suppressed").is_empty()
                found[area_id] = (tier, tier if is_whole else found.get(area_id, (_OPEN, _OPEN))[1])
    return found
