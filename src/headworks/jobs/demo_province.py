"""A province with known truth, from nothing to a report: simulate, import, run, report.

The report is that of the whole province for the public: maps of its cities and counties, and the way down to the villages as
far as the public may see them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from headworks.jobs.export import writing_to
from headworks.jobs.import_files import ImportOrder, import_file
from headworks.jobs.report import LANGUAGES, write_report
from headworks.jobs.run import run
from headworks.jobs.simulate import SimulateOrder, simulate
from headworks.planning import SimulationPlan
from headworks.store import Workspace, read_facts, read_result, write_atomically

_DEMO_WEEKS, _DEMO_RESIDUES = 13, 12


@dataclass(frozen=True)
class DemoProvinceOutcome:
    """Where the reports are, and what can be seen in them."""

    workspace: Path
    reports: dict[str, Path]
    sights: tuple[str, ...]
    rows_refused: int


def demo_plan(province: str, n_sites: int | None = None, n_weeks: int = _DEMO_WEEKS) -> SimulationPlan:
    """What the demo simulates: the whole programme for a quarter, which ends in about two minutes."""
    return SimulationPlan(province=province, n_sites=n_sites, n_weeks=n_weeks, n_analytes=_DEMO_RESIDUES)


def demo_province(folder: Path, plan: SimulationPlan, tell: Callable[[str], None] = lambda step: None) -> DemoProvinceOutcome:
    """Make or refresh the demo workspace of a province; the same again changes nothing but the date on the report.

    Raises
    ------
    UsageError
        As ``simulate``: a plan that cannot be, a folder that holds other data.
    """
    tell("simulating")
    written = simulate(folder, plan, SimulateOrder(), tell)
    workspace = Workspace.open(folder)
    refused = 0
    for path in written.files:
        tell(f"importing {path.name}")
        refused += import_file(workspace, path, ImportOrder("headworks")).rows_refused
    tell("computing loads, means and changes")
    run(workspace)
    reports = {}
    for language in LANGUAGES:
        tell(f"writing the report ({language})")
        path = folder / "reports" / f"province-{language}.html"
        html = write_report(workspace, language=language)
        with writing_to(path):
            write_atomically(path, html)
        reports[language] = path
    return DemoProvinceOutcome(folder, reports, _sights(workspace, folder), refused)


def _sights(workspace: Workspace, folder: Path) -> tuple[str, ...]:
    sites = read_facts(workspace, "sites")
    samples, loads = read_facts(workspace, "samples"), read_result(workspace, "loads")
    nested = sites["upstream_of"].is_not_null().sum()
    quantified = int((loads["detection"].cast(pl.String) == "quantified").sum()) / max(loads.height, 1)
    events = pl.read_parquet(folder / "truth" / "events.parquet")
    told = ", ".join(f"{count} × {kind}" for kind, count in events["kind"].value_counts().sort("kind").rows())
    size = (
        f"{sites.height:,} sites, {nested:,} of them upstream of another; {samples.height:,} samples, "
        f"{loads.height:,} loads of {loads['analyte'].n_unique()} residues, {quantified:.0%} of them quantified."
    )
    return (
        size,
        f"What really happened is known and was not told to the report: {told} ({folder / 'truth' / 'events.parquet'}).",
        "Codes and names of areas are real; every figure is simulated.",
    )
