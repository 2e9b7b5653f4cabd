"""From tables to outcomes: the right rows, their uncertainty, the province's figure, windows of counts, and refusals."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from headworks.assessment.rules import RuleSet, read_rule_set
from headworks.core.errors import DataRefused, UsageError
from headworks.core.periods import Period
from headworks.reference.rule_sets import rule_set_text
from headworks.tables.assessment import ListDecisions, ListOutcomes
from headworks.tables.indicators import Indicators
from headworks.workflows.assessment import assess, assessable_columns

QUARTERS = [f"{year}-Q{quarter}" for year in (2022, 2023, 2024) for quarter in (1, 2, 3, 4)]
AREAS = pl.DataFrame(
    {"area_id": ["P", "a", "b", "far"], "parent_id": [None, "P", "P", "P"], "level": [1, 4, 4, 4],
     "population": [1e6, 5e4, 5e4, 5e4]}
)  # fmt: skip
NO_DECISIONS = pl.DataFrame(ListDecisions.create_empty())


def rules(was: str = "", becomes: str = "") -> RuleSet:
    return read_rule_set(rule_set_text("recommended").replace(was, becomes), "recommended", assessable_columns())


def loads(rising: float = 2.0) -> pl.DataFrame:
    """Twelve quarters of the province and two towns; ``a`` rises in the third year."""
    rows = []
    for number, period in enumerate(QUARTERS):
        for area, level in (("P", 20.0), ("a", 20.0 * (rising if number >= 8 else 1.0)), ("b", 18.0)):
            rows.append({
                "area_id": area, "period": period, "analyte": "methamphetamine", "load_mg_per_1000_per_day": level,
                "lower": level / 1.2, "upper": level * 1.2, "u_day": 0.08, "u_batch": 0.03, "coverage": 0.8, "n_days": 13,
            })  # fmt: skip
    return pl.DataFrame(rows)


def contacts(rising: float = 2.0) -> pl.DataFrame:
    rows = []
    for number, period in enumerate(QUARTERS):
        window = Period.parse(period)
        for area, count in (("P", 500.0), ("a", 30.0 * (rising if number >= 8 else 1.0)), ("b", 25.0)):
            rows.append({
                "area_id": area, "period": period, "indicator": "health_contacts", "stratum": "all", "source": "hospitals",
                "vintage": dt.date(2025, 1, 1), "definition": "x", "numerator": count, "relation": "exactly", "unit": "people",
                "numerator_from": window.first, "numerator_to": window.last, "denominator": 1e6 if area == "P" else 5e4,
                "stock_or_flow": "flow", "speaks_of": "situation",
            })  # fmt: skip
    return pl.DataFrame(Indicators.validate(pl.DataFrame(rows).with_columns(
        pl.lit(None).alias(name) for name in ("denominator_from", "denominator_to", "growth_percent", "sample_size", "cut_off")
    ).select(Indicators.column_names()), cast=True))  # fmt: skip


def assessed(until: str = "2024-Q3", counts: pl.DataFrame | None = None, rule_set: RuleSet | None = None, **more):
    tables = {"area_loads": loads(), "indicators": contacts() if counts is None else counts} | more.pop("tables", {})
    return assess(rule_set or rules(), tables, AREAS, more.pop("decisions", NO_DECISIONS), Period.parse(until), "run-1")


def outcome(found, area: str, name: str = "rectification") -> dict[str, object]:
    return found.outcomes.filter(area_id=area, list_name=name).row(0, named=True)


def test_a_town_whose_load_and_contacts_double_is_listed_in_the_second_quarter():
    row = outcome(assessed("2024-Q2"), "a")
    assert (row["outcome"], row["since"], row["families"], row["criterion"]) == ("entered", "2024-Q2", 2, "load_rose")
    assert outcome(assessed("2024-Q1"), "a")["outcome"] == "stays_off"
    assert outcome(assessed("2024-Q2"), "b")["outcome"] == "stays_off"


def test_the_load_alone_is_one_family_and_puts_nobody_on_that_list():
    row = outcome(assessed(counts=contacts(1.0)), "a")
    assert (row["outcome"], row["families"]) == ("stays_off", 1)
    assert outcome(assessed(counts=contacts(1.0)), "a", "watch")["state"] == "on"


def test_the_table_keeps_its_promise_and_says_who_was_left_out():
    found = assessed()
    ListOutcomes.validate(found.outcomes)
    # Of "far" no table has a figure.
    assert (found.n_areas, found.n_without, found.period) == (3, 1, "2024-Q3")
    assert found.outcomes["run_id"].unique().to_list() == ["run-1"]


def test_a_longer_period_is_read_as_its_last_quarter():
    assert assessed("2024-H1").period == "2024-Q2"
    assert assessed("2024-H1").outcomes.equals(assessed("2024-Q2").outcomes)


def test_the_newest_vintage_counts():
    revised = contacts(1.0).with_columns(vintage=pl.lit(dt.date(2025, 6, 1)))
    both = pl.concat([contacts(), revised])
    assert outcome(assessed(counts=both), "a")["outcome"] == "stays_off"


def test_two_sources_are_two_figures_and_refused():
    both = pl.concat([contacts(), contacts().with_columns(source=pl.lit("police"))])
    with pytest.raises(DataRefused, match="Several figures speak of one area") as caught:
        assessed(counts=both)
    assert caught.value.code == "HW-D787"
    assert "source" in caught.value.found


def test_nothing_hangs_on_the_order_of_rows():
    shuffled = {"area_loads": loads().sample(fraction=1.0, shuffle=True, seed=3)}
    assert assessed(tables=shuffled).outcomes.equals(assessed().outcomes)


def test_later_figures_do_not_change_an_earlier_outcome():
    early = {"area_loads": loads().filter(pl.col("period") <= "2024-Q2")}
    assert assessed("2024-Q2", tables=early).outcomes.equals(assessed("2024-Q2").outcomes)


def test_decisions_of_this_rule_set_count():
    said = pl.DataFrame(
        [("a", "2024-Q3", "recommended", "rectification", "appeal_upheld", "a works was sampled"),
         ("a", "2024-Q2", "another", "rectification", "appeal_upheld", None)],
        schema=ListDecisions.column_names(), orient="row",
    )  # fmt: skip
    row = outcome(assessed(decisions=said), "a")
    assert (row["state"], row["outcome"], row["previous"]) == ("off", "appeal_upheld", "on")


def test_the_probability_is_the_one_worked_by_hand():
    # Variance ln(1 + 0.08^2) + ln(1 + 0.03^2) = 0.00728, of its past a quarter of that: 0.0091 together.
    # w = 0.09 / 0.0991 = 0.908; Phi(-ln 1.25 / sqrt(0.908 x 0.0091)) = Phi(-2.455).
    assert outcome(assessed(), "b", "watch")["probability"] == pytest.approx(0.00705, abs=2e-5)


@pytest.mark.parametrize(
    ("until", "error", "said"),
    [("2024-05", UsageError, "looks at longer periods"), ("2010", DataRefused, "not valid in this period"),
     ("2021", DataRefused, "No table has a figure")],
)  # fmt: skip
def test_periods_that_cannot_be_assessed_are_refused(until, error, said):
    with pytest.raises(error, match=said):
        assessed(until)
