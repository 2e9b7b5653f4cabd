"""import, show, export: data in and out of a workspace."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from headworks.cli.app import app
from headworks.cli.console import Bar, bar, result, result_json, say, show_frame, write_out
from headworks.cli.workspace_commands import AsJson, AsOf, Tier, WorkspacePath
from headworks.core.errors import HeadworksError, UsageError, WorkspaceError

if TYPE_CHECKING:
    from headworks.jobs.import_files import ImportOrder, ImportOutcome
    from headworks.store import Workspace

_REFUSALS_SHOWN = 10
Where = Annotated[
    list[str] | None,
    typer.Option(metavar="COLUMN=VALUE", help="Only rows with this value; repeated for a column, any of its values."),
]


@app.command("import")
def import_files(
    workspace: WorkspacePath,
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Files to import, in this order.")],
    format_name: Annotated[str, typer.Option("--as", metavar="FORMAT", help="headworks, score or odm.")],
    mapping: Annotated[Path | None, typer.Option(metavar="M.toml", help="Which of their columns is which of ours.")] = None,
    strict: Annotated[bool, typer.Option(help="Refuse a whole file when one of its rows is refused.")] = False,
    dry_run: Annotated[bool, typer.Option(help="Say what would happen; change nothing.")] = False,
    json: AsJson = False,
) -> None:
    """Import files; a row that breaks its promise is refused by name, the others are kept."""
    from headworks.jobs.import_files import ImportOrder, read_mapping_file
    from headworks.store import Workspace

    opened = Workspace.open(workspace)
    order = ImportOrder(format_name, read_mapping_file(mapping), strict, dry_run)
    answers: list[dict[str, Any]] = []
    code = 0
    with bar("Importing", len(files), quiet=json) as progress:
        for path in files:
            progress.begin(path.name)
            answer, file_code = _import_one(opened, path, order, progress, as_json=json)
            answers.append(answer)
            code = max(code, file_code)
            if answer["status"] == "not_tried":
                break
    if json:
        result_json({"files": answers})
    raise typer.Exit(code)


def _import_one(
    workspace: Workspace, path: Path, order: ImportOrder, progress: Bar, *, as_json: bool
) -> tuple[dict[str, Any], int]:
    """What became of a file, and the exit code it makes; ``not_tried`` when the workspace is at fault and not the file."""
    from headworks.jobs.import_files import import_file

    try:
        outcome = import_file(workspace, path, order, progress.tell)
    except HeadworksError as problem:
        if not as_json:
            with progress.aside():
                say(f"{problem.code}: {path.name}: {problem}", style="bold red")
        status = "not_tried" if isinstance(problem, WorkspaceError) else "refused"
        return {"file": path.name, "status": status, "error": problem.as_dict()}, problem.exit_code
    if not as_json:
        with progress.aside():
            _tell(outcome)
    code = 3 if outcome.status == "refused" else (1 if outcome.rows_refused else 0)
    return outcome.as_dict(), code


def _tell(outcome: ImportOutcome) -> None:
    words = {
        "already_imported": "this file was imported before; nothing was changed",
        "dry_run": "dry run: nothing was changed",
        "refused": "nothing of the file was kept",
    }
    counts = {"rows read": outcome.rows_read, "new rows": outcome.rows_new, "amended": outcome.rows_amended}
    counts |= {"unchanged": outcome.rows_unchanged, "refused": outcome.rows_refused or outcome.rows_refused_before}
    parts = [f"{count:,} {name}" for name, count in counts.items()]
    result(f"{outcome.file}: " + " · ".join([*parts, *([words[outcome.status]] if outcome.status in words else [])]))
    for finding in outcome.findings:
        style = "yellow" if finding["severity"] == "warning" else "dim"
        say(f"  {finding['code']} {finding['message']}", style=style)
    for refusal in outcome.refusals[:_REFUSALS_SHOWN]:
        sheet = f", sheet {refusal['sheet']}" if refusal["sheet"] else ""
        say(
            f"  {refusal['code']} {refusal['file']}{sheet}, row {refusal['row']}, column {refusal['column']}: "
            f"{refusal['problem']} Found: {refusal['found']}. {refusal['remedy']}.",
            style="red",
        )
    if outcome.rows_refused and outcome.folder:
        more = outcome.rows_refused - _REFUSALS_SHOWN
        rest = f"{more:,} more refused rows. " if more > 0 and len(outcome.refusals) > _REFUSALS_SHOWN else ""
        say(f"  {rest}All refusals: {outcome.folder}/refusals.csv")
        say("  The rows to mend: headworks export WORKSPACE refusals mend.csv")


@app.command()
def show(
    workspace: WorkspacePath,
    table: Annotated[str | None, typer.Argument(help="A table; without one, what the workspace holds.")] = None,
    where: Where = None,
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many rows.")] = None,
    history: Annotated[bool, typer.Option(help="Of facts: every row with its import, amendments included.")] = False,
    columns: Annotated[bool, typer.Option("--columns", help="What each column means, and its unit.")] = False,
    tier: Tier = "steward",
    as_of: AsOf = None,
    json: AsJson = False,
) -> None:
    """Show a table: facts, results or the list of imports."""
    from headworks.core.disclosure import require_tier
    from headworks.jobs.clock import parse_moment
    from headworks.jobs.disclosed import disclosed_table
    from headworks.jobs.read_table import read_table
    from headworks.store import Workspace

    require_tier(tier)
    opened = Workspace.open(workspace)
    if table is None:
        _show_contents(opened, as_json=json)
        return
    if columns:
        _show_columns(table, as_json=json)
        return
    moment = parse_moment(as_of) if as_of else None
    frame = read_table(opened, table, as_of=moment, history=history, where=_conditions(where))
    seen = disclosed_table(opened, table, frame, tier, moment)
    frame = seen.frame
    if seen.said():
        say(seen.said() + ".", style="yellow")
    if json:
        result_json((frame if limit is None else frame.head(limit)).to_dicts())
    else:
        show_frame(frame, table, limit)


@app.command()
def export(
    workspace: WorkspacePath,
    table: Annotated[str, typer.Argument(help="A table, or 'refusals' for the refused rows of an import.")],
    target: Annotated[
        Path, typer.Argument(metavar="OUT", help="File ending in .csv, .parquet, .xlsx or .json; - for CSV on stdout.")
    ],
    where: Where = None,
    history: Annotated[bool, typer.Option(help="Of facts: every row with its import, amendments included.")] = False,
    import_id: Annotated[
        str | None, typer.Option("--import", help="With 'refusals': which import; the newest if not said.")
    ] = None,
    tier: Tier = "public",
    as_of: AsOf = None,
) -> None:
    """Write a table to a file, as its readers may see it; or the refused rows of an import, to be mended."""
    from headworks.core.disclosure import require_tier
    from headworks.jobs.clock import parse_moment
    from headworks.jobs.csv_text import csv_text
    from headworks.jobs.disclosed import disclose
    from headworks.jobs.disclosure import Disclosure
    from headworks.jobs.export import export_table, record_export, write_refused_rows
    from headworks.jobs.import_record import refused_files
    from headworks.jobs.read_table import read_table
    from headworks.store import Workspace

    require_tier(tier)
    opened = Workspace.open(workspace)
    is_stdout = str(target) == "-"
    if table == "refusals":
        if is_stdout:
            write_out("".join(path.read_text(encoding="utf-8") for path in refused_files(opened, import_id)[:1]))
            return
        for path in write_refused_rows(opened, import_id, target):
            result(f"Refused rows: {path}")
        return
    if import_id is not None:
        raise UsageError(
            "--import goes with 'refusals'.", found=table, remedy="Use --where import_id=… --history", code="HW-U017"
        )
    moment = parse_moment(as_of) if as_of else None
    frame = read_table(opened, table, as_of=moment, history=history, where=_conditions(where))
    disclosure = Disclosure(opened, tier, moment)
    seen = disclose(disclosure, table, frame)
    if is_stdout:
        write_out(csv_text(seen.frame))
    else:
        export_table(seen.frame, table, target)
        result(f"{table}: {seen.frame.height:,} rows written to {target}")
    if seen.said():
        say(f"{seen.said()}. For other readers: --tier partner, analyst or steward (nothing withheld).", style="yellow")
    if not record_export(disclosure, seen, table, target):
        say("The workspace cannot be written to: this export is not in its log of publications.", style="yellow")


def _conditions(where: list[str] | None) -> list[tuple[str, str]]:
    conditions = []
    for text in where or []:
        column, sign, value = text.partition("=")
        if not sign:
            raise UsageError("A condition has an equals sign.", found=text, remedy="Give --where drug=cocaine", code="HW-U017")
        conditions.append((column.strip(), value.strip()))
    return conditions


def _show_contents(workspace: Workspace, *, as_json: bool) -> None:
    import polars as pl

    from headworks.store import latest_run, read_facts, read_imports
    from headworks.tables import FACTS

    run = latest_run(workspace)
    rows = [(name, "fact", read_facts(workspace, name).height) for name in FACTS]
    rows += [(name, "result", said["rows"]) for name, said in run.results.items()] if run else []
    rows += [("imports", "record", read_imports(workspace).height)]
    frame = pl.DataFrame(rows, schema=["table", "kind", "rows"], orient="row")
    if as_json:
        result_json(frame.to_dicts())
    else:
        show_frame(frame, workspace.settings.name or str(workspace.path), frame.height)


def _show_columns(table: str, *, as_json: bool) -> None:
    import polars as pl

    from headworks.core.schema import describe
    from headworks.jobs.read_table import require_known
    from headworks.tables import SHELF

    require_known("table", table, tuple(SHELF))
    promises = [vars(promise) for promise in describe(SHELF[table].schema)]
    if as_json:
        result_json(promises)
    else:
        show_frame(pl.DataFrame(promises), table, len(promises))
