"""A plan as CSV: out with what became of each sample, in with site and day."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterator
from typing import Any

import polars as pl
from django.utils.translation import gettext as _

from headworks.jobs.csv_text import disarmed_csv
from headworks.jobs.desk import stratum_of
from headworks.web.access.policy import visible_sites
from headworks.web.access.reader import Reader
from headworks.web.operations.models import SamplingPlan
from headworks.web.operations.plan.making import PLAN_SCOPE, Planned

COLUMNS = ("site_id", "day", "stratum", "sample_id", "state")
MOST_BYTES = 16 * 1024 * 1024
_MOST_ROWS = 200_000
Fault = tuple[int, str, str, str]  # row, column, found, what is wrong


def plan_csv(plan: SamplingPlan, rows: Any) -> str:
    """The plan's samples that the reader sees."""
    said = [(row.site_id, row.planned_day.isoformat(), row.stratum, row.sample_id, row.state) for row in rows]
    return disarmed_csv(pl.DataFrame(said, schema=dict.fromkeys(COLUMNS, pl.String), orient="row"))


def read_plan_csv(reader: Reader, content: bytes) -> tuple[list[Planned], list[Fault]]:
    """Site and day of each row, and every fault by row and column. A site that is not the reader's reads as unknown."""
    if len(content) > MOST_BYTES:
        return [], [(0, "", f"{len(content)} bytes", _("The file is larger than 16 MB."))]
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        return [], [(0, "", str(problem.reason), _("The file is not UTF-8."))]
    rows = csv.DictReader(io.StringIO(text))
    missing = {"site_id", "day"} - set(rows.fieldnames or ())
    if missing:
        return [], [(1, ", ".join(sorted(missing)), "", _("The header has no such column."))]
    known = set(visible_sites(reader, PLAN_SCOPE).values_list("site_id", flat=True))
    planned: dict[tuple[str, dt.date], Planned] = {}
    faults: list[Fault] = []
    try:
        for number, row in enumerate(rows, 2):
            if number > _MOST_ROWS:
                faults.append((number, "", "", _("A plan has at most 200,000 rows.")))
                break
            faults += _read_row(number, row, known, planned)
    except csv.Error as problem:
        faults.append((rows.line_num, "", str(problem), _("The row cannot be read.")))
    return list(planned.values()), faults


def _read_row(
    number: int, row: dict[str, Any], known: set[str], planned: dict[tuple[str, dt.date], Planned]
) -> Iterator[Fault]:
    site, day_said = (row.get("site_id") or "").strip().lstrip("'"), (row.get("day") or "").strip()
    is_known = site in known
    if not is_known:
        yield number, "site_id", site[:80], _("There is no such site of yours.")
    try:
        day = dt.date.fromisoformat(day_said)
    except ValueError:
        yield number, "day", day_said[:80], _("This is no day; write 2026-03-01.")
        return
    if (site, day) in planned:
        yield number, "day", day_said, _("The site has this day already.")
    elif is_known:
        planned[site, day] = (site, day, (row.get("stratum") or "").strip()[:12] or stratum_of(day))
