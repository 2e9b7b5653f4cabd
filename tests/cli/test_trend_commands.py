"""``headworks trend``: a sentence a line, the same as JSON and CSV, a picture, and refusals that say what would do."""

from __future__ import annotations

import datetime as dt
import json
import math
import re

import pytest

from headworks.jobs.import_files import ImportOrder, import_file
from headworks.jobs.run import run
from headworks.store import Workspace

AREAS = (
    "area_id,parent_id,level,name_en,population,valid_from\nP,,1,Province,70000,2020-01-01\nP/a,P,2,Town a,70000,2020-01-01\n"
)
SITES = "site_id,area_id,name,population_served\nA,P/a,Plant A,60000\nS,P/a,Small plant,500\n"
FIRST = dt.date(2025, 1, 6)


@pytest.fixture(scope="module")
def rising(tmp_path_factory) -> Workspace:
    """A plant that doubles every 20 weeks, half as much again on Saturdays; ketamine that is hardly ever quantified."""
    folder = tmp_path_factory.mktemp("rising")
    days = [FIRST + dt.timedelta(days=7 * week + day) for week in range(40) for day in (1, 5)]
    samples, measured = ["sample_id,site_id,collected_from,flow_m3_per_day"], [
        "sample_id,analyte,concentration_ng_per_l,lod_ng_per_l,loq_ng_per_l"]  # fmt: skip
    for number, day in enumerate(days):
        for site in "AS":
            samples.append(f"{site}{number},{site},{day}T08:00Z,12000")
            weekend = 1.5 if day.weekday() == 5 else 1.0
            wobble = 1 + 0.1 * math.sin(number**2)
            level = 100 * 2 ** ((day - FIRST).days / 140) * weekend * wobble
            measured.append(f"{site}{number},methamphetamine,{level:.2f},1,5")
            if site == "A":
                measured.append(f"{site}{number},ketamine,<LOQ,1,5")
    workspace = Workspace.create(folder / "ws", name="Rising", timezone="UTC")
    for name, text in (
        ("areas", AREAS),
        ("sites", SITES),
        ("samples", "\n".join(samples)),
        ("measurements", "\n".join(measured)),
    ):
        path = folder / f"{name}.csv"
        path.write_text(text + "\n", encoding="utf-8")
        import_file(workspace, path, ImportOrder("headworks"))
    run(workspace)
    return workspace


def asked(workspace, *more):
    return ("trend", workspace.path, *more, "--tier", "steward")


def test_a_rise_is_told_in_plain_words_with_what_it_rests_on(headworks, rising) -> None:
    answer = headworks(*asked(rising, "A", "-a", "methamphetamine", "--more-than", "20"))
    assert answer.code == 0
    assert "Plant A (A), 2025-W41: level" in answer.out
    # Twice in 20 weeks is 2^(13/20) = 1.57 times in a quarter.
    assert "It rose: +5" in answer.out
    assert re.search(r"more than 20 %: (9\d|100)%", answer.out)
    # Sure over the quarter, if not at the moment: ln 2 / ln 1.52 of 13 weeks.
    assert re.search(r"it doubles in about (19|2\d) weeks", answer.out)
    # Two weekdays at one plant: half of the truth is left to chance, and the interval holds it.
    low, high = map(float, re.search(r"weekend carries .* \(95 %: ([\d.]+) to ([\d.]+)\)", answer.out).groups())
    assert low < 1.5 < high
    assert "Turning points" in answer.out


def test_two_weeks_that_are_no_quarter_apart_are_compared_with_caution(headworks, rising) -> None:
    found = json.loads(headworks(*asked(rising, "A", "-a", "meth", "--from", "2025-W10", "--to", "2025-W30", "--json")).out)
    change = found["change"]
    assert (change["first"], change["last"], change["is_cautious"]) == ("2025-W10", "2025-W30", True)
    assert change["lower"] < 2.0 < change["upper"]
    assert change["ratio"] == pytest.approx(2.0, rel=0.15)


def test_an_area_is_told_by_its_name_and_beside_a_site(headworks, rising) -> None:
    answer = headworks(*asked(rising, "Town a", "-a", "methamphetamine", "--against", "S"))
    assert "Beside Small plant (S)" in answer.out
    # 500 people with the same flow: 120 times as much a head as 60,000.
    assert "is the higher one with probability 0%" in answer.out


def test_what_was_never_quantified_is_a_limit(headworks, rising) -> None:
    answer = headworks(*asked(rising, "A", "-a", "ketamine"))
    assert "at most" in answer.out
    assert "a change cannot be seen" in answer.out


def test_weeks_come_as_csv_and_as_a_picture(headworks, rising, tmp_path) -> None:
    picture = tmp_path / "a.svg"
    answer = headworks(*asked(rising, "A", "-a", "methamphetamine", "--csv", "--chart", picture))
    assert answer.out.lstrip("\ufeff").startswith("unit_kind,unit_id,period")
    assert picture.read_text(encoding="utf-8").startswith("<svg")


def test_a_tier_is_told_no_more_than_it_may_see(headworks, rising) -> None:
    small = headworks("trend", rising.path, "S", "-a", "methamphetamine", "--tier", "analyst")
    assert small.code == 2
    assert "HW-U201" in small.err
    assert "that analyst readers may not see" in small.err
    public = headworks("trend", rising.path, "A", "-a", "methamphetamine")
    assert public.code == 2


@pytest.mark.parametrize(
    ("more", "code", "words"),
    [
        (("Atlantis",), "HW-U200", "There is no such site or area"),
        (("all",), "HW-U200", "A trend is of one site or area"),
        (("P", "-a", "heroin"), "HW-U202", "Use one of"),
        (("A",), "HW-U202", "Several residues"),
        (("A", "-a", "metamphetamine"), "HW-U202", "Did you mean methamphetamine"),
        (("A", "-a", "meth", "--to", "2031-W10"), "HW-U203", "Give weeks from 2025-W02"),
        (("A", "-a", "meth", "--from", "soon"), "HW-U203", "This week is not told"),
        (("A", "-a", "meth", "--from", "2025-W30", "--to", "2025-W20"), "HW-U203", "must come before"),
        (("A", "-a", "meth", "--chart", "a.png"), "HW-U204", "ends in .svg"),
        (("A", "-a", "meth", "--chart", "/nowhere/a.svg"), "HW-U204", "in a folder that is there"),
        (("A", "--json", "--csv"), "HW-U205", "Give one of them"),
    ],
)
def test_a_refusal_says_what_would_do(headworks, rising, more, code, words) -> None:
    answer = headworks(*asked(rising, *more))
    assert answer.code == 2
    said = answer.out + answer.err
    assert code in said
    assert words in said
