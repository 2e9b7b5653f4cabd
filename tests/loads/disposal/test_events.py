"""The patterns of Utrecht and Auckland, and what is no disposal."""

import datetime as dt
import json

import polars as pl
import pytest
from tests.loads.disposal.days import START, fraction, load, loads

from headworks.core.schema import require_promise
from headworks.loads import disposal_events, kept_out_days, residue_ratios
from headworks.tables import DisposalEvents

SPRING_2010, SPRING_2011 = dt.date(2010, 3, 10), dt.date(2011, 3, 9)


def events(rows, fractions=None, **more):
    table = loads(*rows)
    found = disposal_events(residue_ratios(table, since=more.get("since")), fractions, table, **more)
    require_promise(DisposalEvents, found, where="test")
    return found


def utrecht():
    """MDMA in mg/d: about 6 g/d in the week of 2010, 350 falling to 75 g/d in that of 2011."""
    before = [load("MDMA", g * 1e3, day=SPRING_2010 + dt.timedelta(days=i)) for i, g in enumerate([5, 5, 6, 8, 9, 5, 5])]
    grams = [350, 310, 260, 210, 160, 110, 75]
    return before + [load("MDMA", g * 1e3, day=SPRING_2011 + dt.timedelta(days=i)) for i, g in enumerate(grams)]


def utrecht_fractions(ef=0.5):
    return pl.concat([fraction("MDMA", ef, day=SPRING_2011 + dt.timedelta(days=i)) for i in range(7)])


def test_the_week_of_utrecht_is_flagged_by_fraction_and_by_jump_and_kept_out():
    found = events(utrecht(), utrecht_fractions())
    assert found.group_by("test").len().sort("test").rows() == [("enantiomeric_fraction", 7), ("load_jump", 7)]
    assert found["is_kept_out"].all()
    shares = found.filter(test="enantiomeric_fraction")
    assert (shares["disposed_share"] == 1.0).all()
    assert (shares["lower"] > 0.5).all()
    first = found.filter(test="load_jump").row(0, named=True)
    assert (first["statistic"], first["limit"]) == (pytest.approx(70.0), 5.0)  # 350 g over the median 5 g of 2010
    days = kept_out_days(found)
    assert days["day"].to_list() == [SPRING_2011 + dt.timedelta(days=i) for i in range(7)]
    assert set(days["analyte"]) == {"MDMA"}


def test_the_same_jump_with_the_fraction_of_use_is_use():
    assert events(utrecht(), utrecht_fractions(0.65)).is_empty()


def test_the_same_jump_without_any_fraction_is_a_hint_that_keeps_nothing_out():
    found = events(utrecht())
    assert found["test"].unique().to_list() == ["load_jump"]
    assert not found["is_kept_out"].any()
    assert "nothing was measured that tells use from disposal" in found["explanation"][0]
    assert kept_out_days(found).is_empty()


def auckland():
    """Cocaine on eight days; on two of them without benzoylecgonine."""
    rows = []
    for day in range(8):
        rows.append(load("cocaine", 100.0, day=day))
        rows.append(load("benzoylecgonine", limit=5.0, day=day, state="not_detected") if day in (3, 6)
                    else load("benzoylecgonine", 260.0, day=day))  # fmt: skip
    return rows


def test_the_two_of_eight_days_of_auckland_are_flagged_and_only_they():
    found = events(auckland())
    assert found["day"].to_list() == [START + dt.timedelta(days=3), START + dt.timedelta(days=6)]
    assert found["test"].unique().to_list() == ["residue_ratio"]
    row = found.row(0, named=True)
    # 100 / 303.36 over 5 / 289.33 = 19.075; the bound is 1, so at least 1 - 1 / 19.075 was not consumed.
    assert (row["statistic"], row["limit"]) == (pytest.approx(19.0751, rel=1e-4), 1.0)
    assert (row["disposed_share"], row["lower"], row["upper"]) == (None, pytest.approx(0.94757, abs=1e-5), 1.0)
    assert "at least 19.1" in row["explanation"]
    # The metabolite tells of use all the same.
    assert kept_out_days(found)["analyte"].to_list() == ["cocaine", "cocaine"]


def ketamine_days(*ratios, factor=1.0):
    return [row for day, r in enumerate(ratios) for row in
            (load("ketamine", factor * r * 237.73, day=day), load("norketamine", factor * 223.70, day=day))]  # fmt: skip


ORDINARY = [5.0, 5.2, 5.36, 5.5, 5.8, 4.9, 5.4, 5.3, 5.6, 5.1]


def test_an_ordinary_ketamine_ratio_is_no_event():
    assert events(ketamine_days(*ORDINARY, 5.4)).is_empty()
    assert events(ketamine_days(5.4)).is_empty()


def test_a_ratio_beyond_its_limit_gives_the_share_of_the_parent_that_use_does_not_explain():
    found = events(ketamine_days(*ORDINARY, 53.3))
    row = found.filter(test="residue_ratio").row(0, named=True)
    middle = (5.3 * 5.36) ** 0.5  # the median of the ten logarithms
    assert row["disposed_share"] == pytest.approx(1 - middle / 53.3, rel=1e-6)
    assert 0 < row["lower"] < row["disposed_share"] < row["upper"] < 1
    assert "of the site's 10 earlier days" in row["explanation"]
    # Ten times the ketamine is a jump too, and its ratio says why.
    assert found["test"].to_list() == ["load_jump", "residue_ratio"]
    assert found["is_kept_out"].all()


def test_a_festival_raises_all_residues_and_is_no_event():
    rows = ketamine_days(*ORDINARY)
    rows += [load("ketamine", 10 * 5.4 * 237.73, day=10), load("norketamine", 10 * 223.70, day=10)]
    assert events(rows).is_empty()


def test_a_ratio_on_the_side_of_use_is_no_event():
    assert events(ketamine_days(*ORDINARY, 0.3)).is_empty()


def test_methamphetamine_poured_away_lowers_the_share_of_amphetamine():
    rows = [row for day in range(12) for row in (load("amphetamine", 10.0, day=day), load("methamphetamine", 100.0, day=day))]
    rows += [load("amphetamine", 10.0, day=12), load("methamphetamine", 1_000.0, day=12)]
    found = events(rows).filter(test="residue_ratio")
    assert found["drug"].to_list() == ["methamphetamine"]
    assert found["disposed_share"].item() == pytest.approx(0.9)
    assert found["analytes"].item() == "methamphetamine"


def test_racemic_amphetamine_is_a_hint_only_even_with_a_jump():
    rows = [load("amphetamine", 10.0, day=day) for day in range(8)] + [load("amphetamine", 500.0, day=8)]
    found = events(rows, fraction("amphetamine", 0.50, day=8))
    assert found["test"].to_list() == ["enantiomeric_fraction", "load_jump"]
    assert not found["is_kept_out"].any()
    assert "hint" in found["explanation"][0]


def test_a_fraction_without_its_uncertainty_takes_the_default_and_an_unknown_residue_is_not_judged():
    found = events([], pl.concat([fraction("MDMA", 0.50, u=None), fraction("ketamine", 0.50)]))
    assert found["drug"].to_list() == ["MDMA"]


def test_censored_days_count_in_the_median_as_the_most_they_can_have_been():
    rows = [load("tramadol", limit=4.0, day=day) for day in range(7)]
    assert events([*rows, load("tramadol", 21.0, day=7)])["statistic"].to_list() == pytest.approx([5.25])
    assert events([*rows, load("tramadol", 19.0, day=7)]).is_empty()


def test_since_gives_the_rows_of_these_days_only():
    everything = events(auckland())
    since = START + dt.timedelta(days=5)
    assert events(auckland(), since=since).equals(everything.filter(pl.col("day") >= since))
    jumps = events(utrecht(), utrecht_fractions(), since=SPRING_2011 + dt.timedelta(days=3))
    assert jumps.equals(events(utrecht(), utrecht_fractions()).filter(pl.col("day") >= SPRING_2011 + dt.timedelta(days=3)))


def test_an_event_is_a_row_that_json_can_carry():
    assert json.loads(events(auckland()).write_json())[0]["drug"] == "cocaine"
