"""What a formula may say, and what it may not."""

import numpy as np
import pytest

from headworks.core.errors import DataRefused
from headworks.loads.propagation.formula import evaluate, read_formula


def test_a_formula_is_arithmetic_by_hand():
    # (450 x 120 / 380) / max(0.2, 0.29) - sqrt(4) = 142.105 / 0.29 - 2 = 488.018.
    formula = read_formula("c * q / p / max(0.2, f) - sqrt(4)")
    values = {"c": np.array([450.0]), "q": np.array([120.0]), "p": np.array([380.0]), "f": np.array([0.29])}
    assert formula.names == ("c", "f", "p", "q")
    assert evaluate(formula, values) == pytest.approx(488.018, abs=1e-3)


def test_signs_powers_and_functions_bind_as_in_python():
    x = np.array([2.0])
    for text in ("-x ** 2", "2 ** -x", "1 - x - 1", "abs(-x) / 4 / 2", "exp(log(x))", "min(x, 1) + 3 * x"):
        assert evaluate(read_formula(text), {"x": x})[0] == pytest.approx(
            eval(text, {"x": 2.0, "exp": np.exp, "log": np.log, "min": min})  # noqa: S307  the twin it is held to
        )


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('true')", "x.real", "x[0]", "open(x)", "exp", "exp(x, 1)", "max(x)", "exp(*x)", "exp(x=1)", "lambda: x",
        "x if x else 1", "x == 1", "x @ x", "x // 1", "'x'", "True * x", "1j * x", "[x]", "(x, x)", "x; x", "x = 1", "", "1 + 2",
        "x := 1", "f'{x}'", "not x", "~x", "x and x", "(" * 300 + "x" + ")" * 300, "x + " * 400 + "x",
    ],
)  # fmt: skip
def test_everything_else_is_refused_before_it_is_computed(text):
    with pytest.raises(DataRefused, match="This is not a formula of named inputs") as why:
        read_formula(text)
    assert why.value.code == "HW-D554"


def test_endless_powers_are_infinite_and_cost_nothing():
    assert evaluate(read_formula("x * 9 ** 9 ** 9 ** 9"), {"x": np.ones(1)}).tolist() == [np.inf]
