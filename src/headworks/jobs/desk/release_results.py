"""Results that the laboratory released become facts: one workbook with two sheets, imported all at once.

    server/releases/<release>/facts.xlsx    samples and measurements, as they were released

The trap is a crash between two files: with samples in one and results in another, half a batch could stand there. A workbook
is one import, named by its bytes; its bytes follow from what is released, so doing it again after a crash changes nothing.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import xlsxwriter

from headworks.core.errors import UsageError
from headworks.jobs.import_files import ImportOrder, ImportOutcome, import_file
from headworks.store import Workspace, write_atomically
from headworks.tables import Measurements, Samples

FILE = "facts.xlsx"
# A workbook says when it was made; the same always, or the same content would have two names.
_MADE = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True)
class ReleaseContent:
    """Rows of ``samples`` and ``measurements`` that a release makes facts."""

    name: str
    samples: list[dict[str, Any]]
    measurements: list[dict[str, Any]]


def release_results(
    workspace: Workspace, folder: Path, content: ReleaseContent, tell: Callable[[str], None] = lambda step: None
) -> ImportOutcome:
    """Write the release's workbook and import it; the second time finds both done.

    Raises
    ------
    UsageError
        ``HW-U157`` when the import refuses a row; nothing of the release is kept then.
    """
    path = folder / content.name / FILE
    tell("writing the release")
    # What was written once is what is released; a register that changed since must not give it another name.
    if not path.is_file():
        write_atomically(path, release_workbook(content))
    outcome = import_file(workspace, path, ImportOrder("headworks", strict=True), tell)
    if outcome.status == "refused":
        first = outcome.refusals[0]
        raise UsageError(
            "The release was refused on import; nothing of it was kept.",
            where=f"{first.get('sheet')} row {first.get('row')} {first.get('column')}",
            found=f"{first.get('problem')} {first.get('found')}",
            remedy=str(first.get("remedy")),
            code="HW-U157",
        )
    return outcome


def release_workbook(content: ReleaseContent) -> bytes:
    """The workbook of a release: the same bytes for the same rows."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    book.set_properties({"created": _MADE, "title": f"Release {content.name}"})
    for name, schema, rows in (
        ("samples", Samples, content.samples),
        ("measurements", Measurements, content.measurements),
    ):
        columns = schema.column_names()
        keys = schema.primary_key()
        sheet = book.add_worksheet(name)
        for column, heading in enumerate(columns):
            sheet.write_string(0, column, heading)
        for number, row in enumerate(sorted(rows, key=lambda row: [row[key] for key in keys]), 1):
            for column, heading in enumerate(columns):
                sheet.write_string(number, column, _text(row.get(heading)))
    book.close()
    return buffer.getvalue()


def _text(value: Any) -> str:
    """As text, in full: a number in a cell would lose its last digit."""
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat()
    return repr(value) if isinstance(value, float) else str(value)
