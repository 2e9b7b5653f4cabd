"""Does one budget of false alarms hold at every level of a tree and over two years, and does it still find what happens?

``python studies/warning_budget.py`` prints the report and writes ``docs/studies/warning_budget.md``.

Provinces are simulated as logarithms of loads: days, batches that a laboratory's sites share, what the whole province shares
in a week (holiday, weather), what a site's drugs share (flow), a level that wanders. Each unit is followed by a local-level
filter with the true variances; its one-week-ahead residual is what the budget gets. Trap: the laws are the true ones, so
this is about the budget; whether the trend model's laws hold is another study, and one part here looks at it.
"""

from __future__ import annotations

import os
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy.special import ndtri
from scipy.stats import beta

from headworks.trends.smoother import no_offsets, observations, places, predictive, smooth_trends
from headworks.warning.budget import (
    LEVELS,
    Units,
    area_evidence,
    explain_shared,
    follow_weeks,
    parse_budget,
    recent_e,
    recent_p,
    select_causes,
    units_of,
)

REPORT = Path(__file__).parents[1] / "docs" / "studies" / "warning_budget.md"
SEED, PROVINCES, MORE_PROVINCES, WEEKS, DRUGS = 20_260_707, 20, 0, 124, 20
WORDS = "at most 1 in 10 false"
# Standard deviations of logarithms: a day with its result, batch (both as in planning), province and week, site and week (all
# drugs), weekly step: so large that the filter learns a doubling as fast as the trend model does (last table).
DAY, BATCH, SHARED_WEEK, FLOW, STEP = 0.44, 0.06, 0.07, 0.08, 0.08
SAMPLES_A_WEEK, MISSING, BATCH_SITES = 2, 0.05, 30
LEARNING_WEEKS = 20
FOUND_WITHIN_WEEKS = 3
# A change counts as present until the baseline has learnt it; later reports of it are still true as long as it lasts.
COUNTIES, SITES, TOWNS, CITIES, BATCHES, FLOWS = 12, 6, 4, 2, 3, 3
STILL_NEWS_WEEKS = 26


class Province(NamedTuple):
    """Tree with the sites first, shares of sites in units, and the level at which each unit is."""

    units: Units
    shares: np.ndarray
    n_sites: int


class Injected(NamedTuple):
    """A change: kind, unit, drug, first week."""

    kind: str
    unit: int
    drug: int
    week: int


def province(rng: np.random.Generator, cities: int = 10, counties: int = 6) -> Province:
    """About 5 sites a county: towns with a village of one or two sites, and sites of their own."""
    parent, level = [-1], [1]
    site_parents = []
    for _ in range(cities):
        parent, level, city = [*parent, 0], [*level, 2], len(parent)
        for _ in range(counties):
            parent, level, county = [*parent, city], [*level, 3], len(parent)
            for town_number in range(2):
                parent, level, town = [*parent, county], [*level, 4], len(parent)
                parent, level, village = [*parent, town], [*level, 5], len(parent)
                site_parents += [village] * int(rng.integers(1, 3)) + [town] * (2 - town_number)
    n = len(site_parents)
    parents = np.concatenate([np.array(site_parents) + n, np.where(np.array(parent) >= 0, np.array(parent) + n, -1)])
    units = units_of(parents, np.concatenate([np.full(n, 6), np.array(level)]))
    people = rng.lognormal(10.0, 0.5, n)
    shares = np.stack([units.inside(unit)[:n] * people for unit in range(units.parent.size)])
    return Province(units, shares / shares.sum(axis=1, keepdims=True), n)


def inject(where: Province, n_drugs: int, rng: np.random.Generator, weeks: int = WEEKS, times: float = 1.0) -> list[Injected]:
    """Doublings at every level but the province, each at a unit and drug, from a week after the filter has learnt."""
    kinds = [("county", 3, COUNTIES), ("site", 6, SITES), ("town", 4, TOWNS), ("city", 2, CITIES)]
    found = []
    for kind, level, number in kinds:
        chosen = rng.choice(np.flatnonzero(where.units.level == level), round(number * times)).tolist()
        found += [Injected(kind, u, int(rng.integers(n_drugs)), int(rng.integers(LEARNING_WEEKS, weeks - 4))) for u in chosen]
    return found


def batches_of(n_sites: int, rng: np.random.Generator) -> np.ndarray:
    """Batch of each site in a week: a laboratory serves half of the province and shuffles its samples."""
    label, first = np.empty(n_sites, np.int64), 0
    for half in np.array_split(np.arange(n_sites), 2 if n_sites > 2 * BATCH_SITES else 1):
        parts = np.array_split(rng.permutation(half), max(1, round(half.size / BATCH_SITES)))
        for number, members in enumerate(parts):
            label[members] = first + number
        first += len(parts)
    return label


class Odd(NamedTuple):
    """A batch of a drug (a wrong flow: -1, all drugs), its week, sites, and whether it was told."""

    drug: int
    week: int
    sites: np.ndarray
    is_told: bool


class Course(NamedTuple):
    """z of units, drugs and weeks after learning; odd causes; signals of the kind quality, and the false ones of them."""

    z: np.ndarray
    odd: list[Odd]
    told: int
    false_told: int


def residuals(
    where: Province, injected: list[Injected], n_drugs: int, rng: np.random.Generator,
    *, weeks: int = WEEKS, odd: int = BATCHES, explain: bool = True, sharing: float = 1.0,
) -> Course:  # fmt: skip
    """Weeks of a province; in ``odd`` of them a batch of a drug is 1.5 times too high, in others a site's flow 1.8 times."""
    n, shares, n_units = where.n_sites, where.shares, where.units.parent.size
    log_level, budget = np.zeros((n, n_drugs)), parse_budget(WORDS)
    mean, spread = np.zeros((n_units, n_drugs)), np.full((n_units, n_drugs), 1.0)
    step2 = STEP**2 * (shares**2).sum(axis=1)[:, None]
    z = np.full((n_units, n_drugs, weeks), np.nan)
    odd_weeks = rng.choice(np.arange(LEARNING_WEEKS, weeks), 2 * odd, replace=False)
    oddities: list[Odd] = []
    told, false_told = [0, 0], 0
    for week in range(weeks):
        log_level += rng.normal(0, STEP, log_level.shape)
        for one in injected:
            if one.week == week:
                log_level[where.units.inside(one.unit)[:n], one.drug] += np.log(2.0)
        batch = batches_of(n, rng)
        causes = [np.arange(n)[:, None] + np.zeros(n_drugs, np.int64), batch[:, None] * n_drugs + np.arange(n_drugs)]
        effects = [rng.normal(0, sharing * FLOW, n), rng.normal(0, sharing * BATCH, (batch.max() + 1) * n_drugs)]
        hit, ours = [-1, -1], [False, False]
        for which, factor in ((0, 1.8), (1, 1.5)):
            if week in odd_weeks[which * odd : (which + 1) * odd]:
                hit[which] = int(rng.integers(effects[which].size))
                effects[which][hit[which]] += np.log(factor)
        taken = rng.binomial(SAMPLES_A_WEEK, 1 - MISSING, n).astype(float)
        day2 = np.where(taken > 0, DAY**2 / np.maximum(taken, 1), np.nan)[:, None] + np.zeros(n_drugs)
        seen = log_level + rng.normal(size=(n, n_drugs)) * np.sqrt(day2) + rng.normal(0, sharing * SHARED_WEEK, n_drugs)
        seen += effects[0][causes[0]] + effects[1][causes[1]]
        r, s2, weights = _one_week_ahead(seen, day2, where, mean, spread, batch, sharing)
        # The level is followed with all that is in it; causes are taken off for the judgement alone.
        gain = np.where(np.isnan(r), 0.0, spread / s2)
        mean += gain * np.where(np.isnan(r), 0.0, r)
        spread = spread * (1 - gain) + step2
        top = where.units.level == LEVELS["province"]
        of_province = r[top] / np.sqrt(s2[top])
        if explain:
            drug_of = np.arange(n_drugs) + np.zeros((n, 1), np.int64)
            r, s2 = explain_shared(r, s2, weights, drug_of, (sharing * SHARED_WEEK) ** 2)[:2]
        for which, tau in ((0, FLOW), (1, BATCH)) if explain else ():
            found = explain_shared(r, s2, weights, causes[which], (sharing * tau) ** 2)
            r, s2 = found.residual, found.variance
            if week < LEARNING_WEEKS:
                continue
            quality = np.flatnonzero(select_causes(found.z, budget, shown_before=told[which], budget_weeks=weeks))
            told[which] += quality.size
            false_told += int((quality != hit[which]).sum())
            ours[which] = hit[which] in quality
        for which in (0, 1):
            if hit[which] >= 0:
                held = (causes[which] == hit[which]).any(axis=1)
                drug = hit[which] % n_drugs if which else -1
                oddities.append(Odd(drug, week - LEARNING_WEEKS, held, ours[which]))
        z[:, :, week] = r / np.sqrt(s2)
        # What all of a province share in a week is the province's own signal, judged before it is taken off.
        z[top, :, week] = of_province
    return Course(z[:, :, LEARNING_WEEKS:], oddities, sum(told), false_told)


def _one_week_ahead(seen, day2, where, mean, spread, batch, sharing):  # type: ignore[no-untyped-def]
    """Residuals and their variances, of sites and of areas from their roll-up.

    A site without a sample stands in its areas' roll-up as it was expected to be: left out, it would move them by what sets
    it apart from the others.
    """
    n, weights = where.n_sites, where.shares
    is_missing = np.isnan(seen)
    filled = np.where(is_missing, mean[:n], seen)
    noise = np.where(is_missing, spread[:n], np.nan_to_num(day2))
    r = weights @ filled - mean
    squares = weights**2
    held = (weights @ (batch[:, None] == np.arange(batch.max() + 1))).T
    shared = FLOW**2 * squares.sum(axis=1) + BATCH**2 * (held**2).sum(axis=0) + SHARED_WEEK**2
    s2 = spread + squares @ noise + sharing**2 * shared[:, None]
    is_seen = weights @ ~is_missing[:, 0] > 0.5
    r[~is_seen], s2[~is_seen] = np.nan, np.nan
    return r, s2, weights


class Outcome(NamedTuple):
    """Events and false ones by level and year; kind of the injected, found in time, found at the unit itself."""

    events: np.ndarray
    false: np.ndarray
    found: list[tuple[str, bool, bool]]
    by_week: np.ndarray
    odd_reported: int


def score(where: Province, injected: list[Injected], course: Course, p: np.ndarray, weeks_a_budget: int = 52) -> Outcome:
    """A reported unit is true if a change of that drug, at most 26 weeks old, is in it, around it or the same."""
    units, weeks = where.units, p.shape[2]
    events, _ = follow_weeks(p, units, parse_budget(WORDS), budget_weeks=weeks_a_budget)
    shown, false = np.zeros((7, -(-weeks // 52)), int), np.zeros((7, -(-weeks // 52)), int)
    by_week, odd_reported = np.zeros(weeks, int), 0
    found = {one: [False, False] for one in injected}
    for event in events:
        inside, is_true = units.inside(event.unit), False
        for one in injected:
            age = event.first_week + LEARNING_WEEKS - one.week
            if (
                one.drug == event.drug
                and age >= 0
                and (inside[one.unit] or event.unit in np.flatnonzero(units.inside(one.unit)))
            ):
                is_true |= age < STILL_NEWS_WEEKS
                found[one][0] |= age < FOUND_WITHIN_WEEKS
                found[one][1] |= age < FOUND_WITHIN_WEEKS and event.unit == one.unit
        level, year = units.level[event.unit], event.first_week // 52
        shown[level, year] += 1
        false[level, year] += not is_true
        by_week[event.first_week] += 1
        odd_reported += not is_true and any(
            one.drug in (-1, event.drug) and 0 <= event.first_week - one.week < FOUND_WITHIN_WEEKS
            and (inside[: where.n_sites] & one.sites).any()
            for one in course.odd
        )  # fmt: skip
    return Outcome(shown, false, [(one.kind, *found[one]) for one in injected], by_week, odd_reported)


class Arm(NamedTuple):
    """Provinces of one sort: times the usual number of changes, whether causes are explained, sharing, sd understated by."""

    times: float = 1.0
    explain: bool = True
    sharing: float = 1.0
    inflation: float = 1.0


def one_province(job: tuple[int, Arm]) -> dict[str, tuple[Outcome, Course]]:
    """Outcomes of a province by way of selecting: p over weeks, e over weeks, p of each week alone."""
    seed, arm = job
    rng = np.random.default_rng(seed)
    where = province(rng)
    injected = inject(where, DRUGS, rng, times=arm.times)
    course = residuals(where, injected, DRUGS, rng, explain=arm.explain, sharing=arm.sharing)
    z = course.z * arm.inflation
    p, bets = recent_p(z), area_evidence(np.where(np.isnan(z), np.nan, recent_e(z)), where.units)
    ways = {
        "p": score(where, injected, course, p),
        "e": score(where, injected, course, 1.0 / np.maximum(bets, 1.0)),
        "week": score(where, injected, course, p, weeks_a_budget=1),
    }
    bare = course._replace(z=np.zeros(0))
    return {way: (outcome, bare) for way, outcome in ways.items()}


def realised(outcomes: list[Outcome], level: int | None) -> tuple[int, int, float, float]:
    """Events, false ones, mean share of false over province-years and its upper 95 % limit; all levels together with ``None``.

    With fewer than 10 province-years that have a false one, the limit is the exact one of having any, which is no smaller.
    """
    at = slice(1, 7) if level is None else slice(level, level + 1)
    events = np.concatenate([one.events[at].sum(axis=0) for one in outcomes])
    false = np.concatenate([one.false[at].sum(axis=0) for one in outcomes])
    share = false / np.maximum(events, 1)
    n, any_false = share.size, int((false > 0).sum())
    exact = float(beta.ppf(0.95, any_false + 1, n - any_false)) if any_false < n else 1.0
    normal = float(share.mean() + 1.645 * share.std(ddof=1) / np.sqrt(n))
    return int(events.sum()), int(false.sum()), float(share.mean()), normal if any_false >= 10 else exact


def found_of(outcomes: list[Outcome], kind: str) -> tuple[int, float, float]:
    """How many of a kind were injected, share found within three weeks, share found at the unit itself."""
    rows = [one for outcome in outcomes for one in outcome.found if one[0] == kind]
    return len(rows), float(np.mean([one[1] for one in rows])), float(np.mean([one[2] for one in rows]))


def run(arm: Arm, provinces: int, seed: int) -> dict[str, list[tuple[Outcome, Course]]]:
    """Outcomes of many provinces by way of selecting."""
    with ProcessPoolExecutor(2) as pool:
        every = list(pool.map(one_province, [(seed + i, arm) for i in range(provinces)]))
    return {way: [one[way] for one in every] for way in every[0]}


def real_smoother(series: int = 400, weeks: int = 120, change: int = 100) -> list[str]:
    """Z of sites by the trend model and by the filter of the simulation, on the same days; half of the sites double."""
    rng = np.random.default_rng(SEED)
    level = np.cumsum(rng.normal(0, STEP, (series, weeks)), axis=1)
    level[: series // 2, change:] += np.log(2)
    x = np.repeat(level, SAMPLES_A_WEEK, axis=1) + rng.normal(0, DAY, (series, SAMPLES_A_WEEK * weeks))
    day = np.broadcast_to((7 * np.arange(weeks)[:, None] + [0, 3]).ravel(), x.shape)
    start = np.arange(series + 1) * x.shape[1]
    seen, group = observations(start, day.ravel(), x.ravel(), x.ravel()), np.zeros(series, np.int64)
    trends = smooth_trends(seen, group, np.arange(series + 1), np.full(series, day.max()), offsets=no_offsets(group))
    lower, _ = places(seen, predictive(seen, trends.smoothed, trends.settings.central))
    theirs = ndtri(np.clip(lower, 1e-12, 1 - 1e-12)).reshape(series, weeks, SAMPLES_A_WEEK).sum(axis=2) / np.sqrt(
        SAMPLES_A_WEEK
    )
    mean, spread, ours = np.zeros(series), np.ones(series), np.zeros((series, weeks))
    for week in range(weeks):
        s2 = spread + DAY**2 / SAMPLES_A_WEEK
        r = x.reshape(series, weeks, SAMPLES_A_WEEK)[:, week].mean(axis=1) - mean
        ours[:, week] = r / np.sqrt(s2)
        gain = spread / s2
        mean, spread = mean + gain * r, spread * (1 - gain) + STEP**2
    lines = []
    for name, z in (("simulation's filter", ours), ("trend model", theirs)):
        quiet, after = z[series // 2 :, LEARNING_WEEKS:], z[: series // 2, change : change + 6].mean(axis=0)
        tails = " | ".join(f"{np.mean(quiet > at) / rate:.2f}" for at, rate in ((2.326, 0.01), (3.09, 0.001)))
        lines.append(f"| {name} | {quiet.std():.3f} | {tails} | " + " | ".join(f"{one:.2f}" for one in after) + " |")
    return lines


def fdr_rows(outcomes: list[Outcome]) -> list[str]:
    """A line a level, and one for all together."""
    lines = []
    for name, level in [*LEVELS.items(), ("all together", None)]:
        events, false, share, limit = realised(outcomes, level)
        lines.append(f"| {name} | {events} | {false} | {false / max(events, 1):.3f} | {share:.3f} | {limit:.3f} |")
    return lines


def arm_row(name: str, rows: list[tuple[Outcome, Course]]) -> str:
    """A line of the comparison: share of false by level, what was found, odd causes reported as use."""
    outcomes = [one for one, _ in rows]
    shares = [realised(outcomes, level)[2] for level in (*LEVELS.values(), None)]
    found = [
        f"{found_of(outcomes, kind)[1]:.2f}" if found_of(outcomes, kind)[0] else ""
        for kind in ("county", "city", "town", "site")
    ]
    odd = sum(one.odd_reported for one in outcomes)
    return f"| {name} | {len(rows)} | " + " | ".join([f"{one:.3f}" for one in shares] + found) + f" | {odd} |"


HEAD = """# One budget of false alarms over the tree

Written by `python studies/warning_budget.py`; do not edit. Budget: "{words}", at each of six levels, for a budget's
year of 52 weeks. Seed {seed}.

{provinces} simulated provinces of 10 cities, 60 counties, 120 towns and villages, {sites} sites in the mean (least
{least}), {drugs} drugs, {weeks} weeks judged after {learning} to learn; {samples} samples a week of which
{missing:.0%} are missing. Standard deviations of logarithms: a day {day}, batch and drug {batch}, province and week
{shared}, site and week (all drugs) {flow}, weekly step of a level {step}. Per province: doublings, which last, of
{counties} counties, {cities} cities, {towns} towns and {single} single sites, each of one drug; {odd} batches of a
drug 1.5 times too high and {odd} wrong flows of a site (1.8 times, all drugs), of a week each.

A reported unit is **true** when, for that drug, a change at most {still} weeks old lies in it, around it, or is it.
Found: an event of that drug at the unit, in it or around it within three weeks from the change (the week itself and
two more).

## Realised share of false events

Share: of all events. FDR: mean over province-years. Limit: upper 95 % of the FDR; with fewer than 10 province-years
with a false event, the exact limit of having any, which is no smaller.
"""


def report(provinces: int = PROVINCES, more: int = MORE_PROVINCES, other: int = 2) -> str:
    """The study's page."""
    ours = run(Arm(), provinces + more, SEED)
    table = ["| level | events | false | share | FDR | limit |", "|---|---|---|---|---|---|"]
    every, first = [one for one, _ in ours["p"]], [one for one, _ in ours["p"][:provinces]]
    n_sites = [province(np.random.default_rng(SEED + i)).n_sites for i in range(provinces + more)]
    lines = [HEAD.format(
        words=WORDS, seed=SEED, provinces=provinces + more, sites=f"{np.mean(n_sites):.0f}", least=min(n_sites), drugs=DRUGS,
        weeks=WEEKS - LEARNING_WEEKS, learning=LEARNING_WEEKS, samples=SAMPLES_A_WEEK, missing=MISSING, day=DAY, batch=BATCH,
        shared=SHARED_WEEK, flow=FLOW, step=STEP, counties=COUNTIES, cities=CITIES, towns=TOWNS, single=SITES, odd=BATCHES,
        still=STILL_NEWS_WEEKS,
    )]  # fmt: skip
    lines += [
        f"The first {provinces} provinces:\n",
        *table,
        *fdr_rows(first),
        f"\nAll {provinces + more}:\n",
        *table,
        *fdr_rows(every),
    ]
    lines += [
        "\n## Doublings found within three weeks\n",
        "| of | injected | found | at the unit itself |",
        "|---|---|---|---|",
    ]
    for kind in ("county", "city", "town", "site"):
        n, found, itself = found_of(first, kind)
        lines.append(f"| {kind} | {n} | {found:.3f} ± {np.sqrt(found * (1 - found) / n):.3f} | {itself:.3f} |")
    by_week = np.array([one.by_week for one in every])
    county = sum(one.events[3:].sum() for one in every) / (by_week.size * 60)
    odd = [one for _, course in ours["p"] for one in course.odd]
    batches, flows = [one for one in odd if one.drug >= 0], [one for one in odd if one.drug < 0]
    told, false_told = (sum(getattr(course, name) for _, course in ours["p"]) for name in ("told", "false_told"))
    lines.append(f"""
New signals: {by_week.mean():.2f} a week and province (most {by_week.max()}), {county:.4f} a county and week.
False events that touch an odd batch or flow in its three weeks:
{sum(one.odd_reported for one in every)}, of {len(odd)} odd causes.
To the laboratory or the keeper of flows: {told} signals of the kind quality, {false_told} of them false;
{sum(one.is_told for one in batches)} of {len(batches)} biased batches and
{sum(one.is_told for one in flows)} of {len(flows)} wrong flows
were told.
""")
    lines.append(arms(ours, other))
    smoother = "\n".join(real_smoother())
    lines.append(f"""
## Is the simulation's filter fair to the trend model?

Sites alone, the same days; z of a week's two samples. Realised over stated tail while nothing happens,
mean z by week after a doubling.

| by | sd | at 1 % | at 0.1 % | week 0 | 1 | 2 | 3 | 4 | 5 |
|---|---|---|---|---|---|---|---|---|---|
{smoother}
""")
    return "\n".join(lines)


def arms(ours: dict[str, list[tuple[Outcome, Course]]], provinces: int) -> str:
    """Other ways of selecting, and other worlds."""
    nothing = run(Arm(times=0.0), 3 * provinces, SEED + 1_000)["p"]
    unexplained = run(Arm(explain=False), provinces, SEED)
    sharing = run(Arm(explain=False, sharing=3.0), provinces, SEED + 2_000)
    inflated = run(Arm(inflation=1.1), provinces, SEED + 3_000)
    named = [
        ("p, over weeks (ours)", ours["p"]), ("e, over weeks", ours["e"]), ("p, each week alone", ours["week"]),
        ("nothing happens, p", nothing), ("causes not explained, p", unexplained["p"]),
        ("causes not explained, e", unexplained["e"]),
        ("shared errors three times, not explained, p", sharing["p"]),
        ("shared errors three times, not explained, e", sharing["e"]),
        ("sd understated by 10 %, p", inflated["p"]), ("sd understated by 10 %, e", inflated["e"]),
    ]  # fmt: skip
    head = ["way", "provinces", *LEVELS, "all", "county found", "city", "town", "site", "odd causes as use"]
    return "\n".join([
        "## Other ways, and other worlds", "",
        "FDR by level (mean over province-years), share of doublings found, false events by an odd cause.", "",
        "| " + " | ".join(head) + " |", "|" + "---|" * len(head), *(arm_row(name, rows) for name, rows in named),
    ])  # fmt: skip


def main() -> None:
    started = time.time()
    text = report()
    used = os.times()
    text += f"\nSeconds: {time.time() - started:.0f} of the clock, {used.user + used.children_user:.0f} of processors.\n"
    print(text)
    REPORT.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
