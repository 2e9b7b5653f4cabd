r"""How far a laboratory's result lies from the assigned value of a round (ISO 13528).

    z = (x - xpt) / sigma_pt                                                                             (K24)
    z' = (x - xpt) / sqrt(sigma_pt^2 + u(xpt)^2), where u(xpt) > 0.3 sigma_pt                            (K25)
    zeta = (x - xpt) / sqrt(u(x)^2 + u(xpt)^2),   En = (x - xpt) / sqrt(U(x)^2 + U(xpt)^2)               (K26)

|score| up to 2 is satisfactory, up to 3 questionable, from 3 unsatisfactory; |En| up to 1 is satisfactory. An entry "below
the LOQ" has no score: it is a false negative where the assigned value lies above that LOQ, and agrees otherwise. The trap is
to put half the limit in its place: the score then speaks of the limit.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from headworks.core.errors import DataRefused
from headworks.lab.calibration.weighted_curve import Array
from headworks.reference.lab_values import lab_constant

Words = npt.NDArray[np.object_]
OUTCOMES = ("satisfactory", "questionable", "unsatisfactory", "false negative", "agrees, below limit", "no result")
_SATISFACTORY, _QUESTIONABLE, _UNSATISFACTORY, _FALSE_NEGATIVE, _AGREES, _NO_RESULT = range(6)


class Scores(NamedTuple):
    """One entry a result: the score, which one it is, and what it means; no score for a censored entry."""

    score: Array
    kind: Words
    outcome: Words


def _require_above(name: str, values: Array, least: float) -> None:
    if not (np.isfinite(values) & ((values > 0) if least == 0 else (values >= 0))).all():
        raise DataRefused(
            f"A score needs {name}.",
            found=str(values.ravel()[:5].tolist()),
            remedy="Give standard deviations above 0 and uncertainties of at least 0, unit of the results",
            code="HW-D619",
        )


def z_scores(
    value: npt.ArrayLike,
    assigned: npt.ArrayLike,
    sigma: npt.ArrayLike,
    u_assigned: npt.ArrayLike = 0.0,
    *,
    loq: npt.ArrayLike | None = None,
) -> Scores:
    """Score z of each result, or z' where the assigned value is too uncertain (K24, K25).

    Parameters
    ----------
    value
        Results, ``nan`` where the laboratory reported below its limit.
    assigned, u_assigned, sigma
        Assigned value, its standard uncertainty, and standard deviation for the assessment, unit of the results.
    loq
        Limit of the censored results; without one such an entry is no result.

    Returns
    -------
    Scores
        In the shape of the results.

    Raises
    ------
    DataRefused
        ``HW-D619`` for a standard deviation that is not above 0, or a negative uncertainty.

    Examples
    --------
    (12 - 10) / 1 = 2 is still satisfactory; with u 0.75, 2 / sqrt(1 + 0.5625) = 1.6; <5 where 10 is
    assigned is a false negative.

    >>> z_scores([12.0, 13.0], 10.0, 1.0).outcome.tolist()
    ['satisfactory', 'unsatisfactory']
    >>> z_scores([12.0], 10.0, 1.0, 0.75).score.tolist()
    [1.6]
    >>> z_scores([float("nan")], 10.0, 1.0, loq=5.0).outcome.tolist()
    ['false negative']
    """
    limits = np.nan if loq is None else loq
    x, xpt, spread, u, limit = np.broadcast_arrays(
        *(np.asarray(part, dtype=np.float64) for part in (value, assigned, sigma, u_assigned, limits))
    )
    _require_above("a standard deviation for the assessment above 0", spread, 0)
    _require_above("an uncertainty of the assigned value of at least 0", u, 1)
    is_prime = u > lab_constant("assigned_value_negligible") * spread
    score = (x - xpt) / np.where(is_prime, np.hypot(spread, u), spread)
    kind = np.where(is_prime, "z'", "z").astype(object)
    return Scores(score, kind, outcome_words(score, xpt, limit))


def zeta_scores(value: npt.ArrayLike, u: npt.ArrayLike, assigned: npt.ArrayLike, u_assigned: npt.ArrayLike) -> Array:
    """Score zeta of each result (K26); the standard uncertainties are the laboratory's own and that of the assigned value.

    Examples
    --------
    >>> zeta_scores(15.0, 3.0, 10.0, 4.0).item()
    1.0
    """
    return _ratio(value, u, assigned, u_assigned)


def en_scores(
    value: npt.ArrayLike, expanded: npt.ArrayLike, assigned: npt.ArrayLike, expanded_assigned: npt.ArrayLike
) -> Array:
    """Score En of each result (K26), with expanded uncertainties; satisfactory up to 1.

    Examples
    --------
    >>> en_scores(15.0, 6.0, 10.0, 8.0).item()
    0.5
    """
    return _ratio(value, expanded, assigned, expanded_assigned)


def _ratio(value: npt.ArrayLike, own: npt.ArrayLike, assigned: npt.ArrayLike, theirs: npt.ArrayLike) -> Array:
    x, a, xpt, b = (np.asarray(part, dtype=np.float64) for part in (value, own, assigned, theirs))
    both = np.hypot(a, b)
    _require_above("an uncertainty above 0", both, 0)
    result: Array = np.asarray((x - xpt) / both)
    return result


def outcome_words(score: Array, assigned: Array, limit: Array, is_en: bool | npt.NDArray[np.bool_] = False) -> Words:
    """What scores mean, of ``OUTCOMES``; ``nan`` is a censored entry, which its limit decides.

    Examples
    --------
    En has one limit, and no entry is questionable by it.

    >>> outcome_words(np.array([1.2, 1.2]), np.array([9.0, 9.0]), np.array([1.0, 1.0]), np.array([True, False])).tolist()
    ['unsatisfactory', 'satisfactory']
    """
    size, is_censored, by_en = np.abs(score), np.isnan(score), np.asarray(is_en)
    cases = [
        is_censored & (assigned > limit),
        is_censored & (assigned <= limit),
        is_censored,
        np.where(by_en, size > lab_constant("score_en_limit"), size >= lab_constant("score_action")),
        ~by_en & (size > lab_constant("score_warning")),
    ]
    code = np.select(cases, [_FALSE_NEGATIVE, _AGREES, _NO_RESULT, _UNSATISFACTORY, _QUESTIONABLE], _SATISFACTORY)
    words: Words = np.array(OUTCOMES, dtype=object)[code]
    return words
