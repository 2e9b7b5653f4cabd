"""The course of a trend: points of weeks, limits at their limits, nothing across a gap, one definition for page and report."""

import datetime as dt

import vl_convert
from tests.reports.builders import area_tables

from headworks.reports import render_html, situation_report
from headworks.reports.drawing.trend import trend_domain, trend_points, trend_spec


def level(number, **replaced):
    return {"period": f"2025-W{number:02d}", "level": 4.0, "lower": 3.0, "upper": 5.0, "state": "value", **replaced}


def figure(number, **replaced):
    row = {"period": f"2025-W{number:02d}", "load_mg_per_1000_per_day": 4.0, "lower": 0.01, "upper": 90.0, "state": "value"}
    return {**row, **replaced}


def test_a_week_that_was_not_told_or_is_withheld_ends_the_line():
    points = trend_points([level(2), level(3), level(5), level(6, state="suppressed"), level(7)], [])
    assert [(one["first"], one["run"]) for one in points] == [
        ("2025-01-12", 1), ("2025-01-19", 1), ("2025-02-02", 2), ("2025-02-16", 3),
    ]  # fmt: skip


def test_what_was_not_quantified_is_a_limit_and_no_value():
    points = trend_points(
        [level(2, level=None, lower=0.0, upper=2.0)], [figure(2, load_mg_per_1000_per_day=None, state="below_limit")]
    )
    assert [(one["mark"], one["state"], one["middle"], one["upper"]) for one in points] == [
        ("level", "below_limit", None, 2.0), ("figure", "below_limit", None, 90.0),
    ]  # fmt: skip


def test_the_axis_is_that_of_levels_middles_and_limits_not_of_single_weeks_intervals():
    assert trend_domain(trend_points([level(2)], [figure(2)])) == (0.5, 5.0)


def test_marks_and_sentences_of_all_kinds_are_drawn_light_and_dark():
    odd = {"day": dt.date(2025, 1, 8), "site_id": "A", "load_mg_per_1000_per_day": 9.0}
    points = trend_points([level(2), level(3)], [figure(2, state="below_limit")], [odd], lambda mark, row: mark)
    assert {one["hover"] for one in points} == {"level", "figure", "outlying"}
    for is_dark in (False, True):
        spec = trend_spec(points, {"title": "A course", "axis": "mg, log scale"}, is_dark=is_dark)
        drawn = vl_convert.vegalite_to_svg(spec, allowed_base_urls=[])
        assert "A course" in drawn
        assert "log scale" in drawn


def test_a_report_has_a_panel_and_a_table_per_drug_with_a_trend_in_both_languages(make_tables, request_2022):
    import polars as pl

    trend = {"analyte": "benzoylecgonine", "drug": "cocaine", "change_per_year": 1.0, "p_rising": 0.5, "n_days": 3,
             "share_censored": 0.0, "quarter_ratio": 1.3, "quarter_ratio_lower": 1.07, "quarter_ratio_upper": 1.58}  # fmt: skip
    trends = pl.DataFrame([{**trend, **level(number), "period": f"2022-W{number:02d}"} for number in range(10, 30)])
    tables = make_tables(of_areas=area_tables(trends=trends))
    english = render_html(situation_report(tables, request_2022), "en")
    assert "rose over the last quarter by 30 % (7 to 58 %)" in english
    assert 'id="drug-cocaine-course-' in english
    assert "2022-W29" in english
    assert "上升了 30 %" in render_html(situation_report(tables, request_2022), "zh")
