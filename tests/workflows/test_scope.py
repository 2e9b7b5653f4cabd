import datetime as dt
import os
import random

import polars as pl
import pytest
from tests.workflows.builders import facts, method, result, sample

from headworks.loads import kept_out_days
from headworks.workflows import Scope, Steps, derive_situation, derive_years
from headworks.workflows.scope import YearScope, scope_of_year, years_touched
from headworks.workflows.situation import InMemory
from headworks.workflows.year_trends import LEARNT, LearntBefore, quarters_of

TOUCHED = dt.date(2026, 5, 12)


def scope(*days, years=()):
    return Scope(frozenset(days), frozenset(years))


def test_nothing_said_is_everything_and_no_days_are_nothing():
    assert Scope().is_all
    assert not Scope().is_empty
    assert scope().is_empty
    assert not scope(years=[2020]).is_empty


def test_a_day_touches_the_periods_that_hold_it_and_those_that_learn_from_it():
    sampled = [dt.date(2026, 2, 3), TOUCHED, dt.date(2026, 6, 9), dt.date(2026, 9, 8)]
    found = scope_of_year(scope(TOUCHED), 2026, sampled)
    # Nothing before May but February: the second quarter learns from the first, the third from the second.
    assert sorted(found.labels) == [
        "2026",
        "2026-05",
        "2026-09",
        "2026-H1",
        "2026-H2",
        "2026-Q2",
        "2026-Q3",
        "2026-W20",
        "2026-W37",
    ]
    assert found.weeks == {(2026, 20), (2026, 37)}
    assert found.days == {TOUCHED}


def test_in_an_opening_quarter_a_day_touches_the_other_days_of_its_quarter():
    june = dt.date(2026, 6, 9)
    opening = scope_of_year(scope(TOUCHED), 2026, [TOUCHED, june])
    later = scope_of_year(scope(TOUCHED), 2026, [dt.date(2025, 7, 1), TOUCHED, june])
    assert "2026-06" in opening.labels
    assert "2026-06" not in later.labels


def test_the_year_after_a_touched_one_is_recomputed_whole():
    assert scope_of_year(scope(TOUCHED), 2027, []) == YearScope()
    assert scope_of_year(scope(years=[2026]), 2027, []).is_all
    assert not scope_of_year(scope(TOUCHED), 2028, []).is_all


def test_the_first_of_january_may_belong_to_the_year_before():
    day = dt.date(2027, 1, 2)
    assert years_touched(scope(day), [2025, 2026, 2027, 2028, 2029]) == [2026, 2027, 2028]
    assert scope_of_year(scope(day), 2026, [day]).labels == {"2026-W53"}
    assert scope_of_year(scope(day), 2026, [day]).weeks == {(2026, 53)}


def test_the_first_days_of_january_learn_from_the_year_whose_last_week_they_end():
    found = scope_of_year(scope(TOUCHED), 2026, [TOUCHED, dt.date(2027, 1, 1)])
    assert {"2026-W53", "2026-W20"} <= found.labels
    assert not any(label.startswith("2027") for label in found.labels)


def test_a_year_of_which_no_date_is_known_touches_the_year_and_no_smaller_period():
    found = scope_of_year(scope(years=[2026]), 2026, [TOUCHED])
    assert (found.labels, found.weeks) == ({"2026"}, {(2026, 0)})


def test_only_years_with_facts_are_recomputed():
    assert years_touched(Scope(), [2025, 2023]) == [2023, 2025]
    assert years_touched(scope(TOUCHED), [2023, 2026]) == [2026]
    assert years_touched(scope(), [2023, 2026]) == []


# --- by brute force: whatever one sample more or less changes lies in the scope of its day ---------------------------

TURNS = [dt.date(year, 12, 27) + dt.timedelta(days=i) for year in (2024, 2025, 2026) for i in range(12)]
DAYS = [*TURNS, *[dt.date(2025, month, 5) for month in (2, 5, 8, 11)], dt.date(2026, 2, 2), dt.date(2026, 7, 7)]


def drawn(rng):
    samples = [
        sample(site, on) for on in sorted(rng.sample(DAYS, rng.randint(2, 9))) for site in rng.sample("abv", rng.randint(1, 2))
    ]
    results = [
        result(one, None if rng.random() < 0.2 else rng.uniform(5, 500), analyte, batch_id=f"b{one['collected_from'].month}")
        for one in samples
        for analyte in ("methamphetamine", "ketamine")
    ]
    return samples, results


def rows_that_differ(one, other):
    """Name of the table and year and label of every row that only one of two situations has."""
    for name, rows in one.items():
        for here, there in ((rows, other[name]), (other[name], rows)):
            for row in here.join(there, on=here.columns, how="anti", nulls_equal=True).to_dicts():
                label = row.get("period") or row.get("quarter")
                if label:
                    yield name, int(label[:4]), label
                elif "week" in row:
                    yield name, row["year"], (row["year"], row["week"])


def is_told_anew(label, years, present):
    """Whether a week's trend comes with the days of one of some years."""
    week = dt.date.fromisocalendar(int(label[:4]), int(label[-2:]), 4)
    quarter = f"{week.year}-Q{(week.month + 2) // 3}"
    told = [quarters_of(year, has_before=year - 1 in present, has_after=year + 1 in present).labels for year in years]
    return any(quarter in labels for labels in told)


def is_inside(label, found):
    return found.is_all or label in (found.labels if isinstance(label, str) else found.weeks)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [7, *range(100, 140 if os.environ.get("HEADWORKS_FULL") else 108)])
def test_what_a_sample_changes_lies_in_the_scope_of_its_day(seed):
    rng = random.Random(seed)
    samples, results = drawn(rng)
    gone = rng.choice(samples)
    fewer = [one for one in samples if one is not gone]
    rest = [one for one in results if one["sample_id"] != gone["sample_id"]]
    touched = scope(gone["collected_from"].date())
    tables = [derive_situation(facts(*both), method()).tables for both in ((samples, results), (fewer, rest))]
    differing = set(rows_that_differ(*tables))
    assert differing
    for after in (samples, fewer):
        days = {one["collected_from"].date() for one in after}
        years = {year for day in [*days, *touched.days] for year in (day.year, day.isocalendar().year)}
        known = {year: scope_of_year(touched, year, days_near(days, year)) for year in years_touched(touched, years)}
        outside = [
            (name, label)
            for name, year, label in differing
            if not (is_told_anew(label, known, years) if name == "trends" else year in known and is_inside(label, known[year]))
        ]
        assert outside == []


def days_near(days, year):
    return [day for day in days if dt.date(year - 1, 1, 1) <= day <= dt.date(year + 1, 1, 3)]


class AfterARun(InMemory):
    """Facts as they are now, and what the run before left."""

    def __init__(self, now, before):
        super().__init__(now)
        self._before = before

    def loads_before(self, first, last):
        month = pl.col("day").dt.strftime("%Y-%m")
        return self._before["loads"].filter((month >= first) & (month <= last))

    def kept_out_before(self, first, last):
        month = pl.col("day").dt.strftime("%Y-%m")
        return kept_out_days(self._before["disposal_events"].filter((month >= first) & (month <= last)))

    def learnt_before(self, year):
        return LearntBefore(*(self._before[name].filter(year=year) for name in LEARNT))


def poured_away(with_touched):
    """Nine ordinary ratios in 2024, a tenth on 20 December if said, one far above them in January 2025, and days in 2026."""
    ordinary = [dt.date(2024, 11, 1) + dt.timedelta(days=3 * i) for i in range(9)]
    later = [dt.date(year, month, 15 + i) for year, month in ((2025, 5), (2026, 1)) for i in range(3)]
    loads = dict.fromkeys([*ordinary, *later], 100.0) | {dt.date(2025, 1, 15): 3_000.0}
    if with_touched:
        loads[dt.date(2024, 12, 20)] = 105.0
    samples = {on: sample("a", on) for on in sorted(loads)}
    results = [result(samples[on], conc + on.day, "methadone") for on, conc in loads.items()]
    results += [result(samples[on], 300.0, "EDDP") for on in loads]
    return facts(samples.values(), results)


def test_a_day_that_makes_another_year_s_day_disposal_touches_the_year_after_that_one_too():
    given = [poured_away(with_touched) for with_touched in (False, True)]
    tables = [derive_situation(one, method()).tables for one in given]
    kept_out = [table["disposal_events"].filter("is_kept_out")["day"].unique().to_list() for table in tables]
    assert kept_out == [[], [dt.date(2025, 1, 15)]]
    touched, emitted = scope(dt.date(2024, 12, 20)), []
    source = AfterARun(given[1], tables[0])
    done = derive_years(
        source, method(), touched, Steps(), lambda said, name, rows, *, more=False: emitted.append((name, rows))
    )
    assert done.years == [2024, 2025, 2026]
    again = pl.concat([rows.drop("part") for name, rows in emitted if name == "changes"])
    wanted = tables[1]["changes"].filter(pl.col("period").str.starts_with("2026"))
    assert wanted.height > 0
    columns = wanted.columns
    assert (
        again.select(columns).cast(wanted.schema).join(wanted, on=columns, how="semi", nulls_equal=True).height
        == wanted.height
    )


def test_the_year_before_is_found_for_the_week_that_a_single_day_of_january_is_in():
    one = sample("a", dt.date(2027, 1, 2))
    weekly = derive_situation(facts([one], [result(one, 100.0)]), method()).tables["weekly_means"]
    assert weekly.select("year", "week").rows() == [(2026, 53)]


def test_the_year_after_is_found_for_the_week_that_a_single_day_of_december_is_in():
    one = sample("a", dt.date(2024, 12, 31))
    tables = derive_situation(facts([one], [result(one, 100.0)]), method()).tables
    assert tables["weekly_means"].select("year", "week").rows() == [(2025, 1)]
    labels = tables["period_means"].select(pl.col("period").sort()).to_series().to_list()
    assert labels == ["2024", "2024-12", "2024-H2", "2024-Q4", "2025-W01"]
