"""Nothing below its floor comes out of what is published of a simulated province, by any pair or triple of figures."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from headworks.core.disclosure import brute_force_differences
from headworks.jobs.disclosure import Disclosure
from headworks.jobs.import_files import ImportOrder, import_file
from headworks.jobs.run import run
from headworks.jobs.simulate import SimulateOrder, simulate
from headworks.planning import SimulationPlan
from headworks.store import Workspace

N_SITES, N_WEEKS = 70, 14


@pytest.fixture(scope="module")
def province(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    folder: Path = tmp_path_factory.mktemp("province") / "ws"
    plan = SimulationPlan(province="52", n_sites=N_SITES, n_weeks=N_WEEKS, n_analytes=1, seed=11)
    outcome = simulate(folder, plan, SimulateOrder())
    workspace = Workspace.open(folder)
    for path in outcome.files:
        import_file(workspace, path, ImportOrder("headworks"))
    run(workspace)
    return workspace


@pytest.mark.slow
@pytest.mark.parametrize("tier", ["public", "partner"])
def test_no_pair_or_triple_recovers_a_figure_below_its_floor(tier: str, province: Workspace) -> None:
    disclosure = Disclosure(province, tier)
    behind = disclosure.decisions.behind
    members = behind.table(behind.counting(disclosure.sampled.at(behind.names.periods), 0))
    longer = pl.col("period").str.contains("Q|H|^....$")
    seen = disclosure.figures.filter(~pl.col("is_suppressed") & longer)
    assert seen.height > 20
    assert brute_force_differences(seen, members, disclosure.sites, disclosure.rule).rows() == []
    # With the floor alone something comes out.
    people = members.group_by("unit_kind", "unit_id", "period").agg(pl.col("people").sum())
    naive = people.filter((pl.col("people") >= disclosure.rule.floor) & longer)
    assert brute_force_differences(naive, members, disclosure.sites, disclosure.rule, together=2).height > 0
