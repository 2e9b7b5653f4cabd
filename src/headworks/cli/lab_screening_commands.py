"""lab search | screen: spectra against libraries, and samples against libraries and suspect lists."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from headworks.cli.console import result, result_json, say, show_frame, steps
from headworks.cli.lab_app import lab_app
from headworks.cli.workspace_commands import AsJson, WorkspacePath
from headworks.core.errors import UsageError

if TYPE_CHECKING:
    import polars as pl

# Of a file's faults and a library's flags.
_SHOWN = 10


@lab_app.command("search")
def search(
    library: Annotated[
        list[Path], typer.Option("--library", metavar="FILE", help="MSP, MGF or MassBank records; may be repeated.")
    ],
    queries: Annotated[Path, typer.Option("--queries", metavar="FILE", help="The same, or an mzML.")],
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write the hits to this CSV file.")] = None,
    threshold: Annotated[float, typer.Option(help="Score from which a candidate is a hit.")] = 0.62,
    top: Annotated[int, typer.Option(help="Candidates of each query.")] = 5,
    ppm: Annotated[float, typer.Option(help="Tolerance of the precursor, ppm.")] = 10.0,
    tolerance: Annotated[float, typer.Option(help="Tolerance of fragments, Da.")] = 0.02,
    json: AsJson = False,
) -> None:
    """Search spectra in a library: candidates with score, level and the rule that gave it, or why there is no hit."""
    from headworks.jobs.screening import search_files
    from headworks.jobs.screening.search_files import write_hits

    with steps("Searching", quiet=json) as tell:
        tell(queries.name)
        found = search_files(library, queries, threshold=threshold, most=top, precursor_ppm=ppm, tolerance_da=tolerance)
    if out is not None:
        write_hits(found, out)
    _tell_faults(found.faults)
    if found.flags.height:
        say(f"{found.flags.height:,} flags on library records; the first: {_flag(found.flags)}")
    if json:
        result_json({"sentence": found.sentence, "hits": found.hits.to_dicts(), "flags": found.flags.to_dicts()})
        return
    if out is None:
        show_frame(found.hits, "Hits", None)
    say(found.sentence + (f" Written: {out}" if out is not None else ""))


@lab_app.command("screen")
def screen(
    workspace: WorkspacePath,
    files: Annotated[list[Path] | None, typer.Argument(metavar="[FILE.mzML]...", help="Runs to archive and screen.")] = None,
    sample: Annotated[
        list[str] | None,
        typer.Option("--sample", metavar="SAMPLE", help="Sample of each file, in their order; else its name."),
    ] = None,
    library: Annotated[
        list[Path] | None, typer.Option("--library", metavar="FILE", help="MSP, MGF or MassBank records; may be repeated.")
    ] = None,
    own_library: Annotated[
        bool, typer.Option("--own-library", help="The library was measured here, on own standards, with this method's times.")
    ] = False,
    suspects: Annotated[
        Path | None, typer.Option("--suspects", metavar="LIST.csv", help="Suspects with m/z or formula; kept for later runs.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Ask every archived run again.")] = False,
    profile: Annotated[str, typer.Option(help="Rules of the levels.")] = "headworks-default",
    threshold: Annotated[float, typer.Option(help="Score from which a spectrum of a library is a hit.")] = 0.62,
    ppm: Annotated[float, typer.Option(help="Tolerance of precursors, ppm.")] = 10.0,
    json: AsJson = False,
) -> None:
    """Archive runs and say what of libraries and suspect lists is in them; or ask the whole archive again."""
    from headworks.jobs.screening import ScreeningOrder, rescreen_archive, screen_files
    from headworks.store import Workspace

    if everything == bool(files):
        raise UsageError(
            "Screen files, or the whole archive.",
            where="FILE, --all",
            found="both" if files else "neither",
            remedy="Name mzML files, or give --all",
            code="HW-U216",
        )
    order = ScreeningOrder(library or (), suspects, own_library, profile, ppm, threshold)
    opened = Workspace.open(workspace)
    with steps("Screening", quiet=json) as tell:
        done = (
            rescreen_archive(opened, order, tell)
            if everything
            else screen_files(opened, files or (), order, sample or (), tell)
        )
    _tell_faults(done.faults)
    if json:
        result_json({"sentence": done.sentence, "runs": done.runs, "hits": done.hits.to_dicts()})
        return
    if done.hits.height:
        shown = ("sample_id", "substance", "adduct", "level", "score", "n_fragments", "deviation_ppm", "first_seen", "reason")
        show_frame(done.hits.select(shown), "Hits", None)
    result(done.sentence)


def _tell_faults(faults: pl.DataFrame) -> None:
    """The first faults of the files, and how many more."""
    for row in faults.head(_SHOWN).iter_rows(named=True):
        say(f"{row['code']}: {row['problem']} {row['file']}, {row['row']}: {row['found']}. {row['remedy']}.")
    if faults.height > _SHOWN:
        say(f"{faults.height - _SHOWN:,} more of these.")


def _flag(flags: pl.DataFrame) -> str:
    first = flags.row(0, named=True)
    return f"{first['spectrum_id']}: {first['reason']} Found {first['found']}, expected {first['expected']}."
