"""Find the signals of a week in a workspace, and keep them.

``signals/<week>/<run>-<digest>/`` holds ``signals.parquet`` and ``signals.json``: run, week, budget, how many questions were
asked, code, SHA-256 of the rows. The folder's name hangs on the run, the budget and the code; so a warn done again finds what
it did, and one that was cut off is done anew, for the folder is renamed into its place when it is whole. Nothing is drawn:
the numbers that place censored samples are counted from their ids.
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
from headworks.core.errors import UsageError, WorkspaceError
from headworks.core.schema import require_promise
from headworks.jobs.disclosure import Disclosure
from headworks.jobs.method import code_digest
from headworks.jobs.warning.warn_input import WarnInput, masses_of, names_of, warn_input
from headworks.store import Workspace, require_run, write_atomically, write_json
from headworks.tables.signals import Signals
from headworks.warning.budget import Budget, parse_budget
from headworks.workflows.warning import Beside, Followed, Judged, ask, follow, judge_days, signals_of_week

DEFAULT_BUDGET = "at most 1 in 10 false; at most 5 a week per city"
# Weeks that are followed, half a year: those before are what they are held against.
FOLLOWED_WEEKS = 26
_KEY = ["unit_kind", "unit_id", "period"]


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
    folder = _folder(workspace, given.week.label, run.run_id, budget)
    if not asked.again and (folder / "signals.json").is_file():
        return Warned(pl.read_parquet(folder / "signals.parquet"), _record(folder), folder, is_new=False)
    tell("what every week was expected to be")
    judged = judge_days(given.days, given.register.network, given.learnt, _followed(given))
    tell("the budget")
    questions = ask(judged)
    followed = follow(judged, questions, budget)
    tell("explanations")
    sites, analytes = _named(judged, followed)
    beside = Beside(
        names_of(workspace, run), masses_of(workspace, run, sites, analytes), given.kept_out, method_version()
    )  # fmt: skip
    signals = pl.DataFrame(
        require_promise(Signals, signals_of_week(judged, questions, followed, budget, beside), where="signals")
    )
    record = {
        "week": given.week.label, "run_id": run.run_id, "budget": budget.in_words(), "n_questions": questions.n_assessed,
        "n_units": judged.units.n, "n_residues": len(judged.residues), "n_weeks": judged.n_weeks,
        "weeks_followed": judged.n_weeks - judged.n_before, "n_events": len(followed.events), "n_signals": signals.height,
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


def _folder(workspace: Workspace, week: str, run_id: str, budget: Budget) -> Path:
    name = hashlib.sha256(f"{budget.in_words()}|{method_version()}".encode()).hexdigest()[:12]
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
    """The signals of units whose figure of the week a tier may see; all for the steward.

    A signal is shown where the unit's own figure of that week is shown: it says how far that is from others.
    """
    disclosure = Disclosure(workspace, tier)
    if disclosure.rule.is_open or found.signals.is_empty():
        return found.signals
    shown = disclosure.units.filter(pl.col("why").is_null()).select(_KEY)
    rows = found.signals.with_columns(pl.col("unit_kind").cast(pl.String))
    seen = rows.join(shown.with_columns(pl.col("unit_kind").cast(pl.String)), on=_KEY, how="semi", maintain_order="left")
    return found.signals.filter(pl.col("signal_id").is_in(seen["signal_id"].implode()))
