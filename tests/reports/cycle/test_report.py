"""What the five reports say, from a city of three counties."""

from __future__ import annotations

import ast
import string
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.reports.cycle.builders import FACTS, PERIODS, city, report, with_lists

from headworks.core.errors import UsageError
from headworks.reports.content import Message, TableBlock
from headworks.reports.cycle import KINDS, kind_of, reasons_of, require_period, revisions_between
from headworks.reports.cycle.standing import standing_of
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
    assert "Upper: entered – list “watch” of r; criterion load, probability 93%." in text
    assert "Of 3 areas in it, 1 were not sampled and 1 are withheld" in text
    assert "2 of 6 sites that reported in the period before" in text
    assert "3 samples of the period have no result yet." in text
    assert "Add sites where a rise rests on less than 50% of the residents: Upper." in text
    assert "“cooled”: 20% of the samples break it" in text


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


def test_without_lists_and_signals_the_report_says_that_none_were_handed_over():
    content = report("quarterly", city())
    assert EN.say(section(content, "lists").blocks[0].empty) == "Lists were not handed over to this report."
    assert [one.section_id for one in content.first_page] == ["worse", "not-covered", "proposed"]


def test_an_area_of_which_nothing_may_be_shown_says_so():
    figures = city().figures.with_columns(
        state=pl.when(pl.col("area_id") == "C").then(pl.lit("suppressed")).otherwise("state")
    )
    assert "No figure of Haizhu City itself" in EN.say(report(tables=replace(city(), figures=figures)).lead)


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
    assert "2 figures changed because results came in or were corrected (late.csv)." in text


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
