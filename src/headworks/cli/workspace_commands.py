"""init, run, check, demo: commands about a workspace as a whole."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from headworks.cli.app import app
from headworks.cli.console import leave_at_once, result, result_json, say, steps

if TYPE_CHECKING:
    from headworks.store import Manifest

WorkspacePath = Annotated[Path, typer.Argument(metavar="WORKSPACE", help="Folder of the workspace.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
AsOf = Annotated[
    str | None, typer.Option("--as-of", metavar="MOMENT", help="As known by then: 2026-03-01 or an ISO 8601 instant.")
]
Tier = Annotated[
    str, typer.Option(help="Who will read it: public, partner, analyst; or steward, from whom nothing is withheld.")
]


@app.command()
def init(
    workspace: WorkspacePath,
    name: Annotated[str, typer.Option(help="What it is about.")] = "",
    timezone: Annotated[str | None, typer.Option(help="Of local times without an offset, such as Asia/Shanghai.")] = None,
) -> None:
    """Make a workspace: a folder with settings, ready for imports."""
    from headworks.intake.calendar_cells import require_timezone
    from headworks.store import Workspace
    from headworks.store.workspace import is_workspace

    if timezone is not None:
        require_timezone(timezone, where="--timezone")
    is_old = is_workspace(workspace)
    Workspace.create(workspace, name=name, timezone=timezone)
    result(f"Workspace ready: {workspace}")
    if is_old:
        say("It was there before and was left as it is; name and timezone are changed in its headworks.toml.", style="yellow")
    say(f"Next: headworks import {workspace} FILE --as headworks")


@app.command()
def run(
    workspace: WorkspacePath,
    full: Annotated[bool, typer.Option(help="Recompute everything, not only what new facts touch.")] = False,
    json: AsJson = False,
) -> None:
    """Compute loads, consumption, means and changes; only what new facts touch."""
    from headworks.jobs.run_process import quick_start

    with quick_start():
        from headworks.jobs.left_out import left_out_file
        from headworks.jobs.run import run as run_job
        from headworks.store import Workspace

    opened = Workspace.open(workspace)
    with steps("Computing", quiet=json) as tell:
        outcome = run_job(opened, full=full, tell=tell)
    leave_at_once()
    if json:
        result_json(outcome.as_dict())
        return
    manifest = outcome.manifest
    if outcome.status == "up_to_date":
        result(f"Up to date: nothing is newer than run {manifest.run_id}.")
        return
    result(f"Run {manifest.run_id}: {_scope(manifest)}.")
    result("Rows: " + (", ".join(f"{name} {said['rows']:,}" for name, said in manifest.results.items()) or "none") + ".")
    if outcome.reason and not full:
        say(f"Everything was recomputed: {outcome.reason}.")
    for reason, count in manifest.left_out.items():
        say(f"{count:,} results made no load: {reason}.", style="yellow")
    if manifest.left_out:
        say(f"Which ones: {left_out_file(opened, manifest.run_id)}")


def _scope(manifest: Manifest) -> str:
    days, years = manifest.recomputed["days"], manifest.recomputed["years"]
    if days == "all":
        return "everything recomputed"
    if not years:
        return "no result hangs on the new facts"
    return f"loads of {days:,} sampling days recomputed, and what hangs on them in " + ", ".join(map(str, years))


@app.command()
def check(
    workspace: WorkspacePath,
    reproduce: Annotated[bool, typer.Option(help="Recompute the last run from its inputs and compare the bits.")] = False,
    compact: Annotated[
        bool, typer.Option(help="Put small files together, remove what killed processes left; versions stay.")
    ] = False,
    json: AsJson = False,
) -> None:
    """Say whether the workspace is sound and its figures follow from its facts."""
    from headworks.jobs.check import check_workspace
    from headworks.store import Workspace

    opened = Workspace.open(workspace)
    with steps("Checking", quiet=json):
        findings = check_workspace(opened, reproduce=reproduce, compact=compact)
    serious = [finding for finding in findings if finding.severity != "info"]
    if json:
        result_json({"findings": [vars(finding) for finding in findings]})
    else:
        for finding in findings:
            remedy = f" ({finding.remedy})" if finding.remedy else ""
            result(f"{finding.severity:7} {finding.code} {finding.message}{remedy}")
        result("Sound." if not serious else f"{len(serious)} things to look at.")
    raise typer.Exit(1 if serious else 0)


@app.command()
def demo(
    folder: Annotated[Path, typer.Argument(help="Where to make the demo workspace.")] = Path("demo-workspace"),
    open_report: Annotated[bool, typer.Option("--open/--no-open", help="Open the report in a browser at the end.")] = True,
) -> None:
    """Show the drug situation of European cities, from real data, in one command."""
    from headworks.jobs.demo import demo as demo_job

    with steps("Demo") as tell:
        outcome = demo_job(folder, tell)
    report_path = outcome.reports["en"].resolve()
    result(f"Report: {report_path}")
    result(f"中文报告: {outcome.reports['zh'].resolve()}")
    for sight in outcome.sights:
        result(f"  · {sight}")
    say(outcome.acknowledgement)
    show_report_and_server(report_path, folder, is_wanted=open_report)


def show_report_and_server(report_path: Path, folder: Path, *, is_wanted: bool) -> None:
    """Open the report where somebody looks, and offer the server on the same workspace."""
    command = f"headworks serve {shlex.quote(str(folder))} --demo"
    result(f"The same with maps, accounts and an operations desk, in a browser: {command}")
    if not is_wanted or os.environ.get("HEADWORKS_NO_OPEN") or not (sys.stdout.isatty() and sys.stdin.isatty()):
        return
    typer.launch(report_path.as_uri())
    if typer.confirm("Open the server on it now?", default=False):
        from headworks.cli.serve_commands import serve

        serve(folder, demo=True)
