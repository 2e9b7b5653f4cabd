"""user add | list | disable | grant | import: accounts of the server, kept by whoever has the machine."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from headworks.cli.app import app
from headworks.cli.console import result, result_json, say
from headworks.cli.workspace_commands import AsJson, WorkspacePath

user = typer.Typer(no_args_is_help=True, help="Accounts of the server and what they are granted.")
app.add_typer(user, name="user")
Name = Annotated[str, typer.Argument(metavar="NAME", help="Sign-in name.")]
Area = Annotated[str, typer.Option(help="Code or name of the area; * for everything.")]
Tier = Annotated[str, typer.Option(help="public, partner, analyst or steward.")]
Until = Annotated[str | None, typer.Option(metavar="DAY", help="Last day of the grant.")]


@user.command("add")
def add(
    workspace: WorkspacePath,
    name: Name,
    label: Annotated[str, typer.Option(help="Its office; never anybody's name.")] = "",
    role: Annotated[str | None, typer.Option(help="Also grant this role.")] = None,
    area: Area = "*",
    tier: Tier = "public",
    until: Until = None,
    language: Annotated[str, typer.Option(help="en, zh-hans or ja.")] = "en",
) -> None:
    """Make an account; prints the one-time code that sets its password."""
    from headworks.web.service.start import open_database

    open_database(workspace)
    from headworks.web.accounts.by_command import AccountLine, add_account

    code = add_account(AccountLine(name, label, role or "", area, tier, until or "", language))
    result(f"{name}: {code}")
    say("The code sets the password at /sign-in/one-time-code/, once, within a day.")


@user.command("list")
def listed(workspace: WorkspacePath, json: AsJson = False) -> None:
    """Show accounts and what they hold."""
    from headworks.web.service.start import open_database

    open_database(workspace)
    from headworks.web.accounts.by_command import account_rows

    rows = account_rows()
    if json:
        result_json(rows)
        return
    for row in rows:
        state = "" if row["is_active"] else " (may not sign in)"
        result(f"{row['username']}{state}" + (f" · {row['label']}" if row["label"] else ""))
        for grant in row["grants"]:
            result(f"    {grant}")


@user.command("disable")
def disable(workspace: WorkspacePath, name: Name) -> None:
    """Let an account sign in no more; its sessions and tokens end at once."""
    from headworks.web.service.start import open_database

    open_database(workspace)
    from headworks.web.accounts.by_command import disable_account

    disable_account(name)
    result(f"{name} may not sign in any more.")


@user.command("grant")
def grant(
    workspace: WorkspacePath,
    name: Name,
    role: Annotated[str, typer.Argument(help="sampler, analyst, reviewer, officer, …")],
    area: Area = "*",
    tier: Tier = "public",
    until: Until = None,
) -> None:
    """Give an account a role on an area and all that lies in it."""
    from headworks.web.service.start import open_database

    open_database(workspace)
    from headworks.web.accounts.by_command import grant_role

    result(f"Granted: {grant_role(name, role, area, tier, until or '')}")


@user.command("import")
def imported(
    workspace: WorkspacePath,
    file: Annotated[Path, typer.Argument(help="CSV with username, label, role, area, tier, until, language.")],
    codes: Annotated[Path, typer.Option("--codes", help="CSV to write: sign-in name and one-time code. Guard it.")],
) -> None:
    """Make many accounts at once, all or none; their one-time codes go to a file of yours."""
    from headworks.web.service.start import open_database

    open_database(workspace)
    from headworks.web.accounts.by_command import import_accounts

    n_made, n_granted = import_accounts(file, codes)
    result(f"{n_made} accounts made, {n_granted} grants given. Codes: {codes}")
