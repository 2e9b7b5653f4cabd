"""Units are converted or refused, never guessed."""

import pytest

from headworks.core.errors import DataRefused
from headworks.core.units import SPELLINGS, Quantity, convert_factor


@pytest.mark.parametrize(
    ("unit", "quantity", "factor"),
    [
        ("ng/L", Quantity.CONCENTRATION, 1.0),
        ("\u00b5g/L", Quantity.CONCENTRATION, 1_000.0),  # micro sign
        ("\u03bcg/L", Quantity.CONCENTRATION, 1_000.0),  # Greek mu
        ("ｕｇ／Ｌ", Quantity.CONCENTRATION, 1_000.0),  # full width
        ("pg/mL", Quantity.CONCENTRATION, 1.0),
        ("m³/d", Quantity.FLOW, 1.0),
        ("L/s", Quantity.FLOW, 86.4),
        ("MGD", Quantity.FLOW, 3_785.411784),
        ("万m3/d", Quantity.FLOW, 10_000.0),
        ("mg/1000p/d", Quantity.PER_CAPITA_LOAD, 1.0),
    ],
)
def test_a_known_spelling_has_its_factor(unit, quantity, factor):
    assert convert_factor(unit, quantity) == pytest.approx(factor, rel=1e-12)


@pytest.mark.parametrize("unit", ["mg/mL", "ppb", "", "ng", "L/ng", "M/L"])
def test_an_unknown_unit_is_refused_and_the_known_ones_are_named(unit):
    with pytest.raises(DataRefused, match=r"unit of concentration is not known.*Use ng/L or one of") as refused:
        convert_factor(unit, Quantity.CONCENTRATION)
    assert refused.value.code == "HW-D104"


def test_every_quantity_has_its_own_unit_inside_with_factor_one():
    for quantity, (inside, _) in SPELLINGS.items():
        assert convert_factor(inside, quantity) == 1.0
