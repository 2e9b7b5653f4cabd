"""trend: where a site or an area is heading, in plain words with the numbers behind them."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from headworks.cli.app import app
from headworks.cli.console import result, result_json, say, steps, write_out
from headworks.cli.workspace_commands import AsJson, Tier, WorkspacePath
from headworks.core.errors import UsageError

if TYPE_CHECKING:
    from headworks.jobs.unit_trend import UnitTrend


Residue = Annotated[
    str | None,
    typer.Option("--analyte", "-a", help="Residue, or drug by any of its names; needed where several have a trend."),
]
Since = Annotated[
    str | None, typer.Option("--from", metavar="WEEK", help="Change since this week; a quarter ago if not said.")
]
Until = Annotated[str | None, typer.Option("--to", metavar="WEEK", help="As of this week; the newest if not said.")]


@app.command()
def trend(
    workspace: WorkspacePath,
    unit: Annotated[str, typer.Argument(help="Site id, or area by id or name.")],
    analyte: Residue = None,
    first: Since = None,
    last: Until = None,
    more_than: Annotated[float, typer.Option(help="Per cent: the probability that it rose by more than so much.")] = 0.0,
    against: Annotated[str | None, typer.Option(help="Another site or area to compare the level with.")] = None,
    tier: Tier = "public",
    json: AsJson = False,
    csv: Annotated[bool, typer.Option("--csv", help="Print the weeks as CSV.")] = False,
    chart: Annotated[Path | None, typer.Option(metavar="FILE.svg", help="Draw the course.")] = None,
) -> None:
    """Say where a site or an area is heading: rise, doubling time, turns, weekends, beside another."""
    from headworks.jobs.csv_text import disarmed_csv
    from headworks.jobs.unit_trend import unit_trend
    from headworks.store import Workspace

    if json and csv:
        raise UsageError("One form of output at a time.", found="--json and --csv", remedy="Give one of them", code="HW-U205")
    if chart is not None and chart.suffix.lower() != ".svg":
        raise UsageError(
            "The chart is drawn as SVG.", found=str(chart), remedy="Name a file that ends in .svg", code="HW-U204"
        )
    with steps("Looking at the trend", quiet=json or csv):
        asked = {"analyte": analyte, "first": first, "last": last, "against": against}
        found = unit_trend(Workspace.open(workspace), unit, **asked, more_than=more_than, tier=tier)
    if chart is not None:
        _draw(found, chart)
    if json:
        result_json(found.as_dict())
    elif csv:
        import polars as pl

        write_out(disarmed_csv(pl.DataFrame(found.rows, infer_schema_length=None)))
    else:
        for line in lines_of(found):
            result(line)


def _draw(found: UnitTrend, path: Path) -> None:
    import vl_convert

    try:
        path.write_text(vl_convert.vegalite_to_svg(found.chart(), allowed_base_urls=[]), encoding="utf-8")
    except OSError as problem:
        raise UsageError("The chart cannot be written.", where=str(path), found=problem.strerror or str(problem),
                         remedy="Name a file in a folder that is there", code="HW-U204") from problem  # fmt: skip
    say(f"Chart: {path}")


def lines_of(found: UnitTrend) -> list[str]:
    """What was found, a sentence a line."""
    row = found.standing.row
    residue = found.drug if found.drug == found.analyte else f"{found.drug} ({found.analyte})"
    head = f"{residue}, {found.unit.name} ({found.unit.unit_id}), {row['period']}: "
    if row["level"] is None:
        lines = [f"{head}at most {row['upper']:.3g} mg/d per 1,000 people; no day near it was quantified."]
    else:
        lines = [f"{head}level {row['level']:.3g} mg/d per 1,000 people (95 %: {row['lower']:.3g} to {row['upper']:.3g})."]
    return [*lines, _quarter(found), *_change(found), *_heading(found), *_turn(found), *_weekend(found), *_beside(found)]


def _quarter(found: UnitTrend) -> str:
    from headworks.trends.statements import in_english

    more = {
        "other_sites": "No change over the quarter is told: other sites were sampled then.",
        "too_short": "No change over the quarter is told: no week a quarter ago is known.",
    }
    rise = found.standing.rise
    return more.get(rise.key) or "Over the last quarter: " + in_english(rise)


def _change(found: UnitTrend) -> list[str]:
    change = found.change
    if change is None:
        return []
    ratio = f"{change.ratio:.2f} times (95 %: {change.lower:.2f} to {change.upper:.2f})"
    text = f"From {change.first} to {change.last}: {ratio}; "
    text += f"probability that it rose by more than {change.more_than:g} %: {change.p:.0%}."
    cautious = "  As if the two weeks shared no error: the interval is rather too wide."
    return [text, cautious] if change.is_cautious else [text]


def _heading(found: UnitTrend) -> list[str]:
    heading = found.standing.heading
    if heading is None:
        return [_pace(found)]
    word = "doubles" if heading.is_rising else "halves"
    longest = "no end in sight" if heading.longest == float("inf") else f"{heading.longest:.0f}"
    return [f"As it goes now it {word} in about {heading.weeks:.0f} weeks ({heading.shortest:.0f} to {longest})."]


def _pace(found: UnitTrend) -> str:
    """Where the slope of the newest week is not sure: the pace between the two weeks, if that is."""
    change = found.change
    if change is None or change.lower <= 1 <= change.upper:
        return "Doubling time: none is sure."
    from headworks.core.periods import Period

    weeks = (Period.parse(change.last).first - Period.parse(change.first).first).days / 7
    quick, slow = sorted(abs(weeks * math.log(2) / math.log(ratio)) for ratio in (change.lower, change.upper))
    middle = abs(weeks * math.log(2) / math.log(change.ratio))
    word = "doubles" if change.ratio > 1 else "halves"
    return f"At the pace of these {weeks:.0f} weeks it {word} in about {middle:.0f} weeks ({quick:.0f} to {slow:.0f})."


def _turn(found: UnitTrend) -> list[str]:
    turn = found.turn
    if turn is None:
        return ["Turning points: too few weeks are known."]
    if turn.p < 0.8:
        return [f"Turning points: none stands out (probability of one: {turn.p:.0%})."]
    return [f"Turning point: between {turn.first} and {turn.last} (probability {turn.p:.0%})."]


def _weekend(found: UnitTrend) -> list[str]:
    if found.weekdays is None:
        return ["Weekends: not told; too few days are known, or this tier sees none."]
    ratio, lower, upper = found.weekdays.weekend
    text = f"A day of the weekend carries {ratio:.2f} times a weekday (95 %: {lower:.2f} to {upper:.2f}), "
    return [text + f"from {found.weekdays.n_days:,} days."]


def _beside(found: UnitTrend) -> list[str]:
    one = found.beside
    if one is None:
        return []
    text = f"Beside {one.unit.name} ({one.unit.unit_id}) in {one.week}: {one.ratio:.2f} times "
    text += f"(95 %: {one.lower:.2f} to {one.upper:.2f}); "
    return [text + f"{found.unit.name} is the higher one with probability {one.p_higher:.0%}."]
