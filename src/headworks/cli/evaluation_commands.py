"""assess register | plans | evaluate: what an evaluation is going to look at, written down first; then what came out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from headworks.cli.assess_commands import group
from headworks.cli.console import result, result_json, say, show_frame, steps
from headworks.cli.workspace_commands import AsJson, Tier, WorkspacePath

if TYPE_CHECKING:
    from headworks.jobs.assessment import KeptRegistration

_ROLE = "command line"
_SHORT = 12
_RESULT = ["area_id", "is_compared_with", "expected_ratio", "expected_lower", "expected_upper", "seen_ratio", "ratio", "lower",
           "upper", "p_fell", "p_value", "n_before", "n_after", "problem"]  # fmt: skip


@group.command("register")
def register(
    workspace: WorkspacePath,
    question: Annotated[str, typer.Argument(help="One sentence, with the direction that is hoped for.")],
    area: Annotated[list[str], typer.Option("--area", help="Area where something is done, by id or name; again for more.")],
    before: Annotated[str, typer.Option(help="Window before: 2024, 2024-01/2024-09 or 2024-01-08/2024-09-29.")],
    after: Annotated[str, typer.Option(help="Window after; its first day is that of the action.")],
    analyte: Annotated[str, typer.Option("--analyte", "-a", help="Residue whose load is looked at.")] = "",
    indicator: Annotated[str, typer.Option(help="Indicator whose counts are looked at, in place of a residue.")] = "",
    compare: Annotated[
        list[str] | None, typer.Option("--compare", help="Area to compare with, where nothing is done; again for more.")
    ] = None,
    compare_level: Annotated[
        int | None, typer.Option(help="Compare with all areas of this level where nothing is done.")
    ] = None,
    method: Annotated[str, typer.Option(help="interrupted_series, before_after or synthetic_control.")] = "interrupted_series",
    fall: Annotated[float, typer.Option(help="Smallest fall that would matter, percent.")] = 20.0,
    json: AsJson = False,
) -> None:
    """Write down what an evaluation is going to look at, before there is anything to see."""
    from headworks.jobs.assessment import PlanOrder, register_order
    from headworks.store import Workspace

    compared = tuple(compare or ())
    order = PlanOrder(question, tuple(area), before, after, analyte, indicator, compared, compare_level, method, fall)
    made = register_order(Workspace.open(workspace), order, _ROLE)
    if json:
        result_json(_record(made))
        return
    result(made.registration.fingerprint)
    say(f"Registered. Once {made.plan.after.last} is over: headworks assess evaluate {workspace} "
        f"{made.registration.fingerprint[:_SHORT]}")  # fmt: skip


@group.command("plans")
def plans(
    workspace: WorkspacePath,
    limit: Annotated[int | None, typer.Option(help="Rows shown.")] = None,
    json: AsJson = False,
) -> None:
    """List the registered plans, newest first; a record that cannot be read is named."""
    import polars as pl

    from headworks.jobs.assessment import kept_registrations
    from headworks.store import Workspace

    found = kept_registrations(Workspace.open(workspace))
    if json:
        damaged = [problem.as_dict() for problem in found.damaged]
        result_json({"plans": [_record(one) for one in found.plans], "damaged": damaged})
        return
    rows = [
        {"plan": one.registration.fingerprint[:_SHORT], "registered": one.registration.registered_on,
         "method": one.plan.method, "figure": one.plan.figure, "areas": len(one.plan.area_ids),
         "compared": len(one.plan.comparison_ids), "before": str(one.plan.before), "after": str(one.plan.after),
         "question": one.plan.question}
        for one in found.plans
    ]  # fmt: skip
    if rows:
        show_frame(pl.DataFrame(rows), "Registered plans", limit)
    else:
        say("No plan is registered.")
    for problem in found.damaged:
        say(f"{problem} ({problem.code})", style="bold")


@group.command("evaluate")
def evaluate(
    workspace: WorkspacePath,
    plan: Annotated[str, typer.Argument(help="Fingerprint of a registered plan, or its first digits.")],
    tier: Tier = "public",
    json: AsJson = False,
) -> None:
    """Say what came out of a registered plan, once its later window is over; what would have come anyway stands first."""
    from headworks.jobs.assessment import evaluate_registered
    from headworks.store import Workspace

    with steps("Evaluating", quiet=json):
        done = evaluate_registered(Workspace.open(workspace), plan, tier)
    rows, donors = done.found.rows, done.found.donors
    if json:
        result_json({**_record(done.kept), "run_id": done.run_id, "rows": rows.to_dicts(), "donors": donors.to_dicts(),
                     "left_out": list(done.found.left_out)})  # fmt: skip
        return
    one = done.kept
    say(f"{one.plan.question} ({one.plan.figure}; {one.plan.method}; registered {one.registration.registered_on})")
    for row in rows.iter_rows(named=True):
        if row["expected_ratio"] is not None:
            result(f"{row['area_id']}: without any action {_times(row, 'expected_ratio', 'expected_')}; "
                   f"seen {row['seen_ratio']:.3g} times the level before.")  # fmt: skip
    show_frame(rows.select(_RESULT), "What came out", None)
    if donors.height:
        show_frame(donors.sort("area_id", "weight", descending=[False, True]), "What each was compared with", None)
    if done.found.left_out:
        say(f"Left out, for too few figures: {', '.join(done.found.left_out)}.")


def _times(row: dict[str, Any], name: str, bounds: str) -> str:
    return f"{row[name]:.3g} times ({row[bounds + 'lower']:.3g} to {row[bounds + 'upper']:.3g})"


def _record(one: KeptRegistration) -> dict[str, Any]:
    made = one.registration
    return {"fingerprint": made.fingerprint, "registered_on": made.registered_on, "role": made.role, "author": one.author,
            "plan": one.plan.as_dict()}  # fmt: skip
