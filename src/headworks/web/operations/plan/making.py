"""A plan is made: days of each site from a rule or a file, a code for every sample, all at once or not at all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from headworks.core.errors import UsageError
from headworks.jobs.desk import CalendarRule, calendar_days, make_sample_code, stratum_of
from headworks.web.access.policy import visible_sites
from headworks.web.access.reader import Reader
from headworks.web.audit.chain import record
from headworks.web.operations.models import SampleRecord, SamplingPlan

PLAN_SCOPE = "import"
_MOST_SAMPLES = 200_000
_BATCH = 2_000
_CODES = "codes of all sites' samples, so that none is given twice"
Planned = tuple[str, dt.date, str]  # site, day, stratum


def make_plan(reader: Reader, name: str, area_path: str, rule: CalendarRule, *, request_id: str = "") -> SamplingPlan:
    """A plan for every sewage site that an area and what lies in it own.

    Raises
    ------
    UsageError
        ``HW-U148`` for a rule that cannot be kept, an area without sites, or more samples than a plan holds.
    """
    sites = sites_of(reader, area_path)
    planned = [(site, day, stratum_of(day)) for site in sites for day in calendar_days(rule, site)]
    said = {
        "days": rule.days, "per": rule.per, "seed": rule.seed, "holidays": sorted(day.isoformat() for day in rule.holidays),
    }  # fmt: skip
    return keep_plan(reader, name, area_path, planned, said, request_id=request_id)


def sites_of(reader: Reader, area_path: str) -> list[str]:
    """Sites that an area and what lies in it own, of which the reader may make plans."""
    mine = visible_sites(reader, PLAN_SCOPE).filter(owner_path__startswith=area_path)
    return sorted(mine.values_list("site_id", flat=True))


def keep_plan(
    reader: Reader, name: str, area_path: str, planned: Sequence[Planned], said: dict[str, object], *, request_id: str = ""
) -> SamplingPlan:
    """Keep a plan and its samples in one transaction.

    Raises
    ------
    UsageError
        ``HW-U148``.
    """
    if not planned or len(planned) > _MOST_SAMPLES:
        raise UsageError(
            _("A plan has at least one sample, and not more than it can hold."), where=name, found=str(len(planned)),
            remedy=_("Choose an area with sites, and fewer days"), code="HW-U148",
        )  # fmt: skip
    days = [day for _site, day, _stratum in planned]
    with transaction.atomic():
        plan = SamplingPlan.objects.create(
            name=name[:80], area_path=area_path, first_day=min(days), last_day=max(days), rule=said, made_by=reader.username
        )
        rows = _rows(reader, plan, planned)
        SampleRecord.objects.unscoped("planned rows just made").bulk_create(rows, batch_size=_BATCH)
        record(
            "plan_made", actor=reader.username, purpose=reader.purpose, request_id=request_id, object_kind="plan",
            object_id=str(plan.pk), area_path=area_path, detail={"samples": len(rows), **said},
        )  # fmt: skip
    return plan


def _rows(reader: Reader, plan: SamplingPlan, planned: Iterable[Planned]) -> list[SampleRecord]:
    owners = dict(visible_sites(reader, PLAN_SCOPE).values_list("site_id", "owner_path"))
    given = _codes(plan.first_day, plan.last_day)
    rows = []
    for site, day, stratum in sorted(planned):
        number = 1
        while (code := make_sample_code(site, day, number)) in given:
            number += 1
        given.add(code)
        rows.append(
            SampleRecord(sample_id=code, plan=plan, site_id=site, owner_path=owners[site], planned_day=day, stratum=stratum)
        )
    return rows


def _codes(first: dt.date, last: dt.date) -> set[str]:
    known = SampleRecord.objects.unscoped(_CODES).filter(planned_day__range=(first, last))
    return set(known.values_list("sample_id", flat=True))


def add_sample(reader: Reader, site_id: str, day: dt.date, role: str, *, request_id: str = "") -> SampleRecord:
    """A sample beside the plan: a duplicate, a blank, or one that was asked for on the day.

    Raises
    ------
    NotVisible
        When the reader does not capture at the site.
    """
    from headworks.web.access.policy import require_site

    site = require_site(reader, site_id, "capture")
    with transaction.atomic():
        given = _codes(day, day)
        number = 1
        while (code := make_sample_code(site_id, day, number)) in given:
            number += 1
        sample: SampleRecord = SampleRecord.objects.create(
            sample_id=code, site_id=site_id, owner_path=site.owner_path, planned_day=day, stratum=stratum_of(day), role=role
        )
        record(
            "sample_added", actor=reader.username, purpose=reader.purpose, request_id=request_id, object_kind="sample",
            object_id=code, area_path=site.owner_path, detail={"role": role},
        )  # fmt: skip
    return sample
