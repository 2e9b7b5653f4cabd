r"""What changed in an area from one period to the one before, from the two figures alone.

    ln rho = ln(r_1 / r_0),
    s^2 = u_day,1^2 + u_day,0^2 + u_batch,1^2 + u_batch,0^2 + (m_1 + m_0) g                                        (S1)

``m`` is the share of the people of the sites sampled at some time in the year who are missing from the figure, ``g`` the
largest share of one site. The last term is what a mean moves by when sites as unlike as their own mean (a relative spread of
1) come and go; a site sampled in both periods brings nothing to it. Registers of people are the same in both figures and go.

The trap: this is a screening for pages of a week. Where the same period of the year before is known, ``area_changes`` compares
matched sites (A5), and that is what reports say.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

# A change is said to be one from this probability on, as in reports.
SURE = 0.9
_TWO_SIDED_95 = 1.959964


class StepChange(NamedTuple):
    """``words`` is rose, fell, unclear, appeared, disappeared or none; the rest is empty where there is no ratio."""

    words: str
    ratio: float | None = None
    lower: float | None = None
    upper: float | None = None
    p_rose: float | None = None


def step_change(
    now: Mapping[str, Any] | None, before: Mapping[str, Any] | None, year_people: float | None = None
) -> StepChange:
    """How a figure compares with that of the period before (S1).

    Parameters
    ----------
    now, before
        Rows of ``area_loads`` or of ``period_means`` with their ``state``.
    year_people
        People of the sites sampled at some time in the year.

    Examples
    --------
    >>> row = {"state": "value", "load_mg_per_1000_per_day": 10.0, "u_day": 0.1, "u_batch": 0.0, "population": 100.0,
    ...        "largest_share": 0.1}
    >>> found = step_change({**row, "load_mg_per_1000_per_day": 13.0}, row, 100.0)
    >>> found.words, round(found.ratio, 2), round(found.lower, 2), round(found.upper, 2), round(found.p_rose, 3)
    ('rose', 1.3, 0.99, 1.72, 0.968)
    """
    if not now or not before or "suppressed" in (now.get("state"), before.get("state")):
        return StepChange("none")
    first, second = _middle(before), _middle(now)
    if not first or not second:
        return StepChange(_of_states(now, before))
    variance = sum((row.get(name) or 0.0) ** 2 for row in (now, before) for name in ("u_day", "u_batch"))
    variance += sum(_missing(row, year_people) for row in (now, before)) * max(
        row.get("largest_share") or 1.0 for row in (now, before)
    )
    spread, middle = math.sqrt(variance), math.log(second / first)
    if spread == 0.0:
        return StepChange("unclear", second / first)
    p_rose = 0.5 * math.erfc(-middle / spread / math.sqrt(2.0))
    words = "rose" if p_rose > SURE else "fell" if p_rose < 1 - SURE else "unclear"
    reach = _TWO_SIDED_95 * spread
    return StepChange(words, second / first, math.exp(middle - reach), math.exp(middle + reach), p_rose)


def _middle(row: Mapping[str, Any]) -> float | None:
    """Load of an area, or mean of a site."""
    found: float | None = row.get("load_mg_per_1000_per_day", row.get("mean"))
    return found


def _missing(row: Mapping[str, Any], year_people: float | None) -> float:
    people = row.get("population")
    return max(0.0, 1.0 - people / year_people) if people and year_people else 0.0


def _of_states(now: Mapping[str, Any], before: Mapping[str, Any]) -> str:
    """Above the limit for the first time, or no more: said only of what stands clear of it."""
    if before["state"] == "below_limit" and _middle(now):
        return "appeared"
    if now["state"] == "below_limit" and _middle(before):
        return "disappeared"
    return "unclear"
