"""What is multiplied and divided in a chain, how sure each is, and what comes out.

    consumption = (concentration x flow x …) / (population x excreted fraction x (1 + change in the sewer))     (E1)

Every median, uncertainty and shape is a number for all rows or one a row. A log-normal change in the sewer, and a log-normal
fraction, are further terms below the line: products of log-normals are log-normal, so nothing is lost.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from headworks.core.errors import DataRefused

Array = npt.NDArray[np.float64]
ENGINES = ("closed_form", "quadrature", "missing", "monte_carlo")
"""Names of the numbers in ``Propagated.engine_used``."""


class LogNormal(NamedTuple):
    """A log-normal term: its median, above 0, and its relative standard uncertainty (U1), at least 0."""

    median: npt.ArrayLike
    relative_uncertainty: npt.ArrayLike


class BetaFraction(NamedTuple):
    """An excreted fraction with the density ``f^(a-1) (1-f)^(b-1)``; both above 0."""

    a: npt.ArrayLike
    b: npt.ArrayLike


class SewerChange(NamedTuple):
    """Relative change on the way, -0.1 for a tenth lost: normal, cut at four standard deviations on either side."""

    mean: npt.ArrayLike
    sd: npt.ArrayLike


class PropagationInputs(NamedTuple):
    """Terms above and below the line; without an excreted fraction it is 1, without a change there is none."""

    above: tuple[LogNormal, ...]
    below: tuple[LogNormal, ...] = ()
    excretion: BetaFraction | None = None
    sewer: SewerChange | None = None


class Propagated(NamedTuple):
    """Mean, sd, and quantiles of shape ``(n_levels, n_rows)``, in the unit of the chain; which engine gave the quantiles.

    Mean and sd are exact but for a wide change in the sewer (0.3 % of its part), and infinite where they are: a beta of
    ``a <= 1`` has no mean of ``1/f``, one of ``a <= 2`` no variance. A row with a missing input is not a number.
    """

    mean: Array
    sd: Array
    quantiles: Array
    engine_used: npt.NDArray[np.uint8]


# A beta so narrow that it is 1 in every digit.
_ONE = BetaFraction(1e12, 1e-6)


def beta_fraction(mean: npt.ArrayLike, relative_uncertainty: npt.ArrayLike) -> BetaFraction:
    """Beta of a mean and a relative standard uncertainty.

    Raises
    ------
    DataRefused
        ``HW-D551`` where the mean is not between 0 and 1, or no beta is so wide.

    Examples
    --------
    Mean 1/2 and sd 1/6 of a beta 4, 4: 1 / (4 x 9) = 1/36.

    >>> [round(float(shape), 6) for shape in beta_fraction(0.5, 1 / 3)]
    [4.0, 4.0]
    """
    m, u = np.asarray(mean, dtype=np.float64), np.asarray(relative_uncertainty, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        both = (1.0 - m) / (m * u * u) - 1.0
    impossible = ~(np.isnan(both) | ((both > 0) & (m > 0) & (m < 1)))
    if impossible.any():
        raise DataRefused(
            "A fraction between 0 and 1 cannot have this mean and this uncertainty.",
            found=f"{np.count_nonzero(impossible)} of {impossible.size}",
            remedy="Give 0 < mean < 1 and an uncertainty below sqrt((1 - mean) / mean)",
            code="HW-D551",
        )
    return BetaFraction(m * both, (1.0 - m) * both)


def columns_of(inputs: PropagationInputs) -> tuple[list[str], list[Array], int]:
    """Names, columns of one number or one a row, and the number of rows.

    Raises
    ------
    DataRefused
        ``HW-D552`` where the columns are not equally long.
    """
    terms: list[tuple[str, npt.ArrayLike]] = []
    for side, chain in (("above", inputs.above), ("below", inputs.below)):
        for place, term in enumerate(chain, start=1):
            terms.append((f"median of term {place} {side} the line", term.median))
            terms.append((f"uncertainty of term {place} {side} the line", term.relative_uncertainty))
    fraction, sewer = inputs.excretion or _ONE, inputs.sewer or SewerChange(0.0, 0.0)
    terms += [("a of the fraction", fraction.a), ("b of the fraction", fraction.b)]
    terms += [("mean change in the sewer", sewer.mean), ("sd of the change in the sewer", sewer.sd)]
    names, columns = [name for name, _ in terms], [_column(values) for _, values in terms]
    lengths = {column.size for column in columns} - {1}
    if len(lengths) > 1 or any(column.ndim != 1 for column in columns):
        raise DataRefused(
            "The columns of a chain are not equally long.",
            found="; ".join(f"{name}: {column.size}" for name, column in zip(names, columns, strict=True) if column.size != 1),
            remedy="Give each term one number, or one a row",
            code="HW-D552",
        )
    return names, columns, lengths.pop() if lengths else 1


def _column(values: npt.ArrayLike) -> Array:
    """A column as the kernels take it, whoever owns the memory: never written to, so that there is one kind of it."""
    column = np.ascontiguousarray(np.atleast_1d(np.asarray(values, dtype=np.float64))).view()
    column.flags.writeable = False
    return column
