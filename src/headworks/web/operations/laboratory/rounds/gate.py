"""Which analytes of a batch are not released, because a round between laboratories was unsatisfactory; and what it says.

Asked when a release is proposed, of what is known that day: results that were entered by hand have no evaluation that asked,
and a round may be reported after one. What a second person overruled in the evaluation, knowing the same round, is free. The
trap: a file of a round may hold other laboratories; the method's ``laboratory_id`` says which one is ours, and a file of one
laboratory is ours without it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

import polars as pl
from django.utils.translation import gettext

from headworks.core.errors import UsageError
from headworks.jobs.laboratory import read_evaluation
from headworks.lab.proficiency import proficiency_findings
from headworks.lab.sentences import translated_sentences
from headworks.web.operations.laboratory.laboratories import laboratory_of, profile_of
from headworks.web.operations.laboratory.rounds.kept import rounds_of
from headworks.web.operations.models import Batch, MeasurementEntry


class Held(NamedTuple):
    """An analyte that is held back, and why in the reader's language."""

    analyte: str
    reason: str


def last_rounds(rounds: pl.DataFrame, pairs: pl.DataFrame, on: dt.date | None = None) -> pl.DataFrame:
    """Findings of the last rounds; ``pairs`` are ``batch_id, analyte, laboratory_id``, ``on`` is the day of what was known."""
    return proficiency_findings(rounds, pairs.with_columns(ran_on=pl.lit(on, pl.Date)))


def held_by_rounds(batch: Batch, entries: Sequence[MeasurementEntry], on: dt.date | None = None) -> list[Held]:
    """Analytes of a batch's results that the last round holds back, by name; ``on`` the day of what was known, else today."""
    rounds = rounds_of(batch.area_path)
    own = "" if rounds.is_empty() else _own_name(batch, rounds)
    analytes = sorted({entry.analyte for entry in entries})
    if not own or not analytes:
        return []
    pairs = pl.DataFrame({"analyte": analytes}).with_columns(batch_id=pl.lit(batch.name), laboratory_id=pl.lit(own))
    failed = last_rounds(rounds, pairs, on).filter(rule="unsatisfactory_round")
    said = translated_sentences(failed, gettext)
    decided = _decided(batch, entries) if failed.height else set()
    rows = failed.select("analyte", "reason").sort("analyte").rows()
    return [Held(analyte, said.get(reason, reason)) for analyte, reason in rows if (analyte, reason) not in decided]


def _own_name(batch: Batch, rounds: pl.DataFrame) -> str:
    """What the batch's laboratory is called in its rounds; empty where nobody said."""
    said = profile_of(batch).method.laboratory_id
    names = rounds["laboratory_id"].unique().to_list()
    return str(said) if said else str(names[0]) if len(names) == 1 else ""


def _decided(batch: Batch, entries: Sequence[MeasurementEntry]) -> set[tuple[str, str]]:
    """Analytes and sentences that every evaluation of their entries already asked about: a second person let them through."""
    asked: dict[str, set[tuple[str, str]]] = {}
    left: set[tuple[str, str]] = set()
    for name in {entry.evaluation for entry in entries}:
        asked[name] = _asked(batch, name)
    every = set().union(*asked.values()) if asked else set()
    for entry in entries:
        left |= {one for one in every if one[0] == entry.analyte and one not in asked[entry.evaluation]}
    return every - left


def _asked(batch: Batch, evaluation: str) -> set[tuple[str, str]]:
    """What the rounds had against analytes in an evaluation, called ``<id> v<version>``."""
    name, _space, version = evaluation.partition(" v")
    if not version:
        return set()
    try:
        stored = read_evaluation(laboratory_of(batch.area_path), name, int(version))
    except UsageError:
        return set()
    findings = stored.table("findings").filter(check="proficiency", rule="unsatisfactory_round")
    return set(findings.select("analyte", "reason").rows())
