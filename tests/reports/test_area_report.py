from __future__ import annotations

import dataclasses
import re

import polars as pl
import pytest
from tests.reports.builders import CONFORMITY, area_tables, boundaries, filled

from headworks.core.periods import Period
from headworks.reports import render_html, situation_report
from headworks.reports.area_standing import area_notes, area_sentence, area_standing
from headworks.reports.content import Figure, Fold, Label, Message, Notice, TableBlock, Tree
from headworks.reports.drawing.outlines import outlines_of
from headworks.reports.sections.areas import area_headline, drawn_areas, map_blocks, rank_blocks
from headworks.reports.sections.drill import tree_block
from headworks.reports.sections.ladder import change_blocks, ladder_blocks
from headworks.reports.wording import wording_for

EN = wording_for("en")
COCAINE = Label("Cocaine", "可卡因")


def standing(areas=None):
    return area_standing(areas or area_tables(), "cocaine", "benzoylecgonine", Period.parse("2022"))


def row(area, rows=None):
    return (standing() if rows is None else rows).filter(pl.col("area_id") == area).row(0, named=True)


def said(area):
    return [EN.say(part) for part in area_sentence(row(area)).parts]


@pytest.fixture
def content(make_tables, request_2022):
    return situation_report(make_tables(of_areas=area_tables()), request_2022)


@pytest.fixture
def page(content):
    return render_html(content, "en")


def test_every_area_is_in_one_of_four_states():
    states = dict(standing().select("area_id", "state").rows())
    assert states == {"AT": "value", "C1": "value", "C2": "suppressed", "K1": "value", "K2": "below_limit",
                      "K3": "not_sampled", "T1": "value", "V1": "value"}  # fmt: skip


def test_a_sentence_is_words_number_interval_coverage():
    assert said("AT") == ["▼ fell", "42.0 mg per 1,000 people a day", "33.0–54.0", "81\u00a0% of residents covered"]
    assert said("K1") == [
        "◆ cannot tell whether it rose or fell",
        "120 mg per 1,000 people a day",
        "90.0–160",
        "70\u00a0% of residents covered",
    ]
    assert said("T1") == ["○ no earlier year", "110 mg per 1,000 people a day", "80.0–150", "coverage not known"]


def test_below_suppressed_and_not_sampled_are_never_confused():
    assert said("K2") == [
        "○ no earlier year",
        "below the limit of quantification",
        "at most 5.00",
        "40\u00a0% of residents covered",
    ]
    assert said("C2") == ["nothing can be said", "suppressed for this reader", "no interval", "coverage not shown"]
    assert said("K3") == ["nothing can be said", "not sampled", "no interval", "no resident covered"]


def test_a_suppressed_area_holds_no_number():
    hidden = row("C2")
    assert [name for name, value in hidden.items() if isinstance(value, float) and name != "residents"] == []


def test_more_than_all_residents_is_flagged():
    assert said("C1")[3] == "⚠ 107\u00a0% of residents covered"
    assert any("counted twice" in EN.say(note) for note in area_notes(row("C1")))


def test_sites_held_downstream_are_said():
    assert "2 sites upstream are held by a plant below them" in [EN.say(note) for note in area_notes(row("AT"))]


def test_the_uncovered_share_is_said_and_nothing_filled_in(content):
    lead = [EN.say(message) for message in content.drugs[0].lead]
    assert "19\u00a0% of the residents are not covered; nothing is filled in for them." in lead


def test_the_first_map_shows_the_children_and_the_second_their_children():
    areas = area_tables()
    near, deeper = drawn_areas(areas, outlines_of(areas.shapes))
    # C2 has no counties, so it stands for itself among them.
    assert (near, deeper) == (["C1", "C2"], ["K1", "K2", "K3", "C2"])


def test_a_map_has_a_table_twin_and_says_that_it_is_schematic():
    areas = area_tables()
    maps = map_blocks(areas, "cocaine", COCAINE, standing(), outlines_of(areas.shapes))
    assert [[type(block) for block in pair] for pair in maps] == [[Figure, TableBlock]] * 2
    assert EN.say(maps[1][0].note).startswith("Schematic, not boundaries")
    assert EN.say(maps[1][0].title) == ("Cocaine in 4 areas: 1 with a value, 1 below the limit, 1 not sampled, 1 suppressed")
    cells = {EN.say(cells[0]): [EN.say(cells[1]), *cells[2:6]] for cells in maps[1][1].rows}
    assert cells["Upper County"] == ["value", 120.0, 90.0, 160.0, 0.7]
    assert cells["Secondtown"] == ["suppressed", None, None, None, None]


def test_own_boundaries_are_not_called_schematic():
    own = {area: shape._replace(is_schematic=False) for area, shape in boundaries().items()}
    areas = area_tables(shapes=own)
    figure = map_blocks(areas, "cocaine", COCAINE, standing(), outlines_of(areas.shapes))[0][0]
    assert EN.say(figure.note).startswith("Boundaries as loaded by the operator")


def test_without_boundaries_there_is_a_reason_and_the_intervals(make_tables, request_2022):
    content = situation_report(make_tables(of_areas=area_tables(shapes={})), request_2022)
    blocks = content.drugs[0].blocks
    assert isinstance(blocks[0], Notice)
    assert EN.say(blocks[0].text).startswith("No map: no boundary of these areas is known.")
    assert [block.kind for block in blocks if isinstance(block, Figure)] == ["intervals"]
    assert any(isinstance(block, TableBlock) and block.block_id.endswith("area-ranks-table") for block in blocks)


def test_four_states_are_four_marks_on_the_map(page):
    svg = re.search(r'<svg[^>]*id="drug-cocaine-areas-1-1".*?</svg>', page, re.S).group(0)
    marks = dict(re.findall(r'<use href="#shape-(\w+)" fill="([^"]+)"', svg))
    assert marks == {"K1": "#7d7c78", "K2": "url(#key-hatch)", "K3": "none", "C2": "url(#key-dots)"}
    assert "<title>Secondtown: suppressed</title>" in svg


def test_a_colour_class_is_that_of_the_drug_not_of_the_figures_shown(make_tables, request_2022, page):
    # 120 lies in cocaine's class 100 to 250 whatever else is on the map.
    loads = area_tables().loads.filter(pl.col("area_id").is_in(["AT", "C1", "K1"]))
    alone = render_html(situation_report(make_tables(of_areas=area_tables(loads=loads)), request_2022), "en")
    mark = '<use href="#shape-K1" fill="#7d7c78"'
    assert mark in page
    assert mark in alone


def test_each_shape_is_in_the_page_once(page):
    assert len(re.findall(r'<path id="shape-K1"', page)) == 1


def test_ranks_are_intervals_and_only_of_areas_with_a_figure():
    areas = area_tables(focus="C1")
    figure = rank_blocks(areas, "cocaine", COCAINE, standing(), has_table=False)[0]
    # K1 90-160 lies wholly above K2, which is at most 5; K3 was not sampled.
    assert [(EN.say(bar["label"]), bar["said"]) for bar in figure.tiles[0].rows] == [
        ("Upper County", "1"),
        ("Lower County", "2"),
    ]


def test_the_ladder_goes_from_the_top_to_the_village():
    areas = area_tables(focus="C1")
    rungs = ladder_blocks(areas, "cocaine", COCAINE, standing())[0].tiles[0].rows
    below = [rung for rung in rungs if rung.get("is_spread") is not None]
    assert [EN.say(rung["label"]) for rung in rungs[:2]] == ["Austria", "Firsttown"]
    assert [rung["is_focus"] for rung in rungs[:2]] == [False, True]
    assert EN.say(rungs[1]["said"]) == "⚠ 107\u00a0%"
    assert [EN.say(rung["label"]) for rung in below][-3:] == ["counties", "towns", "villages"]


def test_a_rung_is_the_middle_half_with_those_below_the_limit_lowest():
    rungs = ladder_blocks(area_tables(), "cocaine", COCAINE, standing())[0].tiles[0].rows
    counties = next(rung for rung in rungs if EN.say(rung["label"]) == "counties")
    # K2 below, K1 120: the quarter and the median fall among the censored or between them and 120.
    assert (counties["lower"], counties["mean"], counties["upper"]) == (None, None, None)
    assert EN.say(counties["said"]) == "2 of 3"


def test_the_tree_opens_from_the_city_to_the_village():
    tree = tree_block(area_tables(), COCAINE, standing(), 1)
    city = tree.nodes[0]
    assert city.name.en == "Firsttown"
    assert [node.name.en for node in city.children] == ["Upper County", "Lower County"]
    assert city.children[0].children[0].children[0].name.en == "Brookvillage"
    assert EN.say(city.closing) == "1 more counties: not sampled"
    assert EN.say(tree.nodes[-1].sentence) == "1 more cities: suppressed for this reader"


def test_a_tree_too_long_for_the_page_names_the_command():
    tree = tree_block(area_tables(command="headworks report ws --area"), COCAINE, standing(), 10_000)
    county = tree.nodes[0].children[0]
    assert county.children == ()
    assert EN.say(county.closing) == "1 towns in it: headworks report ws --area K1"


def test_changes_come_in_words_with_ratio_probability_and_matched_sites():
    table = change_blocks(area_tables(), "cocaine", COCAINE, standing())[0]
    rows = [(EN.say(cells[0]), EN.say(cells[1]), cells[2], cells[5], cells[6]) for cells in table.rows]
    assert rows == [
        ("Austria", "▼ fell", 0.5, 0.02, 2),
        ("Firsttown", "▲ rose", 2.0, 0.99, 2),
        ("Upper County", "◆ cannot tell whether it rose or fell", 1.1, 0.6, 2),
    ]


def test_without_an_earlier_year_no_change_is_told():
    areas = area_tables(changes=filled("area_changes", []))
    notice = change_blocks(areas, "cocaine", COCAINE, standing(areas))[0]
    assert EN.say(notice.text).startswith("No change can be told for Cocaine")


def test_several_areas_without_one_above_are_counted():
    tree = area_tables().tree.filter(pl.col("area_id") != "AT")
    tree = tree.with_columns(parent_id=pl.when(pl.col("parent_id") != "AT").then(pl.col("parent_id")))
    areas = area_tables(focus=None, tree=tree)
    headline = [EN.say(part) for part in area_headline(COCAINE, areas, standing(areas)).parts]
    assert headline == ["Cocaine: rose in 1 of 2 areas, fell in 0", "no number for all together", "no interval",
                        "1 of 2 areas have a figure"]  # fmt: skip


def test_events_stay_visible_with_their_explanation(content):
    events = next(section for section in content.evidence if section.section_id == "events")
    assert [EN.say(cell) for cell in events.blocks[0].rows[0][:4]] == [
        "2022-03-07",
        "Aville",
        "Cocaine",
        "ratio of two residues",
    ]
    assert events.blocks[0].rows[0][-1] == "More unchanged drug than use leaves."


def test_conformity_counts_broken_and_unsaid_apart(content):
    quality = next(section for section in content.evidence if section.section_id == "quality")
    assert quality.blocks[0].rows == (("flow", 3, 3 / 52, 5), ("ph", 1, 1 / 52, 0))
    assert [cells[2] for cells in quality.blocks[1].rows] == ["combined", "cotinine", "register"]


def test_nothing_to_show_says_so(make_tables, request_2022):
    bare = area_tables(
        events=filled("disposal_events", []).with_columns(site=pl.lit("")), nonconformities=CONFORMITY.clear(),
        populations=filled("population_estimates", []).with_columns(site=pl.lit("")), computed={}, n_events_withheld=2,
    )  # fmt: skip
    html = render_html(situation_report(make_tables(of_areas=bare), request_2022), "en")
    assert "No day of this period was found to hold a disposal." in html
    assert "2 more events are withheld from this reader" in html
    assert "No sample of this period was found to break the sampling specification" in html


def test_few_sites_are_still_drawn_one_by_one(content):
    fold = [block for block in content.drugs[0].blocks if isinstance(block, Fold)][-1]
    assert EN.say(fold.summary) == "The 3 sites of the area, one by one"
    assert {block.kind for block in fold.blocks if isinstance(block, Figure)} == {"map", "ranks", "trends"}


def test_many_sites_are_never_drawn(make_tables, request_2022):
    tables = make_tables()
    many = pl.concat([tables.sites.with_columns(site_id=pl.format("{}-{}", "site_id", pl.lit(i))) for i in range(12)])
    content = situation_report(dataclasses.replace(tables, sites=many, of_areas=area_tables()), request_2022)
    folds = [EN.say(block.summary) for block in content.drugs[0].blocks if isinstance(block, Fold)]
    assert not any("one by one" in summary for summary in folds)


def test_a_workspace_without_counties_is_reported_by_site(make_tables, request_2022):
    shallow = area_tables(tree=area_tables().tree.filter(pl.col("level") < 3))
    with_areas = situation_report(make_tables(of_areas=shallow), request_2022)
    without = situation_report(make_tables(), request_2022)
    assert render_html(with_areas, "en") == render_html(without, "en")


def test_downloads_hold_the_figures_of_areas_with_a_dictionary(content):
    figures = content.figures.filter(pl.col("drug") == "cocaine")
    assert figures["area_id"].to_list() == ["AT", "C1", "C2", "K1", "K2"]
    assert figures.filter(pl.col("area_id") == "C2").select("state", "lower", "n_sites").row(0) == ("suppressed", None, None)
    assert content.dictionary["column"].to_list() == content.figures.columns
    assert all(content.dictionary["meaning"])


def test_why_a_site_is_withheld_outranks_the_floor(make_tables, request_2022):
    tables = make_tables()
    sites = tables.sites.with_columns(why=pl.when(pl.col("site_id") == "A1").then(pl.lit("secondary")))
    content = situation_report(dataclasses.replace(tables, sites=sites), request_2022)
    assert "A1" not in content.figures["site_id"].to_list()
    assert "TINY9" in content.figures["site_id"].to_list()


def test_a_residue_beside_another_has_both_names(make_tables, request_2022):
    loads = area_tables().loads.with_columns(drug=pl.lit("cocaine: benzoylecgonine"))
    content = situation_report(make_tables(of_areas=area_tables(loads=loads)), request_2022)
    names = {label.en: label.zh for _, label, _ in content.headlines}
    assert names["Cocaine: Benzoylecgonine"] == "可卡因：苯甲酰爱康宁"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_hostile_area_names_come_out_inert(make_tables, request_2022, language):
    tree = area_tables().tree.with_columns(
        name_en=pl.lit("<script>alert(1)</script>{x}"), name_zh=pl.lit("<img src=x onerror=alert(2)>")
    )
    html = render_html(situation_report(make_tables(of_areas=area_tables(tree=tree)), request_2022), language)
    assert html.count("<script>") == 1
    assert "<img" not in html


def test_the_same_content_gives_the_same_bytes(content):
    assert render_html(content, "zh") == render_html(content, "zh")


def test_chinese_pages_of_areas_speak_chinese(content):
    html = render_html(content, "zh")
    assert "可卡因：▼ 下降" in html
    assert "覆盖 81% 的居民" in html
    assert "示意图，不是边界" in html
    tree = next(block for block in content.drugs[0].blocks if isinstance(block, Tree))
    assert isinstance(tree.caption, Message)
