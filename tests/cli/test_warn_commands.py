"""``headworks warn``: signals in a table and as JSON, an explanation a fact a line, a back-test, and what a tier is not told."""

from __future__ import annotations

import datetime as dt
import json
import math

import pytest

from headworks.cli.warn_commands import lines_of
from headworks.jobs.import_files import ImportOrder, import_file
from headworks.jobs.run import run
from headworks.jobs.warning import warn
from headworks.jobs.warning.explain import Explained
from headworks.store import Workspace

FIRST, WEEKS = dt.date(2025, 1, 6), 50
LAST_WEEK = FIRST + dt.timedelta(weeks=WEEKS - 1)
# Six plants in each of two counties; s00 serves 500 people, fewer than any tier but the steward's may see.
SITES = [f"s{i:02d}" for i in range(12)]
COUNTY = "up:P/l:methamphetamine:2025-W49"
AREAS = """area_id,parent_id,level,name_en,population,valid_from
P,,1,Province P,240000,2020-01-01
P/k,P,3,County K,120000,2020-01-01
P/l,P,3,County L,120000,2020-01-01
"""


def load_of(place: int, week: int, day: int) -> float:
    """Concentration in ng/L: County L has three times as much, s00 thirty times as much, for the last three weeks."""
    wobble = math.exp(0.3 * math.sin(12.9898 * place + 78.233 * (2 * week + day) ** 2))
    if week < WEEKS - 3:
        return 100 * wobble
    return 100 * wobble * (3.0 if place >= 6 else 30.0 if place == 0 else 1.0)


@pytest.fixture(scope="module")
def outbreak(tmp_path_factory) -> Workspace:
    folder = tmp_path_factory.mktemp("outbreak")
    rows = [
        (f"{site}-{week}-{day}", site, FIRST + dt.timedelta(days=7 * week + day), load_of(place, week, day))
        for place, site in enumerate(SITES) for week in range(WEEKS) for day in (1, 4)
    ]  # fmt: skip
    people = [500 if site == "s00" else 20_000 for site in SITES]
    texts = {
        "areas": AREAS,
        "sites": "site_id,area_id,name,population_served\n" + "\n".join(
            f"{site},P/{'k' if i < 6 else 'l'},Plant {site},{people[i]}" for i, site in enumerate(SITES)),
        "samples": "sample_id,site_id,collected_from,flow_m3_per_day\n" + "\n".join(
            f"{name},{site},{day}T08:00Z,4000" for name, site, day, _ in rows),
        "measurements": "sample_id,analyte,concentration_ng_per_l,lod_ng_per_l,loq_ng_per_l,batch_id\n" + "\n".join(
            f"{name},methamphetamine,{value:.3f},1,5,{day}" for name, _, day, value in rows)
        + "".join(f"\n{name},ketamine,{40 if day >= LAST_WEEK and site == 's07' else '<LOQ'},1,5,{day}"
                  for name, site, day, _ in rows if "s06" <= site <= "s08" and day >= FIRST + dt.timedelta(weeks=40)),
    }  # fmt: skip
    workspace = Workspace.create(folder / "ws", name="Outbreak", timezone="UTC")
    for name, text in texts.items():
        path = folder / f"{name}.csv"
        path.write_text(text + "\n", encoding="utf-8")
        import_file(workspace, path, ImportOrder("headworks"))
    run(workspace)
    return workspace


@pytest.fixture(scope="module")
def told(outbreak) -> Workspace:
    """With its signals kept; the public sees weeks here."""
    warn(outbreak)
    settings = outbreak.path / "headworks.toml"
    settings.write_text(settings.read_text("utf-8") + '\n[publication_detail]\npublic = "week"\n', encoding="utf-8")
    return Workspace.open(outbreak.path)


def ids_of(answer) -> list[str]:
    return [row["signal_id"] for row in json.loads(answer.out)["signals"]]


def test_help_names_the_three_commands(headworks) -> None:
    said = headworks("warn", "--help").out
    assert all(name in said for name in ("run", "explain", "backtest"))
    assert "at most 1 in 10 false" in headworks("warn", "run", "--help").out.replace("\n", " ")


def test_the_steward_sees_the_county_and_the_small_site(headworks, told) -> None:
    answer = headworks("warn", "run", told.path, "--tier", "steward", "--json")
    found = json.loads(answer.out)
    assert answer.code == 0
    assert (found["week"], found["is_new"], found["n_residues"]) == ("2025-W51", False, 2)
    assert found["n_shown"] == found["n_signals"] == len(found["signals"])
    assert {COUNTY, "up:s00:methamphetamine:2025-W49"} <= set(ids_of(answer))


def test_the_table_says_what_was_asked_and_how_to_ask_why(headworks, told) -> None:
    answer = headworks("warn", "run", told.path, "--tier", "steward", "--budget", "at most 1 in 20 false")
    assert answer.code == 0
    assert answer.out.startswith("signal_id,kind,level,unit_id,analyte")
    assert "questions about 15 sites and areas" in answer.err
    assert f"headworks warn explain {told.path} 1 --tier steward" in answer.err


def test_an_explanation_is_a_fact_a_line_and_a_picture(headworks, told, tmp_path) -> None:
    picture = tmp_path / "why.svg"
    answer = headworks("warn", "explain", told.path, COUNTY, "--tier", "steward", "--chart", picture)
    assert answer.code == 0
    assert answer.out.startswith("methamphetamine in County L (county, 6 sites) is higher")
    for words in ("p-value", "Standard deviations", "Baseline:", "concentration x", "Without site s", "By headworks"):
        assert words in answer.out
    assert picture.read_text(encoding="utf-8").startswith("<svg")


def test_a_cluster_tells_its_sites_and_how_rarely_chance_does_it() -> None:
    said = {
        "kind": "cluster", "sentence": "Up together.", "p_value": 1e-5, "allowed": 1e-4, "budget": "at most 10 % false",
        "n_questions": 20, "first_shown": "2025-W50", "normals": {"2025-W51": 4.1}, "baseline": {"weights": {}, "n_samples": 9},
        "recurrence_weeks": 5_000.0, "inflation": 1.2, "without_each": [{"part": "site s01", "p": 3e-4}],
        "together": {"times": 1.4, "times_lower": 1.2, "times_upper": 1.6, "observed": 14.0, "expected": 10.0},
        "members": [{"unit_id": "s01", "name": "Plant s01", "normal": 2.5, "times": 1.5}],
    }  # fmt: skip
    lines = lines_of(Explained({"method_version": "v"}, said))
    assert "of 20 maps" in lines[1]
    assert (
        "  A cluster as strong comes by chance once in 5,000 weeks, over all maps; ratios held to 1.20 times those of "
        in lines[4]
    )
    assert lines[5].endswith("14 mg/d per 1,000 people where 10 were expected, 1.40 times (1.20 to 1.60).")
    assert lines[6] == "  Plant s01 (s01): +2.5 standard deviations, 1.50 times what was expected."


def test_a_substance_seen_for_the_first_time_is_told_with_what_it_rests_on(headworks, told, tmp_path) -> None:
    asked = ("warn", "explain", told.path, "first:s07:ketamine:2025-W51")
    whole = headworks(*asked, "--tier", "steward", "--chart", tmp_path / "course.svg")
    assert whole.code == 0
    assert "ketamine was seen for the first time in Plant s07 (site), on 2025-12-16, after 18 samples without it" in whole.out
    assert "A second sample of another batch confirmed it on 2025-12-19" in whole.out
    assert "First in sample s07-49-1, found by a targeted method; confirmed by s07-49-4" in whole.out
    assert "new in all of Province P" in whole.out
    cut = headworks(*asked, "--tier", "analyst")
    assert "seen for the first time in Plant s07" in cut.out
    assert "s07-49" not in cut.out
    assert "Province P" not in cut.out
    assert headworks(*asked, "--tier", "public").code == 2


def test_an_id_and_its_number_are_the_same_signal(headworks, told) -> None:
    one = headworks("warn", "explain", told.path, "1", "--tier", "steward", "--json").out
    other = headworks("warn", "explain", told.path, json.loads(one)["signal_id"], "--tier", "steward", "--json").out
    assert one == other


@pytest.mark.parametrize("tier", ["analyst", "public"])
def test_no_tier_reads_of_a_site_that_is_withheld_from_it(headworks, told, tier) -> None:
    listed = headworks("warn", "run", told.path, "--tier", tier, "--json")
    ids = ids_of(listed)
    said = [listed.out, headworks("warn", "run", told.path, "--tier", tier).out]
    for signal, *more in ((ids[0],), (ids[0], "--json"), (ids[-1], "--json")):
        answer = headworks("warn", "explain", told.path, signal, "--tier", tier, *more)
        assert answer.code == 0
        said.append(answer.out)
    assert COUNTY in ids
    text = " ".join(said)
    assert "s00" not in text
    assert "County K" not in text
    for word in ('neighbours"', "without_each", "It hangs on", "No single sample", "n_signals", "sha256", "Neighbours"):
        assert word not in text
    # A plant of 20,000 may be seen by itself by analysts; the public sees areas of two sites and more.
    assert any(":s0" in one or ":s1" in one for one in ids) is (tier != "public")


def test_a_withheld_signal_is_answered_as_one_there_is_not(headworks, told) -> None:
    there = headworks("warn", "explain", told.path, "up:s00:methamphetamine:2025-W49", "--tier", "public")
    not_there = headworks("warn", "explain", told.path, "up:s00:methamphetamine:2025-W48", "--tier", "public")
    assert there.code == not_there.code == 2
    assert there.err.replace("W49", "W48") == not_there.err.replace("W49", "W48")


def test_a_backtest_is_told_and_written(headworks, told, tmp_path) -> None:
    words = ("warn", "backtest", told.path, "--detector", "ears_c2", "--replicates", "1", "--out", tmp_path / "out")
    answer = headworks(*words, "--inject", "size=3,shape=step,level=site,weeks=3", "--json")
    found = json.loads(answer.out)
    assert (answer.code, found["detector"], found["replicates"]) == (0, "ears_c2", 1)
    assert {"found", "found_within_a_week", "specificity", "false_discovery"} <= set(found["scores"][0])
    assert json.loads((tmp_path / "out" / "backtest.json").read_text(encoding="utf-8")) == found
    assert "<svg" in (tmp_path / "out" / "backtest.html").read_text(encoding="utf-8")


def test_a_backtest_without_a_folder_is_kept_where_the_pages_look(headworks, told) -> None:
    words = ("warn", "backtest", told.path, "--detector", "ears_c2", "--replicates", "1")
    assert headworks(*words, "--inject", "size=3,shape=step,level=site,weeks=3").code == 0
    folder = told.path / "signals" / "backtests"
    (kept,) = folder.iterdir()
    assert kept.name.startswith("ears_c2-2025-W51-")
    assert {path.name for path in kept.iterdir()} == {"backtest.json", "backtest.html"}


def test_first_appearances_are_said_to_stand_outside_the_budget(headworks, told) -> None:
    assert "outside this budget" in headworks("warn", "run", told.path, "--tier", "steward").err


@pytest.mark.parametrize(
    ("command", "more", "code", "words"),
    [
        ("run", ("--week", "soon"), "HW-U290", "Give --week such as"),
        ("run", ("--week", "2001-W05"), "HW-U291", "Name a later week"),
        ("run", ("--budget", "few"), "HW-U28", "at most"),
        ("explain", ("1", "--week", "2019-W05"), "HW-U292", "headworks warn run"),
        ("explain", ("up:P/l:meth:2025-W49",), "HW-U293", "Did you mean up:P/l:methamphetamine"),
        ("explain", ("99",), "HW-U293", "a number of the list"),
        ("explain", (COUNTY, "--chart", "a.png"), "HW-U294", "ends in .svg"),
        ("explain", (COUNTY, "--chart", "/nowhere/a.svg"), "HW-U294", "in a folder that is there"),
        ("backtest", ("--inject", "size=two"), "HW-U295", "size=2"),
        ("backtest", ("--inject", "size=2,shape=step,level=village,weeks=4"), "HW-U296", "Choose another level"),
        ("backtest", ("--detector", "oracle"), "HW-U297", "farrington_flexible"),
    ],
)
def test_a_refusal_says_what_would_do(headworks, told, command, more, code, words) -> None:
    tier = () if command == "backtest" else ("--tier", "steward")
    answer = headworks("warn", command, told.path, *more, *tier)
    said = answer.out + answer.err
    assert answer.code == 2
    assert code in said
    assert words in said


def test_before_a_run_there_is_nothing_to_judge(headworks, tmp_path) -> None:
    Workspace.create(tmp_path / "empty", name="Empty", timezone="UTC")
    answer = headworks("warn", "run", tmp_path / "empty")
    assert answer.code == 2
    assert "HW-U008" in answer.err
