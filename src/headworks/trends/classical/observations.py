"""Lists of results with their flags, as the classical methods read them.

A non-detect stands as its limit with a flag beside it, so 0.5 may be a result or "less than 0.5". The trap: nothing in the
number tells which, and every method of this package goes wrong in silence when the flags are dropped.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from headworks.core.errors import DataRefused

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
_MOST_SHOWN = 5


class Observations(NamedTuple):
    """Results, the limit where not detected, and whether it is one; both of shape ``(n,)``."""

    values: Array
    is_nondetect: Flags

    @property
    def detected(self) -> Array:
        """The results that are results."""
        return self.values[~self.is_nondetect]

    @property
    def limits(self) -> Array:
        """The limits of the non-detects."""
        return self.values[self.is_nondetect]


def require_observations(values: npt.ArrayLike, is_nondetect: npt.ArrayLike, name: str = "values") -> Observations:
    """Two lists of one length, the first finite, the second true and false or 1 and 0.

    Raises
    ------
    DataRefused
        ``HW-D531`` with everything that is wrong.

    Examples
    --------
    >>> require_observations([2.0, 1.0], [0, 1]).limits.tolist()
    [1.0]
    """
    given, flags = _numbers(values), np.asarray(is_nondetect)
    faults = []
    if given.ndim != 1 or flags.ndim != 1 or given.size != flags.size:
        faults.append(f"{name} of shape {given.shape}, flags of shape {flags.shape}")
    elif given.size == 0:
        faults.append(f"no {name}")
    elif not np.isfinite(given).all():
        wrong = np.flatnonzero(~np.isfinite(given))
        faults.append(f"{given[wrong[:_MOST_SHOWN]].tolist()} at place {wrong[:_MOST_SHOWN].tolist()} of {name}")
    if flags.size and not (flags.dtype == np.bool_ or _is_zero_or_one(flags)):
        faults.append(f"flags {np.unique(flags.astype(str))[:_MOST_SHOWN].tolist()} of {name}")
    if faults:
        raise DataRefused(
            "Results with non-detects are two lists of one length: finite numbers, and whether each is a limit.",
            found="; ".join(faults),
            remedy="Leave missing results out; a non-detect stands as its limit, flagged true",
            code="HW-D531",
        )
    return Observations(given, flags.astype(np.bool_))


def require_detected(observed: Observations, least: int, method: str) -> None:
    """Refuse fewer detected results than a method needs."""
    if observed.detected.size >= least:
        return
    raise DataRefused(
        f"{method} needs at least {least} detected result{'s' if least > 1 else ''}.",
        found=f"{observed.detected.size} of {observed.values.size} detected",
        remedy="Report the detection rate and the limits, or pool more results",
        code="HW-D532",
    )


def require_positive(values: Array, method: str) -> None:
    """Refuse what has no logarithm."""
    if np.all(values > 0):
        return
    wrong = values[values <= 0]
    raise DataRefused(
        f"{method} takes logarithms, so every result and limit must be above 0.",
        found=f"{wrong.size} value{'s' if wrong.size > 1 else ''} at or below 0, such as {wrong[0]}",
        remedy="Give a zero as a non-detect at its limit, or use a method without logarithms (km, scale linear)",
        code="HW-D533",
    )


def unknown_option(what: str, found: object, known: tuple[str, ...]) -> DataRefused:
    """A method or scale that is not there."""
    return DataRefused(f"There is no such {what}.", found=repr(found), remedy=f"One of: {', '.join(known)}", code="HW-D534")


def _numbers(values: npt.ArrayLike) -> Array:
    try:
        return np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as wrong:
        raise DataRefused(
            "A result is not a number.", found=str(wrong), remedy="Give the limit as a number and flag it", code="HW-D531"
        ) from wrong


def _is_zero_or_one(flags: npt.NDArray[np.generic]) -> bool:
    return bool(np.issubdtype(flags.dtype, np.number) and np.isin(flags, (0, 1)).all())
