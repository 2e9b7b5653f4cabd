from __future__ import annotations

import datetime as dt
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from headworks.core.errors import UsageError
from headworks.jobs.planner import (
    DetectionOrder,
    SiteOrder,
    answer_detection,
    answer_power,
    choose_for_workspace,
    known_scatter,
    plans_beside,
)
from headworks.jobs.planner.pictures import detect_picture, frontier_picture, power_picture
from headworks.jobs.run import run
from headworks.planning.power import PowerQuestion, SamplingDays, reference_scatter
from headworks.planning.site_choice import ChoiceRules
from headworks.reference import read_set
from headworks.store import Workspace

SITES = """site_id,area_id,name,population_served,upstream_of,latitude,longitude
A,P/a,Plant A,10000,,30.5,110.5
B,P/b,Plant B,50000,,30.6,110.6
V,P/a,Village,900,A,30.4,110.4
U,P/b,Unknown,,,,
"""
AREAS = """area_id,parent_id,level,name_en,valid_from,population
P,,1,Province,2020-01-01,100000
P/c,P,3,County c,2020-01-01,90000
P/a,P/c,4,Town a,2020-01-01,20000
P/b,P/c,4,Town b,2020-01-01,70000
"""


def asked(**more) -> PowerQuestion:
    return PowerQuestion(SamplingDays(2), reference_scatter(), **more)


def test_the_answer_says_what_the_plan_sees_and_what_the_least_is():
    found = answer_power(asked(change=0.2))
    assert "With 2 days a week, rotating at one site (104 samples a year)" in found.sentence
    assert "2 days a week, rotating is the least that sees it with 80%" in found.sentence
    assert found.table["plan"].to_list() == [plan.words() for plan in plans_beside(SamplingDays(2))]
    assert found.as_dict()["power_for_change"] == found.power.power_for_change


def test_a_change_that_nothing_sees_is_said_to_be_so():
    assert "No number of days sees it" in answer_power(asked(change=0.001, n_sites=3, coverage=0.5)).sentence


def test_unbalanced_weekdays_are_told():
    tuesdays = replace(asked(), plan=SamplingDays(1, weekdays=(1,)), scatter=reference_scatter("MDMA"))
    assert any("weekdays are not balanced" in note for note in answer_power(tuesdays).notes)
    assert answer_power(asked()).notes == ()


def test_a_check_stands_beside_the_formula_and_names_the_sites_drawn():
    found = answer_power(asked(period="month", years=1, n_sites=400, change=0.3), is_checked=True, replicates=300)
    assert found.check["ratio"].to_list() == pytest.approx(4 * [1.0], abs=0.2)
    assert "12 sites instead of 400" in found.notes[0]


def test_users_in_a_town_come_with_grams_and_concentration():
    found = answer_detection(DetectionOrder("methamphetamine", 100_000, users=3.0), is_checked=True, replicates=500)
    # 30 mg of drug a user; 12.9 mg of residue in 26,000 m3.
    assert found.grams_per_day == pytest.approx(found.users * 0.03)
    assert found.concentration_ng_per_l == pytest.approx(found.users * 12.9 / 26_000 * 1_000, rel=1e-6)
    assert 0.2 < found.probability_for_users < 0.95
    assert (found.check["formula"] - found.check["simulation"]).abs().max() < 0.1
    assert found.notes[0] == "Flow taken as 260 L per person: 26,000 m3/d."
    assert "sees 5.7" in found.sentence
    assert found.curve["probability"].round(6).is_sorted()


def test_what_nobody_can_see_is_said():
    found = answer_detection(DetectionOrder("methamphetamine", 1_000, days_per_week=1))
    assert found.users is None
    assert "does not see even everybody" in found.sentence
    assert found.as_dict()["grams_per_day"] is None


def test_own_dose_limit_and_flow_replace_those_of_the_reference():
    base = DetectionOrder("methamphetamine", 100_000)
    one = answer_detection(replace(base, dose_mg=60.0))
    other = answer_detection(replace(base, limit="0.75"))
    assert one.users == pytest.approx(other.users)
    assert answer_detection(replace(base, limit="loq")).asked.limit_ng_per_l == 10.0


def test_a_drug_without_an_lod_takes_its_loq_and_says_so():
    found = answer_detection(DetectionOrder("ketamine", 100_000))
    assert "The reference has no LOD; its LOQ is used." in found.notes


def test_a_limit_that_is_none_is_refused():
    with pytest.raises(UsageError, match="lod, loq or ng/L") as refused:
        answer_detection(DetectionOrder("methamphetamine", 1_000, limit="low"))
    assert refused.value.code == "HW-U193"


@pytest.mark.parametrize(("column", "what"), [("dose_mg", "no dose"), ("correction_factor", "no excretion factor"),
                                              ("limits", "no LOD")])  # fmt: skip
def test_what_neither_order_nor_reference_holds_is_refused(column, what, monkeypatch):
    names = ["lod_ng_per_l", "loq_ng_per_l"] if column == "limits" else [column]
    empty = read_set().factors.with_columns(pl.lit(None, dtype=pl.Float64).alias(name) for name in names)
    monkeypatch.setattr("headworks.jobs.planner.detect.read_set", lambda _name: replace(read_set(), factors=empty))
    with pytest.raises(UsageError, match=f"holds {what}") as refused:
        answer_detection(DetectionOrder("methamphetamine", 1_000))
    assert refused.value.code == "HW-U193"


def test_few_quantified_results_are_told():
    rare = replace(asked(period="quarter"), scatter=replace(reference_scatter(), nondetects=0.8))
    assert any("About 5.2 results" in note and "too hopeful" in note for note in answer_power(rare).notes)


def test_sites_of_a_workspace_are_chosen_with_their_places(workspace: Workspace, give, tmp_path: Path):
    give(workspace, "areas", AREAS)
    give(workspace, "sites", SITES)
    found = choose_for_workspace(workspace, SiteOrder(ChoiceRules(budget=52.0)))
    first = found.table.row(0, named=True)
    assert (first["site_id"], first["county_id"], first["latitude"], first["people_counted"]) == ("B", "P/c", 30.6, 50_000)
    assert "1 sites cover 50,000 people, 83.3% of those at any site" in found.sentence
    assert found.notes == ("1 sites without a population cannot be chosen.",)
    assert found.frontier["share"][-1] == pytest.approx(1.0)
    costs = tmp_path / "costs.csv"
    costs.write_text("site_id,cost\nB,60\nA,20\n", encoding="utf-8")
    own = choose_for_workspace(workspace, SiteOrder(ChoiceRules(budget=52.0), own_file=costs, has_frontier=False))
    assert own.table.filter("is_chosen")["site_id"].to_list() == ["A"]
    assert own.as_dict()["sites"][0]["cost"] == 20.0


@pytest.mark.parametrize("text", ["site,cost\nA,1\n", "site_id,cost\nA,cheap\n", "site_id,cost\nA,1\nA,2\n"])
def test_a_file_of_costs_that_cannot_be_read_is_refused(text, workspace: Workspace, give, tmp_path: Path):
    give(workspace, "sites", SITES)
    costs = tmp_path / "costs.csv"
    costs.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match="file of costs") as refused:
        choose_for_workspace(workspace, SiteOrder(ChoiceRules(), own_file=costs))
    assert refused.value.code == "HW-U194"


@pytest.fixture
def measured(workspace: Workspace, give) -> Workspace:
    """Two plants, 80 days each, log-normal with a spread of 0.3; a tenth below the limit."""
    rng = np.random.default_rng(9)
    give(workspace, "areas", AREAS)
    give(workspace, "sites", SITES)
    samples, results = [], []
    for site in "AB":
        for i in range(80):
            day = dt.date(2025, 1, 1) + dt.timedelta(days=3 * i)
            samples.append(f"{site}{i},{site},{day}T08:00Z,2000")
            value = 50 * np.exp(0.3 * rng.standard_normal())
            results.append(f"{site}{i},methamphetamine,{'<LOQ' if i % 10 == 0 else round(value, 3)},1,5,b{i // 4},0.01")
    give(workspace, "samples", "sample_id,site_id,collected_from,flow_m3_per_day\n" + "\n".join(samples) + "\n")
    head = "sample_id,analyte,concentration_ng_per_l,lod_ng_per_l,loq_ng_per_l,batch_id,u_analysis\n"
    give(workspace, "measurements", head + "\n".join(results) + "\n")
    run(workspace)
    return workspace


def test_a_workspace_tells_its_own_scatter(measured: Workspace):
    area = known_scatter(measured, "County c", "METH")
    # The nested village is left out: A, B and the site without people; 60,000 of 90,000.
    assert (area.n_sites, round(area.coverage, 3)) == (2, 0.667)
    assert area.scatter.nondetects == pytest.approx(0.1)
    assert area.scatter.samples_per_batch == 8
    site = known_scatter(measured, "A", "methamphetamine")
    assert (site.n_sites, site.coverage) == (1, 1.0)
    # What is declared of measuring (20 % of flow, 10 % of sampling) is taken off what was drawn: sqrt(0.09 - 0.05) = 0.2.
    assert 0.05 < site.scatter.day_sd < 0.3
    assert answer_power(PowerQuestion(SamplingDays(1), area.scatter, area.n_sites, area.coverage)).power.rise > 0


def test_too_few_results_are_refused(computed_plants: Workspace):
    with pytest.raises(UsageError, match="Too few results") as refused:
        known_scatter(computed_plants, "A", "benzoylecgonine")
    assert refused.value.code == "HW-U192"


def test_every_picture_has_a_name_and_a_description():
    power = answer_power(asked())
    town = answer_detection(DetectionOrder("methamphetamine", 100_000))
    front = pl.DataFrame({"budget": [1.0, 2.0], "share": [0.4, 0.6]})
    for svg in (power_picture(power.table), detect_picture(town.curve, town.users, 0.95), frontier_picture(front)):
        root = ET.fromstring(svg)  # noqa: S314  drawn a moment ago
        assert root.get("role") == "img"
        texts = [element.text for element in root.iter() if element.tag.endswith(("title", "desc"))]
        assert all(texts[:2])
        assert "style=" not in svg
