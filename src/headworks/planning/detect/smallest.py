r"""The smallest number of users that a plan sees, and what it proves when it sees nothing.

Users come on ``D`` days in a row that begin on any weekday; ``m`` of them are sampled. Days are independent:

    P(n) = mean over the seven weekdays of 1 - (1 - p(n))^m                                              (W17)
    smallest n:  P(n) = wanted probability

The same turned round says what absence proves: when ``m`` samples all show nothing, fewer than the ``n`` with
``1 - (1 - p(n))^m = 0.95`` use a day, with 95 % confidence. With a limit next to nothing this is the rule of three,
``n = 3 / (m k seen)``.

The trap: with one sampled day in seven, nothing that lasts a day is seen with more than one chance in seven, however large.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from scipy.optimize import brentq

from headworks.core.errors import UsageError
from headworks.planning.detect.one_day import Detection, probability_of_a_day, probability_poured, require_detection

_WEEK = 7
_LEAST_USERS = 1e-9
_MOST_DAYS = 3_660
_MOST_GRAMS = 1e12


def samples_of_event(days_per_week: int, n_days: int) -> list[int]:
    """Samples taken on ``n_days`` in a row, for each weekday that they may begin on.

    Examples
    --------
    >>> samples_of_event(1, 1), samples_of_event(2, 7), samples_of_event(7, 3)
    ([1, 0, 0, 0, 0, 0, 0], [2, 2, 2, 2, 2, 2, 2], [3, 3, 3, 3, 3, 3, 3])
    """
    _require_days(days_per_week, n_days)
    sampled = {(_WEEK * one) // days_per_week for one in range(days_per_week)}
    return [sum((start + day) % _WEEK in sampled for day in range(n_days)) for start in range(_WEEK)]


def probability_seen(asked: Detection, users: float, n_days: int = 1) -> float:
    """Probability that at least one sample shows ``users`` a day on ``n_days`` in a row (W17).

    Raises
    ------
    UsageError
        ``HW-U186`` for a town that cannot be, ``HW-U187`` for days or users that cannot.

    Examples
    --------
    >>> town = Detection(1e3, 260.0, 12.9, 1e-9, 1.0, 4.0, 0.5, 10.0, 10.0, 0.0, days_per_week=1)
    >>> round(probability_seen(town, 100.0), 6)
    0.142857
    """
    require_detection(asked)
    if not (math.isfinite(users) and users >= 0):
        raise _cannot_be(f"{users} users")
    return _over_days(probability_of_a_day(asked, users), asked.days_per_week, n_days)


def smallest_users(asked: Detection, probability: float = 0.95, n_days: int = 1) -> float | None:
    """Users a day who are seen with that probability; None where not even everybody is (W17).

    Raises
    ------
    UsageError
        As :func:`probability_seen`; ``HW-U187`` for a probability outside 0 to 1.

    Examples
    --------
    -ln(0.05) = 2.996 pulses, four of each user.

    >>> town = Detection(500.0, 130.0, 12.9, 1e-9, 1.0, 4.0, 0.5, 10.0, 10.0, 0.0)
    >>> round(smallest_users(town), 3)
    0.749
    """
    require_detection(asked)
    _require_probability(probability)
    return _smallest(lambda users: probability_seen(asked, users, n_days), probability, asked.people)


def most_users_unseen(asked: Detection, n_samples: int, confidence: float = 0.95) -> float | None:
    """Users a day below whom the truth lies when ``n_samples`` show nothing; None where absence proves nothing.

    Raises
    ------
    UsageError
        As :func:`smallest_users`.

    Examples
    --------
    The rule of three: 3 / (10 samples x 4 flushes).

    >>> town = Detection(500.0, 130.0, 12.9, 1e-9, 1.0, 4.0, 0.5, 10.0, 10.0, 0.0)
    >>> round(most_users_unseen(town, 10), 4)
    0.0749
    """
    require_detection(asked)
    _require_probability(confidence)
    _require_days(1, n_samples)
    return _smallest(lambda users: _at_least_one(probability_of_a_day(asked, users), n_samples), confidence, asked.people)


def smallest_poured(asked: Detection, probability: float = 0.95) -> float | None:
    """Grams poured in at once, on one day, that are seen with that probability; None where no mass is (W16, W17).

    Raises
    ------
    UsageError
        As :func:`smallest_users`.
    """
    require_detection(asked)
    _require_probability(probability)

    def seen(grams: float) -> float:
        return _over_days(probability_poured(asked, grams), asked.days_per_week, 1)

    return _smallest(seen, probability, _MOST_GRAMS)


def _over_days(of_a_day: float, days_per_week: int, n_days: int) -> float:
    samples = samples_of_event(days_per_week, n_days)
    return math.fsum(_at_least_one(of_a_day, count) for count in samples) / _WEEK


def _at_least_one(of_a_day: float, n_samples: int) -> float:
    if of_a_day >= 1.0:
        return float(n_samples > 0)
    return -math.expm1(n_samples * math.log1p(-of_a_day))


def _smallest(seen: Callable[[float], float], probability: float, most: float) -> float | None:
    if seen(most) < probability:
        return None
    root = brentq(lambda log: seen(math.exp(log)) - probability, math.log(_LEAST_USERS), math.log(most), xtol=1e-10)
    return math.exp(float(root))


def _require_probability(probability: float) -> None:
    if not 0 < probability < 1:
        raise _cannot_be(f"a probability of {probability}")


def _require_days(days_per_week: int, n_days: int) -> None:
    if not (1 <= days_per_week <= _WEEK and 1 <= n_days <= _MOST_DAYS):
        raise _cannot_be(f"{days_per_week} days a week, {n_days} days")


def _cannot_be(found: str) -> UsageError:
    return UsageError(
        "Users are at least 0, a probability lies between 0 and 1, and days are whole.",
        where="users, probability, days",
        found=found,
        remedy=f"Give --probability 0.95 and 1 to {_MOST_DAYS} days",
        code="HW-U187",
    )
