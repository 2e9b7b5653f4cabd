"""Rule sets: proposed as a text, tried, brought into force by a second person, retired by the next version.

The trap: a threshold changed by a digit is another rule set. Its trial is of its very text, or it is not brought into force.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from headworks.assessment.rules import RuleSet, read_rule_set
from headworks.assessment.trial import require_trial
from headworks.core.errors import DataRefused, UsageError
from headworks.jobs.assessment import RuleFile
from headworks.reference.rule_sets import rule_set_names, rule_set_text, shipped_trial_text
from headworks.web.access.reader import Reader
from headworks.web.lists.deciding import clean_reason, decide_once
from headworks.web.lists.models import RuleSetText
from headworks.web.lists.rights import may_assess, may_confirm, require
from headworks.web.work.models import WorkItem
from headworks.web.work.queue import ask
from headworks.workflows.assessment import assessable_columns

# Longer than any set of lists that a person reads through.
LONGEST_TEXT = 200_000
TRIAL_WORK = "try_rules"
REFERENCE = "reference"


def parsed(one: RuleSetText) -> RuleSet:
    """The rule set in memory."""
    return read_rule_set(one.text, str(one), assessable_columns())


def rule_file(one: RuleSetText) -> RuleFile:
    """As the jobs take it."""
    return RuleFile(parsed(one), str(one), one.trial_text or None, None)


def trial_of(one: RuleSetText) -> dict[str, Any] | None:
    """Its trial; None before it was tried."""
    return json.loads(one.trial_text) if one.trial_text else None


def shipped() -> list[str]:
    """Names of the sets that come with the program and may be brought into force."""
    return [name for name in rule_set_names() if f"status: {REFERENCE}" not in rule_set_text(name)]


def propose_rule_set(reader: Reader, *, text: str = "", shipped_name: str = "", reason: str) -> RuleSetText:
    """Propose a rule set: one that comes with the program, or a text of one's own.

    Raises
    ------
    NotVisible
        For who may not assess everywhere.
    UsageError
        ``HW-U300`` without a reason, ``HW-U303`` for a text that was proposed before, is too long, or none; ``HW-U260`` for a
        shipped one that is not there.
    DataRefused
        ``HW-D780``, ``HW-D781`` with every breach and its line.
    """
    require(may_assess(reader), "propose rules")
    why = clean_reason(reason)
    said = rule_set_text(shipped_name) if shipped_name else text.replace("\r\n", "\n")
    if not said.strip() or len(said) > LONGEST_TEXT:
        raise UsageError(_("There is no text of a rule set."), found=f"{len(said):,}",
                         remedy=_("Choose a shipped one, or put in its YAML text"), code="HW-U303")  # fmt: skip
    rules = read_rule_set(said, shipped_name or "text", assessable_columns())
    if RuleSetText.objects.filter(digest=rules.digest).exists():
        raise UsageError(_("This very text was proposed before."), found=f"{rules.rule_set_id} {rules.version}",
                         remedy=_("Look at it among the rule sets, or give another version"), code="HW-U303")  # fmt: skip
    trial = (shipped_trial_text(shipped_name) if shipped_name else None) or ""
    with transaction.atomic():
        made = RuleSetText.objects.create(
            rule_set_id=rules.rule_set_id, version=rules.version, title=rules.title, status=rules.status, digest=rules.digest,
            text=said, proposed_by=reader.username, reason=why,
        )  # fmt: skip
        if trial:
            attach_trial(made, trial)
    return made


def attach_trial(one: RuleSetText, trial_text: str) -> None:
    """Keep a trial beside the text it is of.

    Raises
    ------
    DataRefused
        ``HW-D786`` when it is the trial of another text.
    """
    require_trial(parsed(one), trial_text, str(one))
    one.trial_text, one.trial_digest = trial_text, _digest(trial_text)
    RuleSetText.objects.filter(pk=one.pk).update(trial_text=one.trial_text, trial_digest=one.trial_digest)


def ask_trial(reader: Reader, one: RuleSetText) -> WorkItem:
    """Have it tried by the worker.

    Raises
    ------
    NotVisible
        For who may not assess everywhere.
    UsageError
        ``HW-U302`` when it has its trial.
    """
    require(may_assess(reader) or may_confirm(reader), "try rules")
    if one.trial_text:
        raise UsageError(_("This was decided already."), where=str(one), remedy=_("Read its trial"), code="HW-U302")
    return ask(TRIAL_WORK, {"rule_set": one.pk}, by=reader.username, once=f"trial-{one.pk}")


def activate(reader: Reader, one: RuleSetText, *, reason: str, trial_digest: str) -> None:
    """Bring into force what somebody else proposed; the version before it retires.

    Parameters
    ----------
    trial_digest
        SHA-256 of the trial that the reader saw: they confirm these error rates and no others.

    Raises
    ------
    NotVisible
        For who may not confirm everywhere.
    UsageError
        ``HW-U301``, ``HW-U302`` as :func:`decide_once`; ``HW-U304`` for a set that is for comparison only.
    DataRefused
        ``HW-D786`` without its trial, ``HW-D860`` when the trial is not the one that was seen.
    """
    require(may_confirm(reader), "activate rules")
    why = clean_reason(reason)
    if one.status == REFERENCE:
        raise UsageError(_("This rule set is for comparison only."), where=str(one), found=one.status,
                         remedy=_("Propose another one"), code="HW-U304")  # fmt: skip
    require_trial(parsed(one), one.trial_text or None, str(one))
    if _digest(one.trial_text) != one.trial_digest or trial_digest != one.trial_digest:
        raise DataRefused(_("The trial is not the one that was seen."), where=str(one), found=trial_digest[:12],
                          remedy=_("Read the error rates again, then decide anew"), code="HW-D860")  # fmt: skip
    with transaction.atomic():
        _retire(RuleSetText.objects.filter(rule_set_id=one.rule_set_id, state="active"), reader)
        decide_once(reader, one, RuleSetText.objects.all(), "proposed", state="active", reason=why)


def refuse(reader: Reader, one: RuleSetText, *, reason: str) -> None:
    """Refuse what somebody else proposed; raises as :func:`activate`."""
    require(may_confirm(reader), "refuse rules")
    decide_once(reader, one, RuleSetText.objects.all(), "proposed", state="refused", reason=clean_reason(reason))


def _retire(rows: Any, reader: Reader) -> None:
    rows.update(state="retired", retired_by=reader.username, retired_at=timezone.now())


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
