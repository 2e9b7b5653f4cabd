from __future__ import annotations

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from headworks.jobs.method import method_of
from headworks.store import Workspace, read_facts
from headworks.tables import FACTS, RESULTS, SHELF
from headworks.workflows import derive_situation
from headworks.workflows.situation import _load_inputs


def facts_of(workspace: Workspace) -> dict[str, pl.DataFrame]:
    return {name: read_facts(workspace, name) for name in FACTS}


def test_facts_become_every_result_with_the_columns_it_promises(two_plants: Workspace) -> None:
    told: list[str] = []
    situation = derive_situation(facts_of(two_plants), method_of(two_plants), tell=told.append)
    assert {name: frame.columns for name, frame in situation.tables.items()} == {
        name: SHELF[name].schema.column_names() for name in RESULTS
    }
    assert situation.touched.sites is None
    assert told[:2] == ["loads", "consumption"]
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


def test_touching_no_site_computes_nothing_anew(two_plants: Workspace) -> None:
    facts, method = facts_of(two_plants), method_of(two_plants)
    whole = derive_situation(facts, method)
    again = derive_situation(facts, method, touched_sites=[], previous=whole.tables)
    assert again.touched.drugs == []
    assert {frame.height for frame in again.tables.values()} == {0}


def test_touching_one_site_leaves_the_drugs_that_it_never_measured_alone(two_plants: Workspace) -> None:
    facts, method = facts_of(two_plants), method_of(two_plants)
    whole = derive_situation(facts, method)
    part = derive_situation(facts, method, touched_sites=["A"], previous=whole.tables)
    assert set(part.tables["loads"]["site_id"]) == {"A"}
    assert "ketamine" not in (part.touched.drugs or [])
    kept = whole.tables["period_means"].filter(pl.col("drug").is_in(part.touched.drugs))
    assert_frame_equal(part.tables["period_means"], kept, check_row_order=False, rel_tol=1e-12)


def test_inputs_of_some_sites_keep_the_results_of_unknown_samples_to_be_listed(two_plants: Workspace, give) -> None:
    give(two_plants, "measurements", "sample_id,analyte,concentration_ng_per_l\nX9,MDMA,5\n")
    inputs = _load_inputs(facts_of(two_plants), ["A"])
    assert set(inputs.measurements["sample_id"]) == {"A1", "A2", "X9"}
    assert set(inputs.samples["site_id"]) == {"A"}


@pytest.mark.parametrize("site", ["A", "B"])
def test_a_site_s_loads_and_consumption_have_the_same_bits_alone_and_among_others(
    site: str, two_plants: Workspace, give
) -> None:
    # A column that holds one value is divided by in another way than one that holds several.
    give(two_plants, "populations", f"site_id,valid_from,population,population_method\n{site},2020-01-01,7,census\n")
    facts, method = facts_of(two_plants), method_of(two_plants)
    whole = derive_situation(facts, method)
    part = derive_situation(facts, method, touched_sites=[site], previous=whole.tables)
    for name in ("loads", "consumption"):
        assert_frame_equal(part.tables[name], whole.tables[name].filter(site_id=site), check_exact=True)
