"""areas find | tree | divisions | boundaries: which area is meant, what lies in it, what is shipped, maps of your own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from headworks.cli.app import app
from headworks.cli.console import result, result_json, say, show_frame
from headworks.cli.workspace_commands import AsJson, Tier, WorkspacePath

if TYPE_CHECKING:
    import polars as pl

areas = typer.Typer(no_args_is_help=True, help="Areas: look-up, tree, shipped divisions, boundaries.")
app.add_typer(areas, name="areas")
OfWorkspace = Annotated[
    Path | None, typer.Option("--workspace", metavar="WORKSPACE", help="Areas of this workspace instead of the shipped ones.")
]
Chinese = Annotated[bool, typer.Option("--zh", help="Paths in Chinese.")]


@areas.command("find")
def find(
    text: Annotated[str, typer.Argument(help="A code or a name, or a part of one; Chinese, pinyin or English.")],
    workspace: OfWorkspace = None,
    zh: Chinese = False,
    limit: Annotated[int, typer.Option("--limit", min=1, help="Most rows shown.")] = 20,
    json: AsJson = False,
) -> None:
    """Find areas by code or name; several hits come with their paths."""
    from headworks.jobs.areas import find_area

    hits = find_area(text, workspace, language="zh" if zh else "en")
    if not json and not hits.is_empty() and hits["match"][0] == "guess":
        say(f"No area is called {text}; these are near.")
    _show(hits.head(limit), f"{hits.height} areas", as_json=json)


@areas.command("tree")
def tree(
    code: Annotated[str, typer.Argument(help="Code or name of the area to begin with.")],
    depth: Annotated[int, typer.Option("--depth", min=0, max=4, help="Steps downwards.")] = 1,
    workspace: OfWorkspace = None,
    zh: Chinese = False,
    json: AsJson = False,
) -> None:
    """Show an area and what lies in it."""
    from headworks.jobs.areas import area_subtree

    rows = area_subtree(code, depth, workspace)
    if json:
        result_json(rows.to_dicts())
        return
    for row in rows.to_dicts():
        names = (row["name_zh"], row["name_en"]) if zh else (row["name_en"], row["name_zh"])
        result("  " * row["step"] + " ".join([row["area_id"], *filter(None, names)]))


@areas.command("divisions")
def shipped(
    province: Annotated[list[str], typer.Option("--province", help="44 Guangdong, 52 Guizhou; may be repeated.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="File to write, which headworks import takes.")],
    villages: Annotated[bool, typer.Option("--villages", help="Also level 5, villages and communities.")] = False,
    changes: Annotated[Path | None, typer.Option("--changes", help="Also write the code changes since 1985.")] = None,
) -> None:
    """Write the shipped divisions as a file of areas."""
    from headworks.jobs.areas import write_divisions

    for path, rows in write_divisions(province, output, villages=villages, changes=changes):
        say(f"{rows:,} rows in {path}")


@areas.command("boundaries")
def boundaries(
    workspace: Annotated[Path, typer.Argument(help="The workspace.")],
    file: Annotated[Path, typer.Argument(help="GeoJSON with one feature an area.")],
    key: Annotated[
        str | None, typer.Option("--key", metavar="PROPERTY", help="Property with the code; else it is found.")
    ] = None,
    crs: Annotated[str, typer.Option("--from", help="wgs84, or gcj02 to convert from it.")] = "wgs84",
    json: AsJson = False,
) -> None:
    """Check boundaries of your own and keep them in the workspace."""
    from headworks.jobs.areas import load_boundaries
    from headworks.store import Workspace

    loaded = load_boundaries(Workspace.open(workspace), file, key=key, crs=crs)
    if json:
        findings = [one._asdict() for one in loaded.findings]
        result_json({"path": str(loaded.path), "areas": loaded.n_areas, "key": loaded.key, "findings": findings})
        return
    result(f"{loaded.n_areas:,} areas by {loaded.key} in {loaded.path}")
    for one in loaded.findings:
        say(f"{one.code}: {one.message}" + (f" {one.remedy}." if one.remedy else ""))


def _show(frame: pl.DataFrame, title: str, *, as_json: bool) -> None:
    if as_json:
        result_json(frame.to_dicts())
    else:
        show_frame(frame, title, max(frame.height, 1))


@areas.command("compare")
def compare(
    workspace: WorkspacePath,
    area: Annotated[str, typer.Argument(help="Area id or name.")],
    other: Annotated[str, typer.Argument(help="Another area; the same one to compare two periods.")],
    period: Annotated[str, typer.Option(help="2025, 2025-H1, 2025-Q1, 2025-03 or 2025-W10.")],
    drug: Annotated[str, typer.Option(help="Drug, by any of its names, or residue.")],
    other_period: Annotated[str | None, typer.Option(help="Period of the other figure; the same if not said.")] = None,
    tier: Tier = "public",
    json: AsJson = False,
) -> None:
    """Say how two figures differ, with the errors that they share cancelled."""
    from headworks.jobs.compare_areas import compare_areas
    from headworks.store import Workspace

    found = compare_areas(Workspace.open(workspace), area, other, period, drug, other_period=other_period, tier=tier)
    if json:
        result_json(found.as_dict())
        return
    one = found.comparison
    result(f"{found.analyte}, mg/d per 1,000 people: {found.first[0]} {found.first[1]} {one.first:.3g}, "
           f"{found.second[0]} {found.second[1]} {one.second:.3g}.")  # fmt: skip
    result(f"Ratio {one.ratio:.2f} (95 %: {one.ratio_lower:.2f} to {one.ratio_upper:.2f}); the first is the larger with "
           f"probability {one.p_first_is_larger:.2f}.")  # fmt: skip
    result(f"Difference {one.difference:.3g} ({one.difference_lower:.3g} to {one.difference_upper:.3g}).")
    say(f"{one.shared:.0%} of the doubt of the two is shared and was cancelled.")
