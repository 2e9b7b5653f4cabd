"""Find the signals of a week in a workspace, and keep them.

``signals/<week>/<run>-<digest>/`` holds ``signals.parquet`` and ``signals.json``: run, week, budget, how many questions were
asked, code, SHA-256 of the rows. The folder's name hangs on the run, the budget, what screening found and the code; so a warn
done again finds what it did, and one that was cut off is done anew, for the folder is renamed into its place when it is whole.
Nothing is drawn: the numbers that place censored samples are counted from their ids.
"""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

import headworks
from headworks import __version__
from headworks.core.disclosure import STEWARD
from headworks.core.errors import UsageError, WorkspaceError
from headworks.core.schema import require_promise, sort_by_key
from headworks.jobs.disclosure import Disclosure
from headworks.jobs.method import code_digest
from headworks.jobs.warning.warn_input import WarnInput, digest_of_looked, looked_at, masses_of, names_of, warn_input
from headworks.store import Workspace, require_run, write_atomically, write_json
from headworks.tables.signals import Signals
from headworks.warning.budget import parse_budget
from headworks.workflows.warning import (
    Beside,
    Followed,
    Judged,
    ask,
    attached_words,
    find_site_clusters,
    follow,
    judge_days,
    seen_substances,
    signals_of_appearances,
    signals_of_clusters,
    signals_of_week,
    site_map,
)

DEFAULT_BUDGET = "at most 1 in 10 false; at most 5 a week per city"
# Weeks that are followed, half a year: those before are what they are held against.
FOLLOWED_WEEKS = 26


@dataclass(frozen=True)
class WarnOrder:
    """The week (the newest where None), the budget in words, and whether to do it again though it was done."""

    week: str | None = None
    budget: str = DEFAULT_BUDGET
    again: bool = False


@dataclass(frozen=True)
class Warned:
    """Table ``signals`` of a week, what it hangs on, and where it is kept; ``is_new`` unless it was there already."""

    signals: pl.DataFrame
    record: dict[str, Any]
    folder: Path
    is_new: bool

    @property
    def week(self) -> str:
        """The week."""
        return str(self.record["week"])


def warn(workspace: Workspace, order: WarnOrder | None = None, tell: Callable[[str], None] = lambda step: None) -> Warned:
    """The signals of a week by the newest run, kept in the workspace.

    Parameters
    ----------
    workspace
        With a run.
    order
        What is asked; the newest week and the default budget without.
    tell
        Called with the name of each step.

    Raises
    ------
    UsageError
        ``HW-U008`` before the first run, ``HW-U280`` to ``HW-U284`` for a budget that is none, ``HW-U290``, ``HW-U291`` as in
        :func:`warn_input`.
    """
    asked = order or WarnOrder()
    budget = parse_budget(asked.budget)
    run = require_run(workspace)
    tell("days")
    given = warn_input(workspace, run, asked.week)
    looked = looked_at(workspace, run)
    folder = _folder(workspace, given.week.label, run.run_id, f"{budget.in_words()}|{digest_of_looked(looked)}")
    if not asked.again and (folder / "signals.json").is_file():
        return Warned(pl.read_parquet(folder / "signals.parquet"), _record(folder), folder, is_new=False)
    tell("what every week was expected to be")
    judged = judge_days(given.days, given.register.network, given.learnt, _followed(given))
    tell("the budget")
    questions = ask(judged)
    followed = follow(judged, questions, budget)
    tell("clusters")
    where = site_map(judged.units, given.register.sites)
    clustered = find_site_clusters(judged, questions, followed, budget, where)
    tell("explanations")
    sites, analytes = _named(judged, followed)
    names = names_of(workspace, run)
    masses = masses_of(workspace, run, sites, analytes)
    beside = Beside(names, masses, given.kept_out, method_version(), attached_words(clustered))
    tell("first appearances")
    seen = seen_substances(looked, given.register.network, given.week.last)
    new = signals_of_appearances(seen, given.week.last, names, method_version())
    together = signals_of_clusters(judged, questions, clustered, budget, beside, where)
    found = sort_by_key(pl.concat([signals_of_week(judged, questions, followed, budget, beside), together, new]), Signals)
    signals = pl.DataFrame(require_promise(Signals, found, where="signals"))
    record = {
        "week": given.week.label, "run_id": run.run_id, "budget": budget.in_words(), "n_questions": questions.n_assessed,
        "n_units": judged.units.n, "n_residues": len(judged.residues), "n_weeks": judged.n_weeks,
        "weeks_followed": judged.n_weeks - judged.n_before, "n_events": len(followed.events), "n_signals": signals.height,
        "n_clusters": together.height, "n_maps": len(clustered.maps), "n_sites_located": where.n_located,
        "n_first_appearances": new.height, "n_findings_in_doubt": seen.findings.filter(pl.col("doubt") != "none").height,
        "method_version": method_version(), "last_import_seq": run.last_import_seq,
    }  # fmt: skip
    tell("keeping them")
    return Warned(signals, _keep(folder, signals, record), folder, is_new=True)


def _followed(given: WarnInput) -> int:
    """Weeks that are followed: at most half of what is known."""
    weeks = (int(given.days.ordinal.max()) - int(given.days.ordinal.min())) // 7 + 1
    return max(1, min(FOLLOWED_WEEKS, weeks // 2))


def _named(judged: Judged, followed: Followed) -> tuple[list[str], list[str]]:
    """Sites and residues that a signal is about."""
    sites = {int(site) for event in followed.open_now for site in judged.units.sites_of(event.unit)}
    analytes = [one.analyte for one in judged.residues] if followed.open_now else []
    return sorted(judged.units.unit_id[site] for site in sites), analytes


@cache
def method_version() -> str:
    """Detector and code: the version of Headworks and a digest of the rooms that signals hang on."""
    home = Path(headworks.__file__).parent
    digest = hashlib.sha256(code_digest().encode())
    for path in sorted((home / "warning").rglob("*.py")):
        digest.update(path.relative_to(home).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return f"headworks {__version__}, signals {digest.hexdigest()[:12]}"


def _folder(workspace: Workspace, week: str, run_id: str, asked: str) -> Path:
    name = hashlib.sha256(f"{asked}|{method_version()}".encode()).hexdigest()[:12]
    return workspace.path / "signals" / week / f"{run_id}-{name}"


def _keep(folder: Path, signals: pl.DataFrame, record: dict[str, Any]) -> dict[str, Any]:
    """Write beside and rename: whoever looks finds all of it or nothing."""
    content = io.BytesIO()
    signals.write_parquet(content)
    whole = record | {"sha256": hashlib.sha256(content.getvalue()).hexdigest()}
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=".making-", dir=folder.parent))
        (made / "signals.parquet").write_bytes(content.getvalue())
        write_json(made / "signals.json", whole)
        if folder.exists():
            shutil.rmtree(folder)
        made.replace(folder)
        write_atomically(folder.parent / "newest", folder.name + "\n")
    except OSError as problem:
        raise WorkspaceError("The signals cannot be written.", where=str(folder), found=problem.strerror or str(problem),
                             remedy="Make room, or make the folder writable", code="HW-W006") from problem  # fmt: skip
    return whole


def _record(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "signals.json").read_text(encoding="utf-8"))
    return found


def kept_signals(workspace: Workspace, week: str | None = None) -> Warned:
    """The signals of a week that were kept last; of the newest week where None.

    Raises
    ------
    UsageError
        ``HW-U292`` where there are none.
    """
    home = workspace.path / "signals"
    weeks = sorted(path.parent.name for path in home.glob("*/newest")) if home.is_dir() else []
    wanted = week or (weeks[-1] if weeks else "")
    if wanted not in weeks:
        raise UsageError("No signals were kept.", where=str(home), found=wanted or "none", code="HW-U292",
                         remedy=f"Find them first: headworks warn run {workspace.path}")  # fmt: skip
    folder = home / wanted / (home / wanted / "newest").read_text(encoding="utf-8").strip()
    return Warned(pl.read_parquet(folder / "signals.parquet"), _record(folder), folder, is_new=False)


def signals_for(workspace: Workspace, found: Warned, tier: str) -> pl.DataFrame:
    """The signals that a tier may see; all for the steward.

    A signal is shown where the unit's own figure is shown in every week that speaks, from ``since`` to ``period``: it says how
    far those are from others.
    """
    disclosure = Disclosure(workspace, tier)
    if disclosure.rule.is_open or found.signals.is_empty():
        return found.signals
    weeks = disclosure.units.filter(pl.col("period").str.contains("-W")).with_columns(pl.col("unit_kind").cast(pl.String))
    rows = found.signals.select("signal_id", pl.col("unit_kind").cast(pl.String), "unit_id", "since", _until="period")
    rows = rows.join(weeks, on=["unit_kind", "unit_id"]).filter(
        pl.col("period").is_between(pl.coalesce("since", "_until"), pl.col("_until"))
    )
    shown = rows.group_by("signal_id").agg(
        _is_shown=pl.col("why").is_null().all() & (pl.col("period") == pl.col("_until")).any()
    )
    return found.signals.filter(pl.col("signal_id").is_in(shown.filter("_is_shown")["signal_id"].implode()))


def record_for(found: Warned, tier: str, n_shown: int) -> dict[str, Any]:
    """The record of a week as a tier may read it: of signals it does not see not even how many there are."""
    if tier == STEWARD:
        return {**found.record, "is_new": found.is_new, "n_shown": n_shown}
    withheld = ("n_signals", "n_events", "n_clusters", "n_first_appearances", "n_findings_in_doubt", "sha256")
    return {name: value for name, value in found.record.items() if name not in withheld} | {"n_shown": n_shown}
