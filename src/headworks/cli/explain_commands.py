"""explain: how one figure of an area was computed, down to its samples."""

from __future__ import annotations

from typing import Annotated

import typer

from headworks.cli.app import app
from headworks.cli.console import result_json, steps, write_out
from headworks.cli.workspace_commands import AsJson, AsOf, Tier, WorkspacePath


@app.command()
def explain(
    workspace: WorkspacePath,
    area: Annotated[str, typer.Option(help="Area id or name.")],
    period: Annotated[str, typer.Option(help="2025, 2025-H1, 2025-Q1, 2025-03 or 2025-W10.")],
    drug: Annotated[str, typer.Option(help="Drug, by any of its names, or residue.")],
    tier: Tier = "public",
    site: Annotated[
        str | None, typer.Option(help="Whose samples are listed; the member with the largest load if not said.")
    ] = None,
    language: Annotated[str, typer.Option("--language", "-l", help="en or zh.")] = "en",
    as_of: AsOf = None,
    json: AsJson = False,
) -> None:
    """Say how a figure of an area was computed: formula, members, sources of doubt, samples."""
    from headworks.jobs.clock import parse_moment
    from headworks.jobs.explain import explain_figure
    from headworks.store import Workspace

    opened = Workspace.open(workspace)
    with steps("Explaining", quiet=json):
        explained = explain_figure(
            opened,
            area=area,
            period=period,
            drug=drug,
            tier=tier,
            site=site,
            language=language,
            as_of=parse_moment(as_of) if as_of else None,
        )
    if json:
        result_json(explained.as_dict())
    else:
        write_out(explained.text)
