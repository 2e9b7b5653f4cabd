import datetime as dt

import polars as pl
import pytest
from tests.places import builders as places
from tests.workflows.builders import facts, method, result, sample

from headworks.workflows import Scope, derive_situation
from headworks.workflows.year import first_judged_day, year_range

DAY = dt.date(2025, 5, 5)


def tables_of(*days, conc=100.0, analyte="methamphetamine", **more):
    """Result tables of results of one residue at sites and days, ``(site, day)`` or ``(site, day, conc)``."""
    samples, results = [], []
    for site, on, *said in days:
        samples.append(sample(site, on))
        results.append(result(samples[-1], said[0] if said else conc, analyte))
    return derive_situation(facts(samples, results, **more), method()).tables


def test_a_year_needs_three_days_of_the_next():
    assert year_range(2026) == (dt.date(2026, 1, 1), dt.date(2027, 1, 3))


def test_the_week_that_ends_in_january_holds_all_its_days():
    # Week 53 of 2026 runs from Monday 28 December to Sunday 3 January.
    weekly = tables_of(*[("a", dt.date(2026, 12, 28) + dt.timedelta(days=i)) for i in range(7)])["weekly_means"]
    assert weekly.select("year", "week", "n_days").rows() == [(2026, 53, 7)]


def test_the_week_that_begins_in_december_holds_all_its_days():
    weekly = tables_of(*[("a", dt.date(2024, 12, 30) + dt.timedelta(days=i)) for i in range(7)])["weekly_means"]
    assert weekly.select("year", "week", "n_days").rows() == [(2025, 1, 7)]


def test_an_area_figure_by_hand_from_samples():
    tables = tables_of(("a", DAY, 100.0), ("b", DAY, 200.0))
    row = tables["area_loads"].filter(area_id="K", period="2025").row(0, named=True)
    # 100 ng/L x 10,000 m3/d = 1,000 mg/d; twice that at b; 20,000 + 25,000 people of 60,000.
    assert row["load_mg_per_day"] == pytest.approx(3_000.0)
    assert row["load_mg_per_1000_per_day"] == pytest.approx(3_000 / 45)
    assert row["coverage"] == pytest.approx(0.75)


def test_a_change_of_areas_and_of_sites_looks_a_year_back():
    tables = tables_of(("a", dt.date(2024, 5, 6), 100.0), ("a", DAY, 150.0))
    for name, key in (("area_changes", {"area_id": "T1"}), ("changes", {"site_id": "a"})):
        row = tables[name].filter(period="2025", **key).row(0, named=True)
        assert row["previous_period"] == "2024"
    ratio = tables["area_changes"].filter(area_id="T1", period="2025")["ratio"].item()
    assert ratio == pytest.approx(1.5)


def test_figures_of_a_year_do_not_move_when_the_next_year_comes():
    rows = [("a", dt.date(2025, month, 5), 50.0 * month) for month in range(1, 13)]
    before = tables_of(*rows)
    after = tables_of(*rows, *[("a", dt.date(2026, month, 5), 900.0 / month) for month in range(1, 13)])
    for name in ("period_means", "area_loads", "weekly_means"):
        year = pl.col("year") == 2025 if name == "weekly_means" else pl.col("period").str.starts_with("2025")
        assert after[name].filter(year).equals(before[name].filter(year)), name


def test_figures_of_a_quarter_do_not_move_when_the_next_quarter_comes():
    rows = [("a", dt.date(2025, month, day), 50.0 + 3 * month * day) for month in range(1, 7) for day in (3, 17)]
    later = [("a", dt.date(2025, month, 3), 5_000.0 / month) for month in (7, 8)]
    before, after = tables_of(*rows), tables_of(*rows, *later)
    for name in ("period_means", "area_loads"):
        quarter = pl.col("period").is_in(["2025-Q1", "2025-Q2", "2025-H1", "2025-05"])
        assert after[name].filter(quarter).equals(before[name].filter(quarter)), name


def test_consumption_of_areas_is_that_of_their_loads():
    tables = tables_of(("a", DAY), ("b", DAY))
    used = tables["area_consumption"]
    assert set(used["period"]) == {"2025", "2025-H1", "2025-Q2"}
    row = used.filter(area_id="K", period="2025").row(0, named=True)
    load = tables["area_loads"].filter(area_id="K", period="2025")["load_mg_per_1000_per_day"].item()
    factor = method().parameters.primary("methamphetamine")["correction_factor"]
    assert row["consumption_mg_per_1000_per_day"] == pytest.approx(load * factor)


def test_a_site_of_no_area_has_its_own_figures_and_is_in_no_area_s():
    tables = tables_of(("c", DAY), sites=[places.site("c", None, 5_000.0)])
    assert tables["period_means"].height == 5
    assert tables["area_loads"].height == 0


def test_loss_in_the_sewer_widens_is_corrected_or_ignored():
    sites = [places.site("a", "T1", 20_000.0, residence_h=12.0)]
    one = sample("a", DAY)
    told = facts([one], [result(one, 100.0, "cocaine")], sites=sites)
    found = {
        rule: derive_situation(told, method(in_sewer_loss=rule)).tables["loads"].row(0, named=True)
        for rule in ("uncertainty", "corrected", "ignored")
    }
    assert found["uncertainty"]["load_mg_per_day"] == found["ignored"]["load_mg_per_day"] == pytest.approx(1_000.0)
    assert found["corrected"]["load_mg_per_day"] > 1_000.0
    assert found["uncertainty"]["u_site"] > found["ignored"]["u_site"]


@pytest.mark.parametrize(
    ("scope", "first"),
    [
        (Scope(), dt.date(2026, 1, 1)),
        (Scope(frozenset({dt.date(2026, 5, 1), dt.date(2026, 8, 1)})), dt.date(2026, 5, 1)),
        (Scope(frozenset({dt.date(2025, 5, 1)})), dt.date(2026, 1, 1)),
        (Scope(frozenset(), frozenset({2025})), dt.date(2026, 1, 1)),
        (Scope(frozenset({dt.date(2028, 5, 1)})), dt.date(2027, 1, 4)),
    ],
)
def test_disposal_is_judged_anew_from_the_first_touched_day_on(scope, first):
    assert first_judged_day(scope, 2026) == first
