from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.reports.builders import area_tables, computed

from headworks.reports import Label, computed_text, render_html, situation_report
from headworks.reports.content import Figure, Prose, TableBlock
from headworks.reports.sections.computed import computed_blocks, computed_fold, variance_shares
from headworks.reports.wording import wording_for

EN = wording_for("en")
COCAINE = Label("Cocaine", "可卡因")
NO_MEMBERS = computed().members.clear()


def codes(made):
    return [EN.say(code) for block in computed_blocks(made) if isinstance(block, Prose) for code in block.codes]


def tables(made):
    return {
        block.block_id.rpartition("computed-")[2]: block for block in computed_blocks(made) if isinstance(block, TableBlock)
    }


def test_the_formula_holds_this_figures_numbers():
    # 42 mg per 1,000 of 1,000,000 people are 42,000 mg; bounds 0.99 and 1.01 times it; consumption twice the load.
    assert codes(computed())[:3] == [
        "(41,580.0 + 42,420.0) mg/d ÷ 2 = 42,000.0 mg/d",
        "1000 × 42,000.0 mg/d ÷ 1,000,000 people = 42.0000 mg/d per 1,000 people",
        "42.0000 × 2.00000 = 84.0000 mg/d per 1,000 people",
    ]


def test_a_figure_below_the_limit_is_at_most_its_limits():
    figure = {**computed().figure, "load_mg_per_day": None, "load_mg_per_1000_per_day": None}
    assert codes(computed(figure=figure))[0] == "1000 × at most 42,420.0 mg/d ÷ 1,000,000 people"
    assert codes(computed(figure={**figure, "most_mg_per_day": None}))[0] == "limit unknown"


def test_shares_of_the_variance_worked_by_hand():
    # ln(1 + 0.3^2) = 0.086178, ln(1 + 0.1^2) = 0.009950: 0.8965 and 0.1035.
    shares = variance_shares({"u_day": 0.3, "u_batch": 0.1, "u_site": 0.0})
    assert shares == pytest.approx({"u_day": 0.8965, "u_batch": 0.1035, "u_site": 0.0}, abs=1e-4)


@given(st.lists(st.floats(0.01, 3), min_size=1, max_size=4))
def test_shares_add_up_to_one(scopes):
    shares = variance_shares(dict(zip("abcd", scopes, strict=False)))
    assert sum(shares.values()) == pytest.approx(1.0)


def test_no_doubt_has_no_shares():
    assert variance_shares({"u_day": None, "u_site": 0.0}) == {"u_day": 0.0, "u_site": 0.0}


def test_the_excretion_factor_is_in_the_bar_of_consumption_only():
    figure = next(block for block in computed_blocks(computed()) if isinstance(block, Figure))
    assert [len(tile.rows) for tile in figure.tiles] == [3, 4]


def test_members_come_with_share_load_people_and_days():
    made = tables(computed())
    assert made["members"].rows[1] == ("Betown", "B2", 0.5, 12_000.0, 11_000.0, 13_000.0, 400_000.0, 22, 20)
    assert made["nested"].rows == (("Village", "Aville"),)


def test_members_that_may_not_be_shown_are_counted():
    text = computed_text(computed(), COCAINE)
    assert "3 of them may not be shown to this reader one by one; they are in the sums." in text
    assert "2 sampled sites are left out, because a sampled site downstream holds their sewage." in text


def test_the_samples_go_down_to_concentration_flow_and_batch():
    assert tables(computed())["samples"].rows[0][:2] == ("2022-03-07", "s-1")
    # 250 ng/L x 120,000 m3/d / 1000 = 30,000 mg/d, worked by hand.
    cells = tables(computed())["samples"].rows[0]
    assert (cells[2] * cells[5] / 1000, cells[6], cells[7]) == (30_000.0, "b-1", 30_000.0)


def test_readers_who_see_no_days_are_told_who_does():
    made = computed(samples=computed().samples.clear(), members=NO_MEMBERS, nested=computed().nested.clear(), n_batches=0)
    text = computed_text(made, COCAINE)
    assert "The samples behind it are shown to analysts and the steward:" in text
    assert "5 sites are added." in text
    assert "Aville" not in text


def test_a_withheld_figure_shows_nothing():
    made = computed(figure={}, is_withheld=True, members=NO_MEMBERS)
    text = computed_text(made, COCAINE)
    assert "withheld from this reader" in text
    assert len(computed_blocks(made)) == 1


def test_no_figure_says_why():
    assert "no site of this area was sampled" in computed_text(computed(figure={}, members=NO_MEMBERS), COCAINE)


def test_the_heading_names_drug_area_and_period():
    assert EN.say(computed_fold(computed(), COCAINE).summary) == (
        "How computed: 42.0 mg per 1,000 people a day of Cocaine in Austria, 2022"
    )
    assert computed_text(computed(), COCAINE, "zh").startswith("如何算得：2022 奥地利的可卡因，每日每千人 42.0 毫克")


def test_columns_of_the_text_stand_in_line():
    lines = computed_text(computed(), COCAINE).splitlines()
    start = next(place for place, line in enumerate(lines) if line.startswith("Table: the sites added"))
    assert len({len(line) for line in lines[start + 1 : start + 4]}) == 1


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_report_holds_it_for_its_own_area(make_tables, request_2022, language):
    html = render_html(situation_report(make_tables(of_areas=area_tables()), request_2022), language)
    assert "s-1" in html
    assert "headworks explain ws --area AT" in html
