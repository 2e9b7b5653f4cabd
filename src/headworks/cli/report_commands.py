"""report: the situation of an area, the five reports of the cycle, their calendar and their states.

``headworks report WORKSPACE`` is ``headworks report situation WORKSPACE``: a first word that is no report is a workspace. A
workspace that is called like a report is named with its folder, as ``./weekly``.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from headworks.cli.app import app
from headworks.cli.console import result, result_json, say, show_frame, steps, write_out
from headworks.cli.workspace_commands import AsJson, AsOf, Tier, WorkspacePath
from headworks.core.errors import UsageError

if TYPE_CHECKING:
    from headworks.jobs.cycle import CycleOrder

_SITUATION = "situation"


class ReportGroup(TyperGroup):
    """Commands of ``report``; what begins with none of them is the situation report, as it always was."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put ``situation`` before a workspace."""
        if args and args[0] not in self.commands and args[0] not in ("-h", "--help"):
            args = [_SITUATION, *args]
        return super().parse_args(ctx, args)


reports = typer.Typer(cls=ReportGroup, help="Reports: the situation of an area, and the five of the reporting cycle.")
app.add_typer(reports, name="report", no_args_is_help=True)

ReportsOf = Annotated[
    Path,
    typer.Argument(metavar="WORKSPACE", envvar="HEADWORKS_WORKSPACE", help="Folder of the workspace; this one if not said."),
]
Area = Annotated[str, typer.Option(help="Area id or name; 'all' for everything.")]
Format = Annotated[str, typer.Option("--format", "-f", help="html, pdf, docx, xlsx; several with commas.")]
Languages = Annotated[str, typer.Option("--language", "-l", help="en, zh, ja; several with commas.")]
Out = Annotated[Path, typer.Option("--out", "-o", help="Folder for the files.")]
By = Annotated[str, typer.Option(help="Who drafts it, as the ledger will say.")]


@reports.command(_SITUATION)
def situation(
    workspace: WorkspacePath,
    area: Area = "all",
    period: Annotated[
        str | None, typer.Option(help="2022, 2024-H1, 2024-Q2, 2024-05 or 2024-W19; the newest year if not said.")
    ] = None,
    output: Annotated[Path, typer.Option("-o", "--output", help="HTML file to write; - for stdout.")] = Path("report.html"),
    language: Annotated[str, typer.Option("--language", "-l", help="en or zh.")] = "en",
    tier: Tier = "public",
    drug: Annotated[list[str] | None, typer.Option(help="Only this drug; may be repeated.")] = None,
    as_of: AsOf = None,
) -> None:
    """Write the situation of an area as one self-contained HTML file."""
    from headworks.jobs.clock import parse_moment
    from headworks.jobs.export import writing_to
    from headworks.jobs.report import write_report
    from headworks.reference import resolve_drug
    from headworks.store import Workspace, write_atomically

    opened = Workspace.open(workspace)
    drugs = [resolve_drug(name) for name in drug] if drug else None
    moment = parse_moment(as_of) if as_of else None
    with steps("Writing the report"):
        html = write_report(opened, area=area, period=period, language=language, tier=tier, drugs=drugs, as_of=moment)
    if str(output) == "-":
        write_out(html)
        return
    with writing_to(output):
        write_atomically(output, html)
    result(f"Report: {output}")


def _offer(kind: str, option: str, example: str, about: str) -> None:
    """One of the five: they differ in name, kind of period and what they tell, and share every other option."""

    def write(
        workspace: ReportsOf = Path(),
        period: str = ...,  # type: ignore[assignment]
        area: Area = "all", formats: Format = "html", languages: Languages = "en", out: Out = Path(), tier: Tier = "public",
        by: By = "command line", as_of: AsOf = None, json: AsJson = False,
    ) -> None:  # fmt: skip
        from headworks.jobs.clock import parse_moment
        from headworks.jobs.cycle import CycleOrder

        moment = parse_moment(as_of) if as_of else None
        _make(
            workspace, CycleOrder(kind, area, period, tier, _listed(formats), _listed(languages), by, moment), out, json=json
        )

    write.__annotations__["period"] = Annotated[str, typer.Option(option, help=f"Such as {example}.")]
    reports.command(kind, help=about)(write)


for _one in (
    ("weekly", "--week", "2026-W46",
     "Write the weekly bulletin: what rose against a quarter before, what is missing, what is proposed."),
    ("monthly", "--month", "2026-11",
     "Write the monthly review: the bulletin's questions for a month, areas side by side, sampling week by week."),
    ("quarterly", "--quarter", "2026-Q4",
     "Write the quarterly supervision: coverage and quality area by area, lists, change against a year before."),
    ("half-yearly", "--half", "2026-H2", "Write the half-year summary: with doses and lists, quarter by quarter."),
    ("annual", "--year", "2026",
     "Write the annual performance evaluation: coverage and change area by area, without a ranking."),
):  # fmt: skip
    _offer(*_one)


def _make(workspace: Path, order: CycleOrder, out: Path, *, json: bool) -> None:
    from headworks.jobs.cycle import make_reports
    from headworks.store import Workspace

    with steps("Writing the report", quiet=json):
        edition, paths = make_reports(Workspace.open(workspace), order, out)
    if json:
        result_json({"snapshot_id": edition.snapshot_id, "edition": edition.number, "state": edition.state, "files": paths})
        return
    for path in paths:
        result(f"Report: {path}")
    result(f"Edition {edition.number} ({edition.state}), snapshot {edition.snapshot_id}")


def _listed(said: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word.strip().lower() for word in said.split(",") if word.strip()))


@reports.command()
def calendar(
    workspace: ReportsOf = Path(),
    area: Area = "all",
    tier: Tier = "public",
    first: Annotated[str | None, typer.Option("--from", metavar="DAY", help="Due from; four weeks ago if not said.")] = None,
    last: Annotated[str | None, typer.Option("--to", metavar="DAY", help="Due to; four weeks ahead if not said.")] = None,
    json: AsJson = False,
) -> None:
    """Say which reports of an area are due when, and how far each is."""
    from headworks.jobs.clock import now
    from headworks.jobs.cycle import report_calendar
    from headworks.store import Workspace

    today = now().date()
    around = dt.timedelta(weeks=4)
    begin, end = _day(first, today - around), _day(last, today + around)
    frame = report_calendar(Workspace.open(workspace), area, tier, first=begin, last=end, today=today)
    if json:
        result_json(frame.to_dicts())
        return
    show_frame(frame, "calendar", None)


def _day(said: str | None, otherwise: dt.date) -> dt.date:
    try:
        return dt.date.fromisoformat(said) if said else otherwise
    except ValueError as problem:
        raise UsageError("This is not a day.", found=said or "", remedy="Give 2026-11-22", code="HW-U277") from problem


@reports.command()
def editions(workspace: ReportsOf = Path(), json: AsJson = False) -> None:
    """List the editions of all reports with their states, and whether the ledger is whole."""
    from headworks.jobs.cycle import all_editions, verify_ledger
    from headworks.store import Workspace

    opened = Workspace.open(workspace)
    shown = ("snapshot_id", "kind", "area_id", "period", "tier", "number", "state", "previous")
    rows = [{name: getattr(one, name) for name in shown} for one in all_editions(opened)]
    broken = verify_ledger(opened)
    if json:
        result_json({"editions": rows, "broken_lines": broken})
    else:
        for row in rows:
            result("  ".join(str(row[name]) for name in shown[:7]))
        if broken:
            say(f"The ledger was changed at line {', '.join(map(str, broken))}.", style="bold red")
    raise typer.Exit(1 if broken else 0)


@reports.command()
def state(
    snapshot: Annotated[str, typer.Argument(help="Snapshot of the edition, or how it begins.")],
    workspace: ReportsOf = Path(),
    to: Annotated[str, typer.Option(help="reviewed, approved, published, withdrawn, or draft to send it back.")] = ...,  # type: ignore[assignment]
    by: Annotated[str, typer.Option(help="Who takes the step; not who drafted it.")] = ...,  # type: ignore[assignment]
    reason: Annotated[str, typer.Option(help="Needed to send back and to withdraw.")] = "",
    json: AsJson = False,
) -> None:
    """Take an edition from draft to reviewed, approved, published; nobody reviews or approves their own draft."""
    from headworks.jobs.cycle import move
    from headworks.store import Workspace

    # Whoever has the folder has every right on it; that two people take part is asked all the same.
    moved = move(Workspace.open(workspace), snapshot, to, by=by, scopes=("approve", "publish", "decide"), reason=reason)
    if json:
        result_json({"snapshot_id": moved.snapshot_id, "edition": moved.number, "state": moved.state})
        return
    result(f"Edition {moved.number} of the {moved.kind} report of {moved.period} is {moved.state}.")
