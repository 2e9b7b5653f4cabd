"""assess WORKSPACE | explain | trial: which areas are on which list, why, and how often a rule set is wrong."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from headworks.cli.app import app
from headworks.cli.console import bar, result, result_json, say, show_frame, steps
from headworks.cli.workspace_commands import AsJson, Tier, WorkspacePath

if TYPE_CHECKING:
    from headworks.jobs.assessment import AssessmentDone, AssessmentOrder

_DEFAULT = "lists"


class _LastWord(TyperGroup):
    """A group whose first word may be a workspace: then ``lists`` is meant. A folder called ``trial`` is ``./trial``."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if args and args[0] not in self.commands and args[0] not in ctx.help_option_names:
            args = [_DEFAULT, *args]
        return super().parse_args(ctx, args)


group = typer.Typer(
    no_args_is_help=True, cls=_LastWord,
    help="Lists of areas by rules: `assess WORKSPACE --rules FILE`, `explain`, `trial`; did it work: `register`, `evaluate`.",
)  # fmt: skip
app.add_typer(group, name="assess")
Rules = Annotated[str, typer.Option("--rules", metavar="FILE", help="Rule set: a YAML file, or a shipped one by its name.")]
When = Annotated[str | None, typer.Option("--period", help="2024-H1, 2024-Q2 …; the newest if not said.")]
Decided = Annotated[
    Path | None,
    typer.Option("--decisions", metavar="FILE", help="CSV of appeals and acceptances: the columns of list_decisions."),
]
Draft = Annotated[bool, typer.Option("--draft", help="Use a rule set that has no trial yet.")]
_COLUMNS = ["list_name", "area_id", "level", "population", "outcome", "previous", "since", "probability", "criterion",
            "families", "changed", "change_criteria", "change_factor", "change_scope", "change_outcome"]  # fmt: skip


@group.command(_DEFAULT)
def lists(
    workspace: WorkspacePath,
    rules: Rules = "recommended",
    period: When = None,
    decisions: Decided = None,
    draft: Draft = False,
    tier: Tier = "public",
    everything: Annotated[bool, typer.Option("--all", help="Also areas that stay off.")] = False,
    limit: Annotated[int | None, typer.Option(help="Rows shown.")] = None,
    json: AsJson = False,
) -> None:
    """Say which areas are on which list, how probable that is, and what would change it."""
    from headworks.jobs.assessment import assess_workspace
    from headworks.jobs.assessment.assess import outcomes_for
    from headworks.store import Workspace

    opened = Workspace.open(workspace)
    with steps("Assessing", quiet=json) as tell:
        tell("the lists")
        done = assess_workspace(opened, _order(rules, period, decisions, draft))
        tell("what may be shown")
        seen = outcomes_for(opened, done, tier)
    shown = seen if everything else seen.filter(seen["outcome"].cast(str).is_in(["stays_off", "not_assessable"]).not_())
    if json:
        result_json({"period": done.period, "rule_set": done.rule_set.rule_set_id, "rule_digest": done.rule_set.digest,
                     "run_id": done.run_id, "trial": done.trial, "outcomes": shown.drop("evidence").to_dicts()})  # fmt: skip
        return
    _tell(done, seen.height)
    show_frame(shown.select(_COLUMNS), f"Lists, {done.period}", limit)


@group.command("explain")
def explain(
    workspace: WorkspacePath,
    area: Annotated[str, typer.Argument(help="Area by id or name.")],
    rules: Rules = "recommended",
    period: When = None,
    decisions: Decided = None,
    draft: Draft = False,
    tier: Tier = "public",
    json: AsJson = False,
) -> None:
    """Say why an area is on a list or not, and what would change that."""
    from headworks.jobs.assessment import explain_outcome
    from headworks.store import Workspace

    with steps("Assessing", quiet=json):
        name, found = explain_outcome(Workspace.open(workspace), area, _order(rules, period, decisions, draft), tier)
    if json:
        result_json([one.as_dict() for one in found])
        return
    for one in found:
        row = one.row
        since = f", on it since {row['since']}" if row["since"] else ""
        result(f"{name}, {row['list_name']}, {row['period']}: {row['outcome']} (before: {row['previous']}{since}).")
        for sentence in one.said:
            result(f"  {sentence}")
        result(
            f"  By {row['rule_set']} {row['rule_version']} ({row['rule_digest'][:12]}), run {row['run_id']}; decided again "
            f"from this evidence: {'the same' if one.is_reproduced else 'NOT the same'}."
        )


@group.command("trial")
def trial(
    rules: Rules = "recommended",
    provinces: Annotated[int, typer.Option(min=2, help="Simulated provinces, of each kind.")] = 200,
    seed: Annotated[int, typer.Option(help="Seed of the simulation.")] = 1,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Keep the trial here; beside the rule set if not said.")
    ] = None,
    json: AsJson = False,
) -> None:
    """Try a rule set on simulated provinces: who is listed for nothing, who is missed, how fast."""
    from headworks.jobs.assessment import read_rule_file, try_rule_set

    with bar("Provinces", provinces, quiet=json) as progress:
        done = try_rule_set(read_rule_file(rules), provinces, seed, out, lambda number: progress.begin(str(number)))
    if json:
        result_json(done.trial.as_dict())
        return
    show_frame(done.trial.table(), "Trial", None)
    say(f"Written: {done.path}")


def _order(rules: str, period: str | None, decisions: Path | None, is_draft: bool) -> AssessmentOrder:
    from headworks.jobs.assessment import AssessmentOrder, read_rule_file

    return AssessmentOrder(read_rule_file(rules), period, decisions, is_draft)


def _tell(done: AssessmentDone, n_seen: int) -> None:
    rules = done.rule_set
    say(
        f"{rules.rule_set_id} {rules.version} ({rules.digest[:12]}), {done.period}, run {done.run_id}: {done.n_areas:,} areas "
        f"assessed, {done.n_without:,} without any figure; {n_seen:,} outcomes may be shown."
    )
    if done.trial is None:
        say("A draft: no trial says how often this rule set lists areas for nothing.", style="bold")
        return
    if rules.status == "reference":
        say("This set is shipped for comparison, not for use.", style="bold")
    for row in done.trial["rows"]:
        say(
            f"  {row['list_name']}, {row['population']} residents: listed for nothing {row['listed_per_year']:.1%} of areas a "
            f"year; doubled, and found within three quarters {row['found']:.0%}."
        )
