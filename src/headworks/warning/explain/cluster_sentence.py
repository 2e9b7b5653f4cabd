"""A cluster in plain words: how many neighbouring sites are up together, by how much, and how rarely chance does that.

The trap: of all groups of neighbours the one that stands out most was picked, so how much it is up is told too high; how
rarely chance does it is reckoned over all groups.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from headworks.warning.explain.sentence import hangs_on

_WEEKS_A_YEAR = 52
_CENTURY = 100


def cluster_sentence(said: Mapping[str, Any]) -> str:
    """The cluster in three to six sentences.

    Parameters
    ----------
    said
        ``analyte, unit_name, level_name, first_week, period, n_sites, n_days, recurrence_weeks, n_questions`` (maps),
        ``together`` (``times, times_lower, times_upper, n_above``: seen over expected of all its sites, and how many lie
        above it; None where unknown),
        ``is_drain, signals_inside``, and what :func:`signal_sentence` says of what it hangs on.

    Examples
    --------
    >>> said = {"analyte": "ketamine", "unit_name": "City C", "level_name": "city", "first_week": "2026-W02",
    ...         "period": "2026-W03", "n_sites": 8, "n_days": 31, "recurrence_weeks": 520.0, "n_questions": 20}
    >>> for part in cluster_sentence(said).split(". ")[:2]:
    ...     print(part)
    ketamine at 8 neighbouring sites in City C (city) is higher together than expected, in 2026-W02 to 2026-W03, from 31 samples
    Chance alone makes a cluster as strong of one of 20 residues once in 10 years.
    """  # noqa: E501
    first, last = said["first_week"], said["period"]
    weeks = f"in {last}" if first == last else f"in {first} to {last}"
    sites = f"{said['n_sites']} sites on one sewer" if said.get("is_drain") else f"{said['n_sites']} neighbouring sites"
    place = f"{said['unit_name']} ({said['level_name']})"
    rare = f"of one of {said['n_questions']} residues {often(said['recurrence_weeks'])}"
    words = [
        f"{said['analyte']} at {sites} in {place} is higher together than expected, {weeks}, from {said['n_days']} samples.",
        f"Chance alone makes a cluster as strong {rare}.",
    ]
    together = said.get("together")
    if together:
        bounds = f"{together['times_lower']:.2g} to {together['times_upper']:.2g}"
        words.append(f"Together that is {together['times']:.2g} times what was expected ({bounds}), "
                     f"{together['n_above']} of {said['n_sites']} sites above it.")  # fmt: skip
    if said.get("signals_inside"):
        words.append(f"Around it: signals of their own in it are {', '.join(said['signals_inside'])}.")
    return " ".join([*words, *hangs_on(said)])


def often(weeks: float) -> str:
    """How often chance does it, in words.

    Examples
    --------
    >>> often(30.4), often(104.0), often(1e6)
    ('once in 30 weeks', 'once in 2 years', 'less than once in 100 years')
    """
    if weeks >= _CENTURY * _WEEKS_A_YEAR:
        return f"less than once in {_CENTURY} years"
    if weeks < 2 * _WEEKS_A_YEAR:
        return f"once in {max(weeks, 1.0):.0f} weeks"
    return f"once in {weeks / _WEEKS_A_YEAR:.0f} years"
