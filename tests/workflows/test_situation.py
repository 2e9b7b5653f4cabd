from __future__ import annotations

import polars as pl
import pytest

from headworks.jobs.method import method_of
from headworks.store import Workspace, read_facts
from headworks.tables import FACTS, RESULTS, SHELF
from headworks.workflows import derive_situation


def facts_of(workspace: Workspace) -> dict[str, pl.DataFrame]:
    return {name: read_facts(workspace, name) for name in FACTS}


def test_facts_become_every_result_with_the_columns_it_promises(two_plants: Workspace) -> None:
    told: list[str] = []
    situation = derive_situation(facts_of(two_plants), method_of(two_plants), tell=told.append)
    assert {name: frame.columns for name, frame in situation.tables.items()} == {
        name: SHELF[name].schema.column_names() for name in RESULTS
    }
    assert told[:4] == ["register", "facts", "loads", "disposal"]
    assert set(situation.timings_s) == set(told)


def test_the_year_s_mean_of_two_days_by_hand(two_plants: Workspace) -> None:
    means = derive_situation(facts_of(two_plants), method_of(two_plants)).tables["period_means"]
    # (250 x 2,000 + 310.5 x 2,500) / 2 mg/d x 1e-3 / 10 thousand people = (50 + 77.625) / 2 = 63.8125.
    row = means.filter(site_id="A", period="2024", analyte="benzoylecgonine")
    assert row["mean"].item() == pytest.approx(63.8125)
    assert row["drug"].item() == "cocaine"


def test_no_facts_make_no_results(workspace: Workspace) -> None:
    situation = derive_situation(facts_of(workspace), method_of(workspace))
    assert {frame.height for frame in situation.tables.values()} == {0}
