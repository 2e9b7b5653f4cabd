"""What every scan asks of its columns before it begins, refused with what was wrong and where."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from headworks.core.errors import DataRefused, UsageError

Array = npt.NDArray[np.float64]


def columns_of(**columns: npt.ArrayLike) -> list[Array]:
    """Columns as numbers of one length, finite; or a refusal that names them."""
    found = {name: np.atleast_1d(np.asarray(column, dtype=np.float64)) for name, column in columns.items()}
    lengths = {name: values.shape[0] for name, values in found.items()}
    if len(set(lengths.values())) > 1:
        raise DataRefused(
            "The columns of a scan have several lengths.",
            where=", ".join(lengths),
            found=", ".join(f"{name} {size}" for name, size in lengths.items()),
            remedy="Give one value for every location in each",
            code="HW-D720",
        )
    for name, values in found.items():
        if not np.all(np.isfinite(values)):
            raise DataRefused(
                "A value of a scan is not a number.",
                where=f"{name}, location {int(np.argwhere(~np.isfinite(values))[0][0])}",
                remedy="Leave locations without a value out of the scan, and say so",
                code="HW-D721",
            )
    return list(found.values())


def require_not_negative(name: str, values: Array) -> None:
    """Refuse a value below 0."""
    if np.any(values < 0):
        where = tuple(int(part) for part in np.argwhere(values < 0)[0])
        raise DataRefused(
            "A value of a scan is below zero.",
            where=f"{name}, location {where[0]}",
            found=f"{values[where]:g}",
            remedy="Give values of at least 0",
            code="HW-D721",
        )


def require_share(share: float) -> None:
    """Refuse a share outside of 0 to 1."""
    if not 0.0 < share <= 1.0:
        raise UsageError(
            "A largest share is above 0 and at most 1.", found=f"{share:g}", remedy="0.5 is usual", code="HW-U240"
        )
