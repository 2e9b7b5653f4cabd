"""Sudden infant deaths in North Carolina 1979-84: the most likely cluster by the exact formula, as SaTScan 10.3.2 confirms it.

Data from the shared data beside the project (``scan-golden``, its README has the origin: R package spData, CC0). Ratio to 1e-8. The
p-value printed for 999 replicates is .003 (SaTScan .005): of 999 replicates its standard error is .0018, so ours lies below .010,
and of 9,999 between .001 and .005. R's SpatialEpi 1.2.8 prints 10.68117796, since it cuts totals to whole numbers. Written 2026-11.
"""

from pathlib import Path

import polars as pl
import pytest

from headworks.warning.clusters import scan_poisson

GOLDEN = Path(__file__).parents[3] / "shared" / "data" / "scan-golden" / "ncsids79.csv"
pytestmark = pytest.mark.shared


@pytest.fixture
def counties():
    if not GOLDEN.exists():
        pytest.skip("no scan-golden in the shared data folder beside the repository (owner: warning)")
    return pl.read_csv(GOLDEN)


def test_the_cluster_about_robeson_is_found_with_its_ratio(counties):
    found = scan_poisson(counties["gx"], counties["gy"], counties["cases"], counties["expected"], seed=3)[0]
    assert counties["id"].gather(found.members).to_list() == [94, 96, 98, 86, 92]
    assert found.llr == pytest.approx(10.72030518, abs=1e-8)
    assert (found.observed, found.expected) == pytest.approx((70, 38.80427659614766))
    assert 0.001 <= found.p <= 0.010


def test_its_p_settles_at_three_in_a_thousand(counties):
    found = scan_poisson(counties["gx"], counties["gy"], counties["cases"], counties["population"], 0.5, 9_999, 8)[0]
    assert found.llr == pytest.approx(10.72030518, abs=1e-8)
    assert found.p == pytest.approx(0.003, abs=0.0017)
