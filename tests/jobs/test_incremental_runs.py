"""Recomputing only what new facts touch gives what recomputing everything gives, bit for bit."""

from __future__ import annotations

import os
import random
from collections.abc import Callable

import polars as pl
import pytest

from headworks.jobs.left_out import read_left_out
from headworks.jobs.method import method_of
from headworks.jobs.run import run
from headworks.store import Workspace, latest_run, read_facts, read_result, result_digest
from headworks.tables import FACTS, RESULTS
from headworks.workflows import derive_situation

ANALYTES = ("benzoylecgonine", "cocaine", "methamphetamine", "ketamine", "norketamine", "cannabis", "THC-COOH", "compound 7")
DRUGS = ("cocaine", "ketamine", "cannabis", "MDMA")
MONTHS = ("2023-11-2", "2023-12-3", "2024-01-0", "2024-11-2", "2024-12-3", "2025-01-0")


class Events:
    """Files as they may come in over the months, each drawn at random from what is known by then."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.n_samples = 0

    def site(self) -> str:
        return self.rng.choice(["A", "B", "C", "D"])

    def moment(self) -> str:
        return f"{self.rng.choice(MONTHS)}{self.rng.choice('12345678' if self.rng.random() < 0.9 else '1')}"

    def sample(self) -> str:
        return f"S{self.rng.randrange(max(self.n_samples, 1))}"

    def new_samples(self) -> tuple[str, str]:
        rows = []
        for _ in range(6):
            flow = self.rng.choice(["", f"{self.rng.uniform(1e3, 1e4):.3f}"])
            day = self.moment().replace("-31", "-3" + self.rng.choice("01")).replace("-38", "-30")
            rows.append(f"S{self.n_samples},{self.site()},{_day(day)}T08:00Z,{flow}")
            self.n_samples += 1
        return "samples", "sample_id,site_id,collected_from,flow_m3_per_day\n" + "\n".join(rows)

    def results(self) -> tuple[str, str]:
        rows = {}
        for _ in range(12):
            sample = self.sample() if self.rng.random() < 0.9 else "S999"
            key = (sample, self.rng.choice(ANALYTES), self.rng.choice("1123"))
            value = self.rng.choice(["<LOQ", "ND", f"{self.rng.uniform(1, 900):.4f}", f"{self.rng.uniform(1, 900):.4f}"])
            flag = self.rng.choice(["accepted"] * 5 + ["rejected"])
            rows[key] = ",".join([*key, value, "1", "5", flag])
        head = "sample_id,analyte,replicate,concentration_ng_per_l,lod_ng_per_l,loq_ng_per_l,qc_flag\n"
        return "measurements", head + "\n".join(rows.values())

    def moved_sample(self) -> tuple[str, str]:
        row = f"{self.sample()},{self.site()},{_day(self.moment())}T08:00Z,5000"
        return "samples", f"sample_id,site_id,collected_from,flow_m3_per_day\n{row}"

    def flow(self) -> tuple[str, str]:
        return "flows", f"site_id,day,flow_m3_per_day\n{self.site()},{_day(self.moment())},{self.rng.uniform(1e3, 1e4):.2f}"

    def population(self) -> tuple[str, str]:
        row = f"{self.site()},{_day(self.moment())},{self.rng.randrange(1_000, 90_000)},census"
        return "populations", f"site_id,valid_from,population,population_method\n{row}"

    def site_entry(self) -> tuple[str, str]:
        people = self.rng.choice(["", str(self.rng.randrange(1_000, 90_000))])
        return "sites", f"site_id,area_id,population_served\n{self.site()},{self.rng.choice(['P/a', 'P/b', 'Q/c'])},{people}"

    def area_name(self) -> tuple[str, str]:
        area, parent = self.rng.choice([("P", ""), ("Q", ""), ("P/a", "P"), ("P/b", "P"), ("P/b", "Q"), ("Q/c", "Q")])
        row = f"{area},{parent},{2 if parent else 1},Name {self.rng.randrange(100)},2020-01-01"
        return "areas", f"area_id,parent_id,level,name_en,valid_from\n{row}"

    def published(self) -> tuple[str, str]:
        days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
        rows = {}
        for _ in range(4):
            key = (self.rng.choice("01").replace("0", "2023").replace("1", "2024"), "ES", self.rng.choice(["A", "B", "Reus"]))
            key = (*key, self.rng.choice(DRUGS))
            values = [self.rng.choice(["", "0", f"{self.rng.uniform(1, 400):.2f}"]) for _ in days]
            rows[key] = ",".join([*key, *values, f"{self.rng.uniform(1, 400):.2f}"])
        return "weeks", f"year,country,city,drug,{','.join(days)},daily mean\n" + "\n".join(rows.values())

    def next(self) -> tuple[str, str]:
        kinds: list[Callable[[], tuple[str, str]]] = [
            self.new_samples, self.results, self.results, self.results, self.moved_sample, self.flow, self.population,
            self.site_entry, self.area_name, self.published,
        ]  # fmt: skip
        return self.rng.choice(kinds)()


def _day(text: str) -> str:
    year, month, day = text.split("-")
    return f"{year}-{month}-{min(int(day), 30):02d}"


def require_equal_to_a_full_run(workspace: Workspace, said: str) -> None:
    outcome = run(workspace)
    facts = {name: read_facts(workspace, name) for name in FACTS}
    full = derive_situation(facts, method_of(workspace))
    kept = {name: result_digest(read_result(workspace, name), name) for name in RESULTS}
    assert kept == {name: result_digest(full.tables[name], name) for name in RESULTS}, said
    assert read_left_out(workspace, outcome.manifest).rows() == full.left_out.rows(), said


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10 if os.environ.get("HEADWORKS_FULL") else 2))
def test_a_random_sequence_of_imports_run_one_by_one_equals_one_full_run(seed: int, workspace: Workspace, give) -> None:
    events = Events(random.Random(seed))
    for name, text in (events.new_samples(), events.results(), events.site_entry(), events.published()):
        give(workspace, name, text, "score" if name == "weeks" else "headworks")
    for _ in range(12 if os.environ.get("HEADWORKS_FULL") else 4):
        require_equal_to_a_full_run(workspace, f"before {text}")
        name, text = events.next()
        give(workspace, name, text, "score" if name == "weeks" else "headworks")


REGISTER = {"a name of the province", "another province"}
CHANGES = {
    "a new sample": [
        ("samples", "sample_id,site_id,collected_from,flow_m3_per_day\nA3,A,2024-03-12T08:00Z,2100\n"),
        ("measurements", "sample_id,analyte,concentration_ng_per_l\nA3,benzoylecgonine,99\n"),
    ],
    "a result before its sample": [
        ("measurements", "sample_id,analyte,concentration_ng_per_l\nA3,benzoylecgonine,99\n"),
        ("samples", "sample_id,site_id,collected_from,flow_m3_per_day\nA3,A,2024-03-12T08:00Z,2100\n"),
    ],
    "a sample that moved": [("samples", "sample_id,site_id,collected_from,flow_m3_per_day\nA2,B,2024-03-09T08:00Z,2500\n")],
    "the last result of a residue rejected": [
        ("measurements", "sample_id,analyte,concentration_ng_per_l,qc_flag\nB1,ketamine,12.5,rejected\n")
    ],
    "a name of the province": [("areas", "area_id,level,name_en,valid_from\nP,1,Renamed,2021-01-01\n")],
    "another province": [("areas", "area_id,parent_id,level,name_en,valid_from\nP/b,X,2,Town b,2020-01-01\n")],
    "a name that a drug has": [("measurements", "sample_id,analyte,concentration_ng_per_l\nA1,cannabis,9\nA1,THC-COOH,8\n")],
    "a site with a quote in its name": [
        ("samples", "sample_id,site_id,collected_from,flow_m3_per_day\n\"o'1\",\"o'Hara; \\--\",2024-03-12T08:00Z,2100\n"),
        ("sites", "site_id,population_served\n\"o'Hara; \\--\",9000\n"),
        ("measurements", "sample_id,analyte,concentration_ng_per_l\no'1,it's new,99\n"),
        ("measurements2", "sample_id,analyte,concentration_ng_per_l\no'1,it's new,98\n"),
    ],
    "published weeks amended": [
        ("weeks", ("year,country,city,drug,monday,tuesday,wednesday,thursday,friday,saturday,sunday,daily mean\n"
                  "2021,ES,Reus,cocaine,1,2,3,4,5,6,7,4\n")),
        ("weeks2", ("year,country,city,drug,monday,tuesday,wednesday,thursday,friday,saturday,sunday,daily mean\n"
                   "2021,ES,Reus,cocaine,1,2,3,4,5,6,8,4\n")),
    ],
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_after_each_kind_of_change_the_results_are_those_of_a_full_run(change: str, computed_plants: Workspace, give) -> None:
    before = latest_run(computed_plants)
    for name, text in CHANGES[change]:
        give(computed_plants, name, text, "score" if name.startswith("weeks") else "headworks")
        require_equal_to_a_full_run(computed_plants, change)
    after = run(computed_plants)
    assert after.status == "up_to_date"
    assert (after.manifest.results == before.results) == (change == "a name of the province")
    assert (after.manifest.recomputed["days"] == "all") == (change in REGISTER)


def test_a_flow_touches_its_day_and_no_other(computed_plants: Workspace, give) -> None:
    give(computed_plants, "flows", "site_id,day,flow_m3_per_day\nA,2024-03-05,7\n")
    require_equal_to_a_full_run(computed_plants, "flows")
    assert run(computed_plants).manifest.recomputed == {"days": 1, "years": [2024, 2025]}


def test_a_run_of_facts_that_touch_no_result_writes_no_table(two_plants: Workspace, give) -> None:
    first = run(two_plants).manifest
    give(two_plants, "areas", "area_id,level,name_en,valid_from\nZ,1,Elsewhere,2020-01-01\n")
    second = run(two_plants).manifest
    assert second.seq == 2
    assert second.recomputed["days"] == "all"
    assert second.results == first.results


def test_the_drug_a_publisher_names_does_not_split_a_residue(two_plants: Workspace, give, weeks: str) -> None:
    give(two_plants, "weeks", weeks, "score")
    run(two_plants)
    pairs = read_result(two_plants, "weekly_means").select("analyte", "drug").unique()
    assert pairs["analyte"].is_unique().all()
    assert pairs.filter(pl.col("analyte") == "benzoylecgonine")["drug"].item() == "cocaine"
