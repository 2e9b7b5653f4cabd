"""plan power | detect | sites: what a sampling plan sees, what is seen at all, which sites to sample."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from headworks.cli.app import app
from headworks.cli.console import result, result_json, say, show_frame, steps
from headworks.cli.workspace_commands import AsJson, WorkspacePath
from headworks.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    import polars as pl

    from headworks.planning.power import Scatter

plan = typer.Typer(no_args_is_help=True, help="Plans: what they can see, what is seen at all, which sites to sample.")
app.add_typer(plan, name="plan")
Csv = Annotated[Path | None, typer.Option("--csv", metavar="FILE", help="Write the table to this file.")]
Svg = Annotated[Path | None, typer.Option("--svg", metavar="FILE", help="Write the picture to this file.")]
Check = Annotated[
    bool, typer.Option("--check", help="Also draw it many times, and print formula and simulation side by side.")
]
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@plan.command("power")
def power(
    days_per_week: Annotated[int | None, typer.Option(min=1, max=7, help="Days sampled each week.")] = None,
    days_per_quarter: Annotated[int | None, typer.Option(min=1, help="Days in a row sampled each quarter.")] = None,
    weekdays: Annotated[
        str, typer.Option(help="rotating, working, random, or weekdays such as mon,thu; of a plan by the week.")
    ] = "rotating",
    sites: Annotated[int | None, typer.Option(min=1, help="Sites of the area; 1 if not said.")] = None,
    coverage: Annotated[
        float | None, typer.Option(help="Share of the area's people who drain to them; 1 if not said.")
    ] = None,
    period: Annotated[
        str, typer.Option(help="week, month, quarter, half or year: of the mean, and of two compared.")
    ] = "year",
    years: Annotated[int, typer.Option(help="Years of the trend.")] = 3,
    power: Annotated[float, typer.Option(help="Wanted probability of seeing what is there.")] = 0.8,
    alpha: Annotated[float, typer.Option(help="Accepted probability of a false alarm, two-sided.")] = 0.05,
    change: Annotated[float | None, typer.Option(help="A change to be seen: 0.2 a rise by 20 %, -0.2 a fall.")] = None,
    workspace: Annotated[
        Path | None, typer.Option("--workspace", metavar="WORKSPACE", help="Take scatter, limits and sites from its results.")
    ] = None,
    unit: Annotated[str | None, typer.Option(help="Of the workspace: a site, or an area by id or name.")] = None,
    analyte: Annotated[str | None, typer.Option(help="Residue; methamphetamine if not said.")] = None,
    day_sd: Annotated[float | None, typer.Option(help="Relative standard deviation between days.")] = None,
    correlation: Annotated[float | None, typer.Option(help="Correlation of a day with the next.")] = None,
    shared_days: Annotated[float | None, typer.Option(help="Share of that variance that all sites have in common.")] = None,
    weekend_ratio: Annotated[float | None, typer.Option(help="Saturdays and Sundays over the other days.")] = None,
    u_day: Annotated[float | None, typer.Option(help="Uncertainty drawn anew with each result.")] = None,
    u_batch: Annotated[float | None, typer.Option(help="Uncertainty shared by a batch.")] = None,
    u_site: Annotated[float | None, typer.Option(help="Uncertainty shared by a site; cancels in changes.")] = None,
    nondetects: Annotated[float | None, typer.Option(help="Share of results below the limit.")] = None,
    samples_per_batch: Annotated[int | None, typer.Option(min=1, help="Samples that share a calibration.")] = None,
    between_sites: Annotated[float | None, typer.Option(help="Relative spread between sites.")] = None,
    check: Check = False,
    csv: Csv = None,
    svg: Svg = None,
    json: AsJson = False,
) -> None:
    """Say what a sampling plan can see: precision of a mean, smallest change, smallest trend."""
    from headworks.jobs.planner import answer_power
    from headworks.jobs.planner.pictures import power_picture
    from headworks.planning.power import PowerQuestion

    which = _days(days_per_week, days_per_quarter, weekdays)
    scatter, known_sites, known_coverage, notes = _scatter(workspace, unit, analyte)
    own = {"day_sd": day_sd, "day_correlation": correlation, "shared_days": shared_days, "weekend_ratio": weekend_ratio,
           "u_day": u_day, "u_batch": u_batch, "u_site": u_site, "nondetects": nondetects,
           "samples_per_batch": samples_per_batch, "between_sites": between_sites}  # fmt: skip
    said: dict[str, Any] = {name: value for name, value in own.items() if value is not None}
    asked = PowerQuestion(
        which, replace(scatter, **said), known_sites if sites is None else sites,
        known_coverage if coverage is None else coverage, period, years, alpha, power, change,
    )  # fmt: skip
    with steps("Planning", quiet=json) as tell:
        tell("drawing" if check else "computing")
        answer = answer_power(asked, notes=notes, is_checked=check)
    _write(csv, lambda: _csv(answer.table))
    _write(svg, lambda: power_picture(answer.table))
    if json:
        result_json(answer.as_dict())
        return
    result(answer.sentence)
    show_frame(_percent(answer.table), "Plans", answer.table.height)
    if answer.check is not None:
        show_frame(answer.check, "Formula and simulation", answer.check.height)
    _tell(answer.notes)


@plan.command("detect")
def detect(
    drug: Annotated[str, typer.Argument(help="Drug, by any of its names.")],
    people: Annotated[float, typer.Option(help="Residents who drain to the site.")],
    flow: Annotated[float | None, typer.Option(help="Water of a day, m3; from the people if not said.")] = None,
    probability: Annotated[float, typer.Option(help="Wanted probability of being seen.")] = 0.95,
    users: Annotated[float | None, typer.Option(help="Also say how probably so many users a day are seen.")] = None,
    days: Annotated[
        int, typer.Option(help="Days in a row on which they use: an outbreak, or the time that absence is asked of.")
    ] = 1,
    days_per_week: Annotated[int, typer.Option(help="Days sampled each week.")] = 7,
    dose: Annotated[float | None, typer.Option(help="What a user takes in a day, mg of pure drug.")] = None,
    limit: Annotated[str, typer.Option(help="lod, loq, or a limit in ng/L.")] = "lod",
    survival: Annotated[float, typer.Option(help="Share of the residue that is left after the sewer.")] = 1.0,
    flushes: Annotated[float | None, typer.Option(help="Flushes of a user in a day that carry the residue.")] = None,
    interval: Annotated[float | None, typer.Option(help="Minutes between sub-samples.")] = None,
    pulse_width: Annotated[float | None, typer.Option(help="Minutes that a flush takes to pass the sampler.")] = None,
    pulse_cv: Annotated[float | None, typer.Option(help="Relative spread of what a flush carries.")] = None,
    u_result: Annotated[float | None, typer.Option(help="Relative uncertainty of a result near the limit.")] = None,
    parameter_set: Annotated[str | None, typer.Option("--set", help="Parameter set of dose, factor and limit.")] = None,
    check: Check = False,
    csv: Csv = None,
    svg: Svg = None,
    json: AsJson = False,
) -> None:
    """Say how few users, or grams, samples show; and what it proves when they show nothing."""
    from headworks.jobs.planner import DetectionOrder, answer_detection
    from headworks.jobs.planner.pictures import detect_picture
    from headworks.reference import DEFAULT_SET, resolve_drug

    order = DetectionOrder(
        drug=resolve_drug(drug), people=people, flow_m3_per_day=flow, probability=probability, users=users, n_days=days,
        days_per_week=days_per_week, dose_mg=dose, limit=limit, survival=survival, flushes=flushes,
        pulse_width_min=pulse_width, pulse_cv=pulse_cv, interval_min=interval, u_result=u_result,
        parameter_set=parameter_set or DEFAULT_SET,
    )  # fmt: skip
    answer = answer_detection(order, is_checked=check)
    _write(csv, lambda: _csv(answer.curve))
    _write(svg, lambda: detect_picture(answer.curve, answer.users, order.probability))
    if json:
        result_json(answer.as_dict())
        return
    result(answer.sentence)
    if answer.grams_poured is not None:
        result(f"Poured in at once on one day, {answer.grams_poured:.2g} g are seen with {probability:.0%}.")
    if answer.check is not None:
        show_frame(answer.check, "Formula and simulation", answer.check.height)
    _tell(answer.notes)


@plan.command("sites")
def sites(
    workspace: WorkspacePath,
    budget: Annotated[
        float | None, typer.Option(help="Most that the sites may cost a year; samples if costs are not said.")
    ] = None,
    capacity: Annotated[float | None, typer.Option(help="Most samples a week.")] = None,
    samples_per_week: Annotated[float, typer.Option(help="Samples a week at each site.")] = 1.0,
    cost_per_sample: Annotated[float, typer.Option(help="Cost of a sample.")] = 1.0,
    cost_per_site: Annotated[float, typer.Option(help="Cost of a site a year, besides its samples.")] = 0.0,
    costs: Annotated[
        Path | None, typer.Option("--costs", metavar="FILE", help="CSV: site_id with cost or samples_per_week of its own.")
    ] = None,
    least_people: Annotated[float, typer.Option(help="Sites with fewer people are not chosen.")] = 0.0,
    one_per_county: Annotated[bool, typer.Option("--one-per-county", help="At least one site in every county.")] = False,
    nested: Annotated[
        bool, typer.Option("--nested", help="Allow sites upstream of chosen ones; nobody counts twice.")
    ] = False,
    include: Annotated[
        list[str] | None, typer.Option("--in", metavar="SITE", help="A site to choose; may be repeated.")
    ] = None,
    exclude: Annotated[
        list[str] | None, typer.Option("--out", metavar="SITE", help="A site to leave out; may be repeated.")
    ] = None,
    frontier: Annotated[bool, typer.Option(help="Also coverage for budgets below and above.")] = True,
    csv: Csv = None,
    svg: Svg = None,
    json: AsJson = False,
) -> None:
    """Choose the sites that cover most people for a budget and a laboratory capacity."""
    from headworks.jobs.planner import SiteOrder, choose_for_workspace
    from headworks.jobs.planner.pictures import frontier_picture
    from headworks.planning.site_choice import ChoiceRules
    from headworks.store import Workspace

    rules = ChoiceRules(
        budget, capacity, least_people, one_per_county, nested, frozenset(include or ()), frozenset(exclude or ())
    )
    order = SiteOrder(rules, samples_per_week, cost_per_sample, cost_per_site, costs, frontier or svg is not None)
    with steps("Choosing sites", quiet=json) as tell:
        tell("the best, then other budgets" if order.has_frontier else "the best")
        answer = choose_for_workspace(Workspace.open(workspace), order)
    chosen = answer.table.filter("is_chosen")
    _write(csv, lambda: _csv(answer.table))
    _write(svg, lambda: frontier_picture(answer.frontier))
    if json:
        result_json(answer.as_dict())
        return
    say(answer.sentence)
    show_frame(chosen, "Sites", None)
    if not answer.frontier.is_empty():
        say("Best coverage for other budgets:")
        for row in answer.frontier.iter_rows(named=True):
            say(f"  {row['budget']:>12,.0f}  {row['n_sites']:>6,} sites  {row['share']:>6.1%}")
    _tell(answer.notes)


def _days(days_per_week: int | None, days_per_quarter: int | None, weekdays: str) -> Any:
    from headworks.planning.power import SamplingDays

    if days_per_week is not None and days_per_quarter is not None:
        raise UsageError("A plan is by the week or by the quarter.", where="--days-per-week, --days-per-quarter",
                         found="both", remedy="Give one of them", code="HW-U181")  # fmt: skip
    if days_per_quarter is not None:
        return SamplingDays(days_per_quarter, "quarter")
    names = [word.strip().lower()[:3] for word in weekdays.split(",")]
    if all(name in _WEEKDAYS for name in names):
        named = tuple(sorted({_WEEKDAYS.index(name) for name in names}))
        return SamplingDays(days_per_week or len(named), "week", named)
    return SamplingDays(days_per_week or 1, "week", weekdays)


def _scatter(workspace: Path | None, unit: str | None, analyte: str | None) -> tuple[Scatter, int, float, tuple[str, ...]]:
    from headworks.planning.power import reference_scatter
    from headworks.reference.substance_names import resolve_analyte

    if workspace is None and unit is None:
        name = None if analyte is None else resolve_analyte(analyte)
        note = "Scatter as the reference expects it; --workspace takes it from results of your own."
        return reference_scatter(name), 1, 1.0, (note,)
    if workspace is None or unit is None or analyte is None:
        raise UsageError("A workspace is asked for a site or area and a residue.", where="--workspace, --unit, --analyte",
                         found=f"{workspace}, {unit}, {analyte}", remedy="Give all three", code="HW-U195")  # fmt: skip
    from headworks.jobs.planner import known_scatter
    from headworks.store import Workspace

    known = known_scatter(Workspace.open(workspace), unit, analyte)
    scatter = known.scatter
    note = (f"{known.unit}, {known.analyte}: days differ by {scatter.day_sd:.0%}, {scatter.nondetects:.0%} below the limit, "
            f"{known.n_sites:,} sites, coverage {known.coverage:.0%}.")  # fmt: skip
    return scatter, known.n_sites, known.coverage, (note, *known.notes)


def _percent(table: pl.DataFrame) -> pl.DataFrame:
    """Fractions as per cent, for reading."""
    import polars as pl

    names = [name for name in table.columns if name not in ("plan", "days", "samples")]
    kept = [name for name in names if table[name].null_count() < table.height]
    shown = [(100 * pl.col(name)).round(1).alias(f"{name}_percent") for name in kept]
    return table.select("plan", "days", "samples", *shown)


def _csv(frame: pl.DataFrame) -> str:
    from headworks.jobs.csv_text import csv_text

    return csv_text(frame)


def _write(path: Path | None, text: Callable[[], str]) -> None:
    if path is None:
        return
    try:
        path.write_text(text(), encoding="utf-8")
    except OSError as problem:
        raise UsageError("The file cannot be written.", where=str(path), found=problem.strerror or str(problem),
                         remedy="Give a path in a folder that exists", code="HW-U195") from problem  # fmt: skip
    say(f"Written: {path}")


def _tell(notes: tuple[str, ...]) -> None:
    for note in notes:
        say(note)
