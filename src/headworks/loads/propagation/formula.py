"""A user's own formula of named inputs, read as arithmetic and as nothing else.

    load * (1 + growth) / max(excreted, 0.01)

Numbers, names of inputs, ``+ - * / **`` and the functions below are allowed. Everything else a line of Python could say
(attributes, other calls, comparisons, texts) is refused before anything is computed, so a formula in a file can do no harm.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from headworks.core.errors import DataRefused

Array = npt.NDArray[np.float64]
FUNCTIONS: dict[str, tuple[int, Callable[..., Any]]] = {
    "abs": (1, np.abs),
    "exp": (1, np.exp),
    "log": (1, np.log),
    "max": (2, np.maximum),
    "min": (2, np.minimum),
    "sqrt": (1, np.sqrt),
}
"""What a formula may call, and of how many arguments."""
_BINARY: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}
_UNARY: dict[type[ast.unaryop], Callable[[Any], Any]] = {ast.UAdd: operator.pos, ast.USub: operator.neg}
# Longer than any chain a person writes, and short enough to be read at once and to nest without harm.
_MOST_CHARACTERS = 1_000


class Formula(NamedTuple):
    """A formula that was found harmless: its text, its tree, and the inputs that it names, in order of the alphabet."""

    text: str
    tree: ast.expr
    names: tuple[str, ...]


def read_formula(text: str) -> Formula:
    """A formula ready to be computed.

    Raises
    ------
    DataRefused
        ``HW-D554`` for anything but arithmetic of named inputs.

    Examples
    --------
    >>> read_formula("load / (1 - loss)").names
    ('load', 'loss')
    """
    if len(text) > _MOST_CHARACTERS:
        raise _refused(f"{len(text)} characters", text)
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as wrong:
        raise _refused(type(wrong).__name__, text) from None
    names = set[str]()
    _require_arithmetic(tree, text, names)
    if not names:
        raise _refused("no input", text)
    return Formula(text.strip(), tree, tuple(sorted(names)))


def evaluate(formula: Formula, values: Mapping[str, Array]) -> Array:
    """The formula of arrays, element by element.

    Examples
    --------
    >>> evaluate(read_formula("2 * x ** 2"), {"x": np.array([1.0, 3.0])}).tolist()
    [2.0, 18.0]
    """
    with np.errstate(all="ignore"):
        return np.asarray(_value(formula.tree, values), dtype=np.float64)


def _require_arithmetic(node: ast.expr, text: str, names: set[str]) -> None:
    match node:
        case ast.Constant(value=value) if type(value) in (int, float):
            return
        case ast.Name(id=name) if name not in FUNCTIONS:
            names.add(name)
        case ast.UnaryOp(op=op, operand=operand) if type(op) in _UNARY:
            _require_arithmetic(operand, text, names)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
            _require_arithmetic(left, text, names)
            _require_arithmetic(right, text, names)
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]) if (
            name in FUNCTIONS and len(arguments) == FUNCTIONS[name][0]
        ):
            for argument in arguments:
                _require_arithmetic(argument, text, names)
        case _:
            raise _refused(ast.unparse(node)[:60], text)


def _value(node: ast.expr, values: Mapping[str, Array]) -> Any:
    match node:
        case ast.Constant(value=value):
            # As float64, so that a power of large whole numbers is infinite instead of endless.
            return np.float64(value)  # type: ignore[arg-type]
        case ast.Name(id=name):
            return values[name]
        case ast.UnaryOp(op=op, operand=operand):
            return _UNARY[type(op)](_value(operand, values))
        case ast.BinOp(left=left, op=op, right=right):
            return _BINARY[type(op)](_value(left, values), _value(right, values))
        case ast.Call(func=ast.Name(id=name), args=arguments):
            return FUNCTIONS[name][1](*(_value(argument, values) for argument in arguments))
    raise AssertionError(ast.dump(node))  # pragma: no cover  read_formula lets no other node pass


def _refused(found: str, text: str) -> DataRefused:
    return DataRefused(
        "This is not a formula of named inputs.",
        where=text[:120],
        found=found,
        remedy="Use numbers, names of inputs, + - * / ** and " + ", ".join(f"{name}()" for name in FUNCTIONS),
        code="HW-D554",
    )
