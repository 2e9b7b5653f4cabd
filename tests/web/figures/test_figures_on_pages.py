"""Words, numbers, pictures and the period bar: what pages are made of."""

import re
import xml.etree.ElementTree as ET

import polars as pl
import pytest
from tests.web.conftest import area_at, reader

from headworks.core.errors import UsageError
from headworks.jobs.step_change import StepChange
from headworks.web.access.models import AreaNode, SiteArea
from headworks.web.figures.cells import cells_geojson, drawn_cells, register_version
from headworks.web.figures.indexed import index_rows
from headworks.web.figures.kept import kept
from headworks.web.figures.map_rows import map_shown
from headworks.web.figures.map_svg import map_file, map_svg
from headworks.web.figures.naming import drug_name, residue_name, words_of
from headworks.web.figures.panels import Rung, ladder, shared_factor, small_course, stacked_shares
from headworks.web.figures.periods import newest_label, period_bar
from headworks.web.figures.scoped import figures_of_sites
from headworks.web.figures.sentences import ratio_said, said_of, state_of

KNOWN = {"week": ("2025-W02", "2025-W03", "2025-W05"), "month": ("2025-01", "2025-02"), "year": ("2025",)}


def row(load=42.0, lower=33.0, upper=54.0, **more):
    return {
        "state": "value",
        "load_mg_per_1000_per_day": load,
        "lower": lower,
        "upper": upper,
        "coverage": 0.81,
        "detection": "quantified",
        **more,
    }


def test_words_number_interval_coverage_in_that_order():
    said = said_of(row(), StepChange("rose", 1.2, 1.1, 1.3, 0.99))
    assert said.line() == "▲ rose · 42.0 mg per 1,000 people a day (33.0–54.0) · 81 % of residents covered"


@pytest.mark.parametrize(
    ("figure", "state", "number"),
    [
        (None, "not_sampled", "not sampled"), (row(state="suppressed"), "suppressed", "suppressed for this reader"),
        (row(None, 0.0, 2.0, detection="below_loq", state="below_limit"), "below_limit", "below the limit of quantification"),
        (row(None), "below_limit", "mostly below the limit of quantification"), (row(), "value", "42.0 mg per 1,000 people a day"),
    ],
)  # fmt: skip
def test_four_states_are_never_confused(figure, state, number):
    assert state_of(figure) == state
    assert said_of(figure).number == number


def test_a_suppressed_row_says_no_number_at_all():
    said = said_of({"state": "suppressed", "load_mg_per_1000_per_day": None, "coverage": None})
    assert not re.search(r"\d", said.line())


def test_below_the_limit_says_the_most_it_can_be():
    assert said_of(row(None, 0.0, 2.0, detection="below_loq")).interval == "at most 2.00"
    assert said_of(row(None, None, None, detection="below_loq")).interval == "limit unknown"


def test_a_ratio_comes_with_interval_and_probability():
    said = ratio_said(StepChange("rose", 1.3, 0.99, 1.72, 0.968), "2025-W13")
    assert said == "1.30 times 2025-W13 (0.990–1.72), probability 97 %"
    assert "over 99 %" in ratio_said(StepChange("rose", 3.0, 2.0, 4.0, 0.9999), "2025-W13")
    assert ratio_said(StepChange("none"), "") == ""


def test_the_bar_skips_gaps_and_knows_the_same_moment_in_longer_kinds():
    bar = period_bar(KNOWN, "2025-W03")
    assert (bar.before, bar.after) == ("2025-W02", "2025-W05")
    assert [(str(words), label, here) for words, label, here in bar.kinds] == [
        ("week", "2025-W03", True), ("month", "2025-01", False), ("year", "2025", False)]  # fmt: skip


def test_without_a_question_the_newest_week_is_shown_and_without_figures_nothing():
    assert newest_label(KNOWN) == "2025-W05"
    assert period_bar({}) is None
    assert period_bar({}, "2025-W05").before == ""


def test_from_a_year_one_comes_back_to_its_newest_week():
    kinds = {str(words): label for words, label, _ in period_bar(KNOWN, "2025").kinds}
    assert kinds["week"] == "2025-W05"


@pytest.mark.parametrize("label", ["next week", "2025-02-03", "2025-W60", "<b>"])
def test_what_is_no_period_is_refused(label):
    with pytest.raises(UsageError, match="not a period") as refused:
        period_bar(KNOWN, label)
    assert refused.value.code == "HW-U130"


def test_rows_are_found_by_residue_and_period():
    frame = pl.DataFrame(
        {"analyte": ["a", "b"], "drug": ["x: a", "y"], "period": ["2025-W02", "2025"], "state": ["value"] * 2}
    )
    index = index_rows(frame)
    assert index.row("a", "2025-W02")["drug"] == "x: a"
    assert index.row("a", "2025") is None
    assert index.headings == (("b", "y"), ("a", "x: a"))
    assert index.periods["week"] == ("2025-W02",)


def test_a_course_draws_each_state_by_its_own_mark():
    course = [row(), None, row(None, 0.0, 9.0, detection="below_loq"), {"state": "suppressed"}, row(20.0, 15.0, 30.0)]
    drawn = small_course(course, shared_factor([course]), 'Title with "quotes" & <tags>')
    ET.fromstring(drawn)  # noqa: S314  drawn by us a moment ago
    for mark in ("band", "not_sampled", "limit", "suppressed", "newest", "middle"):
        assert f'class="{mark}' in drawn or f" {mark}" in drawn
    assert "style=" not in drawn


def test_panels_share_a_factor_that_no_outlier_spoils():
    calm = [[row(10.0, 9.0, 11.0)] for _ in range(20)]
    assert shared_factor(calm) == pytest.approx(4.6)
    assert shared_factor([*calm, [row(10.0, 0.001, 1000.0)]]) == pytest.approx(4.6)
    assert shared_factor([]) == 4.0


def test_ladders_and_shares_are_well_formed_and_say_what_they_show():
    rungs = [Rung("A & B", row(), "said", True), Rung("C", None, "not sampled"), Rung("D", {"state": "suppressed"}, "x"),
             Rung("E", row(None, 0.0, 2.0), "y")]  # fmt: skip
    drawn = ladder(rungs, "On one scale", "mg")
    ET.fromstring(drawn)  # noqa: S314  drawn by us a moment ago
    assert "A &amp; B" in drawn
    ET.fromstring(stacked_shares([("days: 90 %", 0.9), ("batches: 10 %", 0.1)], "Shares"))  # noqa: S314  drawn by us a moment ago


def test_names_of_drugs_residues_and_codes():
    assert drug_name("ketamine") == "Ketamine"
    assert drug_name("ketamine: norketamine", "norketamine") == "Ketamine by Norketamine"
    assert residue_name("no such thing") == "no such thing"
    assert words_of("plant_influent") == "influent of a plant"


def test_a_map_of_towns_has_a_cell_for_each_and_a_file_says_its_legend(province):
    area = area_at(1)
    drawn = drawn_cells((area.path,), 4, register_version())
    assert len(drawn.places) > 1_600
    assert not drawn.unplaced
    who = reader()
    shown = map_shown(
        who, (area.area_id, (area.path,)), 3, ("ketamine", "ketamine"), ("2025-W10", "2025-W09"), register_version()
    )
    assert {one.area_id for one in shown.rows} >= {area_at(3).area_id}
    svg = map_svg(shown, "Ketamine <x>", {"period": "2025-W10"})
    ET.fromstring(svg)  # noqa: S314  drawn by us a moment ago
    file = map_file(shown, "Ketamine", "Headworks")
    ET.fromstring(file)  # noqa: S314  drawn by us a moment ago
    for words in ("below the limit", "not sampled", "suppressed", "Headworks"):
        assert words in file


def test_a_city_without_counties_leaves_no_hole_in_their_map(province):
    codes = {place.area_id for place in drawn_cells((area_at(1).path,), 3, register_version()).places}
    assert "441900000000" in codes


def test_geojson_is_packed_and_versioned(province):
    import gzip
    import json

    body, version = cells_geojson((area_at(1).path,), 3)
    features = json.loads(gzip.decompress(body))["features"]
    assert len(features) >= 122
    assert version
    assert all(set(one["properties"]) == {"id", "middle", "wide"} for one in features)


def test_what_is_kept_is_kept_per_rights(province):
    made = []
    for who in (reader(), reader(), reader(tier="public"), reader(path=area_at(2).path)):
        kept(who, ("test", "x"), lambda: made.append(1))
    assert len(made) == 3


def test_what_was_asked_for_least_lately_makes_room(province):
    made = []
    for key in ("a", "b", "a", "c", "a", "b"):
        kept(reader(), ("room", key), lambda key=key: made.append(key), rows=9_000)
    assert made == ["a", "b", "c", "b"]


def test_figures_of_sites_come_for_those_that_serve_the_area_only(province):
    here = next(node for node in AreaNode.objects.filter(level=3) if SiteArea.objects.filter(area_path__startswith=node.path))
    mine = SiteArea.objects.filter(area_path__startswith=here.path).first().site_id
    other = SiteArea.objects.exclude(
        site_id__in=SiteArea.objects.filter(area_path__startswith=here.path).values("site_id")
    ).first()
    found = figures_of_sites(reader(path=here.path), here.area_id, [mine, other.site_id, "no such site"])
    assert set(found) == {mine}
