"""Write a simulated province as files that can be imported, and its truth apart from them.

    WORKSPACE/simulated/    tables of facts, one file each; samples and results in a file for every so many weeks
    WORKSPACE/simulated/aside/   facts that no import takes yet
    WORKSPACE/truth/        what was really the case; never imported

The same plan writes the same bytes, so a province that is simulated for a week longer has one more file to import, and the
earlier ones are known. The trap is a workspace with real data: simulated facts are refused there.
"""

from __future__ import annotations

import io
import json
import shlex
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import polars as pl

from headworks import __version__
from headworks.core.errors import UsageError
from headworks.intake.formats.table_headers import IMPORTABLE
from headworks.planning import SimulationPlan, WeeksOfFacts, prepare_simulation
from headworks.reference.simulation_levels import simulation_levels
from headworks.store import Workspace, read_imports, write_atomically
from headworks.store.workspace import is_workspace, refusing_os_errors, write_json

TIMEZONE = "Asia/Shanghai"
WEEKS_PER_FILE = 13
_PLAN = "plan.json"
# What may differ between two simulations of one workspace: how long they are.
_LENGTH = "n_weeks"


@dataclass(frozen=True)
class SimulateOutcome:
    """What was written; ``commands`` are what to do next."""

    workspace: Path
    files: tuple[Path, ...]
    truth: tuple[Path, ...]
    aside: tuple[Path, ...]
    rows: dict[str, int]
    commands: tuple[str, ...]

    def as_dict(self) -> dict[str, object]:
        """For ``--json``."""
        paths = {name: [str(path) for path in getattr(self, name)] for name in ("files", "truth", "aside")}
        return {"workspace": str(self.workspace), **paths, "rows": self.rows, "commands": list(self.commands)}


@dataclass(frozen=True)
class SimulateOrder:
    """What of a simulation is written: weeks from ``from_week`` (counted from 1), so many a file; the truth or not."""

    from_week: int = 1
    weeks_per_file: int = WEEKS_PER_FILE
    with_truth: bool = True


def simulate(
    folder: Path,
    plan: SimulationPlan,
    order: SimulateOrder | None = None,
    tell: Callable[[str], None] = lambda step: None,
) -> SimulateOutcome:
    """Simulate a province into a workspace, which is made where there is none.

    Raises
    ------
    UsageError
        ``HW-U061`` to ``HW-U064`` and ``HW-U067`` for a plan that cannot be, ``HW-U065`` when the workspace holds other data,
        ``HW-U066`` when it holds another simulation, ``HW-U068`` for weeks that are not in the plan.
    """
    order = order or SimulateOrder()
    simulation = prepare_simulation(plan)
    _require_weeks(plan, order)
    target = folder / "simulated"
    _require_room(folder, target / _PLAN, plan)
    Workspace.create(folder, name=f"Simulated province {plan.province} (no real data)", timezone=TIMEZONE)
    written = _Written(target)
    with refusing_os_errors(folder):
        write_json(target / _PLAN, _plan_record(plan))
        if order.from_week == 1:
            for name, frame in simulation.network_facts().items():
                written.add(name, name, frame)
        for part in simulation.weeks(order.weeks_per_file, order.from_week - 1):
            tell(f"week {part.last_week + 1} of {plan.n_weeks}")
            for name, frame in part.facts.items():
                written.add(name, f"{name}-{_weeks_label(plan, part)}", frame)
        truth = []
        if order.with_truth:
            tell("truth")
            truth = [
                _write_table(folder / "truth" / f"{name}.parquet", frame) for name, frame in simulation.ledger.tables().items()
            ]
            parameters = folder / "truth" / "parameters.json"
            write_json(parameters, _plan_record(plan) | {"levels": simulation_levels().to_dicts()})
            truth.append(parameters)
    return SimulateOutcome(
        folder, tuple(written.files), tuple(truth), tuple(written.aside), written.rows, _commands(folder, written.files)
    )


class _Written:
    """The files of facts, and how many rows went into each table."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files: list[Path] = []
        self.aside: list[Path] = []
        self.rows: dict[str, int] = {}

    def add(self, table: str, stem: str, frame: pl.DataFrame) -> None:
        """Write a file, unless there is nothing to say."""
        if frame.is_empty():
            return
        is_importable = table in IMPORTABLE
        folder = self.folder if is_importable else self.folder / "aside"
        (self.files if is_importable else self.aside).append(_write_table(folder / f"{stem}.parquet", frame))
        self.rows[table] = self.rows.get(table, 0) + frame.height


def _write_table(path: Path, frame: pl.DataFrame) -> Path:
    content = io.BytesIO()
    frame.write_parquet(content)
    write_atomically(path, content.getvalue())
    return path


def _weeks_label(plan: SimulationPlan, part: WeeksOfFacts) -> str:
    return f"{plan.monday(part.first_week):%G-W%V}-to-{plan.monday(part.last_week):%G-W%V}"


def _commands(folder: Path, files: list[Path]) -> tuple[str, ...]:
    here = shlex.quote(str(folder))
    names = " ".join(shlex.quote(str(path)) for path in files)
    return f"headworks import {here} {names} --as headworks", f"headworks run {here}"


def _plan_record(plan: SimulationPlan) -> dict[str, object]:
    made = asdict(plan) | {"errors": asdict(plan.made_errors), "residues": plan.residues}
    return {"what": "a simulation: nothing in it is real but codes and names", "code_version": __version__, "plan": made}


def _require_weeks(plan: SimulationPlan, order: SimulateOrder) -> None:
    if order.weeks_per_file < 1 or not 1 <= order.from_week <= plan.n_weeks:
        raise UsageError(
            "The weeks to be written are not among those simulated.",
            found=f"from week {order.from_week} of {plan.n_weeks}, {order.weeks_per_file} a file",
            remedy=f"Give --from-week from 1 to {plan.n_weeks}",
            code="HW-U068",
        )


def is_simulated(workspace: Workspace) -> bool:
    """Whether a workspace was made by a simulation; other data are refused there from then on."""
    return (workspace.path / "simulated" / _PLAN).is_file()


def _require_room(folder: Path, plan_file: Path, plan: SimulationPlan) -> None:
    if not is_workspace(folder):
        return
    if not plan_file.is_file():
        imports = read_imports(Workspace.open(folder))
        if imports.height:
            raise UsageError(
                "This workspace holds other data, with which simulated facts would be mixed.",
                where=str(folder),
                found=", ".join(imports["file"].head(3).to_list()),
                remedy="Name a new folder",
                code="HW-U065",
            )
        return
    before = json.loads(plan_file.read_text(encoding="utf-8"))["plan"]
    now = json.loads(json.dumps(_plan_record(plan)["plan"], default=str))
    differs = [f"{key} {before.get(key)}" for key in now if key != _LENGTH and before.get(key) != now[key]]
    if differs:
        raise UsageError(
            "This workspace holds another simulation; two would be mixed.",
            where=str(plan_file),
            found=", ".join(differs),
            remedy="Name a new folder, or give the same options; --weeks alone may differ",
            code="HW-U066",
        )
