"""Nothing is shown of a group that is too small for its reader."""

import polars as pl
import pytest

from headworks.core.disclosure import is_suppressed, publication_floor
from headworks.core.errors import UsageError


@pytest.mark.parametrize(("tier", "floor"), [("public", 20_000), ("partner", 5_000), ("analyst", 1_000)])
def test_each_tier_has_its_floor(tier, floor):
    assert publication_floor(tier) == floor


def test_configuration_changes_a_floor_of_one_tier_only():
    assert publication_floor("public", {"public": 50_000}) == 50_000
    assert publication_floor("analyst", {"public": 50_000}) == 1_000


def test_an_unknown_population_is_hidden_from_all_but_analysts():
    people = pl.DataFrame({"population": [None, 999.0, 1_000.0]}, schema={"population": pl.Float64})
    assert people.select(is_suppressed(pl.col("population"), 1_000, tier="analyst")).to_series().to_list() == [
        False,
        True,
        False,
    ]
    assert people.select(is_suppressed(pl.col("population"), 1_000, tier="partner")).to_series().to_list() == [
        True,
        True,
        False,
    ]


def test_an_unknown_tier_is_refused():
    with pytest.raises(UsageError, match="no such tier"):
        publication_floor("everyone")
