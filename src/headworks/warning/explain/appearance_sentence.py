"""A first appearance in plain words: what was seen, where, how surely, and what is still wanting.

The trap: "first" is of those samples that were looked at. The sentence says how many had been without it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_LEVELS = {
    "1": "level 1, by a reference standard",
    "2a": "level 2a, by a library spectrum",
    "2b": "level 2b, by diagnostic evidence",
}


def appearance_sentence(said: Mapping[str, Any]) -> str:
    """The first appearance in three to five sentences.

    Parameters
    ----------
    said
        ``analyte, unit_name, level_name, first_day, best_level, earlier_negatives, standing, confirmed_day, n_samples,
        n_batches, n_sites, doubts`` (number of findings by doubt), ``widest`` (name and level of the widest unit in
        which it is new).

    Examples
    --------
    >>> said = {"analyte": "new-azole", "unit_name": "Plant A", "level_name": "site", "first_day": "2026-03-02",
    ...         "best_level": "2a", "earlier_negatives": 12, "standing": "unconfirmed", "confirmed_day": None, "n_samples": 1,
    ...         "n_batches": 1, "n_sites": 1, "doubts": {}, "widest": {"unit_name": "Plant A", "level_name": "site"}}
    >>> for part in appearance_sentence(said).split(", after "):
    ...     print(part)
    new-azole was seen for the first time in Plant A (site), on 2026-03-02
    12 samples without it (level 2a, by a library spectrum). It is not confirmed: that takes a second sample of another batch.
    """
    level = _LEVELS.get(said["best_level"], f"level {said['best_level']}")
    place = f"{said['unit_name']} ({said['level_name']})"
    first = f"{said['analyte']} was seen for the first time in {place}, on {said['first_day']}, after "
    words = [f"{first}{said['earlier_negatives']} samples without it ({level}).", _standing(said)]
    if said["n_sites"] > 1:
        words.append(f"It has been found at {said['n_sites']} sites there.")
    if said["doubts"]:
        told = ", ".join(f"{n} ({doubt.replace('_', ' ')})" for doubt, n in sorted(said["doubts"].items()))
        words.append(f"In doubt and not counted: {told}.")
    widest = said["widest"]
    if widest["unit_name"] != said["unit_name"]:
        words.append(f"Around it: new in all of {widest['unit_name']} ({widest['level_name']}).")
    return " ".join(words)


def _standing(said: Mapping[str, Any]) -> str:
    if said["standing"] == "confirmed":
        return f"A second sample of another batch confirmed it on {said['confirmed_day']}."
    if said["n_samples"] > 1:
        samples = f"its {said['n_samples']} samples are not of two known batches"
        return f"It is not confirmed: {samples}, so they are one piece of evidence."
    return "It is not confirmed: that takes a second sample of another batch."
