"""How often do list rules list areas for nothing, and how soon do they find a doubling? Simulated provinces of known truth.

``python studies/assessment_lists.py`` prints the report, writes ``docs/studies/assessment_lists.md`` and the trials that
travel with the shipped rule sets.

500 null provinces and 500 with doublings, 220 areas each, for each set; then the recommended set again where the world is
worse than assumed. Trap: figures scatter as the set believes they do, but where the report says otherwise.
"""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

from headworks.assessment.trial import Trial, operating_characteristics, trial_text
from headworks.jobs.assessment import read_rule_file
from headworks.reference.rule_sets import rule_set_names, trial_province

PROVINCES, WORSE_PROVINCES = 500, 100
SEED = 20_260_101
ROOT = Path(__file__).parents[1]
REPORT = ROOT / "docs" / "studies" / "assessment_lists.md"
TRIALS = ROOT / "src" / "headworks" / "reference" / "data" / "rule_sets"


def worlds() -> dict[str, dict[str, Any]]:
    """Provinces that are worse than the trial assumes, by what is worse."""
    found = {}
    for name, part, field, value in (
        ("one day a month instead of one a week", "load", "days_per_quarter", 3),
        ("real movement of loads twice as large", "load", "wander_sd", 0.16),
        ("season twice as strong", "load", "season", 0.2),
        ("health contacts half as frequent", "health_contacts", "rate", 1),
        ("health contacts move twice as much", "health_contacts", "wander_sd", 0.2),
        ("health contacts follow three quarters late", "health_contacts", "lag_quarters", 3),
    ):
        world = copy.deepcopy(trial_province())
        (world[part] if part == "load" else world["indicators"][part])[field] = value
        found[name] = world
    return found


def table(trial: Trial, list_name: str) -> list[str]:
    """Rows of one list as Markdown."""
    lines = [
        "| residents | listed for nothing, % | entries, % | found in time, % | found at all, % | to list | to leave |",
        "|---|---|---|---|---|---|---|",
    ]
    for row in trial.rows:
        if row["list_name"] == list_name:
            times = [row["quarters_to_list"], row["quarters_to_leave"]]
            cells = [
                row["population"], _share(row["listed_per_year"], row["listed_per_year_se"]),
                f"{100 * row['entered_per_year']:.2f}", _share(row["found"], row["found_se"], 1),
                f"{100 * row['found_ever']:.1f}", *("-" if one is None else f"{one:.0f}" for one in times),
            ]  # fmt: skip
            lines.append(f"| {' | '.join(cells)} |")
    return lines


def _share(value: float, error: float, digits: int = 2) -> str:
    return f"{100 * value:.{digits}f} ± {100 * error:.{digits}f}"


def report() -> str:
    """The whole report as Markdown."""
    lines = ["# What list rules do to areas", "", "`make study NAME=assessment_lists` writes this page.", ""]
    lines += [
        f"Simulated provinces whose truth is known: {PROVINCES} in which nothing is wrong (no area above a threshold, none",
        f"changes but for small movements and the season) and {PROVINCES} in which the use of a fifth of the areas doubles",
        "for two years; 220 areas each, 44 a class. ± is the Monte Carlo standard error. \"Listed for nothing\" counts the",
        "areas of null provinces that are on the list at any time of a year, five years each; \"found in time\" doubled areas",
        "on the list in the third quarter of the doubling or earlier, of those not on it before. Times are medians of those",
        "that entered, in quarters, and of those listed when the doubling ended until they left or came under review.", "",
    ]  # fmt: skip
    for name in reversed(rule_set_names()):
        rules = read_rule_file(name)
        trial = operating_characteristics(rules.rule_set, trial_province(), PROVINCES, SEED)
        (TRIALS / f"{name}.trial.json").write_text(trial_text(trial), encoding="utf-8")
        lines += [f"## {rules.rule_set.title} (`{name}`)", "", f"Rule set {trial.rule_digest[:12]}, seed {SEED}.", ""]
        for rule in rules.rule_set.lists:
            if not rule.is_merit:
                lines += [f"### {rule.name}", "", *table(trial, rule.name), ""]
    lines += [
        "## The recommended set where the world is worse",
        "",
        f"List `rectification`, {WORSE_PROVINCES} provinces each.",
        "",
    ]
    for name, world in worlds().items():
        trial = operating_characteristics(read_rule_file("recommended").rule_set, world, WORSE_PROVINCES, SEED)
        lines += [f"### {name.capitalize()}", "", *table(trial, "rectification"), ""]
    lines += [
        "## What this does not show", "",
        "Rates of health contacts, their spread and their delay are from memory; a place of one's own needs its own. Lost",
        "samples, changes of the sewer network, of the register or the sampling day, and figures that scatter more than they",
        "say are not simulated. The lists of merit are not tried. For the published rule a register is assumed that follows a",
        "doubling fully and after a quarter, which is kind to it.", "",
    ]  # fmt: skip
    return "\n".join(lines)


if __name__ == "__main__":
    text = report()
    REPORT.write_text(text, encoding="utf-8")
    print(text)
