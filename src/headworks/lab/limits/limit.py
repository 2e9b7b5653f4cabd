"""A limit of detection and of quantification, with the rule that gave them, and what they are for one sample.

    limit of the sample = limit x D / E / R                                                              (K14)

The trap: two laboratories that both write LOQ may mean numbers that differ ten-fold. A limit never travels without its rule.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from headworks.core.errors import DataRefused
from headworks.lab.calibration.sample_factor import Preparation, StandardAdded, sample_factor
from headworks.lab.calibration.weighted_curve import Array

# What a rule has no name for is not a number.
NONE = float("nan")


class Limit(NamedTuple):
    """Limits in the unit of what they were computed from; ``critical`` is the level above which something is taken as there.

    ``nan`` where the rule does not define one; ``basis`` says on what it rests.
    """

    rule: str
    critical: float = NONE
    lod: float = NONE
    loq: float = NONE
    basis: str = ""


class SampleLimits(NamedTuple):
    """Limits of each sample and the one rule they are from."""

    lod: Array
    loq: Array
    rule: str


def choose_limit(limits: Sequence[Limit], rule: str) -> Limit:
    """The limit of a rule among all that were computed.

    Raises
    ------
    DataRefused
        ``HW-D611`` where none is of that rule.

    Examples
    --------
    >>> choose_limit([Limit("blanks", lod=1.7, loq=2.8), Limit("signal to noise", lod=0.9, loq=3.0)], "blanks").loq
    2.8
    """
    for limit in limits:
        if limit.rule == rule:
            return limit
    raise DataRefused(
        "No limit was computed by this rule.",
        found=rule,
        remedy="Choose one of " + ", ".join(limit.rule for limit in limits),
        code="HW-D611",
    )


def sample_limits(
    limit: Limit,
    *,
    dilution: npt.ArrayLike = 1.0,
    enrichment: npt.ArrayLike = 1.0,
    recovery: npt.ArrayLike | None = None,
    apply_recovery: bool = False,
    standard_added: StandardAdded = "before_extraction",
) -> SampleLimits:
    """What a limit is for each sample, after its dilution and enrichment (K14).

    Raises
    ------
    DataRefused
        ``HW-D607`` and ``HW-D608`` as ``quantify``.

    Examples
    --------
    100 mL made 1 mL, so 2 ug/L in the extract is 0.02 ug/L of sewage; diluted five-fold, 0.1.

    >>> sample_limits(Limit("blanks", lod=1.0, loq=2.0), dilution=[1.0, 5.0], enrichment=100.0).loq.tolist()
    [0.02, 0.1]
    """
    given = np.broadcast_arrays(*(np.asarray(factor, dtype=np.float64) for factor in (dilution, enrichment)))
    recovered = None if recovery is None else np.broadcast_to(np.asarray(recovery, dtype=np.float64), given[0].shape)
    factor = sample_factor(
        Preparation(given[0], given[1], recovered), apply_recovery=apply_recovery, standard_added=standard_added
    )
    return SampleLimits(limit.lod * factor, limit.loq * factor, limit.rule)


def require_numbers(values: npt.ArrayLike, least: int, what: str) -> Array:
    """Finite numbers, at least so many.

    Raises
    ------
    DataRefused
        ``HW-D612``.
    """
    array = np.asarray(values, dtype=np.float64)
    if array.ndim != 1 or array.size < least or not np.isfinite(array).all():
        raise DataRefused(
            f"A limit needs at least {least} {what}, all of them numbers.",
            found=f"{array.size}: {array.ravel()[:12].tolist()}",
            remedy="Measure more, or leave out the results that failed, with a reason",
            code="HW-D612",
        )
    return array
