"""What a form says against the results that were released: read by the same rules as a file."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from typing import Any

from headworks.core.errors import DataRefused
from headworks.intake import parse_file
from headworks.web.operations.laboratory.batches.entries import VALUES, Sheet
from headworks.web.operations.models import MeasurementEntry, SampleRecord

# What the form does not ask for stays as it was.
_KEPT = ("u_analysis", "u_batch")
_CHANGED = tuple(name for name in VALUES if name not in _KEPT)


def released_entries(sample_id: str) -> list[MeasurementEntry]:
    """The newest released version of every result of a sample, for whoever was let at the sample."""
    rows = MeasurementEntry.objects.unscoped("released results of one sample").filter(sample_id=sample_id, is_released=True)
    newest = {(row.analyte, row.replicate): row for row in rows.order_by("version")}
    return [newest[key] for key in sorted(newest)]


def read_correction(
    sample: SampleRecord, entries: list[MeasurementEntry], said: Mapping[str, str], sheet: Sheet
) -> list[dict[str, Any]]:
    """Rows of a form whose fields are ``<field>-<number of the entry>``; faults go to the sheet."""
    buffer = io.StringIO()
    rows = csv.writer(buffer)
    rows.writerow(["sample_id", "analyte", "replicate", *_KEPT, *_CHANGED])
    for entry in entries:
        values = [str(said.get(f"{name}-{entry.pk}", "")).strip()[:60] for name in _CHANGED]
        kept = ["" if getattr(entry, name) is None else repr(getattr(entry, name)) for name in _KEPT]
        rows.writerow([sample.sample_id, entry.analyte, entry.replicate, *kept, *values])
    try:
        parsed = parse_file(buffer.getvalue().encode(), "measurements.csv", "headworks")
    except DataRefused as problem:
        sheet.fault(None, "", problem.found[:200], problem.what, problem.remedy)
        return []
    for one in parsed.refusals.to_dicts():
        sheet.fault(one["row"], one["column"] or "", str(one["found"] or "")[:200], one["problem"], one["remedy"] or "")
    return [] if sheet.faults or "measurements" not in parsed.tables else parsed.tables["measurements"].to_dicts()
