r"""Do two residues of one drug still fit each other at a site? What neither flow nor people can change.

    d = (r_1 - r_2) - Huber mean over sites                                                                  (Y7)

with ``r`` of (Y1), held against the site's own ``d`` before, one step ahead as weeks of areas are (Y4). Flow and people are in
both and go; a laboratory's calibration is in all sites and goes with their mean. The trap: weeks of which one residue has no
quantified day tell nothing here.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from headworks.reference.residue_pairs import residue_pairs
from headworks.workflows.warning.area_weeks import OF_SITES, AreaWeeks, one_step_ahead
from headworks.workflows.warning.weeks import Weeks, huber_mean

Array = npt.NDArray[np.float64]


class Pair(NamedTuple):
    """Numerator and denominator; ``value`` of (Y7), shape ``(n_sites, n_weeks)``, and its weeks one step ahead."""

    numerator: str
    denominator: str
    value: Array
    told: AreaWeeks


def pairs_of(weeks: dict[str, Weeks], n_sites: int, first: int) -> list[Pair]:
    """Every pair of residues of one drug of which both were measured.

    Parameters
    ----------
    weeks
        By residue.
    n_sites
        Sites come first among the units.
    first
        First Sunday.
    """
    found = []
    for numerator, denominator in (
        residue_pairs().select("numerator", "denominator").unique().sort("numerator", "denominator").rows()
    ):
        if numerator in weeks and denominator in weeks:
            value, variance = _log_ratio(weeks[numerator], weeks[denominator], n_sites)
            found.append(Pair(numerator, denominator, value, one_step_ahead(value, variance, first, OF_SITES)))
    return found


def _log_ratio(above: Weeks, below: Weeks, n_sites: int) -> tuple[Array, Array]:
    quantified = [(one.n_days[:n_sites] > one.n_censored[:n_sites]) for one in (above, below)]
    apart = np.where(quantified[0] & quantified[1], above.value[:n_sites] - below.value[:n_sites], np.nan)
    return apart - huber_mean(apart), above.variance[:n_sites] + below.variance[:n_sites]
