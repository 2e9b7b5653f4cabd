"""Two figures of a workspace side by side, for a reader who may see both."""

from __future__ import annotations

import pytest

from headworks.core.errors import UsageError
from headworks.jobs.compare_areas import compare_areas
from headworks.jobs.read_table import read_table
from headworks.store import Workspace


def test_the_ratio_is_that_of_the_figures_in_the_table(computed_plants: Workspace) -> None:
    found = compare_areas(computed_plants, "P/a", "Town b", "2024", "cocaine", tier="analyst")
    loads = read_table(computed_plants, "area_loads").filter(period="2024", analyte="benzoylecgonine")
    a, b = (loads.filter(area_id=area)["load_mg_per_1000_per_day"].item() for area in ("P/a", "P/b"))
    assert (found.comparison.first, found.comparison.second) == pytest.approx((a, b))
    assert found.comparison.ratio == pytest.approx(a / b)
    assert found.comparison.ratio_lower < a / b < found.comparison.ratio_upper
    assert found.as_dict()["first"] == ("P/a", "2024")


def test_two_years_of_one_area_are_compared(computed_plants: Workspace) -> None:
    found = compare_areas(computed_plants, "P/b", "P/b", "2025", "cocaine", other_period="2024", tier="analyst")
    # 140 ng/L x 9,500 m3/d against 120 x 9,000.
    assert found.comparison.ratio == pytest.approx(140 * 9_500 / (120 * 9_000))


def test_a_figure_that_the_reader_may_not_see_is_not_compared(computed_plants: Workspace) -> None:
    with pytest.raises(UsageError, match=r"cannot be compared.*public reader may see"):
        compare_areas(computed_plants, "P/a", "P/b", "2024", "cocaine", tier="public")


def test_a_period_without_a_figure_is_not_compared(computed_plants: Workspace) -> None:
    with pytest.raises(UsageError, match="cannot be compared"):
        compare_areas(computed_plants, "P/a", "P/b", "2019", "cocaine", tier="analyst")
