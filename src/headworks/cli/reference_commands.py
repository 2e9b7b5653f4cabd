"""reference list | show | diff: which numbers are used, from where, and how sets differ."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from headworks.cli.app import app
from headworks.cli.console import result_json, show_frame
from headworks.cli.workspace_commands import AsJson

if TYPE_CHECKING:
    import polars as pl

reference = typer.Typer(
    no_args_is_help=True, help="Parameter sets: factors, doses, limits, each with its citation and status."
)
app.add_typer(reference, name="reference")
ParameterDirs = Annotated[list[Path] | None, typer.Option("--dir", help="Folder with sets of your own; may be repeated.")]


@reference.command("list")
def list_sets(dirs: ParameterDirs = None, json: AsJson = False) -> None:
    """List the parameter sets."""
    from headworks.reference import list_sets as read_list

    _show(read_list(tuple(dirs or ())), "parameter sets", as_json=json)


@reference.command("show")
def show_drug(
    drug: Annotated[str, typer.Argument(help="A drug by any of its names, such as COCAINE or 冰毒.")],
    dirs: ParameterDirs = None,
    json: AsJson = False,
) -> None:
    """Show every set's factors for a drug side by side, with status and citation."""
    from headworks.reference import resolve_drug, show_factor

    _show(show_factor(resolve_drug(drug), tuple(dirs or ())), drug, as_json=json)


@reference.command("diff")
def diff_sets(
    set_a: Annotated[str, typer.Argument(metavar="SET_A", help="A set.")],
    set_b: Annotated[str, typer.Argument(metavar="SET_B", help="Another set.")],
    dirs: ParameterDirs = None,
    json: AsJson = False,
) -> None:
    """Show the values in which two sets differ."""
    from headworks.reference import compare_sets

    _show(compare_sets(set_a, set_b, tuple(dirs or ())), f"{set_a} and {set_b}", as_json=json)


def _show(frame: pl.DataFrame, title: str, *, as_json: bool) -> None:
    if as_json:
        result_json(frame.to_dicts())
    else:
        show_frame(frame, title, max(frame.height, 1))
