"""A user's own formula by Monte Carlo: draws that belong to a site, a residue and a day, not to a place in a batch.

Each input of each row has a stream of random numbers of its own. Its key is made from a seed, the site, the residue, the day
and the input's name; the counter of a stream begins anew with each block of draws. So a result hangs neither on which other
rows are computed, nor on their order, nor on how many threads there are, and more draws begin with the same ones.

The trap: this is some ten thousand times slower than the closed form, and 10,000 draws leave an error of 1 % in a bound. It is
for formulas that are no chain of products and quotients.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from headworks.core.compiled import in_chunks
from headworks.core.errors import DataRefused
from headworks.loads.propagation.formula import Formula, evaluate, read_formula
from headworks.loads.propagation.inputs import ENGINES, BetaFraction, LogNormal, Propagated

Array = npt.NDArray[np.float64]
_BLOCK = 4096
_MONTE_CARLO = ENGINES.index("monte_carlo")


class Normal(NamedTuple):
    """A normal input."""

    mean: npt.ArrayLike
    sd: npt.ArrayLike


class Uniform(NamedTuple):
    """An input equally likely anywhere from ``low`` to ``high``."""

    low: npt.ArrayLike
    high: npt.ArrayLike


class Triangular(NamedTuple):
    """An input most likely at ``central``, impossible beyond the ends."""

    low: npt.ArrayLike
    central: npt.ArrayLike
    high: npt.ArrayLike


class Exactly(NamedTuple):
    """An input that is known."""

    value: npt.ArrayLike


Input = LogNormal | BetaFraction | Normal | Uniform | Triangular | Exactly


class RowKeys(NamedTuple):
    """What each row is of; together they make its random numbers its own. ``day`` counts days, whichever is the first."""

    site: Sequence[str]
    analyte: Sequence[str]
    day: Sequence[int]


def propagate_formula(
    formula: str,
    inputs: Mapping[str, Input],
    keys: RowKeys,
    *,
    seed: int,
    levels: Sequence[float] = (0.025, 0.5, 0.975),
    n_draws: int = 10_000,
    threads: int | None = None,
) -> Propagated:
    """Mean, standard deviation and quantiles of a formula of independent inputs, by drawing.

    Parameters
    ----------
    formula
        Arithmetic of the inputs' names: see :mod:`headworks.loads.propagation.formula`.
    inputs
        A distribution for each name; its numbers hold for all rows, or are one a row.
    keys
        Site, residue and day of each row.
    seed
        Of all streams.
    levels, n_draws
        Probabilities; draws a row, at least 100.
    threads
        Threads at most; those of this machine without. They change no bit.

    Returns
    -------
    Propagated
        As :func:`headworks.loads.propagation.propagate`, with the engine ``monte_carlo``.

    Raises
    ------
    DataRefused
        ``HW-D554`` for what is no formula, ``HW-D555`` for an input that is not given or cannot be drawn, ``HW-D556`` for
        keys, levels or draws that do not fit, ``HW-D557`` where the formula is not a number for some draws.

    Examples
    --------
    >>> keys = RowKeys(["s"], ["benzoylecgonine"], [20_000])
    >>> found = propagate_formula("x + y", {"x": Normal(1.0, 3.0), "y": Normal(2.0, 4.0)}, keys, seed=1, n_draws=100_000)
    >>> bool(abs(found.mean[0] - 3.0) < 0.05), bool(abs(found.sd[0] - 5.0) < 0.05)
    (True, True)
    """
    read = read_formula(formula)
    n = len(keys.day)
    columns = {name: _columns_of(name, inputs, n) for name in read.names}
    _require_fitting(keys, levels, n_draws)
    mean, sd, quantiles = np.empty(n), np.empty(n), np.empty((len(levels), n))

    def some(first: int, last: int) -> None:
        for row in range(first, last):
            own = {name: (kind, [float(c[0] if c.size == 1 else c[row]) for c in cs]) for name, (kind, cs) in columns.items()}
            of_row = f"{seed}|{keys.site[row]}|{keys.analyte[row]}|{keys.day[row]}"
            found = _draws(read, own, of_row, n_draws)
            mean[row], sd[row], quantiles[:, row] = found.mean(), found.std(), np.quantile(found, levels)

    in_chunks(some, n, threads)
    return Propagated(mean, sd, quantiles, np.full(n, _MONTE_CARLO, dtype=np.uint8))


def _draws(formula: Formula, own: Mapping[str, tuple[type, list[float]]], of_row: str, n_draws: int) -> Array:
    keys = {
        name: np.frombuffer(hashlib.blake2b(f"{of_row}|{name}".encode(), digest_size=16).digest(), dtype="<u8") for name in own
    }
    blocks = []
    for block, first in enumerate(range(0, n_draws, _BLOCK)):
        values = {}
        for name, (kind, numbers) in own.items():
            stream = np.random.Generator(np.random.Philox(key=keys[name], counter=np.array([0, 0, 0, block], dtype=np.uint64)))
            values[name] = _draw(kind, numbers, stream)[: n_draws - first]
        blocks.append(np.broadcast_to(evaluate(formula, values), values[name].shape))
    found = np.concatenate(blocks)
    wrong = np.count_nonzero(~np.isfinite(found))
    if wrong:
        raise DataRefused(
            "The formula is not a number for some of what its inputs may be.",
            where=f"{formula.text}, {of_row.split('|', 1)[1].replace('|', ', ')}",
            found=f"{wrong} of {n_draws} draws",
            remedy="Give inputs that the formula holds for, or bound them with max() and min()",
            code="HW-D557",
        )
    return found


def _draw(kind: type, numbers: list[float], stream: np.random.Generator) -> Array:
    """A whole block, so that what a draw is does not hang on how many are asked for."""
    if kind is LogNormal:
        sigma = math.sqrt(math.log1p(numbers[1] ** 2))
        return np.asarray(numbers[0] * np.exp(sigma * stream.standard_normal(_BLOCK)))
    if kind is Normal:
        return numbers[0] + numbers[1] * stream.standard_normal(_BLOCK)
    if kind is BetaFraction:
        return stream.beta(numbers[0], numbers[1], _BLOCK)
    if kind is Uniform:
        return numbers[0] + (numbers[1] - numbers[0]) * stream.random(_BLOCK)
    if kind is Triangular:
        return stream.triangular(numbers[0], numbers[1], numbers[2], _BLOCK)
    return np.full(_BLOCK, numbers[0])


def _columns_of(name: str, inputs: Mapping[str, Input], n: int) -> tuple[type, list[Array]]:
    if name not in inputs:
        raise _unusable(name, "it is not given; given are " + ", ".join(sorted(inputs)))
    given = inputs[name]
    columns = [np.atleast_1d(np.asarray(numbers, dtype=np.float64)) for numbers in given]
    if any(column.shape not in ((1,), (n,)) for column in columns):
        raise _unusable(name, f"columns of {[column.size for column in columns]} for {n} rows")
    whole = [np.broadcast_to(column, (n,)) for column in columns]
    if not all(np.isfinite(column).all() for column in whole) or not np.all(_is_possible(given, whole)):
        raise _unusable(name, f"{type(given).__name__} that cannot be")
    return type(given), columns


def _is_possible(given: Input, columns: list[Array]) -> npt.NDArray[np.bool_]:
    if isinstance(given, LogNormal):
        return (columns[0] > 0) & (columns[1] >= 0)
    if isinstance(given, BetaFraction):
        return (columns[0] > 0) & (columns[1] > 0)
    if isinstance(given, Normal):
        return columns[1] >= 0
    if isinstance(given, Uniform):
        return columns[0] <= columns[1]
    if isinstance(given, Triangular):
        return (columns[0] <= columns[1]) & (columns[1] <= columns[2]) & (columns[0] < columns[2])
    return np.ones(columns[0].shape, dtype=bool)


def _unusable(name: str, found: str) -> DataRefused:
    return DataRefused(
        "An input of a formula cannot be used.",
        where=name,
        found=found,
        remedy="Give every name a distribution with numbers it can have, one for all rows or one a row",
        code="HW-D555",
    )


def _require_fitting(keys: RowKeys, levels: Sequence[float], n_draws: int) -> None:
    if len({len(column) for column in keys}) > 1 or n_draws < 100 or not all(0 < level < 1 for level in levels):
        raise DataRefused(
            "These rows cannot be drawn.",
            found=f"{len(keys.site)} sites, {len(keys.analyte)} residues, {len(keys.day)} days, {n_draws} draws, "
            f"levels {list(levels)}",
            remedy="Give a site, a residue and a day for each row, at least 100 draws, and levels between 0 and 1",
            code="HW-D556",
        )
