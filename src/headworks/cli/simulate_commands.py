"""simulate, demo-province: a province with known truth."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from headworks.cli.app import app
from headworks.cli.console import result, result_json, say, steps
from headworks.cli.workspace_commands import AsJson, WorkspacePath, show_report_and_server
from headworks.core.errors import UsageError

Province = Annotated[str, typer.Option(help="44 Guangdong or 52 Guizhou.")]
Sites = Annotated[int | None, typer.Option(help="How many sites; the whole programme if not said: 1,943 in Guangdong.")]


@app.command()
def simulate(
    workspace: WorkspacePath,
    province: Province,
    weeks: Annotated[int, typer.Option(help="Calendar weeks.")] = 52,
    analytes: Annotated[int, typer.Option(help="How many residues, the most wanted first.")] = 12,
    seed: Annotated[int, typer.Option(help="The same seed gives the same province, bit for bit.")] = 7,
    sites: Sites = None,
    start: Annotated[str, typer.Option(metavar="MONDAY", help="First day.")] = "2025-01-06",
    every: Annotated[int, typer.Option(help="Sample in every so-manieth week.")] = 1,
    from_week: Annotated[int, typer.Option(help="Write samples and results from this week on, counted from 1.")] = 1,
    weeks_per_file: Annotated[int, typer.Option(help="Weeks in a file of samples or results.")] = 13,
    truth: Annotated[bool, typer.Option(help="Write what was really the case, apart from the facts.")] = True,
    json: AsJson = False,
) -> None:
    """Simulate a province with known truth: files to import, and the truth beside them."""
    from headworks.jobs.simulate import SimulateOrder
    from headworks.jobs.simulate import simulate as simulate_job
    from headworks.planning import SimulationPlan

    plan = SimulationPlan(
        province=province,
        n_sites=sites,
        n_weeks=weeks,
        start=_day(start),
        every_weeks=every,
        n_analytes=analytes,
        seed=seed,
    )
    with steps("Simulating", quiet=json) as tell:
        outcome = simulate_job(workspace, plan, SimulateOrder(from_week, weeks_per_file, truth), tell)
    if json:
        result_json(outcome.as_dict())
        return
    result("Simulated: " + ", ".join(f"{name} {count:,}" for name, count in outcome.rows.items()) + ".")
    if outcome.truth:
        say(f"What was really the case, never to be imported: {workspace / 'truth'}")
    if outcome.aside:
        say(f"Not imported yet: {outcome.aside[0].parent}", style="yellow")
    say("Next:")
    for command in outcome.commands:
        result(command)


@app.command("demo-province")
def demo_province(
    province: Province = "44",
    folder: Annotated[Path | None, typer.Argument(help="Where to make it; demo-province-44 if not said.")] = None,
    sites: Sites = None,
    weeks: Annotated[int, typer.Option(help="Calendar weeks.")] = 13,
    open_report: Annotated[bool, typer.Option("--open/--no-open", help="Open the report in a browser at the end.")] = True,
) -> None:
    """Show a simulated province, whose truth is known, from nothing to its report."""
    from headworks.jobs.demo_province import demo_plan
    from headworks.jobs.demo_province import demo_province as demo_job

    target = folder or Path(f"demo-province-{province}")
    with steps("Demo") as tell:
        outcome = demo_job(target, demo_plan(province, sites, weeks), tell)
    report_path = outcome.reports["en"].resolve()
    result(f"Report: {report_path}")
    result(f"中文报告: {outcome.reports['zh'].resolve()}")
    for sight in outcome.sights:
        result(f"  · {sight}")
    show_report_and_server(report_path, target, is_wanted=open_report)


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError as problem:
        raise UsageError("This is not a day.", found=text, remedy="Give --start 2025-01-06", code="HW-U069") from problem
