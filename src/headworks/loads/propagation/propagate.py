"""Intervals of a chain of products and quotients for whole batches: closed form, and quadrature where that is not enough.

    propagate(PropagationInputs(above=(concentration, flow), below=(population,), excretion=…, sewer=…))

Every row is computed by itself: the same bits however a batch is cut and on however many threads.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.special import ndtri

from headworks.core.compiled import in_chunks
from headworks.core.errors import DataRefused
from headworks.loads.propagation.cornish_fisher import cornish_fisher_terms
from headworks.loads.propagation.cumulants import (
    IMPOSSIBLE,
    MISSING,
    QUADRATURE,
    Array,
    Columns,
    States,
    closed_form,
)
from headworks.loads.propagation.inputs import LogNormal, Propagated, PropagationInputs, columns_of
from headworks.loads.propagation.quadrature import by_quadrature

_SHAPES = 4
_TERMS_A_SIDE = 4
_SURE = columns_of(PropagationInputs((LogNormal(1.0, 0.0),)))[1][:2]


def propagate(
    inputs: PropagationInputs, levels: Sequence[float] = (0.025, 0.5, 0.975), *, threads: int | None = None
) -> Propagated:
    """Mean, standard deviation and quantiles of every row of a chain.

    Parameters
    ----------
    inputs
        Terms and their uncertainties; all independent.
    levels
        Probabilities of the quantiles, between 0 and 1.
    threads
        Threads at most; those of this machine without. They change no bit.

    Returns
    -------
    Propagated
        In the unit of the chain. Quantiles are good to 0.3 %, most to 0.001 %; mean and sd are better than that.

    Raises
    ------
    DataRefused
        ``HW-D551`` for an input that cannot be, ``HW-D552`` for columns of unequal length, ``HW-D553`` for a level that is
        not a probability.

    Notes
    -----
    (E1) to (E6) of the methods page on propagation.

    Examples
    --------
    Without a fraction it is a log-normal: 100 x 2 / 4 = 50, times and over exp(1.96 sqrt(ln(1 + 0.2^2))).

    >>> chain = PropagationInputs((LogNormal(100.0, 0.2), LogNormal(2.0, 0.0)), (LogNormal(4.0, 0.0),))
    >>> propagate(chain).quantiles[:, 0].round(2).tolist()
    [33.92, 50.0, 73.71]
    """
    probabilities = _probabilities(levels)
    names, columns, n = columns_of(inputs)
    above, below, rest = _sides(columns, len(inputs.above), len(inputs.below))
    z = ndtri(probabilities)
    terms = cornish_fisher_terms(z)
    mean, sd, quantiles, state = np.empty(n), np.empty(n), np.empty((z.size, n)), np.empty(n, dtype=np.uint8)
    in_chunks(lambda i, j: closed_form(above, below, rest, terms, mean, sd, quantiles, state, i, j), n, threads)
    if state.any():
        _require_possible(state, names, columns)
        missing = np.flatnonzero(state & MISSING)
        mean[missing], sd[missing], quantiles[:, missing], state[missing] = np.nan, np.nan, np.nan, MISSING
        rows = np.flatnonzero(state == QUADRATURE)
        in_chunks(lambda i, j: by_quadrature(rows, above, below, rest, probabilities, z, quantiles, i, j), rows.size, threads)
    return Propagated(mean, sd, quantiles, state)


def _sides(columns: list[Array], n_above: int, n_below: int) -> tuple[Columns, Columns, Columns]:
    """Columns of the terms above the line, below it, and of the fraction and the sewer."""
    above, below = columns[: 2 * n_above], columns[2 * n_above : -_SHAPES]
    return _in_slots(above), _in_slots(below), tuple(columns[-_SHAPES:])


def _in_slots(columns: list[Array]) -> Columns:
    """Always as many terms, so that the kernels are compiled once: sure ones are added, and what is too many is multiplied."""
    slots = 2 * _TERMS_A_SIDE
    if len(columns) <= slots:
        return tuple(columns + _SURE * ((slots - len(columns)) // 2))
    median, spread = columns[slots - 2], 1.0 + np.square(columns[slots - 1])
    for place in range(slots, len(columns), 2):
        median, spread = median * columns[place], spread * (1.0 + np.square(columns[place + 1]))
    # A term that cannot be must not hide in a product: two below 0 would make one above.
    bad = [np.fmin(columns[place] - 1e-300, columns[place + 1]) for place in range(slots - 2, len(columns), 2)]
    median = np.where(np.min(np.broadcast_arrays(*bad), axis=0) < 0, -1.0, median)
    product = LogNormal(median, np.sqrt(spread - 1.0))
    return (*columns[: slots - 2], *columns_of(PropagationInputs((product,)))[1][:2])


def _probabilities(levels: Sequence[float]) -> Array:
    probabilities = np.array(levels, dtype=np.float64).reshape(-1)
    if not np.all((probabilities > 0) & (probabilities < 1)):
        raise DataRefused(
            "A quantile is asked for that does not exist.", found=str(list(levels)), remedy="Give levels between 0 and 1",
            code="HW-D553",
        )  # fmt: skip
    return probabilities


def _require_possible(state: States, names: list[str], columns: list[Array]) -> None:
    """Refuse a batch with a row that cannot be, and say what of it."""
    rows = np.flatnonzero(state & IMPOSSIBLE)
    if not rows.size:
        return
    row = int(rows[0])
    values = [float(column[0] if column.size == 1 else column[row]) for column in columns]
    said = ", ".join(f"{name} {value:g}" for name, value in zip(names, values, strict=True))
    raise DataRefused(
        "A term of a chain is not possible.",
        where=f"row {row} of the batch, and {rows.size - 1} others" if rows.size > 1 else f"row {row} of the batch",
        found=said,
        remedy="Give medians and shapes above 0, uncertainties of at least 0, and a change in the sewer whose sd is at most a "
        "fifth of what is left",
        code="HW-D551",
    )
