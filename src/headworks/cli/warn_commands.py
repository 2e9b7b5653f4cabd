"""warn run | explain | backtest: the signals of a week, why each speaks, and how well a detector does on a history."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from headworks.cli.app import app
from headworks.cli.console import result, result_json, say, show_frame, steps
from headworks.cli.workspace_commands import AsJson, Tier, WorkspacePath
from headworks.core.errors import UsageError

if TYPE_CHECKING:
    from headworks.jobs.warning.explain import Explained

group = typer.Typer(no_args_is_help=True, help="Early warning: `warn run WORKSPACE`, `warn explain`, `warn backtest`.")
app.add_typer(group, name="warn")
Week = Annotated[str | None, typer.Option("--week", help="ISO week such as 2026-W46; the newest if not said.")]
_BY = {"screening": "screening", "measured": "a targeted method"}
_COLUMNS = ["signal_id", "kind", "level", "unit_id", "analyte", "since", "observed", "expected", "p_value", "n_days"]


@group.command("run")
def run(
    workspace: WorkspacePath,
    week: Week = None,
    budget: Annotated[
        str, typer.Option(help="How many may be false, and how many may come, in words.")
    ] = "at most 1 in 10 false; at most 5 a week per city",
    again: Annotated[
        bool, typer.Option("--again", help="Also where this run's signals of the week are kept already.")
    ] = False,
    tier: Tier = "public",
    limit: Annotated[int | None, typer.Option(help="Signals shown.")] = None,
    json: AsJson = False,
) -> None:
    """Find what is more than chance in a week, under one budget of false alarms, and keep it."""
    from headworks.jobs.warning import WarnOrder, record_for, signals_for, warn
    from headworks.store import Workspace

    opened = Workspace.open(workspace)
    with steps("Looking for signals", quiet=json) as tell:
        found = warn(opened, WarnOrder(week, budget, again), tell)
        seen = signals_for(opened, found, tier).sort("p_value", "signal_id")
        record = record_for(found, tier, seen.height)
    if json:
        result_json({**record, "signals": seen.drop("explanation").to_dicts()})
        return
    asked = f"{record['week']}: {record['n_questions']:,} questions about {record['n_units']:,} sites and areas"
    say(f"{asked} ({record['budget']}); {seen.height:,} signals for {tier} readers.")
    if not found.is_new:
        say("Found before by this run and budget; nothing was computed anew.")
    show_frame(seen.select(_COLUMNS), f"Signals, {record['week']}", limit)
    if (seen["kind"].cast(str) == "first_appearance").any():
        say("First appearances are no tests: they have no p-value and stand outside this budget.")
    if seen.height:
        say(f"Why: headworks warn explain {workspace} 1 --tier {tier}")


@group.command("explain")
def explain(
    workspace: WorkspacePath,
    signal: Annotated[str, typer.Argument(help="Its id, or its number in the list of the week.")],
    week: Week = None,
    tier: Tier = "public",
    chart: Annotated[Path | None, typer.Option(metavar="FILE.svg", help="Draw the weeks that speak and the baseline.")] = None,
    json: AsJson = False,
) -> None:
    """Say why a signal speaks: figures, what it hangs on, what would have silenced it."""
    from headworks.jobs.warning import explain_signal
    from headworks.store import Workspace

    if chart is not None and chart.suffix.lower() != ".svg":
        raise UsageError(
            "The chart is drawn as SVG.", found=str(chart), remedy="Name a file that ends in .svg", code="HW-U294"
        )
    found = explain_signal(Workspace.open(workspace), signal, week, tier)
    if chart is not None:
        _draw(found, chart)
    if json:
        result_json(found.as_dict())
        return
    for line in lines_of(found):
        result(line)


def _draw(found: Explained, path: Path) -> None:
    import vl_convert

    try:
        path.write_text(vl_convert.vegalite_to_svg(found.chart(), allowed_base_urls=[]), encoding="utf-8")
    except OSError as problem:
        raise UsageError("The chart cannot be written.", where=str(path), found=problem.strerror or str(problem),
                         remedy="Name a file in a folder that is there", code="HW-U294") from problem  # fmt: skip
    say(f"Chart: {path}")


def lines_of(found: Explained) -> list[str]:
    """What made a signal speak, a fact a line."""
    said = found.explanation
    if said["kind"] == "first_appearance":
        return [*_of_appearance(said), f"  By {found.row['method_version']}."]
    is_cluster = said["kind"] == "cluster"
    asked = f"({said['budget']}, of {said['n_questions']:,} {'maps' if is_cluster else 'questions'})"
    bar = f"  p-value {said['p_value']:.2g}; allowed {said['allowed']:.2g} {asked}. First shown {said['first_shown']}."
    lines = [said["sentence"], bar]
    weeks = ", ".join(f"{week} {value:+.1f}" for week, value in said["normals"].items())
    lines.append(f"  Standard deviations from what was expected: {weeks}.")
    weights = said["baseline"]["weights"]
    if weights:
        told = ", ".join(f"{week} {share:.0%}" for week, share in list(weights.items())[:8])
        lines.append(f"  Baseline: {said['baseline']['n_samples']} earlier samples or weeks; newest weights {told}.")
    parts = said.get("parts")
    if parts:
        lines.append(f"  Load x {parts['load']:.2f} = concentration x {parts['concentration']:.2f}, flow x "
                     f"{parts['flow']:.2f}, over people x {parts['people']:.2f}.")  # fmt: skip
    worst = sorted(said.get("without_each") or [], key=lambda one: -one["p"])[:3]
    lines += [f"  Without {one['part']}: p-value {one['p']:.2g}." for one in worst]
    if is_cluster:
        lines += _of_cluster(said)
    beside = said.get("neighbours")
    if beside:
        lines.append(f"  Neighbours: {beside['n_below_5_percent']} of {beside['n_asked']} below 5 %.")
    for one in said.get("levels") or []:
        p = "not assessed" if one["p"] is None else f"p-value {one['p']:.2g}"
        lines.append(f"  Around it, {one['level']} {one['unit_id']}: {p}.")
    return [*lines, f"  By {found.row['method_version']}."]


def _of_cluster(said: dict[str, Any]) -> list[str]:
    """What a cluster is made of, and how its p-value was reckoned."""
    rare = f"  A cluster as strong comes by chance once in {said['recurrence_weeks']:,.0f} weeks, over all maps"
    lines = [f"{rare}; ratios held to {said['inflation']:.2f} times those of replicates."]
    together = said.get("together")
    if together:
        seen = f"  Together: {together['observed']:.3g} mg/d per 1,000 people where {together['expected']:.3g} were expected"
        lines.append(
            f"{seen}, {together['times']:.2f} times ({together['times_lower']:.2f} to {together['times_upper']:.2f})."
        )
    for one in said.get("members", []):
        times = "" if one["times"] is None else f", {one['times']:.2f} times what was expected"
        lines.append(f"  {one['name']} ({one['unit_id']}): {one['normal']:+.1f} standard deviations{times}.")
    return lines


def _of_appearance(said: dict[str, Any]) -> list[str]:
    """What a first appearance rests on."""
    rests = (
        f"  {said['n_samples']} samples of {said['n_batches']} known batches at {said['n_sites']} sites; {said['standing']}."
    )
    lines = [said["sentence"], rests]
    if "first_sample_id" in said:
        second = f"; confirmed by {said['confirmed_by']}" if said["confirmed_by"] else ""
        lines.append(f"  First in sample {said['first_sample_id']}, found by {_BY[said['source']]}{second}.")
    course = said.get("spread") or []
    if len(course) > 1:
        told = ", ".join(f"{one['day']} {one['n_sites']}" for one in course[-8:])
        lines.append(f"  Sites at which it was seen by a day, anywhere: {told}.")
    return lines


@group.command("backtest")
def backtest(
    workspace: WorkspacePath,
    detector: Annotated[str, typer.Option(help="ours, farrington_flexible, farrington, ears_c1 … bayes.")] = "ours",
    inject: Annotated[
        str, typer.Option(metavar="WORDS", help="Outbreak: size, shape (step, lognormal), level, weeks.")
    ] = "size=2,shape=step,level=county,weeks=4",
    budget: Annotated[str, typer.Option(help="Budget of our detector, in words.")] = (
        "at most 1 in 10 false; at most 5 a week per city"
    ),
    replicates: Annotated[int, typer.Option(min=1, help="Times that outbreaks are laid on the history.")] = 3,
    seed: Annotated[int, typer.Option(help="The same seed gives the same outbreaks.")] = 1,
    week: Week = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="For backtest.json and backtest.html; WORKSPACE/signals/backtests/NAME if not said."),
    ] = None,
    json: AsJson = False,
) -> None:
    """Lay outbreaks on the workspace's history and say how a detector does: found, how soon, how much beside it."""
    from headworks.jobs.warning.backtest import BacktestOrder, backtest_folder, write_backtest
    from headworks.jobs.warning.backtest import backtest as backtest_job
    from headworks.store import Workspace

    opened = Workspace.open(workspace)
    with steps("Back-test", quiet=json) as tell:
        found = backtest_job(opened, BacktestOrder(detector, inject, budget, replicates, seed, week), tell)
    for path in write_backtest(found, out or backtest_folder(opened, found)):
        say(f"Written: {path}")
    if json:
        result_json(found.as_dict())
        return
    show_frame(found.scores, f"{detector}, {inject}", None)
    say("Episodes beside the outbreaks count as false; the history itself may hold true ones.")
