from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from headworks.reports import situation_report
from headworks.reports.content import Figure
from headworks.reports.sections.history import panel_sites
from headworks.reports.sections.weekdays import weekday_ratios


def week(site, loads, first=dt.date(2022, 3, 7)):
    """Seven days from a Monday; a load of None is a censored day."""
    return pl.DataFrame(
        {"site_id": site, "day": [first + dt.timedelta(days=i) for i in range(7)], "analyte": "benzoylecgonine",
         "weekday": list(range(1, 8)), "load_mg_per_1000_per_day": loads,
         "detection": ["below_loq" if load is None else "quantified" for load in loads]},
        schema_overrides={"load_mg_per_1000_per_day": pl.Float64},
    )  # fmt: skip


def test_a_weekend_drug_worked_by_hand():
    # Mean of 10x5, 20, 30 is 100/7: Saturday stands at 20 / (100/7) = 1.4, Sunday at 2.1.
    ratios = weekday_ratios(week("A1", [10.0] * 5 + [20.0, 30.0]))
    assert ratios["median"].to_list() == pytest.approx([0.7] * 5 + [1.4, 2.1])
    assert ratios["n_sites"].to_list() == [1] * 7


def test_a_large_site_speaks_no_louder_than_a_small_one():
    small, large = week("A1", [1.0] * 7), week("B2", [1000.0] * 7)
    assert weekday_ratios(pl.concat([small, large]))["median"].to_list() == pytest.approx([1.0] * 7)


def test_a_site_with_a_censored_day_is_left_out():
    assert weekday_ratios(week("A1", [None] + [10.0] * 6)).is_empty()


def test_only_days_of_the_period_count(make_tables, request_2022):
    days = pl.concat([week("A1", [10.0] * 7), week("A1", [1.0] * 6 + [99.0], dt.date(2021, 3, 1))])
    section = situation_report(make_tables(days=days), request_2022).drugs[0]
    figure = next(block for block in section.beside if isinstance(block, Figure) and block.kind == "weekdays")
    assert [row["median"] for row in figure.tiles[0].rows] == pytest.approx([1.0] * 7)


def test_no_line_crosses_a_gap(make_tables, request_2022):
    means = make_tables().period_means
    older = means.filter((pl.col("site_id") == "A1") & (pl.col("period") == "2021")).with_columns(period=pl.lit("2019"))
    content = situation_report(make_tables(period_means=pl.concat([older, means])), request_2022)
    figure = next(b for b in content.drugs[0].blocks if isinstance(b, Figure) and b.kind == "trends")
    runs = [(row["first"], row["run"]) for row in figure.tiles[0].rows if row["label"] == "Aville"]
    assert runs == [("2019-01-01", 1), ("2021-01-01", 2), ("2022-01-01", 2)]


def test_periods_after_the_one_reported_are_not_shown(make_tables, request_2022):
    means = make_tables().period_means
    later = means.filter(pl.col("period") == "2022").with_columns(period=pl.lit("2023"))
    content = situation_report(make_tables(period_means=pl.concat([means, later])), request_2022)
    figure = next(b for b in content.drugs[0].blocks if isinstance(b, Figure) and b.kind == "trends")
    assert {row["first"][:4] for tile in figure.tiles for row in tile.rows} == {"2021", "2022"}


def test_few_panels_go_to_the_largest_and_the_surest_changes():
    rows = pl.DataFrame(
        {"site_id": list("abcdef"), "label": list("abcdef"), "population_served": [6.0, 5, 4, 3, 2, 1],
         "p_rose": [0.5, 0.5, 0.5, 0.5, 0.01, 0.9], "state": ["value"] * 6}
    )  # fmt: skip
    # Four panels: the two largest (a, b), then the surest changes (e: 0.49 from a half, f: 0.4).
    assert panel_sites(rows, rows.select("site_id"), most=4) == ["a", "b", "e", "f"]
    assert panel_sites(rows, rows.select("site_id"), most=6) == list("abcdef")
