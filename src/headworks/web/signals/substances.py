"""New substances as a reader may see them: findings at places of their own, the card, and steps of the procedure.

A card is of the whole workspace where the reader sees all of it; else of their own sites and areas, and says so. Findings come
from screening; the batch of a sample from its measurements. The trap: no blank of a screened batch is known to the workspace,
so screening hits stand in doubt until somebody confirmed them; the card shows both.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple

import polars as pl
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from headworks.core.errors import UsageError
from headworks.jobs.screening.hits import read_hits
from headworks.reference.early_warning_procedure import Move
from headworks.store import read_facts
from headworks.warning.appearances import Step, SubstanceCard, advance, first_appearances, moves_from, substance_card
from headworks.web.access.models import SiteArea, SiteNode
from headworks.web.access.policy import NotVisible, visible_areas
from headworks.web.access.reader import Reader
from headworks.web.api.seen import covers_all, tiers_of_sites
from headworks.web.opened import the_workspace
from headworks.web.signals.free_text import LONGEST, require_no_person
from headworks.web.signals.models import SubstanceStep

_SCHEMA = {
    "sample_id": pl.String, "site_id": pl.String, "day": pl.Date, "inchikey": pl.String, "substance": pl.String,
    "level": pl.String, "score": pl.Float64, "batch_id": pl.String, "doubt": pl.String, "reason": pl.String,
}  # fmt: skip


class SubstanceRow(NamedTuple):
    """A line of the list."""

    inchikey: str
    name: str
    first_day: dt.date
    n_samples: int
    n_sites: int
    best_level: str
    state: str


def sees_all(reader: Reader) -> bool:
    """Whether a reader sees figures of everything: their card is of the whole workspace."""
    return covers_all(reader, "view")


def may_step(reader: Reader) -> bool:
    """Whether a reader writes down steps: those who decide on everything."""
    return reader.has("decide", "")


def findings_of(reader: Reader) -> pl.DataFrame:
    """Findings of screening at sites that the reader sees one by one, as ``flag_findings`` gives them."""
    hits = read_hits(the_workspace())
    sites = list(tiers_of_sites(reader, "view"))
    if hits.is_empty() or not sites:
        return pl.DataFrame(schema=_SCHEMA)
    samples = read_facts(the_workspace(), "samples").select("sample_id", "site_id")
    batches = (
        read_facts(the_workspace(), "measurements").group_by("sample_id").agg(batch_id=pl.col("batch_id").drop_nulls().min())
    )
    level = pl.col("level").cast(pl.String)
    is_confirmed = pl.col("review").cast(pl.String) == "confirmed"
    rows = (
        hits.filter(pl.col("review").cast(pl.String) != "rejected").drop_nulls("sampled_on")
        .join(samples.unique("sample_id"), on="sample_id").filter(pl.col("site_id").is_in(sites))
        .join(batches, on="sample_id", how="left")
    )  # fmt: skip
    return rows.select(
        "sample_id", "site_id", day="sampled_on", inchikey=pl.coalesce("inchikey", "substance"), substance="substance",
        level=pl.when(level.str.starts_with("3")).then(pl.lit("3")).when(level.str.starts_with("4")).then(pl.lit("4")).otherwise(level),
        score="score", batch_id="batch_id",
        doubt=pl.when(is_confirmed).then(pl.lit("none")).otherwise(pl.lit("no_blank")),
        reason=pl.when(is_confirmed).then(pl.lit(None, pl.String)).otherwise(pl.lit("no blank of the batch is known")),
    ).cast(_SCHEMA).sort("day", "sample_id", "inchikey")  # type: ignore[arg-type]  # fmt: skip


def substance_rows(reader: Reader) -> list[SubstanceRow]:
    """All substances found at places of the reader, newest first."""
    found = findings_of(reader)
    if found.is_empty():
        return []
    steps = _states()
    rows = found.group_by("inchikey").agg(
        name=pl.col("substance").sort().first(), first=pl.col("day").min(), n_samples=pl.col("sample_id").n_unique(),
        n_sites=pl.col("site_id").n_unique(), best=pl.col("level").min(),
    )  # fmt: skip
    newest = rows.sort("first", "inchikey", descending=[True, False])
    return [
        SubstanceRow(key, name, first, n_samples, n_sites, best, steps.get(key, ""))
        for key, name, first, n_samples, n_sites, best in newest.iter_rows()
    ]


def card_of(reader: Reader, inchikey: str, today: dt.date) -> SubstanceCard:
    """The card of a substance, as of today.

    Raises
    ------
    NotVisible
        When nothing of it was found at places of the reader.
    """
    findings = findings_of(reader)
    mine = findings.filter((pl.col("inchikey") == inchikey) & (pl.col("day") <= today))
    if mine.is_empty():
        raise NotVisible(f"substance {inchikey}")
    screened = read_hits(the_workspace()).select("sample_id", day="sampled_on").drop_nulls().unique()
    samples = read_facts(the_workspace(), "samples").select("sample_id", "site_id").unique("sample_id")
    looked = screened.join(samples, on="sample_id").filter(pl.col("site_id").is_in(list(tiers_of_sites(reader, "view"))))
    appearances = first_appearances(
        mine, looked.select("sample_id", "site_id", "day"), _areas_of(reader, mine["site_id"].unique())
    )
    return substance_card(inchikey, mine, appearances, history_of(inchikey), today)


def _areas_of(reader: Reader, sites: Iterable[str]) -> pl.DataFrame:
    """Areas of the reader that sites lie in, with their levels."""
    areas = {area.path: area for area in visible_areas(reader)}
    places = SiteArea.objects.filter(site_id__in=list(sites)).values_list("site_id", "area_path")
    owners = SiteNode.objects.filter(pk__in=list(sites)).values_list("pk", "owner_path")
    rows = set()
    for site, path in [*places, *owners]:
        end = len(path)
        while end > 0:
            if (area := areas.get(path[:end])) is not None:
                rows.add((site, area.pk, area.level))
            end = path.rfind("/", 0, end - 1) + 1
    schema = {"site_id": pl.String, "area_id": pl.String, "level": pl.Int64}
    return pl.DataFrame(sorted(rows), schema=schema, orient="row")


def history_of(inchikey: str) -> tuple[Step, ...]:
    """Steps that were written down, in order."""
    rows = SubstanceStep.objects.filter(inchikey=inchikey)
    return tuple(Step(row.state, row.day, row.role, row.evidence, row.note) for row in rows)


def _states() -> dict[str, str]:
    """State of every substance with a step."""
    return dict(SubstanceStep.objects.order_by("number").values_list("inchikey", "state"))


def offered_steps(inchikey: str) -> list[Move]:
    """Steps that may follow, with who may take them and on what evidence."""
    reached = history_of(inchikey)
    return moves_from(reached[-1].state if reached else "")


def take_step(reader: Reader, inchikey: str, step: Step) -> SubstanceStep:
    """Write down a step of the procedure.

    Raises
    ------
    NotVisible
        For a reader who does not decide on everything.
    UsageError
        ``HW-U246``, ``HW-U247`` for a step or a role that does not fit, ``HW-U310`` when somebody else wrote one meanwhile,
        ``HW-U311`` for a text that is too long.
    DataRefused
        ``HW-D733``, ``HW-D734`` for evidence or a day that does not do; ``HW-U171`` for a number of a person.
    """
    if not may_step(reader):
        raise NotVisible(f"substance {inchikey}: step")
    require_no_person([step.note, dict(step.evidence)], _("evidence"))
    if max(map(len, (step.note, *step.evidence.values()))) > LONGEST:
        raise UsageError(_("The text is too long."), remedy=f"{LONGEST:,}", code="HW-U311")
    history = history_of(inchikey)
    advance(history, step)
    try:
        with transaction.atomic():
            return SubstanceStep.objects.create(
                inchikey=inchikey, state=step.state, day=step.day, role=step.role, evidence=dict(step.evidence),
                note=step.note, actor=reader.username, number=len(history) + 1,
            )  # fmt: skip
    except IntegrityError as problem:
        raise UsageError(
            _("Somebody else wrote down a step meanwhile."),
            where=inchikey,
            remedy=_("Read it, then write anew"),
            code="HW-U310",
        ) from problem
