"""serve, backup, restore, audit verify | export: the server of a workspace, kept sound and kept safe."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from headworks.cli.app import app
from headworks.cli.console import result, result_json, say, steps, write_out
from headworks.cli.workspace_commands import AsJson, WorkspacePath

if TYPE_CHECKING:
    from headworks.store import Workspace

audit = typer.Typer(no_args_is_help=True, help="The server's audit log: is it whole; as a file.")
app.add_typer(audit, name="audit")
_ANY = ("0.0.0.0", "::")  # noqa: S104  named to be refused or explained


@app.command()
def serve(
    workspace: WorkspacePath,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65_535, help="Port to listen on.")] = 8000,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Processes that answer pages.")] = 2,
    check: Annotated[bool, typer.Option("--check", help="Only say what is unsafe or unfinished.")] = False,
    worker: Annotated[bool, typer.Option("--worker/--no-worker", help="Do the work that is asked for, too.")] = True,
    demo: Annotated[
        bool, typer.Option("--demo", help="Make an account per role to look around with; for the demos' workspaces alone.")
    ] = False,
    json: AsJson = False,
) -> None:
    """Open the workspace to browsers: pages, map, operations desk and API, with accounts and an audit log."""
    from headworks.web.service.findings import server_findings
    from headworks.web.service.processes import serving_once, watch
    from headworks.web.service.start import make_ready, open_database, open_server, require_safe

    if check:
        findings = server_findings(open_server(workspace), host)
        if json:
            result_json({"findings": [finding._asdict() for finding in findings]})
        else:
            for finding in findings:
                result(f"{finding.code} {finding.message} ({finding.remedy})")
            result("Ready." if not findings else f"{len(findings)} things to look at.")
        raise typer.Exit(1 if findings else 0)
    opened = open_server(workspace)
    require_safe(opened, host)
    with serving_once(opened):
        opened = open_database(workspace)
        code = make_ready(opened, say)
        if demo:
            _make_demo_people(opened, host)
            code = None
        shown = f"http://{'127.0.0.1' if host in _ANY else host}:{port}/"
        if code is not None:
            say(f"There is no administrator yet. Open {shown}first-administrator/ and use this code, once, within a day:")
            say(f"    {code}")
        say(f"Headworks is at {shown} (Ctrl-C ends it)")
        _close_database()
        watch(workspace.resolve(), host, port, workers, with_worker=worker, tell=say)
    say("Ended.")


def _make_demo_people(workspace: Workspace, host: str) -> None:
    from headworks.web.service.demo_people import make_demo_people

    with steps("Preparing figures for the demo"):
        people = make_demo_people(workspace, host)
    say("Sign in as one of these; the passwords hold until the next start with --demo:")
    for one in people:
        result(f"  {one.username:20} {one.password}   {one.area}")


def _close_database() -> None:
    from django.db import connections

    connections.close_all()


@app.command()
def backup(
    workspace: WorkspacePath,
    output: Annotated[Path, typer.Option("-o", "--output", metavar="FILE", help="New file to write, such as W-2026-11.tar.")],
    json: AsJson = False,
) -> None:
    """Write workspace and database, as of one moment, to one file; the server goes on. Guard the file: it holds all keys."""
    from headworks.web.service.start import open_server

    opened = open_server(workspace)
    from headworks.web.audit.chain import record
    from headworks.web.backup import back_up

    with steps("Backup", quiet=json) as tell:
        done = back_up(opened, output, tell)
    record("backup", actor="(command line)", object_kind="workspace", detail={"files": done.n_files, "bytes": done.n_bytes})
    if json:
        result_json(vars(done))
        return
    result(f"Backup: {done.path} ({done.n_files:,} files, {done.n_bytes / 1e6:,.1f} MB)")
    say(f"Writers waited {done.locked_seconds:.2f} s. The file opens everything: keep it like a key.")


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="A backup.")],
    workspace: Annotated[Path, typer.Argument(metavar="WORKSPACE", help="New or empty folder.")],
    database_url_file: Annotated[
        str, typer.Option(help="File with the URL of an empty PostgreSQL database, if it is another than before.")
    ] = "",
) -> None:
    """Make workspace and database from a backup, and look at every row of the audit log."""
    from headworks.web.backup import restore as restore_backup

    with steps("Restoring") as tell:
        done = restore_backup(file, workspace, database_url_file=database_url_file, tell=tell)
    result(f"Restored: {workspace}, as of {done.manifest.taken_at}")
    for line in done.broken:
        result(line)
    say("The audit log is whole." if not done.broken else f"{len(done.broken)} rows of the audit log are broken.")
    say("Figures for pages are prepared when the server starts.")
    raise typer.Exit(1 if done.broken else 0)


@audit.command("verify")
def verify(
    workspace: WorkspacePath,
    since_last: Annotated[
        bool, typer.Option("--since-last", help="Only rows after the last full look that found everything well.")
    ] = False,
    json: AsJson = False,
) -> None:
    """Say whether every row of the audit log, and every event of custody, is as it was written; name each that is not."""
    from headworks.web.service.start import open_server

    open_server(workspace)
    from headworks.web.audit.chain import head
    from headworks.web.audit.models import AuditRow
    from headworks.web.audit.verification import verify as look
    from headworks.web.operations.custody import verify_custody

    found = look(since_last=since_last)
    custody = verify_custody()
    rows = AuditRow.objects.count()
    if json:
        broken = [{"seq": one.seq, "what": one.what} for one in found]
        result_json({"rows": rows, "head": head(), "broken": broken, "custody": [vars(event) for event in custody]})
    else:
        for one in found:
            result(f"row {one.seq}: {one.what}" if one.seq else one.what)
        for event in custody:
            result(f"custody of {event.sample_id}, event {event.seq}: {event.what}")
        result(f"{rows:,} rows; " + (f"{len(found)} broken." if found else f"whole. Head: {head()}"))
    raise typer.Exit(1 if found or custody else 0)


@audit.command("export")
def export(
    workspace: WorkspacePath,
    output: Annotated[Path, typer.Option("-o", "--output", help="File to write, .csv or .jsonl; - for lines of JSON.")],
    since: Annotated[int, typer.Option(min=1, help="First row.")] = 1,
) -> None:
    """Write the audit log to a file."""
    from headworks.jobs.export import writing_to
    from headworks.store import write_atomically
    from headworks.web.service.start import open_server

    open_server(workspace)
    from headworks.web.audit.chain import record
    from headworks.web.audit.export import as_csv, as_json_lines
    from headworks.web.audit.models import AuditRow

    rows = AuditRow.objects.filter(seq__gte=since).order_by("seq").values().iterator(chunk_size=5_000)
    text = "".join(as_csv(rows) if output.suffix == ".csv" else as_json_lines(rows))
    record("export", actor="(command line)", object_kind="audit", detail={"since": since})
    if str(output) == "-":
        write_out(text)
        return
    with writing_to(output):
        write_atomically(output, text)
    output.chmod(0o600)
    result(f"Audit log: {output}")
