from __future__ import annotations

import pytest

from headworks.core.errors import ParameterError
from headworks.reference.simulation_levels import simulation_levels, simulation_value


def test_every_value_has_a_unit_a_status_and_a_source():
    levels = simulation_levels()
    assert levels.select("parameter", "item").is_unique().all()
    assert levels["status"].is_in(["verified", "from memory"]).all()
    assert levels.select("value", "unit", "citation").null_count().sum_horizontal().item() == 0


def test_ends_of_a_range_are_in_order():
    levels = simulation_levels()
    for parameter in levels.filter(item="low")["parameter"]:
        assert simulation_value(parameter, "low") < simulation_value(parameter, "high")


def test_shares_of_the_spread_between_places_square_to_one():
    shares = simulation_levels().filter(parameter="between_share")["value"]
    assert (shares**2).sum() == pytest.approx(1.0, abs=1e-3)


def test_an_unknown_value_is_refused():
    with pytest.raises(ParameterError, match=r"no such value.*load_median, glue") as refused:
        simulation_value("load_median", "glue")
    assert refused.value.code == "HW-D521"
