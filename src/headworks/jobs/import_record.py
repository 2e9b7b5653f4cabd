"""What is written beside an import, in ``imports/<name>/``, and what can be taken from there again.

    summary.json        counts by table
    findings.csv        kept, but look
    refusals.csv        file, row, column, what was found, what would do
    refused-rows.csv    the refused rows as written, to be mended and imported again (-1, -2 … for several sheets)

Refused rows keep the delimiter that the mapping names, so that the mended file is imported with the same command.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from headworks.core.errors import UsageError
from headworks.intake import Mapping, Parsed
from headworks.jobs.csv_text import disarmed_csv
from headworks.store import Workspace, write_atomically, write_json


def import_folder(workspace: Workspace, import_id: str) -> Path:
    """Where the papers of an import are kept."""
    return workspace.path / "imports" / import_id


def write_beside(workspace: Workspace, import_id: str, summary: dict[str, object], parsed: Parsed, mapping: Mapping) -> Path:
    """Write the papers of an import, in the place of those of an earlier attempt; their folder."""
    folder = import_folder(workspace, import_id)
    shutil.rmtree(folder, ignore_errors=True)
    if parsed.findings.height:
        write_atomically(folder / "findings.csv", disarmed_csv(parsed.findings))
    if parsed.refusals.height:
        write_atomically(folder / "refusals.csv", disarmed_csv(parsed.refusals))
    for number, rows in enumerate(parsed.refused_raw, 1):
        suffix = f"-{number}" if len(parsed.refused_raw) > 1 else ""
        text = disarmed_csv(rows.rename({"source_row": "refusal_row"}), mapping.delimiter or ",")
        write_atomically(folder / f"refused-rows{suffix}.csv", _encoded(text, mapping))
    write_json(folder / "summary.json", summary)
    return folder


def refused_files(workspace: Workspace, import_id: str | None) -> list[Path]:
    """The refused rows as written, of the import named (or its beginning), or of the newest that refused any.

    Raises
    ------
    UsageError
        ``HW-U014`` when there are none, or several imports are meant.
    """
    folder = workspace.path / "imports"
    papers = [path for path in sorted(folder.iterdir()) if path.is_dir()] if folder.is_dir() else []
    kept = {path: files for path in papers if (files := sorted(path.glob("refused-rows*.csv"), key=_number))}
    meant = [path for path in kept if import_id is None or path.name.startswith(import_id)]
    if not meant or (import_id is not None and len(meant) > 1):
        raise UsageError(
            "Several imports are meant." if meant else "No refused rows are kept.",
            where=str(folder),
            found=import_id or "no import with refusals",
            remedy="Use one of " + (", ".join(path.name for path in meant or kept) or "headworks show WORKSPACE imports"),
            code="HW-U014",
        )
    return kept[max(meant, key=_recorded_at)]


def _encoded(text: str, mapping: Mapping) -> str | bytes:
    """In the encoding that the mapping names, as the mended file will be read with it."""
    try:
        return text.removeprefix("\ufeff").encode(mapping.encoding) if mapping.encoding else text
    except (LookupError, UnicodeEncodeError):
        return text


def _recorded_at(folder: Path) -> str:
    try:
        return str(json.loads((folder / "summary.json").read_text(encoding="utf-8"))["recorded_at"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def _number(path: Path) -> int:
    digits = path.stem.removeprefix("refused-rows").lstrip("-")
    return int(digits) if digits.isdigit() else 0
