"""A report of the cycle from nothing: collect, freeze, print in every language and format asked for."""

from __future__ import annotations

import datetime as dt
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from headworks.core.errors import UsageError
from headworks.jobs.area_figures import find_area
from headworks.jobs.clock import now
from headworks.jobs.cycle.collect import collect
from headworks.jobs.cycle.decisions import KeptDisclosure
from headworks.jobs.cycle.editions import StoredEdition, freeze, printed_request, read_tables
from headworks.jobs.publications import log_publication
from headworks.reports.cycle import CycleRequest, Edition, cycle_report, kind_of, require_period
from headworks.reports.formats import FORMATS, LANGUAGES, render
from headworks.store import Manifest, Workspace, require_run, write_atomically
from headworks.workflows.parts import part_of_label

# Province, city, county and town as people write them; a code of the register has twelve digits.
_SHORT_CODES, _CODE_DIGITS = (2, 4, 6, 9), 12
_SLOWEST_FIRST, _THREADS = ("docx", "pdf", "html", "xlsx"), 3
_UNSAFE = re.compile(r"[^A-Za-z0-9_-]")


@dataclass(frozen=True)
class CycleOrder:
    """What is wanted: which report, of which area and period, for whom, as what.

    Attributes
    ----------
    formats, languages
        Of :data:`headworks.reports.formats.FORMATS` and ``LANGUAGES``.
    by
        Who drafts it.
    signals, lists
        Tables of warning and assessment, where the run does not hold them.
    """

    kind: str
    area: str
    period: str
    tier: str = "public"
    formats: tuple[str, ...] = ("html",)
    languages: tuple[str, ...] = ("en",)
    by: str = "command line"
    as_of: dt.datetime | None = None
    signals: pl.DataFrame | None = field(default=None, repr=False)
    lists: pl.DataFrame | None = field(default=None, repr=False)


def draft_report(workspace: Workspace, order: CycleOrder) -> StoredEdition:
    """Collect and freeze; the newest edition again when no figure differs.

    Raises
    ------
    UsageError
        ``HW-U004`` unknown tier, ``HW-U008`` without a run, ``HW-U015`` unknown area, ``HW-U270`` unknown report,
        ``HW-U271`` a period of another kind, ``HW-U279`` a period without a figure.
    """
    kind = kind_of(order.kind)
    period = require_period(kind, order.period)
    run = require_run(workspace, order.as_of)
    before = period.a_year_before().label
    parts = tuple(sorted({part_of_label(period.label), part_of_label(before)}))
    disclosure = KeptDisclosure(workspace, order.tier, order.as_of, parts)
    floor = disclosure.rule.floor
    area_id, _ = find_area(disclosure.facts("areas"), _whole_code(order.area))
    tables = collect(disclosure, run, kind, area_id, period, signals=order.signals, lists=order.lists)
    if tables.figures.is_empty():
        raise UsageError(
            "There is no figure of this area in this period.", where=f"{kind.name}, area {area_id}", found=period.label,
            remedy="Ask for a period of the last run, or run again", code="HW-U279",
        )  # fmt: skip
    unnumbered = Edition(0, "draft", "")
    request = CycleRequest(kind.name, area_id, period, order.tier, floor, unnumbered, _facts(run))
    return freeze(workspace, tables, request, by=order.by)


def print_edition(
    workspace: Workspace, edition: StoredEdition, formats: tuple[str, ...], languages: tuple[str, ...], audit_head: str = ""
) -> dict[tuple[str, str], bytes]:
    """An edition as files: by format and language, their bytes; what left is noted in the workspace.

    Parameters
    ----------
    audit_head
        Head of the server's audit chain; the ledger's own when empty.

    Raises
    ------
    UsageError
        ``HW-U005`` unknown language, ``HW-U278`` unknown format.
    DataRefused
        ``HW-D801`` when the snapshot is damaged, ``HW-D810`` when there is no font for the language.
    """
    content = cycle_report(read_tables(edition), printed_request(workspace, edition, audit_head))
    wanted = [(name, language) for name in sorted(formats, key=_SLOWEST_FIRST.index) for language in languages]
    # The typesetter works beside the interpreter, so the other formats are written meanwhile.
    with ThreadPoolExecutor(_THREADS) as pool:
        done = dict(zip(wanted, pool.map(lambda one: render(content, *one), wanted), strict=True))
    made = {(name, language): done[name, language] for language in languages for name in formats}
    rule = KeptDisclosure(workspace, edition.tier).rule
    about = f"{edition.kind} {edition.area_id}, {edition.period}, edition {edition.number}: {', '.join(formats)}"
    log_publication(workspace, rule, "cycle report", f"{about}; {', '.join(languages)}", str(edition.facts.get("run_id")))
    return made


def make_reports(workspace: Workspace, order: CycleOrder, out: Path) -> tuple[StoredEdition, list[Path]]:
    """Draft, print and write: the edition and the files.

    Parameters
    ----------
    out
        Folder; made where it is not there.

    Raises
    ------
    UsageError
        As :func:`draft_report` and :func:`print_edition`; formats and languages are looked at before anything is computed.
    """
    require_known(order.formats, FORMATS, "format", "HW-U278")
    require_known(order.languages, LANGUAGES, "language", "HW-U005")
    edition = draft_report(workspace, order)
    made = print_edition(workspace, edition, order.formats, order.languages)
    out.mkdir(parents=True, exist_ok=True)
    paths = []
    for (name, language), content in made.items():
        area = _UNSAFE.sub("_", edition.area_id)
        path = out / f"{edition.kind}-{edition.period}-{area}-{edition.tier}-e{edition.number}.{language}.{name}"
        write_atomically(path, content)
        paths.append(path)
    return edition, paths


def require_known(said: tuple[str, ...], known: tuple[str, ...], what: str, code: str) -> None:
    """Refuse an unknown name, or none at all."""
    unknown = [one for one in said if one not in known]
    if unknown or not said:
        raise UsageError(
            f"There is no such {what}." if unknown else f"No {what} was given.", found=", ".join(unknown),
            remedy="Use " + ", ".join(known), code=code,
        )  # fmt: skip


def _whole_code(said: str) -> str:
    """4401 as a code of twelve digits; whatever else as it is."""
    short = said.isdecimal() and len(said) in _SHORT_CODES
    return said.ljust(_CODE_DIGITS, "0") if short else said


def _facts(run: Manifest) -> dict[str, object]:
    """What the run was, as far as an edition is compared by it."""
    return {
        "run_id": run.run_id,
        "code_version": run.code_version,
        "parameter_set": run.parameter_set,
        "parameter_set_digest": run.parameter_set_digest,
        "imports": [f"{one['file']} ({one['content_sha256'][:8]})" for one in run.imports],
        "made_on": now().date().isoformat(),
    }
