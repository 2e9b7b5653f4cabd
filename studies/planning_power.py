"""Do the formulas of plans say what simulations say? Standard errors, power, and the chance of being seen, side by side.

``python studies/planning_power.py`` prints the report and writes ``docs/studies/planning_power.md``.

The simulation draws days, results, batches, sites, pulses and a sampler; it uses none of the formulas, but for the standard
error by which a change is judged. Trap: both rest on the same model of the world; what agrees here may be wrong about a place.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from headworks.planning.detect import Detection, probability_seen, simulate_seen, smallest_users
from headworks.planning.power import PowerQuestion, SamplingDays, plan_power, reference_scatter, simulate_power

REPLICATES, SMALL_REPLICATES, TOWNS = 6_000, 3_000, 20_000
SEED = 20_260_303
REPORT = Path(__file__).parents[1] / "docs" / "studies" / "planning_power.md"
SCATTER = reference_scatter()
TOWN = Detection(100_000.0, 26_000.0, 12.9, 1.5, 1.0, 4.0, 0.5, 10.0, 10.0, 0.25)


def questions() -> list[tuple[str, PowerQuestion]]:
    """Plans of one site and of areas, each with its name."""
    week, row = SamplingDays(2), SamplingDays(7, "quarter")
    one = PowerQuestion(week, SCATTER, period="quarter", years=1, change=0.25)
    return [
        ("7 days in a row each quarter", replace(one, plan=row)),
        ("1 day a week", replace(one, plan=SamplingDays(1))),
        ("1 day a week, weekend 2.2", replace(one, plan=SamplingDays(1), scatter=reference_scatter("MDMA"))),
        ("Tuesdays, weekend 2.2", replace(one, plan=SamplingDays(1, weekdays=(1,)), scatter=reference_scatter("MDMA"))),
        ("1 random day a week, weekend 2.2",
         replace(one, plan=SamplingDays(1, weekdays="random"), scatter=reference_scatter("MDMA"))),
        ("2 days a week", one),
        ("2 days a week, correlation 0.7", replace(one, scatter=replace(SCATTER, day_correlation=0.7))),
        ("7 days a week, a year", replace(one, plan=SamplingDays(7), period="year")),
        ("2 days a week, 15 % non-detects", replace(one, scatter=replace(SCATTER, nondetects=0.15))),
        ("2 days a week, 40 % non-detects", replace(one, scatter=replace(SCATTER, nondetects=0.40))),
        ("2 days a week, 60 % non-detects", replace(one, scatter=replace(SCATTER, nondetects=0.60))),
        ("7 days a quarter, a year, 60 % non-detects",
         replace(one, plan=row, period="year", scatter=replace(SCATTER, nondetects=0.60))),
        ("2 days a week, a year, 80 % non-detects", replace(one, period="year", scatter=replace(SCATTER, nondetects=0.80))),
        ("2 days a week, 5 sites", replace(one, n_sites=5)),
        ("2 days a week, 12 sites, batches of 5", replace(one, n_sites=12, scatter=replace(SCATTER, samples_per_batch=5))),
        ("2 days a week, 8 sites, half covered", replace(one, n_sites=8, coverage=0.5)),
        ("7 days a quarter, 8 sites, 80 % covered", replace(one, plan=row, n_sites=8, coverage=0.8)),
    ]  # fmt: skip


def too_few() -> list[tuple[str, PowerQuestion]]:
    """Plans with fewer than 8 quantified results of a site and period, of which the formula is too hopeful."""
    one = PowerQuestion(SamplingDays(2), replace(SCATTER, nondetects=0.8), period="quarter", years=1, change=0.25)
    row = replace(one, plan=SamplingDays(7, "quarter"), scatter=replace(SCATTER, nondetects=0.4))
    return [
        ("2 days a week, 80 % non-detects", one),
        ("7 days a quarter, 40 % non-detects", row),
        ("7 days a quarter, 60 % non-detects", replace(row, scatter=replace(SCATTER, nondetects=0.6))),
    ]


def towns() -> list[tuple[str, Detection, int]]:
    """Towns and samplers, each with its name and the days on which users use."""
    return [
        ("100,000 people, one day", TOWN, 1),
        ("sub-samples every 7 min, pulses of 10", replace(TOWN, interval_min=7.0), 1),
        ("sub-samples every 30 min", replace(TOWN, interval_min=30.0), 1),
        ("2,000 people", replace(TOWN, people=2_000.0, flow_m3_per_day=520.0), 1),
        ("2,000 people, every 30 min", replace(TOWN, people=2_000.0, flow_m3_per_day=520.0, interval_min=30.0), 1),
        ("LOQ 10 ng/L", replace(TOWN, limit_ng_per_l=10.0), 1),
        ("2 of 7 days sampled, 14 days", replace(TOWN, days_per_week=2), 14),
        ("2 of 7 days sampled, 5 days", replace(TOWN, days_per_week=2), 5),
        ("equal pulses, every 25 min", replace(TOWN, pulse_cv=0.0, interval_min=25.0), 1),
        ("no laboratory error", replace(TOWN, u_result=0.0), 1),
    ]


def power_rows(asked_of: list[tuple[str, PowerQuestion]]) -> tuple[list[str], list[float]]:
    """Lines of the table of plans; deviations in Monte Carlo standard errors."""
    lines, away = [], []
    for i, (name, asked) in enumerate(asked_of):
        is_small = asked.n_sites > 1 or asked.scatter.nondetects > 0 or asked.period == "year"
        replicates = SMALL_REPLICATES if is_small else REPLICATES
        formula, drawn = plan_power(asked), simulate_power(asked, np.random.default_rng(SEED + i), replicates)
        ratios = [getattr(drawn, one) / getattr(formula, one) for one in ("level_se", "change_se", "trend_se")]
        away += [(ratio - 1) / drawn.monte_carlo_error for ratio in ratios]
        bias = f"{np.log1p(formula.weekday_bias):+.3f} / {drawn.level_bias:+.3f}"
        chance = f"{formula.power_for_change:.3f} / {drawn.power_for_change:.3f}"
        shown = " | ".join(f"{one:.3f}" for one in ratios)
        errors = f"{formula.level_se:.4f} | {formula.change_se:.4f}"
        lines.append(f"| {name} | {errors} | {shown} | {drawn.monte_carlo_error:.3f} | {bias} | {chance} |")
        print(lines[-1], flush=True)
    return lines, away


def detection_rows() -> tuple[list[str], list[float]]:
    """Lines of the table of towns; deviations in Monte Carlo standard errors."""
    lines, away = [], []
    for i, (name, town, days) in enumerate(towns()):
        users = smallest_users(town, 0.9, days)
        if users is None:
            raise ValueError(name)
        for times in (0.5, 1.0):
            drawn, error = simulate_seen(town, users * times, days, np.random.default_rng(SEED + i), TOWNS)
            formula = probability_seen(town, users * times, days)
            away.append((drawn - formula) / error)
            lines.append(f"| {name} | {users * times:.3g} | {formula:.4f} | {drawn:.4f} | {error:.4f} |")
            print(lines[-1], flush=True)
    return lines, away


HEAD = [
    "| plan | se level | se change | level | change | trend | MC | bias, formula / drawn | power, formula / drawn |",
    "|---|---|---|---|---|---|---|---|---|",
]
TEXT = """# Study: what plans can see, by formula and drawn

`make study NAME=planning_power` computes this page anew; a reduced form is part of the test suite.
The equations are in [methods/planning_power.md](../methods/planning_power.md).

## Plans

Standard errors on the log scale by formula, and drawn over formula; MC is one Monte Carlo standard error of a ratio.
Periods are quarters unless said, trends of one year, the change to be seen a rise by 25 %.
{replicates:,} replicates of a single quantified site and quarter, {small:,} of the others.

{plans}

{plans_within:.0%} of the {n_plans} ratios lie within two Monte Carlo errors of 1; the furthest at {plans_worst:.1f}.

## Too few quantified results

{few}

With fewer than 8 results above the limit, of a site and period, the likelihood is not normal; now and then none is above it.
The formula is too hopeful there, and the answer says so.

## Towns

{towns:,} each.

| town | users a day | formula | drawn | MC |
|---|---|---|---|---|
{seen}

{seen_within:.0%} of the {n_seen} probabilities lie within two Monte Carlo errors; the furthest at {seen_worst:.1f}.

## What this does not show

- Both sides believe that days are log-normal with a memory of one day, that sites scatter alike and that the share of
  non-detects is the same everywhere. Outliers, dumping and holidays are not drawn.
- Sites outside the plan have a level and a change, no days of their own; what passes by chance at the others then stands
  for part of the area only, and changes of half-covered areas come out a few per cent wider than the formula has them.
- Trends with 60 % and more non-detects come out wider too, by up to a tenth: the information at the two ends counts most.
- Pulses are plugs. Where sub-samples are further apart than a pulse is wide, a bell in place of a plug is met more often and
  counts less.
"""


def report() -> str:
    plans, of_plans = power_rows(questions())
    few, _ = power_rows(too_few())
    seen, of_seen = detection_rows()
    within = [float(np.mean(np.abs(away) < 2)) for away in (of_plans, of_seen)]
    worst = [float(np.max(np.abs(away))) for away in (of_plans, of_seen)]
    return TEXT.format(
        replicates=REPLICATES, small=SMALL_REPLICATES, towns=TOWNS, plans="\n".join([*HEAD, *plans]),
        few="\n".join([*HEAD, *few]), seen="\n".join(seen), n_plans=len(of_plans), n_seen=len(of_seen),
        plans_within=within[0], seen_within=within[1], plans_worst=worst[0], seen_worst=worst[1],
    )  # fmt: skip


if __name__ == "__main__":
    text = report()
    REPORT.write_text(text, encoding="utf-8")
    print(text)
