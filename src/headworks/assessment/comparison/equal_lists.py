"""Are these lists one number per area, all of them there? Asked the same way by every comparison."""

from __future__ import annotations

from typing import NoReturn

import numpy as np
import numpy.typing as npt

from headworks.core.errors import DataRefused, UsageError

Array = npt.NDArray[np.float64]


def equal_lists(code: str, **lists: npt.ArrayLike) -> list[Array]:
    """Named lists as arrays of one length, without missing numbers.

    Parameters
    ----------
    code
        Code of the refusal.
    **lists
        A number stands for all areas.

    Returns
    -------
    list[Array]
        In the order given, each of shape ``(n_areas,)``.

    Raises
    ------
    DataRefused
        With ``code``: lists of different lengths, none at all, or a missing or infinite number.

    Examples
    --------
    >>> count, exposure = equal_lists("HW-D760", count=[1, 2], exposure=10.0)
    >>> exposure.tolist()
    [10.0, 10.0]
    """
    arrays = {name: np.atleast_1d(np.asarray(values, dtype=np.float64)) for name, values in lists.items()}
    lengths = {name: array.size for name, array in arrays.items() if array.size != 1}
    if len(set(lengths.values())) > 1 or 0 in lengths.values() or any(array.ndim != 1 for array in arrays.values()):
        told = ", ".join(f"{name} {'x'.join(map(str, array.shape))}" for name, array in arrays.items())
        refuse(
            code, "The lists are not one number per area.", found=told, remedy="Give lists of one length, in the same order"
        )
    for name, array in arrays.items():
        off = np.flatnonzero(~np.isfinite(array))
        if off.size:
            where = f"{name}, place {off[0] + 1}"
            remedy = "Leave such areas out, and say how many"
            refuse(code, "A number is missing or infinite.", where=where, found=str(array[off[0]]), remedy=remedy)
    length = max(lengths.values(), default=1)
    return [np.broadcast_to(array, (length,)).copy() for array in arrays.values()]


def require_all(code: str, holds: npt.NDArray[np.bool_], name: str, values: Array, what: str, remedy: str) -> None:
    """Refuse the first number for which something does not hold, by its place."""
    off = np.flatnonzero(~holds)
    if off.size:
        refuse(code, what, where=f"{name}, place {off[0] + 1}", found=f"{values[off[0]]:g}", remedy=remedy)


def require_probability(name: str, value: npt.ArrayLike) -> None:
    """Refuse (``HW-U259``) a probability that is not between 0 and 1, both excluded."""
    given = np.atleast_1d(np.asarray(value, dtype=np.float64))
    off = given[~((given > 0) & (given < 1))]
    if off.size:
        raise UsageError(
            "A probability is not between 0 and 1.",
            where=name,
            found=f"{off[0]:g}",
            remedy="Give for example 0.95",
            code="HW-U259",
        )


def require_one_of(name: str, value: str, known: tuple[str, ...]) -> None:
    """Refuse (``HW-U258``) a method that does not exist."""
    if value not in known:
        remedy = f"One of: {', '.join(known)}"
        raise UsageError("There is no such method.", where=name, found=repr(value), remedy=remedy, code="HW-U258")


def refuse(code: str, what: str, *, where: str = "", found: str = "", remedy: str = "") -> NoReturn:
    """Refuse with the four parts of a message."""
    raise DataRefused(what, where=where, found=found, remedy=remedy, code=code)
