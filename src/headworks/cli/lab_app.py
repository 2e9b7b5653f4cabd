"""lab: the group of commands about the laboratory."""

from __future__ import annotations

import typer

from headworks.cli.app import app

lab_app = typer.Typer(no_args_is_help=True, help="The laboratory: batches, control charts, screening.")
app.add_typer(lab_app, name="lab")
