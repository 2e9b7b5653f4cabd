"""lab evaluate | chart | rounds: from an instrument's export to verdicts and results; controls over time; scores of rounds."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from headworks.cli.console import result, result_json, say, show_frame, steps
from headworks.cli.lab_app import lab_app
from headworks.cli.workspace_commands import AsJson, WorkspacePath
from headworks.core.errors import UsageError

if TYPE_CHECKING:
    from headworks.jobs.laboratory import EvaluationOutcome, LabProfile, StoredEvaluation
    from headworks.store import Workspace

_WORDS = {"released": "released", "needs_a_look": "needs a look", "rejected": "rejected"}
_STYLES = {"released": "green", "needs_a_look": "yellow", "rejected": "bold red"}
OfLaboratory = Annotated[
    str,
    typer.Option("--laboratory", metavar="AREA", help="Laboratory of an area on the server's desk; else that of everything."),
]
# What a terminal shows of an analyte; the report has all.
_REASONS = 4


@lab_app.command("evaluate")
def evaluate(
    workspace: WorkspacePath,
    batch: Annotated[Path, typer.Argument(metavar="BATCH", help="What the instrument's software exported.")],
    profile: Annotated[
        str | None,
        typer.Option(metavar="P.toml", help="How the laboratory writes and decides: a file, or a name that is kept."),
    ] = None,
    sheet: Annotated[
        Path | None, typer.Option(metavar="S.csv", help="Batch sheet: sample_name with sample_id, dilution, role …")
    ] = None,
    unit: Annotated[str | None, typer.Option(help="Unit of the concentrations, where the file does not say it.")] = None,
    run_at: Annotated[
        str | None, typer.Option(metavar="TIME", help="Start of the batch, where the file has no times.")
    ] = None,
    by: Annotated[str, typer.Option(help="Who evaluates; another person releases and overrules.")] = "",
    accept_guesses: Annotated[
        bool, typer.Option("--accept-guesses", help="Answer open points with the nearest guess.")
    ] = False,
    save_profile: Annotated[
        str | None, typer.Option("--save-profile", metavar="NAME", help="Keep the profile; 'default' is used by itself.")
    ] = None,
    report: Annotated[Path | None, typer.Option(metavar="DIR", help="Write the batch report and its tables there.")] = None,
    laboratory: OfLaboratory = "",
    json: AsJson = False,
) -> None:
    """Evaluate a batch: calibration, results with limits and uncertainty, quality control, a verdict per analyte."""
    from headworks.jobs.laboratory import EvaluationOrder, write_papers
    from headworks.jobs.laboratory import evaluate as evaluate_job
    from headworks.jobs.laboratory import save_profile as save

    opened = _opened(workspace, laboratory)
    chosen = _profile(opened, profile, unit)
    order = EvaluationOrder(chosen, _content(sheet) if sheet else None, _moment(run_at), by, accept_guesses)
    with steps("Evaluating", quiet=json) as tell:
        outcome = evaluate_job(opened, batch, order, tell=tell)
    if save_profile is not None:
        kept = save(opened, save_profile, outcome.profile)
        say(f"Profile kept: {kept}")
    papers = write_papers(outcome.stored, report) if report is not None and outcome.stored is not None else []
    if json:
        result_json(outcome.as_dict())
    else:
        _tell(outcome, batch)
        if papers:
            result(f"Report: {papers[0]}")
    raise typer.Exit(0 if outcome.stored is not None else 3)


@lab_app.command("chart")
def chart(
    workspace: WorkspacePath,
    analyte: Annotated[str, typer.Argument(help="As in the batches.")],
    out: Annotated[Path | None, typer.Option("--out", "-o", metavar="F.svg", help="Draw the chart.")] = None,
    laboratory: OfLaboratory = "",
    json: AsJson = False,
) -> None:
    """Controls of an analyte over all batches: limits, lots, broken rules."""
    from headworks.jobs.export import writing_to
    from headworks.jobs.laboratory import chart_svg
    from headworks.store import write_atomically

    if out is not None and out.suffix.lower() != ".svg":
        raise UsageError("The chart is drawn as SVG.", found=str(out), remedy="Name a file that ends in .svg", code="HW-U204")
    with steps("Drawing", quiet=json):
        svg, rows = chart_svg(_opened(workspace, laboratory), analyte)
    if out is not None:
        with writing_to(out):
            write_atomically(out, svg)
        say(f"Written: {out}")
    shown = rows.select("level", "lot", "batch_id", "run_at", "injection", "concentration", "target", "sd", "z", "rules")
    if json:
        result_json(shown.to_dicts())
        return
    import polars as pl

    show_frame(shown.with_columns(pl.col("rules").list.join(" ")), f"Controls of {analyte}", None)


@lab_app.command("rounds")
def rounds(
    workspace: WorkspacePath,
    scores: Annotated[
        Path | None,
        typer.Argument(metavar="ROUND.csv", help="laboratory_id, analyte, round, reported_on, z; or results."),
    ] = None,
    laboratory: OfLaboratory = "",
    json: AsJson = False,
) -> None:
    """Keep scores of rounds between laboratories, or show those kept: verdicts of later batches ask for the last of them."""
    from headworks.jobs.laboratory import read_rounds, save_rounds

    opened = _opened(workspace, laboratory)
    if scores is not None:
        kept = save_rounds(opened, *_content(scores))
        say(f"Scores kept: {kept.height}")
    shown = read_rounds(opened)
    if json:
        result_json(shown.to_dicts())
    else:
        show_frame(shown, "Rounds between laboratories", None)


def _opened(path: Path, laboratory: str) -> Workspace:
    """The workspace in which a laboratory keeps what it computes."""
    from headworks.store import Workspace
    from headworks.web.operations.laboratory.folders import open_laboratory

    return open_laboratory(Workspace.open(path), laboratory)


def _profile(workspace: Workspace, name: str | None, unit: str | None) -> LabProfile | None:
    from dataclasses import replace

    from headworks.jobs.laboratory import read_profile
    from headworks.jobs.laboratory.profiles import default_profile

    if name is None and unit is None:
        return None
    found: LabProfile = default_profile(workspace) if name is None else read_profile(workspace, name)
    return found if unit is None else replace(found, reading=replace(found.reading, concentration_unit=unit))


def _content(path: Path) -> tuple[bytes, str]:
    try:
        return path.read_bytes(), path.name
    except OSError as problem:
        raise UsageError(
            "The file cannot be read.", where=str(path), found=problem.strerror or str(problem),
            remedy="Name a file that is there", code="HW-U225",
        ) from problem  # fmt: skip


def _moment(text: str | None) -> dt.datetime | None:
    """As the instrument's clock shows it: without an offset."""
    if text is None:
        return None
    try:
        return dt.datetime.fromisoformat(text.strip()).replace(tzinfo=None)
    except ValueError as problem:
        raise UsageError("This is not a moment.", where="--run-at", found=text, remedy="Give 2026-03-01T09:30",
                         code="HW-U009") from problem  # fmt: skip


def _tell(outcome: EvaluationOutcome, batch: Path) -> None:
    blocking = [question for question in outcome.questions if question.is_blocking]
    for question in outcome.accepted:
        say(f"Guessed: {question.ask} {question.found}: {question.guess}")
    if outcome.stored is None:
        result(f"{outcome.file}: not evaluated; {len(blocking)} points are open." if blocking else
               f"{outcome.file}: not evaluated; the file has no rows of results.")  # fmt: skip
    for question in blocking if outcome.stored is None else outcome.questions:
        guess = f" Nearest: {question.guess}." if question.guess else ""
        say(f"{question.code} {question.ask} {question.where}. Found: {question.found}.{guess}", style="yellow")
        say(f"    {question.remedy}")
    for fault in outcome.faults.unique(["code", "problem"], maintain_order=True).iter_rows(named=True):
        count = outcome.faults.filter(code=fault["code"], problem=fault["problem"]).height
        where = f" (row {fault['row']}, {fault['column']})" if fault["row"] is not None else ""
        say(f"{fault['code']} {fault['problem']} {fault['found']}{where}" + (f" and {count - 1} more" if count > 1 else ""))
    if outcome.stored is None:
        if blocking:
            say(f"Write the answers into a TOML file, or take the guesses: headworks lab evaluate … {batch} --accept-guesses")
        return
    _verdicts(outcome, outcome.stored)


def _verdicts(outcome: EvaluationOutcome, stored: StoredEvaluation) -> None:
    again = "evaluated before, unchanged" if outcome.status == "already_evaluated" else "evaluated"
    result(f"{outcome.file}: {again}; evaluation {stored.id}, version {stored.version}.")
    for row in stored.verdicts.iter_rows(named=True):
        decided = f" by {row['decided_by']}, computed {_WORDS[row['computed_verdict']]}" if row["decided_by"] else ""
        of_batch = f" ({row['batch_id']})" if len(stored.record["batches"]) > 1 else ""
        result(f"{_WORDS[row['verdict']]:13} {row['analyte']}{of_batch}"
               + decided)  # fmt: skip
        for reason in row["reasons"][:_REASONS]:
            say(f"    {reason}", style=_STYLES[row["verdict"]])
        if len(row["reasons"]) > _REASONS:
            say(f"    and {len(row['reasons']) - _REASONS} more; --report DIR shows all")
    ready = stored.release
    result(f"May be released: {ready.measurements.height + ready.others.height} results; held: {ready.held.height}.")
