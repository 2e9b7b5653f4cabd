"""What the five reports say, from a city of three counties."""

from __future__ import annotations

import ast
import json
import string
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.reports.cycle.builders import FACTS, PERIODS, city, frame, order, report, with_lists

from headworks.core.errors import UsageError
from headworks.reports.content import Message, TableBlock
from headworks.reports.cycle import (
    KINDS,
    CycleTables,
    cycle_report,
    kind_of,
    reasons_of,
    require_period,
    revisions_between,
)
from headworks.reports.cycle.inputs import CHANGES, FIGURES, TREE
from headworks.reports.cycle.revised import reason_words
from headworks.reports.cycle.signals import told_of
from headworks.reports.cycle.standing import chance_of, standing_of
from headworks.reports.wording import read_catalogue, wording_for

EN = wording_for("en")
ROOM = Path(str(files("headworks.reports")))


def section(content, name):
    return next(one for one in (*content.first_page, *content.sections) if one.section_id == name)


def said(content) -> str:
    """Everything of the first page in English."""
    lines = []
    for one in content.first_page:
        lines += [EN.say(one.heading), *map(EN.say, one.lead)]
        for block in one.blocks:
            lines += [EN.say(line) for line in getattr(block, "lines", ())]
            lines += [EN.say(cell) for row in getattr(block, "rows", ()) for cell in row]
    return "\n".join(lines)


def test_a_withheld_area_is_withheld_and_an_unsampled_one_is_not_sampled():
    rows = standing_of(city())
    states = dict(rows.filter(pl.col("drug") == "cocaine").select("area_id", "state").rows())
    assert states == {"C": "value", "C1": "value", "C2": "suppressed", "C3": "not_sampled"}


def test_a_rise_needs_a_probability_above_nine_tenths():
    rows = standing_of(city()).filter(pl.col("drug") == "cocaine")
    assert dict(rows.select("area_id", "change").rows()) == {"C": "unclear", "C1": "rose", "C2": "none", "C3": "none"}


def test_the_first_page_says_what_rose_how_sure_what_is_missing_and_what_is_proposed():
    text = said(report())
    # Two comparisons at nine tenths: 0.2 of them by chance, which is printed as none.
    assert "2 comparisons, 1 rose and 0 fell" in text
    assert "about 0 would rise" in text
    assert "▲ 1  ▼ 0  ◆ 0" in text
    assert "Upper: entered – Watch list (r); load, probability 93\u00a0%." in text
    assert "Of 3 areas in it, 1 were not sampled and 1 are withheld" in text
    assert "2 of 6 sites that reported in the period before" in text
    assert "3 samples of the period have no result yet." in text
    assert "Add sites where a rise rests on less than 50\u00a0% of the residents: Upper." in text
    assert "“cooled”: 20\u00a0% of the samples break it" in text


def test_the_lead_counts_what_cannot_be_compared():
    # Cocaine is not clear; ketamine has no comparison.
    assert EN.say(report().lead) == (
        "In Haizhu City, 2026-W46: of 2 drugs 0 rose, 0 fell, of 1 it cannot be told, and 1 cannot be compared."
    )


def test_areas_stand_in_the_order_of_their_codes_not_of_their_figures():
    table = section(report("annual"), "performance").blocks[0]
    assert [EN.say(row[0]) for row in table.rows] == ["Haizhu City", "Upper", "Hidden", "Silent"]


@pytest.mark.parametrize("kind", list(KINDS))
def test_every_report_has_the_sections_of_its_kind(kind: str):
    content = report(kind)
    found = [one.section_id for one in content.sections]
    assert found == list(KINDS[kind].sections)
    assert content.period == PERIODS[kind]
    assert len(content.cannot_say) == 5


def test_without_lists_and_signals_the_report_says_that_nobody_looked():
    content = report("quarterly", city())
    assert EN.say(section(content, "lists").blocks[0].empty) == "No lists were assessed with this run."
    assert EN.say(section(content, "signals").blocks[0].empty) == "No signals were looked for in this run."
    assert [one.section_id for one in content.first_page] == ["worse", "not-covered", "proposed"]


def withheld(why: str):
    is_own = pl.col("area_id") == "C"
    state = pl.when(is_own).then(pl.lit("suppressed")).otherwise("state")
    numbers = [pl.when(~is_own).then(pl.col(name)).alias(name) for name in ("load_mg_per_1000_per_day", "coverage")]
    return replace(city(), figures=city().figures.with_columns(*numbers, state=state, why=pl.when(is_own).then(pl.lit(why))))


@pytest.mark.parametrize(
    ("why", "words"),
    [
        ("primary_population", "they would speak of fewer than 1,000 residents"),
        ("secondary", "beside those of other areas they would give away one that is withheld"),
        ("unmatched", "not every site that was sampled is in them, so who is behind them is not known"),
        ("something new", "so it was decided"),
    ],
)
def test_an_area_of_which_nothing_may_be_shown_says_why(why: str, words: str):
    content = report(tables=withheld(why))
    assert EN.say(content.lead) == (
        f"The figures of Haizhu City itself in 2026-W46 are withheld from these readers: {words}. 1 areas in it have figures."
    )
    assert "Haizhu City: coverage is withheld with the figures." in said(content)


def test_an_area_without_a_sample_is_not_said_to_be_withheld():
    tables = replace(city(), figures=city().figures.filter(pl.col("area_id") != "C"))
    assert EN.say(report(tables=tables).lead) == "Haizhu City itself has no figure in 2026-W46; 1 areas in it have one."


def test_without_any_comparison_the_lead_does_not_count_zeros():
    tables = replace(city(), changes=city().changes.clear())
    assert EN.say(report(tables=tables).lead) == (
        "In Haizhu City, 2026-W46, 2 drugs have a figure; none can be compared with an earlier one."
    )


def test_a_signal_is_a_sentence_without_the_name_of_a_site():
    lines = [EN.say(line) for line in section(report(), "signals-first").blocks[0].lines]
    # Had the samples held a fifth less, 1 - 1/1.25.
    assert " ".join(lines) == (
        "Upper, Cocaine: far above what was expected, 120 mg per 1,000 people a day where 60.0 (45.0–80.0) was expected, since "
        "2026-W45. It hangs on one sample or site: without that it would not be shown. Had the samples held 20 % less, it "
        "would have been silent."
    )


@given(st.text(max_size=30), st.floats(0, 1), st.integers(0, 9))
def test_what_is_kept_of_an_explanation_names_nothing(name: str, p: float, n: int):
    kept = told_of(json.dumps({"left_out": {"p": p, "part": name}, "allowed": 0.5, "n_batches": n, "unit_name": name}))
    assert json.loads(kept) == {"hangs_on_one": p > 0.5, "n_batches": n}
    assert told_of(kept.replace("hangs_on_one", "unit_name")) == json.dumps({"n_batches": n})


def province(n_areas: int):
    """A province of many areas; every third one rose."""
    codes = [f"P{i:03d}" for i in range(n_areas)]
    tree = [{"area_id": "P", "level": 1, "name_en": "P"}] + [
        {"area_id": c, "parent_id": "P", "level": 2, "name_en": c} for c in codes
    ]
    own = {
        "drug": "cocaine",
        "analyte": "benzoylecgonine",
        "state": "value",
        "load_mg_per_1000_per_day": 1.0,
        "lower": 0.5,
        "upper": 2.0,
    }
    compared = [
        {"area_id": c, "drug": "cocaine", "analyte": "benzoylecgonine", "against": "quarter", "ratio": 1.5, "ratio_lower": 1.1,
         "ratio_upper": 2.0, "p_rose": 0.99 if i % 3 == 0 else 0.5, "n_matched": 3}
        for i, c in enumerate(codes)
    ]  # fmt: skip
    return CycleTables(
        tree=frame(TREE, tree), figures=frame(FIGURES, [{**own, "area_id": one["area_id"]} for one in tree]),
        changes=frame(CHANGES, compared),
    )  # fmt: skip


def test_on_paper_stand_the_area_and_what_moved_in_it_and_the_workbook_has_the_rest():
    content = cycle_report(province(120), replace(order(), area_id="P"))
    printed = section(content, "figures")
    # The province's own figure; its areas have one change or the other, and 40 of 120 rose.
    assert [len(block.rows) for block in printed.blocks] == [1, 1]
    assert len(content.sheets[0].rows) == 121
    (areas, rose, fell, *counts) = printed.blocks[1].rows[0]
    assert EN.say(areas).split(", ")[:3] == ["P000", "P003", "P006"]
    assert len(EN.say(areas).split(", ")) == 40
    assert (EN.say(rose), fell, counts) == ("cocaine 1.50 (1.10–2.00)", None, [0, 0, 0])
    assert "figures of P itself, and what surely rose or fell in each area in it. The workbook has all 121" in EN.say(
        printed.lead[0]
    )
    small = section(cycle_report(province(20), replace(order(), area_id="P")), "figures")
    assert (len(small.blocks[0].rows), small.lead) == (21, ())


def test_areas_that_drain_to_the_same_sites_are_one_comparison_and_one_row():
    tables = province(90)
    last = pl.when(pl.col("area_id") != "P000").then(pl.lit(1e-9)).otherwise(0.0)
    tables = replace(tables, changes=tables.changes.with_columns(pl.col("ratio") + last))
    content = cycle_report(tables, replace(order(), area_id="P"))
    # All 90 have the same ratio but for its last digits.
    assert "1 comparisons, 1 rose" in said(content)
    assert "Areas that drain to the same sites were counted once." in said(content)
    assert len(section(content, "figures").blocks[1].rows) == 1


def test_an_area_whose_own_figures_are_withheld_has_no_column_of_them():
    columns = [EN.say(one.header) for one in section(report(tables=withheld("unmatched")), "worse").blocks[0].columns]
    assert columns == ["Drug", "Areas in it", "Where it rose"]


@pytest.mark.parametrize(("p", "words"), [(0.9999, "over 99\u00a0%"), (0.83, "83\u00a0%")])
def test_no_probability_reads_as_certainty(p: float, words: str):
    assert EN.say(chance_of(p)) == words


def test_a_rule_that_every_sample_breaks_is_looked_into_and_no_training_is_asked_for():
    quality = city().quality.with_columns(n=pl.lit(10, pl.Int64), rule=pl.lit("interval"))
    text = said(report(tables=replace(city(), quality=quality)))
    assert (
        "Look into the sampling rule “interval of sub-samples” itself and how it is noted: 100\u00a0% of the samples break it."
        in text
    )
    assert "Repeat the training" not in text


def test_a_course_of_few_weeks_is_told_and_not_drawn():
    few = replace(city(), courses=city().courses.head(3))
    assert EN.say(section(report(tables=few), "courses").blocks[0].text).startswith("No course: of the 53 weeks")
    drawn = section(report(), "courses").blocks
    assert EN.say(drawn[0].text) == "Only 9 of 53 weeks of Haizhu City may be shown to these readers or were measured."
    weeks = [row["week"] for row in drawn[1].tiles[0].rows]
    assert (len(weeks), weeks[0], weeks[-1]) == (53, "2025-W46", "2026-W46")


def moved(factor: float):
    value = "load_mg_per_1000_per_day"
    return replace(city(), figures=city().figures.with_columns((pl.col(value) * factor).alias(value)))


def test_a_second_edition_lists_figures_with_before_now_and_why():
    facts = {**FACTS, "imports": ["a.csv", "late.csv"], "run_id": "r-2"}
    found = revisions_between(city(), moved(2.0), FACTS, facts)
    # Two figures have a number: 42 and 1,234.5, twice.
    assert found.select("area_id", "before", "after", "reason").rows() == [
        ("C", 42.0, 84.0, "import:late.csv"), ("C1", 1234.5, 2469.0, "import:late.csv"),
    ]  # fmt: skip
    text = said(report(tables=replace(city(), revisions=found), number=2, previous=1))
    assert "2 figures changed because results came in or were corrected: late.csv." in text


def test_a_figure_that_became_withheld_changed_for_disclosure():
    hidden = city().figures.with_columns(
        state=pl.when(pl.col("area_id") == "C1").then(pl.lit("suppressed")).otherwise("state"),
        load_mg_per_1000_per_day=pl.when(pl.col("area_id") != "C1").then("load_mg_per_1000_per_day"),
    )
    found = revisions_between(city(), replace(city(), figures=hidden), FACTS, {**FACTS, "run_id": "r-2"})
    assert found.select("area_id", "what", "reason").rows() == [("C1", "state", "disclosure")]


@given(st.floats(0.01, 100.0))
def test_what_is_revised_back_is_the_same_figures_the_other_way_round(factor: float):
    there, back = (revisions_between(*pair, FACTS, FACTS) for pair in ((city(), moved(factor)), (moved(factor), city())))
    assert there.select("area_id", "before", "after").rows() == back.select("area_id", "after", "before").rows() or (
        abs(factor - 1) < 1e-3
    )
    assert revisions_between(moved(factor), moved(factor), FACTS, FACTS).is_empty()


def test_an_outcome_of_a_list_that_changed_is_a_revision():
    found = revisions_between(city(), with_lists(city()), FACTS, FACTS)
    assert found.select("area_id", "what", "reason").rows() == [("C1", "outcome", "tables")]
    listed = with_lists(city())
    off = replace(listed, lists=listed.lists.with_columns(outcome=pl.lit("stays_off")))
    assert revisions_between(city(), off, FACTS, FACTS).is_empty()
    content = report("quarterly", replace(listed, revisions=found), number=2, previous=1)
    assert "1 entries of lists changed because lists were assessed anew." in said(content)
    (row,) = section(content, "revisions").blocks[0].rows
    assert [EN.say(cell) for cell in row] == ["Upper", "Watch list", "not on it", "entered, probability 93\u00a0%", "–"]


def test_a_revision_is_printed_with_both_intervals_and_by_how_much_it_moved():
    found = revisions_between(city(), moved(1.001), FACTS, {**FACTS, "run_id": "r-2"})
    content = report(tables=replace(city(), revisions=found), number=2, previous=1)
    last = section(content, "revisions")
    assert EN.say(last.lead[1]) == "They changed because it was computed anew (r-2)."
    # Three digits are the same; that it is another figure is seen from the last column: 100 x 0.001.
    assert [EN.say(cell) for cell in last.blocks[0].rows[0][:4]] == [
        "Haizhu City",
        "Cocaine",
        "42.0 (33.0–54.0)",
        "42.0 (33.0–54.0)",
    ]
    assert last.blocks[0].rows[0][4] == pytest.approx(0.1)
    assert last.blocks[0].columns[4].decimals == 1


def test_many_files_behind_a_revision_are_counted():
    said_of = EN.say(reason_words("; ".join([*(f"import:f{i}.csv" for i in range(5)), "parameters:p-2"])))
    assert said_of == ("results came in or were corrected: f0.csv, f1.csv, f2.csv and 2 more; the parameter set is now p-2")


def test_reasons_name_the_import_the_parameters_and_the_program():
    after = {**FACTS, "imports": ["a.csv", "b.csv"], "parameter_set": "p-2", "code_version": "0.2", "run_id": "r-2"}
    assert reasons_of(FACTS, after) == ["import:b.csv", "parameters:p-2", "code:0.2"]
    assert reasons_of(FACTS, FACTS) == []


def test_an_unknown_report_and_a_period_of_another_kind_are_refused():
    with pytest.raises(UsageError, match=r"There is no such report.*Found: daily.*weekly, monthly") as refused:
        kind_of("daily")
    assert refused.value.code == "HW-U270"
    with pytest.raises(UsageError, match=r"another kind of period.*Found: 2026-11.*such as 2026-W44") as refused:
        require_period(KINDS["weekly"], "2026-11")
    assert refused.value.code == "HW-U271"


def spoken() -> set[str]:
    """Every text given to tell() or text() in the modules of the cycle and of its formats."""
    modules = [*(ROOM / "cycle").glob("*.py"), *(ROOM / "formats").glob("*.py")]
    nodes = [node for module in modules for node in ast.walk(ast.parse(module.read_text(encoding="utf-8")))]
    calls = [node for node in nodes if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant)]
    names = [getattr(call.func, "id", getattr(call.func, "attr", "")) for call in calls]
    return {str(call.args[0].value) for call, name in zip(calls, names, strict=True) if name in ("tell", "text")}


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_text_of_the_cycle_has_a_japanese_translation_with_the_same_places():
    catalogue = read_catalogue("ja.po")
    for text in spoken():
        message = catalogue.get(text)
        assert message is not None, text
        assert message.string, text
        assert places(str(message.string)) == places(text), text


def test_a_name_in_japanese_is_of_the_catalogue_and_else_as_in_chinese():
    ja = wording_for("ja")
    drug = city().drug("cocaine")
    assert (ja.say(drug), ja.say(city().area("C1"))) == ("コカイン", "上县")
    assert ja.say(Message("{a}", {"a": replace(drug, en="Ketamine: Norketamine")})) == "ケタミン：ノルケタミン"


def test_only_printed_tables_are_shortened():
    content = report("annual")
    assert all(isinstance(sheet, TableBlock) for sheet in content.sheets)
    assert len(content.sheets[0].rows) == 8  # four areas by two drugs, measured or not
